//! When a request is sent again, and after what pause.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use crate::clock::Instant;

/// How often a call is tried, and how long it pauses in between.
///
/// Sent again is what failed on the way (a connection that could not be made or broke, no answer in time, an answer cut
/// off) and what the service or a proxy says is passing: HTTP status 408, 429 and 5xx, and business codes 408, 429, 500
/// and 517. All five operations only read, so that no harm is done.
///
/// The pause is random, between nothing and a bound that doubles with each attempt ("full jitter"), so that clients
/// that failed together don't come back together. A `Retry-After` of the answer comes on top.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    max_attempts: u32,
    first_pause: Duration,
    longest_pause: Duration,
}

impl Default for RetryPolicy {
    /// Four attempts, with pauses of at most 0.2, 0.4 and 0.8 seconds.
    fn default() -> Self {
        Self { max_attempts: 4, first_pause: Duration::from_millis(200), longest_pause: Duration::from_secs(10) }
    }
}

impl RetryPolicy {
    /// One attempt: exactly one request is sent.
    #[must_use]
    pub fn never() -> Self {
        Self { max_attempts: 1, ..Self::default() }
    }

    /// How often a call is tried in all; 0 counts as 1.
    #[must_use]
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts.max(1);
        self
    }

    /// The pauses' bounds: before the second attempt, and the one that no pause exceeds.
    #[must_use]
    pub fn pauses(mut self, first: Duration, longest: Duration) -> Self {
        (self.first_pause, self.longest_pause) = (first, longest);
        self
    }

    /// What to do about a failed attempt. It depends on nothing but its arguments.
    pub(crate) fn decide(&self, failure: &FailedAttempt) -> RetryDecision {
        if !failure.is_idempotent || failure.attempts >= self.max_attempts || failure.time_left.is_zero() {
            return RetryDecision::Fail;
        }
        if failure.is_signed_by_a_wrong_clock {
            return RetryDecision::ResignNow;
        }
        if !failure.is_retryable {
            return RetryDecision::Fail;
        }
        let doublings = failure.attempts.saturating_sub(1).min(31);
        let bound = self.first_pause.saturating_mul(1 << doublings).min(self.longest_pause);
        let random = bound.as_secs_f64() * failure.random.clamp(0.0, 1.0);
        // The longest durations don't survive being a float.
        let jitter = Duration::try_from_secs_f64(random).unwrap_or(bound);
        let pause = failure.retry_after.unwrap_or_default().saturating_add(jitter);
        // A pause that leaves no time to ask would only keep the caller waiting for the error.
        if pause < failure.time_left { RetryDecision::RetryAfter(pause) } else { RetryDecision::Fail }
    }
}

/// An attempt that failed, as far as the decision depends on it.
#[derive(Clone, Copy, Debug)]
pub struct FailedAttempt {
    /// Whether the operation may be sent again at all.
    pub is_idempotent: bool,
    /// Whether asking again may help.
    pub is_retryable: bool,
    /// Whether signing by the service's clock, which has just been learned, may help.
    pub is_signed_by_a_wrong_clock: bool,
    /// How often the call has been tried, this attempt included.
    pub attempts: u32,
    /// What the answer's `Retry-After` asks for.
    pub retry_after: Option<Duration>,
    /// What is left of the call's time.
    pub time_left: Duration,
    /// From 0 to 1.
    pub random: f64,
}

/// What to do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetryDecision {
    /// The call has failed.
    Fail,
    /// Send again at once, signed by the clock that was learned.
    ResignNow,
    /// Send again after this pause, if the budget allows.
    RetryAfter(Duration),
}

/// How many retries a client allows itself, over all its calls, so that a failing service is not hammered.
///
/// A bucket of retries: each retry takes one out, each call that succeeds puts a part of one in, and so does time, a
/// little. While calls fail now and then it never empties; when all fail, retries end soon and calls end in
/// [`Error::BudgetExhausted`](crate::Error::BudgetExhausted) after one attempt.
#[derive(Clone, Debug, PartialEq)]
pub struct RetryBudget {
    reserve: f64,
    per_success: f64,
    per_second: f64,
}

impl Default for RetryBudget {
    /// A reserve of 100 retries; half a retry for each success, and one each second.
    fn default() -> Self {
        Self::new(100, 0.5, 1.0)
    }
}

impl RetryBudget {
    /// A bucket that holds `reserve` retries and is full at first. Each success puts `per_success` of a retry in, each
    /// second `per_second`; what is negative or no number counts as 0.
    #[must_use]
    pub fn new(reserve: u32, per_success: f64, per_second: f64) -> Self {
        Self { reserve: reserve.into(), per_success: per_success.max(0.0), per_second: per_second.max(0.0) }
    }

    /// No bounds.
    #[must_use]
    pub fn unlimited() -> Self {
        Self { reserve: f64::INFINITY, per_success: 0.0, per_second: 0.0 }
    }
}

/// The bucket of a client.
#[derive(Debug)]
pub struct RetryBucket {
    budget: RetryBudget,
    level: Mutex<Level>,
}

#[derive(Debug)]
struct Level {
    retries: f64,
    /// When time was counted last.
    at: Instant,
}

impl RetryBucket {
    pub fn full(budget: RetryBudget) -> Self {
        let level = Mutex::new(Level { retries: budget.reserve, at: Instant::now() });
        Self { budget, level }
    }

    pub fn refill_for_success(&self) {
        let mut level = self.level.lock().unwrap_or_else(PoisonError::into_inner);
        level.retries = (level.retries + self.budget.per_success).min(self.budget.reserve);
    }

