//! When to ask: the interval between rounds, pauses after failures, and the share of the vendor's limit.

use std::{collections::BTreeMap, num::NonZeroU32, time::Duration};

use group_dispatch_types::{Operation, RateLimiter};

use crate::page::PAGE_RECORDS;

/// How much of a page may be new in a round, in records: then it can't fill up before the next one, even if four times as
/// many come.
const NEW_RECORDS: u64 = PAGE_RECORDS as u64 / 4;
/// A longer pause after failures makes no difference to the vendor.
const LONGEST_PAUSE: u64 = 60_000;

/// A vendor that wants a longer pause is asked all the same.
const LONGEST_RETRY_AFTER: u64 = 600_000;

/// See the [module](self). Times are in milliseconds.
pub struct Pace {
    shortest: u64,
    longest: u64,
    interval: u64,
    failures: u32,
    per_second: NonZeroU32,
    limiters: BTreeMap<Operation, RateLimiter>,
}

impl Pace {
    /// Starts with the shortest interval.
    pub fn new(shortest: Duration, longest: Duration, per_second: NonZeroU32) -> Self {
        let [shortest, longest] = [shortest, longest.max(shortest)].map(milliseconds);
        Self { shortest, longest, interval: shortest, failures: 0, per_second, limiters: BTreeMap::new() }
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
            Ok(()) => return Ok(()),
            Err(early) => early,
        };
        if early > Duration::from_secs(1) {
            // The clock was set back.
            *limiter = RateLimiter::new(self.per_second, NonZeroU32::MIN);
        }
        Err(now + milliseconds_up(early.min(Duration::from_secs(1))).cast_signed())
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

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX / 4).clamp(1, u64::MAX / 4)
}

fn milliseconds_up(time: Duration) -> u64 {
    milliseconds(time.saturating_add(Duration::from_nanos(999_999)))
}
