//! What goes back over the wire.

use std::time::{Duration, SystemTime};

use group_dispatch_types::BusinessCode;
use httpmock::HttpMockResponse;
use serde::Serialize;

use crate::{
    Clock,
    clock::{http_date, later},
};

/// When to come again: the two forms of HTTP's `Retry-After`.
#[derive(Clone, Copy, Debug)]
pub enum RetryAfter {
    /// In so many seconds.
    Seconds(u64),
    /// A date, this long after the answer. Dates have whole seconds; this one is never too early.
    DateIn(Duration),
}

impl RetryAfter {
    fn value(self, now: SystemTime) -> String {
        match self {
            Self::Seconds(seconds) => seconds.to_string(),
            // Part of a second would be dropped: the next whole one is meant.
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

    /// An envelope as the vendor sends it: with HTTP status 200, whatever the code.
    pub fn envelope(code: BusinessCode, data: &impl Serialize) -> Self {
        match serde_json::to_vec(&Envelope { code, message: code.message(), data }) {
            Ok(body) => Self { code: Some(code), ..Self::new(200, "application/json", body) },
            Err(reason) => Self::new(500, "text/plain", format!("the mocked data can't be written as JSON: {reason}")),
        }
    }

    /// The same, with the HTTP status that goes with its code.
    pub fn mirrored(self) -> Self {
        Self { status: self.code.map_or(self.status, BusinessCode::http_status), ..self }
    }

    /// Sends it now. A clock that was given dates it; otherwise hyper does.
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
