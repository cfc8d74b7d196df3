//! When to ask: the interval between rounds, pauses after failures, and the share of the vendor's limit. It also counts the
//! requests of the last minute.

use std::{
    collections::{BTreeMap, VecDeque},
    num::NonZeroU32,
    time::Duration,
};

use group_dispatch_types::{Operation, RateLimiter};

use crate::page::PAGE_RECORDS;

/// How much of a page may be new in a round, in records: then it can't fill up before the next one, even if four times as
/// many come.
const NEW_RECORDS: u64 = PAGE_RECORDS as u64 / 4;
/// A longer pause after failures makes no difference to the vendor.
const LONGEST_PAUSE: u64 = 60_000;

/// A vendor that wants a longer pause is asked all the same.
const LONGEST_RETRY_AFTER: u64 = 600_000;
/// In which time requests are counted.
const MINUTE: i64 = 60_000;

/// See the [module](self). Times are in milliseconds.
pub struct Pace {
    shortest: u64,
    longest: u64,
    interval: u64,
    failures: u32,
    per_second: NonZeroU32,
    limiters: BTreeMap<Operation, RateLimiter>,
    /// When the requests of the last minute were sent, all operations together.
    sent: VecDeque<i64>,
}

impl Pace {
    /// Starts with the shortest interval.
    pub fn new(shortest: Duration, longest: Duration, per_second: NonZeroU32) -> Self {
        let [shortest, longest] = [shortest, longest.max(shortest)].map(milliseconds);
        Self {
            shortest,
            longest,
            interval: shortest,
            failures: 0,
            per_second,
            limiters: BTreeMap::new(),
            sent: VecDeque::new(),
        }
    }

    pub fn interval(&self) -> i64 {
        self.interval.cast_signed()
    }

    pub fn shortest(&self) -> i64 {
        self.shortest.cast_signed()
    }

    /// Returns whether the last round failed.
    pub const fn is_pausing(&self) -> bool {
        self.failures > 0
    }

    /// Counts a request that is to be sent now.
    ///
    /// # Errors
    /// If it comes too early: when it may be sent.
    pub fn check(&mut self, operation: Operation, now: i64) -> Result<(), i64> {
        let limiter = self.limiters.entry(operation);
        // One at a time: a burst would take more than the share of a second.
        let limiter = limiter.or_insert_with(|| RateLimiter::new(self.per_second, NonZeroU32::MIN));
        let since_epoch = Duration::from_millis(now.max(0).cast_unsigned());
        let early = match limiter.check(since_epoch) {
            Ok(()) => {
                self.count(now);
                return Ok(());
            }
            Err(early) => early,
        };
        if early > Duration::from_secs(1) {
            // The clock was set back.
            *limiter = RateLimiter::new(self.per_second, NonZeroU32::MIN);
        }
        Err(now + milliseconds_up(early.min(Duration::from_secs(1))).cast_signed())
    }

    /// Returns how many requests were sent within the minute before `now`.
    pub fn requests_per_minute(&self, now: i64) -> u32 {
        let sent = self.sent.iter().filter(|at| is_within_minute(**at, now)).count();
        u32::try_from(sent).unwrap_or(u32::MAX)
    }

    fn count(&mut self, now: i64) {
        while self.sent.front().is_some_and(|at| !is_within_minute(*at, now)) {
            self.sent.pop_front();
        }
        self.sent.push_back(now);
    }

    /// Returns the interval after a round that began `elapsed` after the one before, in which an agent had `most_new`
    /// records that were new. It is as short as those need, and longer step by step where there are fewer.
    pub fn after_success(&mut self, elapsed: i64, most_new: usize) -> i64 {
        self.failures = 0;
        let elapsed = elapsed.max(1).cast_unsigned();
        let fitting = (elapsed * NEW_RECORDS).checked_div(most_new as u64).unwrap_or(u64::MAX);
        self.interval = fitting.min(self.interval * 3 / 2).clamp(self.shortest, self.longest);
        self.interval()
    }

    /// Returns the pause after a round that failed. It doubles from one to the next.
    pub fn after_failure(&mut self, retry_after: Option<Duration>) -> i64 {
        let doubled = self.shortest.saturating_mul(1 << self.failures.min(16));
        self.failures = self.failures.saturating_add(1);
        doubled
            .min(LONGEST_PAUSE)
            .max(self.interval)
            .max(retry_after.map_or(0, milliseconds_up).min(LONGEST_RETRY_AFTER))
            .cast_signed()
    }
}

/// Returns whether a time is within the minute before `now`. One in the future is of a clock that was set back.
fn is_within_minute(at: i64, now: i64) -> bool {
    (now - MINUTE + 1..=now).contains(&at)
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX / 4).clamp(1, u64::MAX / 4)
}

fn milliseconds_up(time: Duration) -> u64 {
    milliseconds(time.saturating_add(Duration::from_nanos(999_999)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pace() -> Pace {
        Pace::new(Duration::from_secs(1), Duration::from_secs(60), NonZeroU32::new(25).unwrap())
    }

    #[test]
    fn requests_of_all_operations_are_counted_for_a_minute() {
        let mut pace = pace();
        assert_eq!(pace.requests_per_minute(0), 0);
        let operations = [Operation::QueryAllOlWhatsAppInfo, Operation::QueryUserStatusLog];
        // Two a second, for 90 seconds.
        for second in 0..90 {
            for operation in operations {
                assert_eq!(pace.check(operation, second * 1_000), Ok(()));
            }
        }
        for (now, requests) in [(89_000, 120), (90_000, 118), (148_999, 2), (149_000, 0)] {
            assert_eq!(pace.requests_per_minute(now), requests, "{now}");
        }
        assert_eq!(pace.sent.len(), 120, "older ones are forgotten");
    }

    #[test]
    fn a_request_that_comes_too_early_is_not_counted() {
        let mut pace = pace();
        assert_eq!(pace.check(Operation::QueryUserStatus, 1_000), Ok(()));
        assert_eq!(pace.check(Operation::QueryUserStatus, 1_001), Err(1_040));
        assert_eq!(pace.requests_per_minute(1_001), 1);
    }

    #[test]
    fn requests_before_a_clock_was_set_back_are_not_counted() {
        let mut pace = pace();
        for second in 1_000..1_030 {
            assert_eq!(pace.check(Operation::QueryUserStatus, second * 1_000), Ok(()));
        }
        // The limiter lets it pass at the second try.
        while pace.check(Operation::QueryUserStatus, 5_000).is_err() {}
        assert_eq!(pace.requests_per_minute(5_000), 1);
    }
}
