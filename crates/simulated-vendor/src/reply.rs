//! What comes back from the vendor: an answer or a failure, when, and what is true about it.

use std::{fmt, time::Duration};

use group_dispatch_types::BusinessCode;

/// What comes back for a request, and the truth about it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Reply<T> {
    /// How long it takes from when the request arrives until the caller has the answer or the failure. A slow answer takes up
    /// to 25 seconds: the caller decides when to give up.
    pub takes: Duration,
    /// The moment whose state the answer shows: a random one while the request was worked on. In Unix epoch milliseconds of true
    /// UTC. A caller can't know it.
    pub as_of: i64,
    /// The header `Date`: the vendor's clock at `as_of`, in Unix epoch milliseconds of whole seconds. `None` if there is no HTTP
    /// response. Of 502 and 503 it is the time of another clock, which is right: a gateway sent them.
    pub date: Option<i64>,
    /// Whether the answer is a lie: a success in which a source is empty or lacks most of its accounts. A caller can't know it.
    pub is_lie: bool,
    /// The answer.
    pub result: Result<Answer<T>, Failure>,
}

/// An answer with code 200.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Answer<T> {
    /// The data.
    pub data: T,
    /// How many elements are missing from the data because they could not be read, each with its content.
    pub left_out: usize,
    /// Where they were, in the order in which they were removed.
    pub(crate) places: Vec<Place>,
}

/// Where an element of an answer was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The list, as a JSON pointer (RFC 6901) from the data.
    pub list: String,
    /// The index in the list.
    pub index: usize,
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Failure {
    /// HTTP status 200 with a code that says that the request failed.
    Business(BusinessCode),
    /// Another HTTP status, without an envelope.
    Http(u16),
    /// HTTP status 429: there were more requests in the last second than the endpoint allows.
    TooManyRequests {
        /// The header `Retry-After`.
        retry_after: Duration,
    },
    /// The body ends early.
    Cut,
    /// The connection was refused, or closed without a response.
    Disconnected,
    /// No response came within the 30 seconds that a usual client waits.
    Silent,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Business(code) => write!(f, "code {}: {}", code.code(), code.message()),
            Self::Http(status) => write!(f, "HTTP status {status}"),
            Self::TooManyRequests { retry_after } => {
                write!(f, "too many requests; come again in {} s", retry_after.as_secs())
            }
            Self::Cut => f.write_str("the body of the response ends early"),
            Self::Disconnected => f.write_str("the connection was closed without a response"),
            Self::Silent => f.write_str("there was no response"),
        }
    }
}

impl std::error::Error for Failure {}
