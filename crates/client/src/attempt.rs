//! One request of a call: the generated client carries it, and asks it to sign and to send.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use bytes::Bytes;
use group_dispatch_types::signing::{Credentials, TENANT_ID_HEADER, TIMESTAMP_HEADER, TOKEN_HEADER};
use progenitor_client::{ClientHooks, ClientInfo, Error, OperationInfo};
use reqwest::{
    Request, Response, StatusCode,
    header::{HeaderMap, HeaderName, HeaderValue, InvalidHeaderValue, USER_AGENT},
};

use crate::{client::Shared, clock, generated, query::Options};

/// One request, and what is worth keeping of its answer.
#[derive(Clone, Debug)]
pub struct Attempt {
    pub shared: Arc<Shared>,
    pub options: Arc<Options>,
    pub time_limit: Duration,
    received: Arc<OnceLock<Received>>,
    body: Arc<OnceLock<Bytes>>,
}

/// An answer's head, which progenitor loses where the body can't be read, and what clock skew is measured by.
#[derive(Clone, Debug)]
pub struct Received {
    pub status: StatusCode,
    pub headers: HeaderMap,
    /// The offset from this machine's clock with which the request was signed, and that clock's times; milliseconds.
    pub signed_with: i64,
    pub sent_at: i64,
    pub answered_at: i64,
}

impl Received {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    pub fn request_id(&self) -> Option<&str> {
        self.header("x-request-id")
    }

    /// What `Retry-After` asks for: seconds, or a date, which is compared with the answer's own.
    pub fn retry_after(&self) -> Option<Duration> {
        let text = self.header("retry-after")?.trim();
        if let Ok(seconds) = text.parse() {
            return Some(Duration::from_secs(seconds));
        }
        let now = self.header("date").and_then(clock::http_date).unwrap_or(self.answered_at);
        let milliseconds = clock::http_date(text)?.saturating_sub(now);
        Some(Duration::from_millis(milliseconds.try_into().unwrap_or(0)))
    }
}

impl Attempt {
    pub fn new(shared: Arc<Shared>, options: Arc<Options>, time_limit: Duration) -> Self {
        Self { shared, options, time_limit, received: Arc::default(), body: Arc::default() }
    }

    /// The generated client for this attempt.
    pub fn client(&self) -> generated::Client {
        generated::Client::new_with_client(&self.shared.base_url, self.shared.http.clone(), self.clone())
    }

    /// The answer, if there was one.
    pub fn received(&self) -> Option<&Received> {
        self.received.get()
    }

    /// The answer's body as it came, if it was to be kept.
    pub fn body(&self) -> Option<&Bytes> {
        self.body.get()
    }
}

impl ClientHooks<Attempt> for generated::Client {
    async fn pre<E>(&self, request: &mut Request, _: &OperationInfo) -> Result<(), Error<E>> {
        // progenitor always sends it; the vendor knows no such header.
        request.headers_mut().remove("api-version");
        Ok(())
    }

    async fn exec(&self, mut request: Request, _: &OperationInfo) -> reqwest::Result<Response> {
        let attempt = self.inner();
        let Attempt { shared, options, .. } = attempt;
        *request.timeout_mut() = Some(attempt.time_limit);
        let headers = request.headers_mut();
        if let Some(user_agent) = &shared.user_agent {
            headers.insert(USER_AGENT, user_agent.clone());
        }
        headers.extend(options.headers.clone());
        let (signed_with, sent_at) = (shared.skew.offset(), clock::unix_milliseconds());
        // A token of hexadecimal digits is always a valid header; if it were not, the service would say that it is missing.
        let _ = sign(headers, &shared.credentials, sent_at.saturating_add(signed_with));
        let response = self.client().execute(request).await?;
        let _ = attempt.received.set(Received {
            status: response.status(),
            headers: response.headers().clone(),
            signed_with,
            sent_at,
            answered_at: clock::unix_milliseconds(),
        });
        // In a browser a response can't be made again from its parts.
        #[cfg(not(target_arch = "wasm32"))]
        if options.keeps_body {
            return keep_body(response, &attempt.body).await;
        }
        Ok(response)
    }
}

/// Reads the body, and gives the response as if it had not been read.
#[cfg(not(target_arch = "wasm32"))]
async fn keep_body(response: Response, kept: &OnceLock<Bytes>) -> reqwest::Result<Response> {
    let (status, headers) = (response.status(), response.headers().clone());
    let body = response.bytes().await?;
    let _ = kept.set(body.clone());
    let mut again = http::Response::new(body);
    *again.status_mut() = status;
    *again.headers_mut() = headers;
    Ok(again.into())
}

fn sign(headers: &mut HeaderMap, credentials: &Credentials, now: i64) -> Result<(), InvalidHeaderValue> {
    let timestamp = now.max(0).to_string();
    let mut token = HeaderValue::from_str(&credentials.token(&timestamp))?;
    token.set_sensitive(true);
    headers.insert(HeaderName::from_static(TENANT_ID_HEADER), HeaderValue::from(credentials.tenant_id().get()));
    headers.insert(HeaderName::from_static(TIMESTAMP_HEADER), HeaderValue::from_str(&timestamp)?);
    headers.insert(HeaderName::from_static(TOKEN_HEADER), token);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_headers_prove_the_key_without_sending_it() -> Result<(), InvalidHeaderValue> {
        let mut headers = HeaderMap::new();
        sign(&mut headers, &Credentials::new(1, "demo-api-key"), 1_710_936_559_123)?;
        assert_eq!(headers["tenant_id"], "1");
        assert_eq!(headers["timestamp"], "1710936559123");
        assert_eq!(headers["token"], "a35aadc4da20a17e393fbc84321d55fc");
        assert_eq!(headers.len(), 3);
        assert!(!format!("{headers:?}").contains("a35aadc4"), "the token stands in Debug");
        Ok(())
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() -> Result<(), InvalidHeaderValue> {
        const DATE: &str = "Sun, 22 Nov 2026 12:00:00 GMT";
        const LATER: &str = "Sun, 22 Nov 2026 12:01:30 GMT";
        const OLD_FORM: &str = "Sunday, 22-Nov-26 12:01:30 GMT";
        let noon = clock::http_date(DATE).unwrap_or_default();
        for (retry_after, date, expected) in [
            (Some("7"), None, Some(7)),
            (Some(" 0 "), None, Some(0)),
            (Some(LATER), Some(DATE), Some(90)),
            (Some(OLD_FORM), Some(DATE), Some(90)),
            // Without a date of its own the answer is from when it came.
            (Some(LATER), None, Some(60)),
            (Some(LATER), Some("today"), Some(60)),
            (Some(DATE), Some(LATER), Some(0)),
            (Some("-1"), Some(DATE), None),
            (Some("1.5"), Some(DATE), None),
            (Some("soon"), Some(DATE), None),
            (Some("99999999999999999999999"), Some(DATE), None),
            (None, Some(DATE), None),
        ] {
            let mut headers = HeaderMap::new();
            for (name, value) in [("retry-after", retry_after), ("date", date)] {
                if let Some(value) = value {
                    headers.insert(name, HeaderValue::from_str(value)?);
                }
            }
            let received = Received {
                status: StatusCode::TOO_MANY_REQUESTS,
                headers,
                signed_with: 0,
                sent_at: noon,
                answered_at: noon + 30_000,
            };
            let expected = expected.map(Duration::from_secs);
            assert_eq!(received.retry_after(), expected, "{retry_after:?} at {date:?}");
        }
        Ok(())
    }
}
