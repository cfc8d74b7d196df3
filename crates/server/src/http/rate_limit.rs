//! Requests a second of each tenant, to each endpoint.

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
use group_dispatch_types::signing::TenantId;
use tokio::time::Instant;

use super::endpoint::Endpoint;

type Limiter = RateLimiter<NotKeyed, InMemoryState, Stopwatch, NoOpMiddleware<Duration>>;

/// Asked only of tenants that proved who they are: nobody else can make it grow.
pub struct RateLimits {
    quota: Option<Quota>,
    clock: Stopwatch,
    tenants: RwLock<HashMap<TenantId, [Limiter; Endpoint::ALL.len()]>>,
}

impl RateLimits {
    /// 0 is no limit.
    pub fn new(requests_per_second: u32) -> Self {
        Self {
            quota: NonZeroU32::new(requests_per_second).map(Quota::per_second),
            clock: Stopwatch(Instant::now()),
            tenants: RwLock::default(),
        }
    }

    /// Whether one more request may be answered now. Where not, another may in a second at the latest.
    pub fn allow(&self, tenant: TenantId, endpoint: Endpoint) -> bool {
        let Some(quota) = self.quota else { return true };
        let is_allowed = |limiters: &[Limiter; Endpoint::ALL.len()]| {
            limiters.get(endpoint.index()).is_none_or(|limiter| limiter.check().is_ok())
        };
        let known = self.tenants.read().unwrap_or_else(PoisonError::into_inner).get(&tenant).map(is_allowed);
        known.unwrap_or_else(|| {
            let mut tenants = self.tenants.write().unwrap_or_else(PoisonError::into_inner);
            let fresh = || Endpoint::ALL.map(|_| RateLimiter::direct_with_clock(quota, self.clock));
            is_allowed(tenants.entry(tenant).or_insert_with(fresh))
        })
    }
}

/// For governor, whose own clocks come with more than is needed here.
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
    use tokio::time::advance;

    use super::*;

    const QUERY: Endpoint = Endpoint::QueryUserStatus;

    fn allowed(limits: &RateLimits, tenant: u64, endpoint: Endpoint, asked: usize) -> usize {
        (0..asked).filter(|_| limits.allow(tenant.into(), endpoint)).count()
    }

    #[tokio::test(start_paused = true)]
    async fn each_tenant_has_as_many_a_second_of_each_endpoint() {
        let limits = RateLimits::new(50);
        assert_eq!(allowed(&limits, 1, QUERY, 200), 50);
        assert_eq!(allowed(&limits, 1, Endpoint::QueryWhatsAppInfo, 200), 50, "another endpoint");
        assert_eq!(allowed(&limits, 2, QUERY, 200), 50, "another tenant");
        advance(Duration::from_millis(100)).await;
        assert_eq!(allowed(&limits, 1, QUERY, 200), 5, "they come back evenly");
        advance(Duration::from_secs(60)).await;
        assert_eq!(allowed(&limits, 1, QUERY, 200), 50, "and are not saved up");
    }

    #[tokio::test(start_paused = true)]
    async fn who_comes_again_after_a_second_is_let_in_at_the_lowest_rate_too() {
        let limits = RateLimits::new(1);
        assert_eq!(allowed(&limits, 1, QUERY, 5), 1);
        advance(Duration::from_secs(1)).await;
        assert_eq!(allowed(&limits, 1, QUERY, 5), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn nought_is_no_limit() {
        assert_eq!(allowed(&RateLimits::new(0), 1, QUERY, 10_000), 10_000);
    }
}
