//! The error of a call. Built by `decode`, `call`, `builder` and `proxy`; the command shows its text to users as it is.

use std::{fmt, time::Duration};

use group_dispatch_types::{BusinessCode, ingest::Refusal};
use reqwest::Url;

use crate::{ProxySetting, clock, proxy, redact, response_head::ResponseHead};

/// The error of a call.
///
/// Its texts never contain a key, a token, a whole phone number or a name from the service's data. Of a response that can't
/// be used, they show the message of an error, the text of an HTML page, or the structure of JSON. Other bodies are named
/// and not shown.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The service refused the request: the response has a code other than 200 and 0, with any HTTP status.
    #[error("the service refused the request{sent}: {message} (code {number}, {what}; HTTP {status}); {remedy}; see {docs}", docs = Docs(self), number = code.code(), what = code.description(), remedy = code.remedy())]
    #[non_exhaustive]
    Business {
        /// The reason, by the vendor's table. [`BusinessCode::remedy`] says what to do about it, and
        /// [`Error::docs_url`] where more is written.
        code: BusinessCode,
        /// The service's message, without long numbers and control characters.
        message: String,
        /// The HTTP status. The vendor always sends 200.
        status: u16,
        /// The refused events of an ingest call; see [`Client::feed`](crate::Client::feed).
        refusals: Box<[Refusal]>,
        /// The address of the page on the code, if the service has docs: a group-dispatch-server does. In a box, because an
        /// error is a part of every result.
        docs_url: Option<Box<Url>>,
        /// The requests that were sent.
        sent: Sent,
    },
    /// An HTTP status other than 200 without the envelope of a refusal: another service or a proxy responded.
    #[error("{}", unexpected_response(*status, body, sent))]
    #[non_exhaustive]
    Http {
        /// The HTTP status.
        status: u16,
        /// The start of the body without personal data, or what the body is, such as `gzip data, which is not shown`. Empty
        /// for redirects and the like, whose bodies are not read.
        body: String,
        /// The requests that were sent.
        sent: Sent,
    },
    /// HTTP status 200 with a body that does not match the contract.
    #[error(
        "the response does not match the contract{}, at line {line} column {column} of its body{sent}{}",
        in_path(path),
        with_excerpt("; it", body)
    )]
    #[non_exhaustive]
    Decode {
        /// The member, such as `data[0].whatsAppList[3].whatsApp`; empty if the body is not JSON.
        path: String,
        /// The line, from 1.
        line: u32,
        /// The column, from 1.
        column: u32,
        /// The JSON before that place, with all strings and long numbers masked; the first words of an HTML page; for any
        /// other body what it is, such as `text in UTF-16, which is not shown`.
        body: String,
        /// Whether the body ends too early, because it was truncated on the way.
        is_cut: bool,
        /// The requests that were sent.
        sent: Sent,
    },
    /// The body of the response is longer than
    /// [`ClientBuilder::max_response_bytes`](crate::ClientBuilder::max_response_bytes) allows. The rest was not read.
    #[error("the response is longer than {limit} bytes{sent}; ClientBuilder::max_response_bytes sets another limit")]
    #[non_exhaustive]
    ResponseTooLarge {
        /// The limit in bytes.
        limit: u64,
        /// The requests that were sent.
        sent: Sent,
    },
    /// No response, or only a part of it, arrived in time.
    #[error("the service did not answer in time{sent}{}", through(sent))]
    #[non_exhaustive]
    Timeout {
        /// The requests that were sent.
        sent: Sent,
        /// The error of reqwest.
        source: reqwest::Error,
    },
    /// The connection could not be opened, or it broke.
    #[error("{}{sent}", connection_failure(source, sent))]
    #[non_exhaustive]
    Connection {
        /// The requests that were sent.
        sent: Sent,
        /// The error of reqwest.
        source: reqwest::Error,
    },
    /// The call failed and could be retried, but the client's retry budget is used up, because too many other calls failed
    /// as well; see [`RetryBudget`](crate::RetryBudget).
    #[error("the call failed and was not retried, because too many other calls fail as well")]
    BudgetExhausted {
        /// The error of the last attempt.
        #[source]
        last: Box<Error>,
    },
    /// The request is invalid. Nothing was sent.
    #[error("the request can't be sent: {0}")]
    InvalidRequest(String),
    /// The client's settings are invalid.
    #[error("invalid client configuration: {0}")]
    Configuration(String),
}

