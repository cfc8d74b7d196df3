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
