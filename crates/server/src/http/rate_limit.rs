//! The rate limit: requests a second of each tenant to each operation.

use std::num::NonZeroU32;

use group_dispatch_types::{BusinessCode, RateLimiter, signing::TenantId};
use hashbrown::HashMap;
use parking_lot::Mutex;
use tokio::time::Instant;

use super::{endpoint::Endpoint, error::ApiError};

/// Limits the requests of tenants whose signature was valid; only those make it grow.
pub struct RateLimits {
    /// Without one there is no limit.
    per_second: Option<NonZeroU32>,
    /// When the clock of the limiters began.
    started: Instant,
    limiters: Mutex<HashMap<(TenantId, Endpoint), RateLimiter>>,
}

impl RateLimits {
    /// With 0 there is no limit.
    pub fn new(requests_per_second: u32) -> Self {
        let per_second = NonZeroU32::new(requests_per_second);
        Self { per_second, started: Instant::now(), limiters: Mutex::default() }
    }

    /// Counts a request.
    ///
    /// # Errors
    /// When the tenant has sent too many. It may send the next one within a second.
    pub fn check(&self, tenant: TenantId, endpoint: Endpoint) -> Result<(), ApiError> {
        let Some(limit) = self.per_second else { return Ok(()) };
        let mut limiters = self.limiters.lock();
        let limiter = limiters.entry((tenant, endpoint)).or_insert_with(|| RateLimiter::new(limit, limit));
        limiter.check(self.started.elapsed()).map_err(|_| {
            let message = format!("too many requests: expected at most {limit} a second to each endpoint");
            ApiError::new(BusinessCode::TooManyRequests, message)
        })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

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
