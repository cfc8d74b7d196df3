//! Computes when the next request is due. Used by watches and senders.

use std::time::Duration;

/// The shortest interval: the vendor allows 50 requests per second.
const MIN_INTERVAL: Duration = Duration::from_millis(20);
/// The longest pause after a failure, unless the interval is longer.
const MAX_BACKOFF: Duration = Duration::from_secs(60);

/// Schedules requests at a fixed interval, and with growing pauses after failures. All times are counted from the same
/// moment, which the caller chooses.
#[derive(Debug)]
pub struct Schedule {
    interval: Duration,
    backoff: Duration,
}

impl Schedule {
    pub fn new(interval: Duration) -> Self {
        let interval = interval.max(MIN_INTERVAL);
        Self { interval, backoff: interval }
    }

    pub const fn interval(&self) -> Duration {
        self.interval
    }

    /// Returns the next tick after a request that succeeded, counted from its start. Ticks that passed meanwhile are skipped.
    pub fn after_success(&mut self, started: Duration, ended: Duration) -> Duration {
        self.backoff = self.interval;
        let mut ahead = self.interval;
        let taken = ended.saturating_sub(started);
        if taken >= self.interval {
            let ticks = u32::try_from(taken.as_nanos() / self.interval.as_nanos()).unwrap_or(u32::MAX);
            ahead = self.interval.saturating_mul(ticks.saturating_add(1));
        }
        started.saturating_add(ahead)
    }

    /// Returns the end of the pause after a failure. The pause is twice as long as the one before, less up to a half at
    /// random, so that clients that failed at the same time don't retry at the same time. It is never shorter than the
    /// interval and `retry_after`.
    pub fn after_failure(&mut self, ended: Duration, retry_after: Option<Duration>) -> Duration {
        self.backoff = self.backoff.saturating_mul(2).min(MAX_BACKOFF.max(self.interval));
        let pause = self.backoff.saturating_sub((self.backoff / 2).mul_f64(fastrand::f64()));
        ended.saturating_add(pause.max(self.interval).max(retry_after.unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn ticks_are_counted_from_the_start_and_missed_ones_skipped() {
        let mut schedule = Schedule::new(seconds(5));
        for (started, ended, next) in [(0, 0, 5), (100, 101, 105), (100, 105, 110), (100, 104, 105), (100, 117, 120)] {
            assert_eq!(schedule.after_success(seconds(started), seconds(ended)), seconds(next), "{started} to {ended}");
        }
    }

    #[test]
    fn pauses_double_up_to_a_minute_until_a_success() {
        let mut schedule = Schedule::new(seconds(5));
        for _ in 0..2 {
            for longest in [10, 20, 40, 60, 60] {
                let next = schedule.after_failure(seconds(1000), None);
                assert!(seconds(1000 + longest / 2) <= next && next <= seconds(1000 + longest), "{next:?}");
            }
            assert_eq!(schedule.after_success(seconds(0), seconds(1)), seconds(5));
        }
    }

    #[test]
    fn pauses_are_never_shorter_than_the_interval() {
        let mut schedule = Schedule::new(seconds(300));
        for _ in 0..100 {
            assert_eq!(schedule.after_failure(seconds(0), None), seconds(300));
        }
    }

    #[test]
    fn retry_after_may_extend_the_pause() {
        let mut schedule = Schedule::new(seconds(5));
        assert_eq!(schedule.after_failure(seconds(0), Some(seconds(600))), seconds(600));
        assert_eq!(schedule.after_failure(seconds(0), Some(Duration::MAX)), Duration::MAX);
    }

    #[test]
    fn extreme_intervals_do_not_overflow() {
        let mut none = Schedule::new(Duration::ZERO);
        assert_eq!(none.after_success(seconds(1), seconds(1)), Duration::from_millis(1020));
        assert_eq!(none.after_success(Duration::ZERO, Duration::MAX), MIN_INTERVAL.saturating_mul(u32::MAX));
        let mut endless = Schedule::new(Duration::MAX);
        assert_eq!(endless.after_success(seconds(1), seconds(2)), Duration::MAX);
        assert_eq!(endless.after_failure(seconds(1), None), Duration::MAX);
    }
}
