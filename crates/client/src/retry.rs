//! Decides whether a failed attempt is retried and after which pause. Used by `call`; the decision depends on nothing but
//! its arguments.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use crate::clock::Instant;

/// How often a call is attempted, and the pauses in between.
///
/// Retried are failures of the network (a connection that could not be opened or broke, a timeout, a truncated response) and temporary failures of the service or a proxy: HTTP status 408, 429 and 5xx, and business codes 408, 429, 500 and
/// 517. This is safe, because all operations are idempotent.
///
/// The pause is random, between zero and a bound that doubles with each attempt ("full jitter"), so that clients that
/// failed at the same time don't retry at the same time. A `Retry-After` of the response is added to it.
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
    /// Never retries: exactly one request is sent.
    #[must_use]
    pub fn never() -> Self {
        Self { max_attempts: 1, ..Self::default() }
    }

    /// Sets the number of attempts of a call, the first one included; 0 counts as 1.
    #[must_use]
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts.max(1);
        self
    }

    /// Sets the bound of the first pause, and the bound that no pause exceeds.
    #[must_use]
    pub fn pauses(mut self, first: Duration, longest: Duration) -> Self {
        (self.first_pause, self.longest_pause) = (first, longest);
        self
    }

    /// Decides what follows a failed attempt.
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
        // Very long durations can't be converted from a float.
        let jitter = Duration::try_from_secs_f64(random).unwrap_or(bound);
        let pause = failure.retry_after.unwrap_or_default().saturating_add(jitter);
        // A pause that leaves no time for a request would only delay the error.
        if pause < failure.time_left { RetryDecision::RetryAfter(pause) } else { RetryDecision::Fail }
    }
}

/// A failed attempt, as far as the decision depends on it.
#[derive(Clone, Copy, Debug)]
pub struct FailedAttempt {
    /// Whether the operation is idempotent.
    pub is_idempotent: bool,
    /// Whether a retry may help.
    pub is_retryable: bool,
    /// Whether a signature by the service's clock, which has just been measured, may help.
    pub is_signed_by_a_wrong_clock: bool,
    /// The number of attempts so far, this one included.
    pub attempts: u32,
    /// The wait that the response asks for.
    pub retry_after: Option<Duration>,
    /// The time until the timeout of the call.
    pub time_left: Duration,
    /// A random number from 0 to 1.
    pub random: f64,
}

/// What follows a failed attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetryDecision {
    /// The call fails.
    Fail,
    /// Retry immediately, signed by the service's clock.
    ResignNow,
    /// Retry after this pause, if the retry budget allows it.
    RetryAfter(Duration),
}

/// Limits the retries of a client over all its calls, so that retries don't overload a failing service.
///
/// It is a token bucket: each retry takes a token, and each success and each second add a part of one. If calls fail
/// occasionally, the bucket never becomes empty. If all calls fail, it is soon empty, and calls end in
/// [`Error::BudgetExhausted`](crate::Error::BudgetExhausted) after one attempt.
#[derive(Clone, Debug, PartialEq)]
pub struct RetryBudget {
    reserve: f64,
    per_success: f64,
    per_second: f64,
}

impl Default for RetryBudget {
    /// 100 tokens; each success adds half a token, and each second one.
    fn default() -> Self {
        Self::new(100, 0.5, 1.0)
    }
}

impl RetryBudget {
    /// Creates a full bucket of `reserve` tokens. Each success adds `per_success` tokens, each second `per_second`. Negative
    /// values and NaN count as 0.
    #[must_use]
    pub fn new(reserve: u32, per_success: f64, per_second: f64) -> Self {
        Self { reserve: reserve.into(), per_success: per_success.max(0.0), per_second: per_second.max(0.0) }
    }

    /// Does not limit retries.
    #[must_use]
    pub fn unlimited() -> Self {
        Self { reserve: f64::INFINITY, per_success: 0.0, per_second: 0.0 }
    }
}

/// The token bucket of a client.
#[derive(Debug)]
pub struct RetryBucket {
    budget: RetryBudget,
    level: Mutex<Level>,
}

#[derive(Debug)]
struct Level {
    tokens: f64,
    /// When tokens were last added for the time that passed.
    at: Instant,
}

impl RetryBucket {
    pub fn full(budget: RetryBudget) -> Self {
        let level = Mutex::new(Level { tokens: budget.reserve, at: Instant::now() });
        Self { budget, level }
    }

    pub fn refill_for_success(&self) {
        let mut level = self.level.lock().unwrap_or_else(PoisonError::into_inner);
        level.tokens = (level.tokens + self.budget.per_success).min(self.budget.reserve);
    }

