//! What a client is configured with and shares among its clones ([`Shared`]), and what holds for a single call
//! ([`CallOptions`]). Built by the builder and by queries, read by everything below them.

use std::{fmt, time::Duration};

use group_dispatch_types::ingest::FeedOrder;
use group_dispatch_types::signing::Credentials;
use reqwest::header::{HeaderMap, HeaderValue};

use crate::{
    clock_skew::ClockSkew,
    proxy::ProxySetting,
    rate_limit::RateLimits,
    retry::{RetryBucket, RetryPolicy},
    signature::FeedSigning,
};

/// Settings and state of a client. All clones of the client share one instance.
pub struct Shared {
    pub base_url: String,
    pub server: Server,
    pub credentials: Credentials,
    pub feed_signing: FeedSigning,
    pub http: reqwest::Client,
    /// The proxy that `http` uses; `None` also if `http` is the caller's own client, whose proxy is unknown.
    pub proxy: Option<ProxySetting>,
    /// The `user-agent` header; `None` leaves that of `http`.
    pub user_agent: Option<HeaderValue>,
    pub timeout: Duration,
    pub attempt_timeout: Duration,
    pub retry: RetryPolicy,
    pub retry_bucket: RetryBucket,
    pub rate_limits: RateLimits,
    pub clock_skew: ClockSkew,
    pub max_response_bytes: u64,
    pub is_strict: bool,
    pub traces_personal_data: bool,
    #[cfg(feature = "opentelemetry")]
    pub metrics: crate::otel::RequestMetrics,
}

/// The host and port that requests go to.
pub struct Server {
    pub address: String,
    pub port: u16,
}

/// Leaves out the HTTP client: the caller's own may carry secrets in its headers.
impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared")
            .field("base_url", &self.base_url)
            .field("credentials", &self.credentials)
            .field("timeout", &self.timeout)
            .field("attempt_timeout", &self.attempt_timeout)
            .field("retry", &self.retry)
            .finish_non_exhaustive()
    }
}

/// Options of a single call.
#[derive(Clone, Debug, Default)]
pub struct CallOptions {
    /// Replaces the client's timeout.
    pub timeout: Option<Duration>,
    /// Replaces the client's retry policy.
    pub retry: Option<RetryPolicy>,
    /// Headers to send in addition.
    pub headers: HeaderMap,
    /// Whether the body is kept for [`RawResponse`](crate::RawResponse).
    pub keeps_body: bool,
    /// The order of the events of an ingest call.
    pub feed_order: Option<FeedOrder>,
}
