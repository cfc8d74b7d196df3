//! A rate limit, by which the client spaces its requests and the server rejects those of others.
//!
//! It is the generic cell rate algorithm, with the results of the crate governor, which the tests compare it with. Both
//! sides hold it in a lock of theirs, so that the state is a plain time.

use std::{num::NonZeroU32, time::Duration};

/// Allows a number of requests per second. Requests come back evenly, one at a time; a caller that has sent none for a while
/// may send several at once, the burst.
///
/// Times are given by the caller, counted from any moment that stays the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimiter {
    /// The time between two requests.
    interval: Duration,
    /// How much earlier than at even intervals a request may come.
    tolerance: Duration,
    /// When the next request comes at even intervals.
    due: Duration,
}

impl RateLimiter {
    /// Creates a limiter that allows a burst at once.
    #[must_use]
    pub fn new(per_second: NonZeroU32, burst: NonZeroU32) -> Self {
        let interval = (Duration::from_secs(1) / per_second.get()).max(Duration::from_nanos(1));
        Self { interval, tolerance: interval.saturating_mul(burst.get() - 1), due: Duration::ZERO }
    }

    /// Counts a request that is to be sent now.
    ///
    /// # Errors
    /// If it comes too early: the time until it may be sent. It is not counted.
    pub fn check(&mut self, now: Duration) -> Result<(), Duration> {
        match self.due.saturating_sub(self.tolerance).checked_sub(now) {
            None | Some(Duration::ZERO) => {
                self.due = self.due.max(now).saturating_add(self.interval);
                Ok(())
            }
            Some(early) => Err(early),
        }
    }
}
