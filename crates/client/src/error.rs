use group_dispatch_types::BusinessCode;

/// Why a call did not end in its data.
///
/// None of its texts holds a key, a token or a piece of an answer, but for the service's own words in a refusal.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The service understood the request and refused it: a code other than 200 and 0, whatever the HTTP status.
    #[error("the service refused the request: {message} (code {number}, {what}; HTTP {status})", number = code.code(), what = code.description())]
    Business {
        /// Why, by the vendor's table.
        code: BusinessCode,
        /// The service's own words, long numbers and control characters taken out.
        message: String,
        /// The HTTP status, which the vendor leaves at 200.
        status: u16,
        /// The response's `x-request-id`, if it had one.
        request_id: Option<String>,
    },
    /// An HTTP status other than 200 with a body that is no envelope of a refusal: another service or a proxy answered.
    #[error("HTTP status {status} without the service's envelope; is the address right?")]
    Http {
        /// The HTTP status.
        status: u16,
        /// The response's `x-request-id`, if it had one.
        request_id: Option<String>,
    },
    /// HTTP status 200 with a body that is not what the contract says.
    #[error("the answer is not what the contract says, at line {line} column {column} of its body")]
    Decode {
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
        /// The response's `x-request-id`, if it had one.
        request_id: Option<String>,
    },
    /// No answer, or not all of it, came in time.
    #[error("the service did not answer in time")]
    Timeout(#[source] reqwest::Error),
    /// No connection could be made, or it broke.
    #[error("can't reach the service, or the connection broke")]
    Connection(#[source] reqwest::Error),
    /// The client was set up wrongly.
    #[error("the client is set up wrongly: {0}")]
    Configuration(String),
}

impl Error {
    pub(crate) fn from_transport(reason: reqwest::Error) -> Self {
        let reason = reason.without_url();
        if reason.is_timeout() {
            Self::Timeout(reason)
        } else if reason.is_builder() {
            Self::Configuration(reason.to_string())
        } else {
            Self::Connection(reason)
        }
    }

    /// The code of a refusal. HTTP status 429 is one also where a proxy answers with it in place of the service.
    #[must_use]
    pub const fn code(&self) -> Option<BusinessCode> {
        match self {
            Self::Business { code, .. } => Some(*code),
            Self::Http { status: 429, .. } => Some(BusinessCode::TooManyRequests),
            _ => None,
        }
    }

    /// The `x-request-id` of the answer, to look it up in the service's log.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        match self {
            Self::Business { request_id, .. } | Self::Http { request_id, .. } | Self::Decode { request_id, .. } => {
                request_id.as_deref()
            }
            _ => None,
        }
    }
}
