//! What a query returns if the caller wants to see the HTTP response as well.

use std::{
    fmt,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use bytes::Bytes;
use reqwest::{
    StatusCode,
    header::{DATE, HeaderMap},
};

use crate::{Places, attempt::Attempt, clock, repair::Repairs, response_head};

/// The data of a response, and the HTTP response itself.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct QueryResponse<T> {
    /// The data.
    pub data: T,
    /// The HTTP response.
    pub response: RawResponse,
}

impl<T> QueryResponse<T> {
    pub(crate) fn new(data: T, attempt: &Attempt, attempts: u32) -> Self {
        let head = attempt.response_head();
        let response = RawResponse {
            status: head.map(|head| head.status).unwrap_or_default(),
            headers: head.map(|head| head.headers.clone()).unwrap_or_default(),
            body: attempt.body().cloned().unwrap_or_default(),
            attempts,
            repairs: attempt.repairs().cloned().unwrap_or_default(),
        };
        Self { data, response }
    }
}

/// An unchanged HTTP response. `Debug` shows neither headers nor body.
#[derive(Clone)]
pub struct RawResponse {
    status: StatusCode,
    headers: HeaderMap,
    #[cfg_attr(target_arch = "wasm32", expect(dead_code, reason = "in a browser it is always empty"))]
    body: Bytes,
    attempts: u32,
    repairs: Repairs,
}

impl RawResponse {
    /// Returns the HTTP status.
    #[must_use]
    pub const fn status(&self) -> StatusCode {
        self.status
    }

    /// Returns the headers.
    #[must_use]
    pub const fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// Returns the `x-request-id`, by which the service's log names the request.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.headers.get("x-request-id")?.to_str().ok()
    }

    /// Returns the service's time when it responded: the header `Date`, in whole seconds.
    #[must_use]
    pub fn date(&self) -> Option<SystemTime> {
        let milliseconds = clock::parse_http_date(self.headers.get(DATE)?.to_str().ok()?)?;
        UNIX_EPOCH.checked_add(Duration::from_millis(milliseconds.try_into().ok()?))
    }

    /// Returns how old the data is, by the header `Age`. A group-dispatch-server that mirrors the vendor's service sends it: the
    /// time since the service was last looked at (D57). `None` without a valid header, as from the vendor itself.
    #[must_use]
    pub fn age(&self) -> Option<Duration> {
        response_head::age(&self.headers)
    }

    /// Returns the bytes of the body; with the feature `gzip`, decompressed.
    #[cfg(not(target_arch = "wasm32"))]
    #[must_use]
    pub const fn body(&self) -> &Bytes {
        &self.body
    }

    /// Returns the elements that are missing from the data, because their id, number, code or time is invalid.
    #[must_use]
    pub const fn left_out(&self) -> &Places {
        &self.repairs.left_out
    }

    /// Returns the texts of the data that were repaired: unreadable parts are U+FFFD, and a missing text is empty. Texts of
    /// elements that were left out count as well.
    #[must_use]
    pub const fn repaired(&self) -> &Places {
        &self.repairs.repaired
    }

    /// Returns the number of requests that the call sent.
    #[must_use]
    pub const fn attempts(&self) -> u32 {
        self.attempts
    }
}

impl fmt::Debug for RawResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("RawResponse");
        shown.field("status", &self.status).field("request_id", &self.request_id()).field("attempts", &self.attempts);
        for (name, places) in [("left_out", self.left_out()), ("repaired", self.repaired())] {
            if !places.is_empty() {
                shown.field(name, places);
            }
        }
        shown.finish_non_exhaustive()
    }
}