/// The requests of a call, as far as they matter for its error.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Sent {
    /// The number of requests that were sent.
    pub attempts: u32,
    /// The `x-request-id` of the last response, if it has at most 128 characters.
    pub request_id: Option<String>,
    /// The wait that the last response asks for (`Retry-After`).
    pub retry_after: Option<Duration>,
    /// The proxy that the requests went through. Always `None` with the caller's own HTTP client, whose proxy is unknown.
    pub proxy: Option<ProxySetting>,
}

/// Shows where the docs are on an error: the address of the page, or its name if the address is not known.
struct Docs<'a>(&'a Error);

impl fmt::Display for Docs<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.docs_url() {
            Some(url) => f.write_str(&url),
            None => write!(f, "{} in the docs", self.0.docs_page()),
        }
    }
}

/// Shows the number of requests if there was more than one.
impl fmt::Display for Sent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.attempts > 1 { write!(f, " after {} attempts", self.attempts) } else { Ok(()) }
    }
}

#[cfg(not(target_arch = "wasm32"))]
fn connection_failure(source: &reqwest::Error, sent: &Sent) -> String {
    match &sent.proxy {
        Some(proxy) => proxy.explain(source),
        None if source.is_connect() => "can't connect to the service".to_owned(),
        None => "the connection to the service broke".to_owned(),
    }
}

/// A browser does not report which of the two happened.
#[cfg(target_arch = "wasm32")]
fn connection_failure(_: &reqwest::Error, _: &Sent) -> String {
    "can't connect to the service, or the connection broke".to_owned()
}

fn through(sent: &Sent) -> String {
    sent.proxy.as_ref().map(|proxy| format!(", through {proxy}")).unwrap_or_default()
}

/// Returns the text for a response without the envelope: what it says, who may have sent it, and what to do.
fn unexpected_response(status: u16, body: &str, sent: &Sent) -> String {
    if status == 407 {
        let (who, place) = match &sent.proxy {
            Some(proxy) => (proxy.to_string(), format!("in {}", proxy.variable())),
            None => ("a proxy".to_owned(), "in its address".to_owned()),
        };
        return format!(
            "{who} requires a user and password, or refuses the given ones{sent} (HTTP status 407); write them {place}, as \
             http://USER:PASSWORD@HOST:PORT{}",
            with_excerpt("; it", body)
        );
    }
    let advice = match status {
        408 | 500.. => format!("try again later{}", with_excerpt("; it", body)),
        413 => format!("the request is too long for the service or for a proxy{}", with_excerpt("; it", body)),
        429 => format!("too many requests were sent; send fewer, or try again later{}", with_excerpt("; it", body)),
        _ => format!("is the address right?{}", with_excerpt(" It", body)),
    };
    format!("HTTP status {status} without the service's envelope{sent}{}; {advice}", through(sent))
}

fn with_excerpt(before: &str, body: &str) -> String {
    if body.is_empty() { String::new() } else { format!("{before}{}", redact::predicate(body)) }
}

fn in_path(path: &str) -> String {
    if path.is_empty() { String::new() } else { format!(" in {path}") }
}

/// Shows the variant, the text and the causes in one line, because `main` prints the `Debug` form of its error.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let variant = match self {
            Self::Business { .. } => "Business",
            Self::Http { .. } => "Http",
            Self::Decode { .. } => "Decode",
            Self::ResponseTooLarge { .. } => "ResponseTooLarge",
            Self::Timeout { .. } => "Timeout",
            Self::Connection { .. } => "Connection",
            Self::BudgetExhausted { .. } => "BudgetExhausted",
            Self::InvalidRequest(_) => "InvalidRequest",
            Self::Configuration(_) => "Configuration",
        };
        write!(f, "{variant}({self}")?;
        let mut cause = std::error::Error::source(self);
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        if let Some(id) = self.request_id() {
            write!(f, "; request id {id}")?;
        }
        f.write_str(")")
    }
}

