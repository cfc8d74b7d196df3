//! Limits the requests per second of a client. Requests above the limit wait; none is rejected.

use std::{fmt, num::NonZeroU32};

use group_dispatch_types::{Operation, RateLimiter};
use tokio::sync::Mutex;

use crate::clock::{Stopwatch, sleep};

/// A limiter for each operation, shared by all clones of a client.
pub struct RateLimits {
    limiters: Option<[Limiter; Operation::ALL.len()]>,
}

/// Requests per second that a client and its clones send of each operation. Requests above the limit wait.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum RateLimit {
    /// The limit of the contract: 50 requests per second.
    #[default]
    Contract,
    /// At most this number of requests per second.
    PerSecond(NonZeroU32),
    /// No limit.
    Unlimited,
}

impl RateLimits {
    pub fn new(rate: RateLimit) -> Self {
        let limiters = match rate {
            RateLimit::Contract => Some(Operation::ALL.map(|operation| {
                Limiter::new(NonZeroU32::new(operation.requests_per_second()).unwrap_or(NonZeroU32::MIN))
            })),
            RateLimit::PerSecond(rate) => Some(Operation::ALL.map(|_| Limiter::new(rate))),
            RateLimit::Unlimited => None,
        };
        Self { limiters }
    }

    /// Waits until a request of this operation may be sent.
    pub async fn until_ready(&self, operation: Operation) {
        if let Some(limiter) = self.limiters.as_ref().and_then(|limiters| limiters.get(operation as usize)) {
            limiter.until_ready().await;
        }
    }
}

impl fmt::Debug for RateLimits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RateLimits").field("limited", &self.limiters.is_some()).finish()
    }
}

/// Spaces requests evenly. After a large burst, as many requests again could follow within its second: twice the rate.
struct Limiter {
    stopwatch: Stopwatch,
    /// First come, first served: only the first in the queue uses it.
    queue: Mutex<RateLimiter>,
}

impl Limiter {
    fn new(rate: NonZeroU32) -> Self {
        // A burst of 1 % makes up for timers that are some milliseconds late. It is taken off the steady rate.
        let late = rate.get() / 100;
        let [steady, burst] =
            [rate.get() - late, 1 + late].map(|number| NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN));
        Self { stopwatch: Stopwatch::start(), queue: Mutex::new(RateLimiter::new(steady, burst)) }
    }

    async fn until_ready(&self) {
        let mut limiter = self.queue.lock().await;
        while let Err(early) = limiter.check(self.stopwatch.elapsed()) {
            sleep(early).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::VecDeque, sync::Arc, time::Duration};

    use futures_util::future::join_all;

    use super::*;
    use crate::clock::Instant;

    const SECOND: Duration = Duration::from_secs(1);

    /// Returns the largest number of requests within any second, of 125 that are sent at once.
    async fn most_in_a_second(limits: RateLimits, operations: &[Operation]) -> usize {
        let limits = Arc::new(limits);
        let requests = (0..125).flat_map(|_| operations).map(|operation| {
            let limits = Arc::clone(&limits);
            async move {
                limits.until_ready(*operation).await;
                Instant::now()
            }
        });
        let mut times = join_all(requests).await;
        times.sort_unstable();
        let (mut window, mut most) = (VecDeque::new(), 0);
        for time in times {
            window.push_back(time);
            while window.front().is_some_and(|first| time.duration_since(*first) >= SECOND) {
                window.pop_front();
            }
            most = most.max(window.len());
        }
        most
    }

    #[tokio::test(start_paused = true)]
    async fn no_second_has_more_than_the_contract_allows() {
        let began = Instant::now();
        let most = most_in_a_second(RateLimits::new(RateLimit::Contract), &[Operation::QueryUserStatus]).await;
        assert_eq!(most, 50);
        // 124 pauses of 20 ms. tokio's timer makes each up to a millisecond longer.
        let took = began.elapsed();
        assert!(took >= Duration::from_millis(2480) && took < Duration::from_millis(2610), "{took:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn each_operation_has_a_limit_of_its_own() {
        let most = most_in_a_second(RateLimits::new(RateLimit::Contract), &Operation::ALL).await;
        let rates = Operation::ALL.into_iter().map(|operation| operation.requests_per_second() as usize);
        assert_eq!(most, rates.sum::<usize>());
    }

    #[tokio::test(start_paused = true)]
    async fn the_rate_can_be_changed_and_switched_off() {
        let three = RateLimit::PerSecond(NonZeroU32::new(3).unwrap_or(NonZeroU32::MIN));
        assert_eq!(most_in_a_second(RateLimits::new(three), &[Operation::QueryWhatsAppInfo]).await, 3);
        assert_eq!(most_in_a_second(RateLimits::new(RateLimit::Unlimited), &[Operation::QueryWhatsAppInfo]).await, 125);
    }

    #[tokio::test(start_paused = true)]
    async fn a_high_rate_is_respected_and_reached_with_a_coarse_timer() {
        for rate in [100, 500, 1000, 5000] {
            let limits = RateLimits::new(RateLimit::PerSecond(NonZeroU32::new(rate).unwrap_or(NonZeroU32::MIN)));
            let began = Instant::now();
            let mut within_a_second = 0;
            for request in 0..2 * rate {
                limits.until_ready(Operation::QueryUserStatus).await;
                if began.elapsed() < SECOND {
                    within_a_second = request + 1;
                }
            }
            assert!(within_a_second <= rate, "{within_a_second} of {rate}");
            assert!(began.elapsed() < 2 * SECOND + SECOND / 10, "{rate} a second took {:?}", began.elapsed());
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_cancelled_wait_uses_up_no_request() {
        let limits = RateLimits::new(RateLimit::PerSecond(NonZeroU32::MIN));
        let operation = Operation::QueryUserStatus;
        limits.until_ready(operation).await;
        let began = Instant::now();
        assert!(tokio::time::timeout(SECOND / 2, limits.until_ready(operation)).await.is_err());
        limits.until_ready(operation).await;
        assert!(began.elapsed() < SECOND + SECOND / 10, "{:?}", began.elapsed());
    }
}
