//! The rate limit: requests a second of each tenant to each operation.

use std::{num::NonZeroU32, time::Duration};

use governor::{Quota, RateLimiter, clock::Clock, middleware::NoOpMiddleware, state::keyed::HashMapStateStore};
use group_dispatch_types::{BusinessCode, signing::TenantId};
use tokio::time::Instant;

use super::{endpoint::Endpoint, error::ApiError};

type TenantEndpoint = (TenantId, Endpoint);

/// Limits the requests of tenants whose signature was valid; only those make it grow.
pub struct RateLimits {
    limit: u32,
    /// Without one there is no limit.
    limiter:
        Option<RateLimiter<TenantEndpoint, HashMapStateStore<TenantEndpoint>, Stopwatch, NoOpMiddleware<Duration>>>,
}

impl RateLimits {
    /// With 0 there is no limit.
    pub fn new(requests_per_second: u32) -> Self {
        let limiter = |limit| RateLimiter::hashmap_with_clock(Quota::per_second(limit), Stopwatch(Instant::now()));
        Self { limit: requests_per_second, limiter: NonZeroU32::new(requests_per_second).map(limiter) }
    }

    /// Counts a request.
    ///
    /// # Errors
    /// When the tenant has sent too many. It may send the next one within a second.
    pub fn check(&self, tenant: TenantId, endpoint: Endpoint) -> Result<(), ApiError> {
        if self.limiter.as_ref().is_none_or(|limiter| limiter.check_key(&(tenant, endpoint)).is_ok()) {
            return Ok(());
        }
        let message = format!("too many requests: expected at most {} a second to each endpoint", self.limit);
        Err(ApiError::new(BusinessCode::TooManyRequests, message))
    }
}

/// Tokio's clock, which tests advance.
#[derive(Clone, Copy, Debug)]
struct Stopwatch(Instant);

impl Clock for Stopwatch {
    type Instant = Duration;

    fn now(&self) -> Duration {
        self.0.elapsed()
    }
}

#[cfg(test)]
mod tests {
    use group_dispatch_types::Operation;
    use tokio::time::advance;

    use super::*;

    const QUERY: Operation = Operation::QueryUserStatus;

    fn allowed(limits: &RateLimits, tenant: u64, operation: Operation, requests: usize) -> usize {
        (0..requests).filter(|_| limits.check(tenant.into(), operation.into()).is_ok()).count()
    }

    #[tokio::test(start_paused = true)]
    async fn each_tenant_has_as_many_a_second_of_each_endpoint() {
        let limits = RateLimits::new(50);
        assert_eq!(allowed(&limits, 1, QUERY, 200), 50);
        assert_eq!(allowed(&limits, 1, Operation::QueryWhatsAppInfo, 200), 50, "another endpoint");
        assert_eq!(allowed(&limits, 2, QUERY, 200), 50, "another tenant");
        advance(Duration::from_millis(100)).await;
        assert_eq!(allowed(&limits, 1, QUERY, 200), 5, "they come back evenly");
        advance(Duration::from_secs(60)).await;
        assert_eq!(allowed(&limits, 1, QUERY, 200), 50, "and are not saved up");
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_after_one_second_is_allowed_at_the_lowest_rate() {
        let limits = RateLimits::new(1);
        assert_eq!(allowed(&limits, 1, QUERY, 5), 1);
        advance(Duration::from_secs(1)).await;
        assert_eq!(allowed(&limits, 1, QUERY, 5), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn zero_is_no_limit() {
        assert_eq!(allowed(&RateLimits::new(0), 1, QUERY, 10_000), 10_000);
    }
}
