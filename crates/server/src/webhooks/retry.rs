//! Decides what follows an attempt to deliver a message. The decision depends on nothing but its arguments.
//!
//! The schedule is that of Standard Webhooks: ten attempts within about three days.

use std::time::Duration;

use super::outcome::Outcome;

/// The pauses after the first failed attempt, the second and so on.
pub const PAUSES: [Duration; 9] = [
    Duration::from_secs(5),
    Duration::from_secs(5 * 60),
    Duration::from_secs(30 * 60),
    Duration::from_secs(2 * 60 * 60),
    Duration::from_secs(5 * 60 * 60),
    Duration::from_secs(10 * 60 * 60),
    Duration::from_secs(14 * 60 * 60),
    Duration::from_secs(20 * 60 * 60),
    Duration::from_secs(24 * 60 * 60),
];
/// The most attempts of a message.
#[cfg(test)]
pub const MAX_ATTEMPTS: u32 = PAUSES.len() as u32 + 1;
/// The longest `Retry-After` that counts: the longest pause of the schedule.
pub const MAX_RETRY_AFTER: Duration = PAUSES[PAUSES.len() - 1];
/// By which part a pause is longer at most, so that messages that failed together don't come again together.
const JITTER: f64 = 0.2;
/// The shortest time for which a webhook is throttled: the first pause.
const MIN_THROTTLE: Duration = PAUSES[0];
/// The longest time for which a webhook is throttled: one message with a long `Retry-After` does not delay others for a day.
pub const MAX_THROTTLE: Duration = Duration::from_secs(60 * 60);

/// An attempt that has ended, as far as the decision depends on it.
#[derive(Clone, Copy, Debug)]
pub struct FinishedAttempt {
    /// How it ended.
    pub outcome: Outcome,
    /// The number of attempts of the message so far, this one included. A replay by hand counts from 0 again.
    pub attempts: u32,
    /// A random number from 0 to 1.
    pub random: f64,
}

/// What follows an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetryDecision {
    /// The message is delivered (2xx).
    Delivered,
    /// The message is sent again after this pause.
    RetryAfter {
        /// The pause.
        pause: Duration,
        /// For how long no other message is sent to the webhook either (429, 502, 503, 504).
        throttle: Option<Duration>,
    },
    /// All attempts have failed. The message stays in the list of deliveries, from where it can be replayed.
    GiveUp,
    /// The receiver wants no more messages (410): the message fails, and the webhook is disabled. Its other messages wait until an
    /// operator enables it again.
    Disable,
}

/// Decides what follows an attempt.
///
/// All failures are retried, also redirects, refused addresses and invalid certificates: their cause may be corrected within
/// the three days. A `Retry-After` makes a pause longer and never shorter, because a receiver that always asks for 0 seconds
/// would use up all attempts at once.
pub fn decide(attempt: &FinishedAttempt) -> RetryDecision {
    let (status, retry_after) = match attempt.outcome {
        Outcome::Response { status: 200..=299, .. } => return RetryDecision::Delivered,
        Outcome::Response { status: 410, .. } => return RetryDecision::Disable,
        Outcome::Response { status, retry_after } => (Some(status), retry_after),
        Outcome::Failure(_) => (None, None),
    };
    let scheduled = usize::try_from(attempt.attempts.saturating_sub(1)).ok().and_then(|index| PAUSES.get(index));
    let Some(scheduled) = scheduled else { return RetryDecision::GiveUp };
    let pause = retry_after.unwrap_or_default().min(MAX_RETRY_AFTER).max(*scheduled);
    let random = if attempt.random.is_nan() { 0.0 } else { attempt.random.clamp(0.0, 1.0) };
    let throttle = match status {
        Some(429 | 502 | 503 | 504) => Some(retry_after.unwrap_or_default().clamp(MIN_THROTTLE, MAX_THROTTLE)),
        _ => None,
    };
    RetryDecision::RetryAfter { pause: pause.mul_f64(1.0 + JITTER * random), throttle }
}
