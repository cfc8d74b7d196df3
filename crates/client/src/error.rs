//! Why a call did not end in its data.

use std::{fmt, time::Duration};

use group_dispatch_types::{BusinessCode, ingest::Refusal};

use crate::{ProxySetting, attempt::ResponseHead, clock, proxy, redact};

/// Why a call did not end in its data.
///
/// None of its texts holds a key, a token, a whole phone number or a name that the service knows: of an answer that can't
/// be used, only the service's or a proxy's own words in an error or a page are shown, or the shape of its JSON. What is in
/// another form or encoding is named and not shown.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The service understood the request and refused it: a code other than 200 and 0, whatever the HTTP status.
    #[error("the service refused the request{sent}: {message} (code {number}, {what}; HTTP {status}); {remedy}", number = code.code(), what = code.description(), remedy = code.remedy())]
    #[non_exhaustive]
    Business {
        /// Why, by the vendor's table. [`BusinessCode::remedy`] says what to do about it.
        code: BusinessCode,
        /// The service's own words, long numbers and control characters taken out.
        message: String,
        /// The HTTP status, which the vendor leaves at 200.
        status: u16,
        /// The events to blame, where events were fed; see [`Client::feed`](crate::Client::feed).
        refusals: Vec<Refusal>,
        /// The requests that were sent.
        sent: Sent,
    },
    /// An HTTP status other than 200 with a body that is no envelope of a refusal: another service or a proxy answered.
    #[error("{}", unexpected(*status, body, sent))]
    #[non_exhaustive]
    Http {
        /// The HTTP status.
        status: u16,
        /// The beginning of the body, cleaned, or what it is, such as `gzip data, which is not shown`; empty for redirects and
        /// the like, whose bodies are not read.
        body: String,
        /// The requests that were sent.
        sent: Sent,
    },
    /// HTTP status 200 with a body that is not what the contract says.
    #[error(
        "the answer is not what the contract says{}, at line {line} column {column} of its body{sent}{}",
        in_path(path),
        quoted("; it", body)
    )]
    #[non_exhaustive]
    Decode {
        /// The member, such as `data[0].whatsAppList[3].whatsApp`; empty where the body is no JSON.
        path: String,
        /// The line, from 1.
        line: u32,
        /// The column, from 1.
        column: u32,
        /// What leads to that place, with all strings and long numbers hidden. Of an HTML page the first words; of any other
        /// body what it is, such as `text in UTF-16, which is not shown`.
        body: String,
        /// Whether the body ends too early: it was cut off on the way.
        is_cut: bool,
        /// The requests that were sent.
        sent: Sent,
    },
    /// The body of the answer is longer than [`ClientBuilder::max_response_bytes`](crate::ClientBuilder::max_response_bytes)
    /// allows. The rest was not read.
    #[error("the answer is longer than {limit} bytes{sent}; ClientBuilder::max_response_bytes sets another limit")]
    #[non_exhaustive]
    ResponseTooLarge {
        /// The limit in bytes.
        limit: u64,
        /// The requests that were sent.
        sent: Sent,
    },
    /// No answer, or not all of it, came in time.
    #[error("the service did not answer in time{sent}{}", through(sent))]
    #[non_exhaustive]
    Timeout {
        /// The requests that were sent.
        sent: Sent,
        /// What reqwest says of it.
        source: reqwest::Error,
    },
    /// No connection could be made, or it broke.
    #[error("{}{sent}", broken(source, sent))]
    #[non_exhaustive]
    Connection {
        /// The requests that were sent.
        sent: Sent,
        /// What reqwest says of it.
        source: reqwest::Error,
    },
    /// The call failed in a way that is worth another attempt, but so did too many others: the client's retry budget is
    /// used up (see [`RetryBudget`](crate::RetryBudget)).
    #[error("the call failed, and was not tried again, because too many others fail as well")]
    BudgetExhausted {
        /// How the last attempt failed.
        #[source]
        last: Box<Error>,
    },
    /// What was asked can't be sent, and nothing was.
    #[error("the request can't be sent: {0}")]
    InvalidRequest(String),
    /// The client was set up wrongly.
    #[error("the client is set up wrongly: {0}")]
    Configuration(String),
}

/// How a call was sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Sent {
    /// How many requests were sent.
    pub attempts: u32,
    /// The last answer's `x-request-id`, if it had one of at most 128 characters.
    pub request_id: Option<String>,
    /// How long the last answer asks to wait (`Retry-After`).
    pub retry_after: Option<Duration>,
    /// The proxy that the requests took, if there was one. Unknown where the HTTP client is the caller's own.
    pub proxy: Option<ProxySetting>,
}

/// Nothing of a single request; of several, their number.
impl fmt::Display for Sent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.attempts > 1 { write!(f, " after {} attempts", self.attempts) } else { Ok(()) }
    }
}

#[cfg(not(target_arch = "wasm32"))]
fn broken(source: &reqwest::Error, sent: &Sent) -> String {
    match &sent.proxy {
        Some(proxy) => proxy.explain(source),
        None if source.is_connect() => "can't connect to the service".to_owned(),
        None => "the connection to the service broke".to_owned(),
    }
}

