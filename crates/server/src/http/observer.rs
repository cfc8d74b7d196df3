use std::{fmt::Debug, time::Duration};

use group_dispatch_types::{BusinessCode, signing::TenantId};

/// Hears of each request once it is answered, such as to send spans of tracing.
pub trait Observer: Debug + Send + Sync {
    /// The answer waits for this: it has to be quick, and must not block. If it panics, the request's connection breaks.
    fn answered(&self, request: &Observed<'_>);
}

/// A request that is answered, as its line in the log tells it: there is nothing of people in it, and no key.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Observed<'a> {
    /// The request's own `x-request-id`, or the one that it was given.
    pub id: &'a str,
    /// Its header `traceparent`, which says whose part it is, unchecked.
    pub traceparent: Option<&'a str>,
    /// `other` where a caller made one up.
    pub method: &'static str,
    /// What it was for, such as `queryUserStatus`, as the metrics tell endpoints apart.
    pub endpoint: &'static str,
    /// `unknown` where nothing is served; of pages below `/docs/` only that.
    pub path: &'static str,
    /// Whose it was, if that was proven.
    pub tenant: Option<TenantId>,
    /// The answer's HTTP status.
    pub status: u16,
    /// Of an answer that tells of a fault.
    pub code: Option<BusinessCode>,
    /// From the request's head to its answer.
    pub took: Duration,
}