    /// Takes a token, if there is one.
    pub fn try_take(&self) -> bool {
        let mut level = self.level.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let grown = now.duration_since(level.at).as_secs_f64() * self.budget.per_second;
        level.tokens = (level.tokens + grown).min(self.budget.reserve);
        level.at = now;
        let has_token = level.tokens >= 1.0;
        if has_token {
            level.tokens -= 1.0;
        }
        has_token
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(milliseconds: u64) -> Duration {
        Duration::from_millis(milliseconds)
    }

    #[test]
    fn decisions() {
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
            ("the second pause doubles", &default, FailedAttempt { attempts: 2, ..failure }, RetryAfter(ms(400))),
            ("the third pause doubles", &default, FailedAttempt { attempts: 3, ..failure }, RetryAfter(ms(800))),
            ("no attempts left", &default, FailedAttempt { attempts: 4, ..failure }, Fail),
            ("the longest pause", &many, FailedAttempt { attempts: 7, ..failure }, RetryAfter(ms(10_000))),
            (
                "the longest pause after many attempts",
                &many,
                FailedAttempt { attempts: u32::MAX - 1, ..failure },
                RetryAfter(ms(10_000)),
            ),
            ("jitter: smallest", &default, FailedAttempt { random: 0.0, ..failure }, RetryAfter(ms(0))),
            ("jitter: a quarter", &default, FailedAttempt { random: 0.25, ..failure }, RetryAfter(ms(50))),
            ("not retryable", &default, FailedAttempt { is_retryable: false, ..failure }, Fail),
            ("not idempotent", &default, FailedAttempt { is_idempotent: false, ..failure }, Fail),
            ("a wrong clock", &default, refused, ResignNow),
            ("a wrong clock, at the last attempt", &default, FailedAttempt { attempts: 4, ..refused }, Fail),
            ("a wrong clock, no time left", &default, FailedAttempt { time_left: ms(0), ..refused }, Fail),
            ("a wrong clock, never retried", &none, refused, Fail),
            ("a wrong clock, not idempotent", &default, FailedAttempt { is_idempotent: false, ..refused }, Fail),
            ("never retried", &none, failure, Fail),
            ("zero attempts count as one", &RetryPolicy::default().max_attempts(0), failure, Fail),
            (
                "Retry-After plus jitter",
                &default,
                FailedAttempt { retry_after: Some(ms(3000)), ..failure },
                RetryAfter(ms(3200)),
            ),
            (
                "a Retry-After of zero",
                &default,
                FailedAttempt { retry_after: Some(ms(0)), ..failure },
                RetryAfter(ms(200)),
            ),
            ("too little time for the pause", &default, FailedAttempt { time_left: ms(200), ..failure }, Fail),
            ("just enough time", &default, FailedAttempt { time_left: ms(201), ..failure }, RetryAfter(ms(200))),
            (
                "too little time for the Retry-After",
                &default,
                FailedAttempt { retry_after: Some(ms(3000)), time_left: ms(3000), random: 0.0, ..failure },
                Fail,
            ),
            ("an endless Retry-After", &default, FailedAttempt { retry_after: Some(Duration::MAX), ..failure }, Fail),
            ("unbounded pauses", &endless, failure, Fail),
            ("no time left", &default, FailedAttempt { time_left: Duration::ZERO, random: 0.0, ..failure }, Fail),
        ];
        for (what, policy, failure, expected) in cases {
            assert_eq!(policy.decide(&failure), expected, "{what}: {failure:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_bucket_becomes_empty_and_fills_again() {
        let bucket = RetryBucket::full(RetryBudget::new(2, 0.5, 0.1));
        assert!(bucket.try_take() && bucket.try_take());
        assert!(!bucket.try_take(), "the reserve is used up");
        bucket.refill_for_success();
        assert!(!bucket.try_take(), "half a token is not enough");
        bucket.refill_for_success();
        assert!(bucket.try_take());
        tokio::time::advance(Duration::from_secs(10)).await;
        assert!(bucket.try_take(), "time adds tokens");
        tokio::time::advance(Duration::from_secs(3600)).await;
        assert!(bucket.try_take() && bucket.try_take());
        assert!(!bucket.try_take(), "it never holds more than the reserve");
    }

    #[tokio::test(start_paused = true)]
    async fn empty_and_unlimited_budgets() {
        let none = RetryBucket::full(RetryBudget::new(0, f64::NAN, -1.0));
        none.refill_for_success();
        assert!(!none.try_take());
        let unlimited = RetryBucket::full(RetryBudget::unlimited());
        assert!((0..10_000).all(|_| unlimited.try_take()));
    }
}