impl Error {
    pub(crate) fn from_transport(reason: reqwest::Error) -> Self {
        let (source, sent) = (reason.without_url(), Sent::default());
        if proxy::is_unauthorized(&source) {
            // For an http address this is a response. For a tunnel it is only a failed connection.
            Self::Http { status: 407, body: String::new(), sent }
        } else if source.is_timeout() {
            Self::Timeout { sent, source }
        } else if source.is_builder() {
            Self::InvalidRequest(source.to_string())
        } else {
            Self::Connection { sent, source }
        }
    }

    /// Returns whether the same call may succeed later. A [`RetryPolicy`](crate::RetryPolicy) retries these errors.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        match self {
            Self::Business { code: BusinessCode::Unknown(_), status, .. } | Self::Http { status, .. } => {
                matches!(status, 408 | 429 | 500..=599)
            }
            Self::Business { code, .. } => code.is_transient(),
            Self::Decode { is_cut, .. } => *is_cut,
            Self::Timeout { .. } | Self::Connection { .. } | Self::BudgetExhausted { .. } => true,
            Self::ResponseTooLarge { .. } | Self::InvalidRequest(_) | Self::Configuration(_) => false,
        }
    }

    /// Returns whether the timeout of an attempt or of the call expired.
    #[must_use]
    pub const fn is_timeout(&self) -> bool {
        matches!(self.last(), Self::Timeout { .. })
    }

    /// Returns the code of a refusal. HTTP status 429 counts as code 429, also if a proxy sent it.
    #[must_use]
    pub const fn code(&self) -> Option<BusinessCode> {
        match self.last() {
            Self::Business { code, .. } => Some(*code),
            Self::Http { status: 429, .. } => Some(BusinessCode::TooManyRequests),
            _ => None,
        }
    }

    /// Returns whether the service or a proxy refused the request because of its length.
    pub(crate) const fn is_body_too_large(&self) -> bool {
        matches!(self.last(), Self::Business { code: BusinessCode::BodyTooLarge, .. } | Self::Http { status: 413, .. })
    }

    /// Returns the refused events of an ingest call. If there are any, none of the events is stored.
    #[must_use]
    pub fn refusals(&self) -> &[Refusal] {
        match self.last() {
            Self::Business { refusals, .. } => refusals,
            _ => &[],
        }
    }

    /// Returns the `x-request-id` of the last response, by which the service's log names the request.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.last().sent().and_then(|sent| sent.request_id.as_deref())
    }

    /// Returns the wait before the next request that the last response asks for (`Retry-After`), counted from its arrival.
    /// Retries respect it within the timeout of the call.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.last().sent().and_then(|sent| sent.retry_after)
    }

    /// Returns the proxy that the requests went through. It need not be the cause of the error; if it is, the text says so.
    #[must_use]
    pub fn proxy(&self) -> Option<&ProxySetting> {
        self.last().sent().and_then(|sent| sent.proxy.as_ref())
    }

    /// Returns the number of requests that were sent; 0 if the call failed before the first.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.last().sent().map_or(0, |sent| sent.attempts)
    }

    /// Returns the error of the last attempt: for an exhausted budget its source, else the error itself.
    const fn last(&self) -> &Self {
        match self {
            Self::BudgetExhausted { last } => last,
            error => error,
        }
    }

    const fn sent(&self) -> Option<&Sent> {
        match self {
            Self::Business { sent, .. }
            | Self::Http { sent, .. }
            | Self::Decode { sent, .. }
            | Self::ResponseTooLarge { sent, .. }
            | Self::Timeout { sent, .. }
            | Self::Connection { sent, .. } => Some(sent),
            Self::BudgetExhausted { .. } | Self::InvalidRequest(_) | Self::Configuration(_) => None,
        }
    }

    /// Adds what is known about the requests. `base_url` is the address of the service, and `path` the one below it.
    pub(crate) fn with_sent(
        mut self,
        attempts: u32,
        head: Option<&ResponseHead>,
        proxy: Option<&ProxySetting>,
        (base_url, path): (&str, &str),
    ) -> Self {
        if let Self::Business { code, docs_url, .. } = &mut self {
            // No other address is shown, so that a service can't put one of its choice into an error.
            let page = format!("{base_url}/docs/{}", code.docs_page());
            let given = head.and_then(|head| head.help_url(&format!("{base_url}{path}")));
            *docs_url = given.filter(|url| url.as_str() == page).map(Box::new);
        }
        if let Self::Business { sent, .. }
        | Self::Http { sent, .. }
        | Self::Decode { sent, .. }
        | Self::ResponseTooLarge { sent, .. }
        | Self::Timeout { sent, .. }
        | Self::Connection { sent, .. } = &mut self
        {
            *sent = Sent {
                attempts,
                request_id: head.and_then(ResponseHead::request_id).map(str::to_owned),
                retry_after: head.and_then(|head| head.retry_after(clock::unix_milliseconds())),
                proxy: proxy.cloned(),
            };
        }
        self
    }

    /// Returns the page of the docs on this kind of error, such as `error-522.html` or `error-timeout.html`.
    #[must_use]
    pub fn docs_page(&self) -> String {
        let kind = match self {
            Self::Business { code, .. } => return code.docs_page(),
            Self::Http { .. } => "http",
            Self::Decode { .. } => "decode",
            Self::ResponseTooLarge { .. } => "response-too-large",
            Self::Timeout { .. } => "timeout",
            Self::Connection { .. } => "connection",
            Self::BudgetExhausted { .. } => "budget-exhausted",
            Self::InvalidRequest(_) => "invalid-request",
            Self::Configuration(_) => "configuration",
        };
        format!("error-{kind}.html")
    }

    /// Returns the address of the page of the docs on this kind of error: the one that the service gave, or else the
    /// published one ([`PUBLISHED_DOCS`](group_dispatch_types::PUBLISHED_DOCS)). `None` if neither is known.
    #[must_use]
    pub fn docs_url(&self) -> Option<String> {
        self.docs_url_below(group_dispatch_types::PUBLISHED_DOCS)
    }

    fn docs_url_below(&self, published: Option<&str>) -> Option<String> {
        let given = match self {
            Self::Business { docs_url, .. } => docs_url.as_ref().map(ToString::to_string),
            _ => None,
        };
        given.or_else(|| Some(format!("{}latest/{}", published?, self.docs_page())))
    }

    /// Returns the value for OpenTelemetry's `error.type`: one of few values, without personal data.
    pub(crate) fn kind(&self) -> String {
        match self {
            // A service may send any number, and each value is a series of the metric.
            Self::Business { code: BusinessCode::Unknown(_), .. } => "unknown_code".to_owned(),
            Self::Business { code, .. } => code.code().to_string(),
            Self::Http { status, .. } => status.to_string(),
            Self::Decode { .. } => "decode".to_owned(),
            Self::ResponseTooLarge { .. } => "response_too_large".to_owned(),
            Self::Timeout { .. } => "timeout".to_owned(),
            Self::Connection { .. } => "connection".to_owned(),
            Self::InvalidRequest(_) => "invalid_request".to_owned(),
            Self::Configuration(_) => "configuration".to_owned(),
            Self::BudgetExhausted { last } => last.kind(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_points_to_the_page_of_the_service_or_to_the_published_one() {
        let error = |docs_url: Option<&str>| Error::Business {
            code: BusinessCode::TokenWrong,
            message: "accessToken is error".to_owned(),
            status: 200,
            refusals: Box::default(),
            docs_url: docs_url.and_then(|url| url.parse().ok()).map(Box::new),
            sent: Sent::default(),
        };
        let own = "http://127.0.0.1:8080/docs/error-522.html";
        for (docs_url, published, expected) in [
            (Some(own), None, Some(own)),
            (Some(own), Some("https://example.com/wa/"), Some(own)),
            (None, Some("https://example.com/wa/"), Some("https://example.com/wa/latest/error-522.html")),
            (None, None, None),
        ] {
            assert_eq!(error(docs_url).docs_url_below(published).as_deref(), expected);
        }
        assert!(
            error(Some(own))
                .to_string()
                .ends_with("; check the tenant's id and its key; see http://127.0.0.1:8080/docs/error-522.html")
        );
        if group_dispatch_types::PUBLISHED_DOCS.is_none() {
            assert!(error(None).to_string().ends_with("; see error-522.html in the docs"));
        }
        let closed = Error::Configuration("x".to_owned());
        assert_eq!(closed.docs_page(), "error-configuration.html");
        assert_eq!(
            closed.docs_url_below(Some("https://example.com/")).as_deref(),
            Some("https://example.com/latest/error-configuration.html")
        );
    }
}