/// A browser doesn't tell.
#[cfg(target_arch = "wasm32")]
fn broken(_: &reqwest::Error, _: &Sent) -> String {
    "can't connect to the service, or the connection broke".to_owned()
}

fn through(sent: &Sent) -> String {
    sent.proxy.as_ref().map(|proxy| format!(", through {proxy}")).unwrap_or_default()
}

/// What an answer without the envelope says, who it may come from, and what to do.
fn unexpected(status: u16, body: &str, sent: &Sent) -> String {
    if status == 407 {
        let (who, place) = match &sent.proxy {
            Some(proxy) => (proxy.to_string(), format!("in {}", proxy.variable())),
            None => ("a proxy".to_owned(), "in its address".to_owned()),
        };
        return format!(
            "{who} requires a user and password, or refuses the given ones{sent} (HTTP status 407); write them {place}, as \
             http://USER:PASSWORD@HOST:PORT{}",
            quoted("; it", body)
        );
    }
    let advice = match status {
        408 | 500.. => format!("try again later{}", quoted("; it", body)),
        413 => format!("a proxy or the service takes no request of this length{}", quoted("; it", body)),
        429 => format!("too many requests were sent; send fewer, or try again later{}", quoted("; it", body)),
        _ => format!("is the address right?{}", quoted(" It", body)),
    };
    format!("HTTP status {status} without the service's envelope{sent}{}; {advice}", through(sent))
}

fn quoted(before: &str, body: &str) -> String {
    if body.is_empty() { String::new() } else { format!("{before}{}", redact::quoted(body)) }
}

fn in_path(path: &str) -> String {
    if path.is_empty() { String::new() } else { format!(" in {path}") }
}

/// In one line what is to be read, because that is what `main` prints when it ends in an error: the kind, the text, and
/// the causes.
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
            // An http address gets this as an answer; before a tunnel the answer is only a failed connection.
            Self::Http { status: 407, body: String::new(), sent }
        } else if source.is_timeout() {
            Self::Timeout { sent, source }
        } else if source.is_builder() {
            Self::InvalidRequest(source.to_string())
        } else {
            Self::Connection { sent, source }
        }
    }

    /// Whether the same call may succeed later, by itself: what is sent again by a [`RetryPolicy`](crate::RetryPolicy).
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

    /// Whether the time for an attempt, or for the call, ran out.
    #[must_use]
    pub const fn is_timeout(&self) -> bool {
        matches!(self.last(), Self::Timeout { .. })
    }

    /// The code of a refusal. HTTP status 429 is one also where a proxy answers with it in place of the service.
    #[must_use]
    pub const fn code(&self) -> Option<BusinessCode> {
        match self.last() {
            Self::Business { code, .. } => Some(*code),
            Self::Http { status: 429, .. } => Some(BusinessCode::TooManyRequests),
            _ => None,
        }
    }

    /// Whether the request was refused for its length, be it by the service or by a proxy.
    pub(crate) const fn is_body_too_large(&self) -> bool {
        matches!(self.last(), Self::Business { code: BusinessCode::BodyTooLarge, .. } | Self::Http { status: 413, .. })
    }

    /// The events to blame, where events were fed and some of them were refused; then none is stored.
    #[must_use]
    pub fn refusals(&self) -> &[Refusal] {
        match self.last() {
            Self::Business { refusals, .. } => refusals,
            _ => &[],
        }
    }

    /// The `x-request-id` of the last answer, to look it up in the service's log.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.last().sent().and_then(|sent| sent.request_id.as_deref())
    }

    /// How long the last answer asks to wait before the next request (`Retry-After`), from when it came. Retries keep to
    /// it by themselves, as far as the call's time goes.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.last().sent().and_then(|sent| sent.retry_after)
    }

    /// The proxy that the requests took, if there was one. That it is named does not make it the cause: the text says so
    /// where it is.
    #[must_use]
    pub fn proxy(&self) -> Option<&ProxySetting> {
        self.last().sent().and_then(|sent| sent.proxy.as_ref())
    }

    /// How many requests were sent; 0 when the call failed before.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.last().sent().map_or(0, |sent| sent.attempts)
    }

    /// How the last attempt failed: the error itself, but for an exhausted budget.
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

    pub(crate) fn after(mut self, attempts: u32, answer: Option<&ResponseHead>, proxy: Option<&ProxySetting>) -> Self {
        if let Self::Business { sent, .. }
        | Self::Http { sent, .. }
        | Self::Decode { sent, .. }
        | Self::ResponseTooLarge { sent, .. }
        | Self::Timeout { sent, .. }
        | Self::Connection { sent, .. } = &mut self
        {
            *sent = Sent {
                attempts,
                request_id: answer.and_then(ResponseHead::request_id).map(str::to_owned),
                retry_after: answer.and_then(|answer| answer.retry_after(clock::unix_milliseconds())),
                proxy: proxy.cloned(),
            };
        }
        self
    }

    /// What OpenTelemetry's `error.type` is to be: few values, none of them personal.
    pub(crate) fn kind(&self) -> String {
        match self {
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
