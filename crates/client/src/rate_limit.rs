//! Requests a second: each waits for its turn, none is refused.

use std::{fmt, num::NonZeroU32, time::Duration};

use governor::{
    Quota, RateLimiter,
    clock::Clock,
    middleware::NoOpMiddleware,
    state::{InMemoryState, NotKeyed},
};
use tokio::sync::Mutex;

use crate::{
    clock::{Instant, sleep},
    generated_operations as operations,
    operation::Operation,
};

/// One limit for each operation, shared by all clones of a client.
pub struct RateLimits {
    turns: Option<[Turns; operations::ALL.len()]>,
}

/// How many requests a second a client sends of each operation, all its clones together. What is too early waits for its
/// turn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum RateLimit {
    /// At most as many as the vendor allows by the contract: 50.
    #[default]
    Contract,
    /// At most as many as this.
    PerSecond(NonZeroU32),
    /// As many as there are.
    Unlimited,
}

impl RateLimits {
    pub fn new(rate: RateLimit) -> Self {
        let turns = |rate: &dyn Fn(Operation) -> NonZeroU32| Some(operations::ALL.map(|each| Turns::new(rate(each))));
        let turns = match rate {
            RateLimit::Contract => {
                turns(&|operation| NonZeroU32::new(operation.requests_per_second).unwrap_or(NonZeroU32::MIN))
            }
            RateLimit::PerSecond(rate) => turns(&|_| rate),
            RateLimit::Unlimited => None,
        };
        Self { turns }
    }

    /// Returns when a request of this operation may be sent.
    pub async fn turn(&self, operation: Operation) {
        if let Some(turns) = self.turns.as_ref().and_then(|turns| turns.get(operation.index)) {
            turns.next().await;
        }
    }
}

impl fmt::Debug for RateLimits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RateLimits").field("limited", &self.turns.is_some()).finish()
    }
}

/// Evenly spaced turns. A large burst would be followed by as many turns within its second, and so by up to twice the rate.
struct Turns {
    limiter: RateLimiter<NotKeyed, InMemoryState, Stopwatch, NoOpMiddleware<Duration>>,
    stopwatch: Stopwatch,
    /// First come, first served; and only the first in the queue watches the clock.
    queue: Mutex<()>,
}

impl Turns {
    fn new(rate: NonZeroU32) -> Self {
        let stopwatch = Stopwatch(Instant::now());
        // What may catch up on a timer that was late by some milliseconds is taken off the rate.
        let late = rate.get() / 100;
        let [steady, burst] =
            [rate.get() - late, 1 + late].map(|number| NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN));
        let quota = Quota::per_second(steady).allow_burst(burst);
        Self { limiter: RateLimiter::direct_with_clock(quota, stopwatch), stopwatch, queue: Mutex::new(()) }
    }

    async fn next(&self) {
        let _first_in_the_queue = self.queue.lock().await;
        while let Err(early) = self.limiter.check() {
            sleep(early.wait_time_from(self.stopwatch.now())).await;
        }
    }
}

/// The clock by which we sleep, for governor.
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
    use std::{collections::VecDeque, sync::Arc};

    use futures_util::future::join_all;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    /// The most turns within any second of a hundred and twenty-five that are asked for at once.
    async fn most_in_a_second(limits: RateLimits, operations: &[Operation]) -> usize {
        let limits = Arc::new(limits);
        let turns = (0..125).flat_map(|_| operations).map(|operation| {
            let limits = Arc::clone(&limits);
            async move {
                limits.turn(*operation).await;
                Instant::now()
            }
        });
        let mut times = join_all(turns).await;
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
        let most = most_in_a_second(RateLimits::new(RateLimit::Contract), &[operations::QUERY_USER_STATUS]).await;
        assert_eq!(most, 50);
        // 124 pauses of 20 ms, each up to a millisecond longer by tokio's timer.
        let took = began.elapsed();
        assert!(took >= Duration::from_millis(2480) && took < Duration::from_millis(2610), "{took:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn each_operation_has_a_limit_of_its_own() {
        assert_eq!(most_in_a_second(RateLimits::new(RateLimit::Contract), &operations::ALL).await, 300);
    }

    #[tokio::test(start_paused = true)]
    async fn the_rate_can_be_changed_and_switched_off() {
        let three = RateLimit::PerSecond(NonZeroU32::new(3).unwrap_or(NonZeroU32::MIN));
        assert_eq!(most_in_a_second(RateLimits::new(three), &[operations::QUERY_WHATS_APP_INFO]).await, 3);
        assert_eq!(
            most_in_a_second(RateLimits::new(RateLimit::Unlimited), &[operations::QUERY_WHATS_APP_INFO]).await,
            125
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_high_rate_is_kept_and_reached_with_a_coarse_timer() {
        for rate in [100, 500, 1000, 5000] {
            let limits = RateLimits::new(RateLimit::PerSecond(NonZeroU32::new(rate).unwrap_or(NonZeroU32::MIN)));
            let began = Instant::now();
            let mut within_a_second = 0;
            for turn in 0..2 * rate {
                limits.turn(operations::QUERY_USER_STATUS).await;
                if began.elapsed() < SECOND {
                    within_a_second = turn + 1;
                }
            }
            assert!(within_a_second <= rate, "{within_a_second} of {rate}");
            assert!(began.elapsed() < 2 * SECOND + SECOND / 10, "{rate} a second took {:?}", began.elapsed());
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_turn_given_up_is_not_lost_to_the_others() {
        let limits = RateLimits::new(RateLimit::PerSecond(NonZeroU32::MIN));
        let operation = operations::QUERY_USER_STATUS;
        limits.turn(operation).await;
        let began = Instant::now();
        assert!(tokio::time::timeout(SECOND / 2, limits.turn(operation)).await.is_err());
        limits.turn(operation).await;
        assert!(began.elapsed() < SECOND + SECOND / 10, "{:?}", began.elapsed());
    }
}
