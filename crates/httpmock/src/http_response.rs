//! The HTTP response of a mock.

use std::time::{Duration, SystemTime};

use group_dispatch_types::BusinessCode;
use httpmock::HttpMockResponse;
use serde::Serialize;

use crate::{
    Clock,
    clock::{http_date, later},
};

/// The two forms of HTTP's `Retry-After`.
#[derive(Clone, Copy, Debug)]
pub enum RetryAfter {
    /// A number of seconds.
    Seconds(u64),
    /// A date, this time after the response. It is rounded up to whole seconds.
    DateIn(Duration),
}

impl RetryAfter {
    fn value(self, now: SystemTime) -> String {
        match self {
            Self::Seconds(seconds) => seconds.to_string(),
            // HTTP dates are rounded down: adding 999 ms rounds up.
            Self::DateIn(wait) => http_date(later(later(now, wait), Duration::from_millis(999))),
        }
    }
}

/// An HTTP response, and the code in its envelope if it has one.
#[derive(Clone, Debug)]
pub struct HttpResponse {
    pub status: u16,
    pub code: Option<BusinessCode>,
    pub headers: Vec<(String, String)>,
    pub retry_after: Option<RetryAfter>,
    pub body: Vec<u8>,
}

#[derive(Serialize)]
struct Envelope<'a, T> {
    code: BusinessCode,
    message: &'static str,
    data: &'a T,
}

impl HttpResponse {
    pub fn new(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        let headers = vec![("content-type".to_owned(), content_type.to_owned())];
        Self { status, code: None, headers, retry_after: None, body: body.into() }
    }

    /// Returns an envelope as the vendor sends it: with HTTP status 200 and any code.
    pub fn envelope(code: BusinessCode, data: &impl Serialize) -> Self {
        match serde_json::to_vec(&Envelope { code, message: code.message(), data }) {
            Ok(body) => Self { code: Some(code), ..Self::new(200, "application/json", body) },
            Err(reason) => {
                Self::new(500, "text/plain", format!("the data of the mock can't be serialized as JSON: {reason}"))
            }
        }
    }

    /// Sets the HTTP status that fits the code.
    pub fn mirrored(self) -> Self {
        Self { status: self.code.map_or(self.status, BusinessCode::http_status), ..self }
    }

    /// Builds the response. `Date` is the time of the given clock; without one, hyper sets it.
    pub fn send(mut self, clock: Option<Clock>) -> HttpMockResponse {
        let now = clock.map_or_else(SystemTime::now, Clock::now);
        if clock.is_some() {
            self.headers.push(("date".to_owned(), http_date(now)));
        }
        if let Some(retry_after) = self.retry_after {
            self.headers.push(("retry-after".to_owned(), retry_after.value(now)));
        }
        HttpMockResponse::builder().status(self.status).headers(self.headers).body(self.body).build()
    }
}
