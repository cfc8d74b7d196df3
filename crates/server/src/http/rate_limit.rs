//! The rate limit: requests a second of each tenant to each operation.

use std::{
    collections::HashMap,
    num::NonZeroU32,
    sync::{PoisonError, RwLock},
    time::Duration,
};

use governor::{
    Quota, RateLimiter,
    clock::Clock,
    middleware::NoOpMiddleware,
    state::{InMemoryState, NotKeyed},
};
use group_dispatch_types::{BusinessCode, signing::TenantId};
use tokio::time::Instant;

use super::{endpoint::Endpoint, error::ApiError};

/// The limiters of a tenant, one for each endpoint.
struct Limiters([RateLimiter<NotKeyed, InMemoryState, Stopwatch, NoOpMiddleware<Duration>>; Endpoint::COUNT]);

/// Limits the requests of tenants whose signature was valid; only those make it grow.
pub struct RateLimits {
    quota: Option<Quota>,
    clock: Stopwatch,
    tenants: RwLock<HashMap<TenantId, Limiters>>,
}

impl RateLimits {
    /// With 0 there is no limit.
    pub fn new(requests_per_second: u32) -> Self {
        Self {
            quota: NonZeroU32::new(requests_per_second).map(Quota::per_second),
            clock: Stopwatch(Instant::now()),
            tenants: RwLock::default(),
        }
    }

    /// Counts a request.
    ///
    /// # Errors
    /// When the tenant has sent too many. It may send the next one within a second.
    pub fn check(&self, tenant: TenantId, endpoint: Endpoint) -> Result<(), ApiError> {
        match self.quota {
            Some(quota) if !self.allows(quota, tenant, endpoint) => {
                let limit = quota.burst_size();
                let message = format!("too many requests: expected at most {limit} a second to each endpoint");
                Err(ApiError::new(BusinessCode::TooManyRequests, message))
            }
            _ => Ok(()),
        }
    }

    fn allows(&self, quota: Quota, tenant: TenantId, endpoint: Endpoint) -> bool {
        let allows = |Limiters(limiters): &Limiters| {
            limiters.get(endpoint.index()).is_none_or(|limiter| limiter.check().is_ok())
        };
        let found = self.tenants.read().unwrap_or_else(PoisonError::into_inner).get(&tenant).map(allows);
        found.unwrap_or_else(|| {
            let mut tenants = self.tenants.write().unwrap_or_else(PoisonError::into_inner);
            let limiter = |_| RateLimiter::direct_with_clock(quota, self.clock);
            allows(tenants.entry(tenant).or_insert_with(|| Limiters(std::array::from_fn(limiter))))
        })
    }
}

/// The clock for governor, whose own clocks need more dependencies.
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
