//! Status and headers of a response: they decide whether and when a call is retried.

use std::time::Duration;

use reqwest::{
    StatusCode, Url,
    header::{AGE, AsHeaderName, DATE, HeaderMap, LINK, RETRY_AFTER},
};

use crate::clock;

/// Characters of the longest `x-request-id` that is kept. A longer value is ignored.
const MAX_REQUEST_ID_LENGTH: usize = 128;

/// The longest `Age`, in seconds; a longer one is taken for it (RFC 9111, section 1.2.2).
const MAX_AGE_SECONDS: u64 = 1 << 31;

/// Status and headers of a response, and when and how its request was signed.
#[derive(Clone, Debug)]
pub struct ResponseHead {
    pub status: StatusCode,
    pub headers: HeaderMap,
    /// The version of HTTP, as OpenTelemetry names it; unknown in a browser.
    pub protocol_version: Option<&'static str>,
    /// The difference to this machine's clock that the request was signed with, in milliseconds.
    pub signed_with: i64,
    /// When the request was signed, by this machine's clock: milliseconds since 1970.
    pub sent_at: i64,
}

impl ResponseHead {
    /// Returns a header's value if it is readable as text.
    pub fn header(&self, name: impl AsHeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Returns the `x-request-id` unless it is too long to be an id.
    pub fn request_id(&self) -> Option<&str> {
        self.header("x-request-id").filter(|id| id.len() <= MAX_REQUEST_ID_LENGTH)
    }

    pub fn date(&self) -> Option<&str> {
        self.header(DATE)
    }

    /// Returns the target of the header `Link` with the relation `help`, resolved against the address of the request.
    pub fn help_url(&self, request_url: &str) -> Option<Url> {
        let values = self.headers.get_all(LINK).into_iter().filter_map(|value| value.to_str().ok());
        // A value is a list: `<target>; rel="help", <other>; rel=preload`.
        let mut links = values.flat_map(|value| value.split('<').skip(1)).filter_map(|link| link.split_once('>'));
        let is_help = |parameters: &str| {
            let mut parameters = parameters.split([';', ',']).map(|parameter| parameter.trim().replace('"', ""));
            parameters.any(|parameter| parameter.eq_ignore_ascii_case("rel=help"))
        };
        let (target, _) = links.find(|(_, parameters)| is_help(parameters))?;
        Url::parse(request_url).ok()?.join(target).ok()
    }

    /// Returns the wait that `Retry-After` asks for. A date is compared with the response's own `Date`, or with `now`
    /// (milliseconds since 1970) if there is none.
    pub fn retry_after(&self, now: i64) -> Option<Duration> {
        let text = self.header(RETRY_AFTER)?.trim();
        if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Some(Duration::from_secs(text.parse().unwrap_or(u64::MAX)));
        }
        let now = self.date().and_then(clock::parse_http_date).unwrap_or(now);
        let milliseconds = clock::parse_http_date(text)?.saturating_sub(now);
        Some(Duration::from_millis(milliseconds.try_into().unwrap_or(0)))
    }
}

/// Returns the age that the header `Age` says: a whole number of seconds. Of several headers, the first counts.
pub fn age(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(AGE)?.to_str().ok()?.trim();
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| Duration::from_secs(text.parse().unwrap_or(MAX_AGE_SECONDS).min(MAX_AGE_SECONDS)))
}

#[cfg(test)]
mod tests {
    use reqwest::header::{HeaderValue, InvalidHeaderValue};

    use super::*;

    #[test]
    fn help_is_a_link_from_the_address_of_the_request() -> Result<(), InvalidHeaderValue> {
        let page = Some("https://example.com/whatsapp/docs/error-522.html");
        for (links, expected) in [
            (&["<../../docs/error-522.html>; rel=\"help\""][..], page),
            (&["</x.css>; rel=preload, <../../docs/error-522.html>;title=\"a\";rel=help"], page),
            (&["<a>; rel=next", "<../../docs/error-522.html>; REL=Help"], page),
            (&["<../../docs/error-522.html>; rel=helpful"], None),
            (&["<https://[>; rel=help"], None),
            (&["help"], None),
            (&[], None),
        ] {
            let mut headers = HeaderMap::new();
            for link in links {
                headers.append(LINK, HeaderValue::from_str(link)?);
            }
            let head = ResponseHead {
                status: StatusCode::UNAUTHORIZED,
                headers,
                protocol_version: None,
                signed_with: 0,
                sent_at: 0,
            };
            let url = head.help_url("https://example.com/whatsapp/a/b/c");
            assert_eq!(url.as_ref().map(Url::as_str), expected, "{links:?}");
        }
        Ok(())
    }

    #[test]
    fn an_age_is_a_whole_number_of_seconds() -> Result<(), InvalidHeaderValue> {
        for (values, expected) in [
            (&["0"][..], Some(0)),
            (&["180"], Some(180)),
            (&[" 7 "], Some(7)),
            (&["7", "9"], Some(7)),
            (&["99999999999999999999999"], Some(MAX_AGE_SECONDS)),
            (&["2147483649"], Some(MAX_AGE_SECONDS)),
            (&["-1"], None),
            (&["+1"], None),
            (&["1.5"], None),
            (&["1, 2"], None),
            (&[""], None),
            (&["\u{e9}"], None),
            (&[], None),
        ] {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(AGE, HeaderValue::from_str(value)?);
            }
            assert_eq!(age(&headers), expected.map(Duration::from_secs), "{values:?}");
        }
        Ok(())
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() -> Result<(), InvalidHeaderValue> {
        const NOON: &str = "Sun, 22 Nov 2026 12:00:00 GMT";
        const LATER: &str = "Sun, 22 Nov 2026 12:01:30 GMT";
        const OLD_FORM: &str = "Sunday, 22-Nov-26 12:01:30 GMT";
        let noon = clock::parse_http_date(NOON).unwrap_or_default();
        for (retry_after, date, expected) in [
            (Some("7"), None, Some(7)),
            (Some(" 0 "), None, Some(0)),
            (Some(LATER), Some(NOON), Some(90)),
            (Some(OLD_FORM), Some(NOON), Some(90)),
            // Without a `Date`, the time of arrival counts.
            (Some(LATER), None, Some(60)),
            (Some(LATER), Some("today"), Some(60)),
            (Some(NOON), Some(LATER), Some(0)),
            (Some("-1"), Some(NOON), None),
            (Some("1.5"), Some(NOON), None),
            (Some("soon"), Some(NOON), None),
            (Some("99999999999999999999999"), Some(NOON), Some(u64::MAX)),
            (Some(""), Some(NOON), None),
            (None, Some(NOON), None),
        ] {
            let mut headers = HeaderMap::new();
            for (name, value) in [("retry-after", retry_after), ("date", date)] {
                if let Some(value) = value {
                    headers.insert(name, HeaderValue::from_str(value)?);
                }
            }
            let status = StatusCode::TOO_MANY_REQUESTS;
            let head = ResponseHead { status, headers, protocol_version: None, signed_with: 0, sent_at: noon };
            let expected = expected.map(Duration::from_secs);
            assert_eq!(head.retry_after(noon + 30_000), expected, "{retry_after:?} at {date:?}");
        }
        Ok(())
    }
}