    /// Takes a retry out, if there is one.
    pub fn try_take(&self) -> bool {
        let mut level = self.level.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let grown = now.duration_since(level.at).as_secs_f64() * self.budget.per_second;
        level.retries = (level.retries + grown).min(self.budget.reserve);
        level.at = now;
        let is_one_left = level.retries >= 1.0;
        if is_one_left {
            level.retries -= 1.0;
        }
        is_one_left
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(milliseconds: u64) -> Duration {
        Duration::from_millis(milliseconds)
    }

    #[test]
    fn the_decision() {
        use RetryDecision::{Fail, ResignNow, RetryAfter};
        let long = Duration::from_secs(3600);
        let failure = FailedAttempt {
            is_idempotent: true,
            is_retryable: true,
            is_signed_by_a_wrong_clock: false,
            attempts: 1,
            retry_after: None,
            time_left: long,
            random: 1.0,
        };
        let refused = FailedAttempt { is_retryable: false, is_signed_by_a_wrong_clock: true, ..failure };
        let default = RetryPolicy::default();
        let many = RetryPolicy::default().max_attempts(u32::MAX);
        let none = RetryPolicy::never();
        let endless = RetryPolicy::default().pauses(Duration::MAX, Duration::MAX);
        let cases = [
            ("the first pause", &default, failure, RetryAfter(ms(200))),
            ("it doubles", &default, FailedAttempt { attempts: 2, ..failure }, RetryAfter(ms(400))),
            ("and again", &default, FailedAttempt { attempts: 3, ..failure }, RetryAfter(ms(800))),
            ("until the attempts are used up", &default, FailedAttempt { attempts: 4, ..failure }, Fail),
            ("and stays under the longest", &many, FailedAttempt { attempts: 7, ..failure }, RetryAfter(ms(10_000))),
            ("however often", &many, FailedAttempt { attempts: u32::MAX - 1, ..failure }, RetryAfter(ms(10_000))),
            ("jitter goes down to nothing", &default, FailedAttempt { random: 0.0, ..failure }, RetryAfter(ms(0))),
            ("and through the middle", &default, FailedAttempt { random: 0.25, ..failure }, RetryAfter(ms(50))),
            ("what can't be mended", &default, FailedAttempt { is_retryable: false, ..failure }, Fail),
            ("what must not be sent twice", &default, FailedAttempt { is_idempotent: false, ..failure }, Fail),
            ("a wrong clock", &default, refused, ResignNow),
            ("a wrong clock, at the last attempt", &default, FailedAttempt { attempts: 4, ..refused }, Fail),
            ("a wrong clock, and no time left", &default, FailedAttempt { time_left: ms(0), ..refused }, Fail),
            ("a wrong clock, and one attempt only", &none, refused, Fail),
            ("a wrong clock, not to be sent twice", &default, FailedAttempt { is_idempotent: false, ..refused }, Fail),
            ("no retries", &none, failure, Fail),
            ("none asked for is one", &RetryPolicy::default().max_attempts(0), failure, Fail),
            (
                "Retry-After comes first, jitter on top",
                &default,
                FailedAttempt { retry_after: Some(ms(3000)), ..failure },
                RetryAfter(ms(3200)),
            ),
            (
                "a Retry-After of nothing",
                &default,
                FailedAttempt { retry_after: Some(ms(0)), ..failure },
                RetryAfter(ms(200)),
            ),
            ("no time for the pause", &default, FailedAttempt { time_left: ms(200), ..failure }, Fail),
            ("just enough time", &default, FailedAttempt { time_left: ms(201), ..failure }, RetryAfter(ms(200))),
            (
                "no time for the Retry-After",
                &default,
                FailedAttempt { retry_after: Some(ms(3000)), time_left: ms(3000), random: 0.0, ..failure },
                Fail,
            ),
            ("an endless Retry-After", &default, FailedAttempt { retry_after: Some(Duration::MAX), ..failure }, Fail),
            ("pauses without bounds", &endless, failure, Fail),
            ("no time at all", &default, FailedAttempt { time_left: Duration::ZERO, random: 0.0, ..failure }, Fail),
        ];
        for (what, policy, failure, expected) in cases {
            assert_eq!(policy.decide(&failure), expected, "{what}: {failure:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_bucket_runs_dry_and_fills_again() {
        let bucket = RetryBucket::full(RetryBudget::new(2, 0.5, 0.1));
        assert!(bucket.try_take() && bucket.try_take());
        assert!(!bucket.try_take(), "the reserve is used up");
        bucket.refill_for_success();
        assert!(!bucket.try_take(), "half a retry is none");
        bucket.refill_for_success();
        assert!(bucket.try_take());
        tokio::time::advance(Duration::from_secs(10)).await;
        assert!(bucket.try_take(), "time puts one in as well");
        tokio::time::advance(Duration::from_secs(3600)).await;
        assert!(bucket.try_take() && bucket.try_take());
        assert!(!bucket.try_take(), "it never holds more than the reserve");
    }

    #[tokio::test(start_paused = true)]
    async fn no_budget_and_no_bounds() {
        let none = RetryBucket::full(RetryBudget::new(0, f64::NAN, -1.0));
        none.refill_for_success();
        assert!(!none.try_take());
        let unlimited = RetryBucket::full(RetryBudget::unlimited());
        assert!((0..10_000).all(|_| unlimited.try_take()));
    }
}
