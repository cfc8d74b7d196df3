//! What a program receives about each request that the server responded to, to send tracing spans for example.

use std::{fmt::Debug, time::Duration};

use group_dispatch_types::{BusinessCode, signing::TenantId};

/// Is called after each request.
pub trait RequestObserver: Debug + Send + Sync {
    /// Receives a request with its response, which waits for it: it must be quick and must not block. If it panics,
    /// the request's connection is closed.
    fn answered(&self, request: &RequestRecord<'_>);
}

/// A request that has its response, as its log line shows it: without personal data and without keys.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct RequestRecord<'a> {
    /// The request's `x-request-id`, or the one that the server gave it.
    pub id: &'a str,
    /// Its header `traceparent`, not validated.
    pub traceparent: Option<&'a str>,
    /// The method; `other` if it is not one of HTTP's own.
    pub method: &'static str,
    /// The endpoint, as metrics name it: `queryUserStatus`, for example.
    pub endpoint: &'static str,
    /// The path; `unknown` if the server has no such path, `/docs/` for all pages below it.
    pub path: &'static str,
    /// The tenant, if the request's signature was valid.
    pub tenant: Option<TenantId>,
    /// The HTTP status of the response.
    pub status: u16,
    /// The code of an error.
    pub code: Option<BusinessCode>,
    /// The time from the request's head to its response.
    pub took: Duration,
}

/// The attributes that OpenTelemetry's conventions for HTTP servers define, the same for spans and metrics.
impl RequestRecord<'_> {
    /// Returns `http.request.method`.
    #[must_use]
    pub fn http_method(&self) -> &'static str {
        if self.method == "other" { "_OTHER" } else { self.method }
    }

    /// Returns `http.route`, unless the server has no such path.
    #[must_use]
    pub fn http_route(&self) -> Option<&'static str> {
        Some(self.path).filter(|path| *path != "unknown")
    }

    /// Returns `error.type`: the HTTP status of a server error. With `--http-status vendor`, the HTTP status is 200 and the
    /// code decides.
    #[must_use]
    pub fn error_type(&self) -> Option<u16> {
        let mirrored = self.code.map_or(self.status, BusinessCode::http_status);
        Some(self.status.max(mirrored)).filter(|status| *status >= 500)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_error_is_recognized_by_its_code_under_http_status_200() {
        for (status, code, expected) in [
            (200, None, None),
            (200, Some(522), None),
            (401, Some(522), None),
            (200, Some(517), Some(500)),
            (500, Some(517), Some(500)),
            (503, Some(500), Some(503)),
            (503, None, Some(503)),
        ] {
            let record = RequestRecord {
                id: "",
                traceparent: None,
                method: "POST",
                endpoint: "",
                path: "",
                tenant: None,
                status,
                code: code.map(BusinessCode::from),
                took: Duration::ZERO,
            };
            assert_eq!(record.error_type(), expected, "{status} {code:?}");
        }
    }
}
