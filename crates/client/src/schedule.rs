//! When to ask, or to send, next.

use std::time::Duration;

/// As often as the vendor allows: 50 requests a second.
const SHORTEST_INTERVAL: Duration = Duration::from_millis(20);
const LONGEST_BACKOFF: Duration = Duration::from_secs(60);

/// The pace of asking: steady while answers come, slower from failure to failure. Times are counted from any one moment.
#[derive(Debug)]
pub struct Schedule {
    interval: Duration,
    backoff: Duration,
}

impl Schedule {
    pub fn new(interval: Duration) -> Self {
        let interval = interval.max(SHORTEST_INTERVAL);
        Self { interval, backoff: interval }
    }

    pub const fn interval(&self) -> Duration {
        self.interval
    }

    /// The next tick, counted from the start of the request; ticks that went by while it was under way are left out.
    pub fn after_answer(&mut self, started: Duration, ended: Duration) -> Duration {
        self.backoff = self.interval;
        let mut ahead = self.interval;
        let taken = ended.saturating_sub(started);
        if taken >= self.interval {
            let ticks = u32::try_from(taken.as_nanos() / self.interval.as_nanos()).unwrap_or(u32::MAX);
            ahead = self.interval.saturating_mul(ticks.saturating_add(1));
        }
        started.saturating_add(ahead)
    }

    /// Twice as long a pause as before, less up to a half by chance, so that those that failed together don't come back
    /// together. Never shorter than the interval, or than what the answer asks for.
    pub fn after_failure(&mut self, ended: Duration, retry_after: Option<Duration>) -> Duration {
        self.backoff = self.backoff.saturating_mul(2).min(LONGEST_BACKOFF.max(self.interval));
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
    fn ticks_are_counted_from_the_start_and_missed_ones_left_out() {
        let mut schedule = Schedule::new(seconds(5));
        for (started, ended, next) in [(0, 0, 5), (100, 101, 105), (100, 105, 110), (100, 104, 105), (100, 117, 120)] {
            assert_eq!(schedule.after_answer(seconds(started), seconds(ended)), seconds(next), "{started} to {ended}");
        }
    }

    #[test]
    fn pauses_double_up_to_a_minute_and_an_answer_ends_them() {
        let mut schedule = Schedule::new(seconds(5));
        for _ in 0..2 {
            for longest in [10, 20, 40, 60, 60] {
                let next = schedule.after_failure(seconds(1000), None);
                assert!(seconds(1000 + longest / 2) <= next && next <= seconds(1000 + longest), "{next:?}");
            }
            assert_eq!(schedule.after_answer(seconds(0), seconds(1)), seconds(5));
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
    fn an_answer_may_ask_for_a_longer_pause() {
        let mut schedule = Schedule::new(seconds(5));
        assert_eq!(schedule.after_failure(seconds(0), Some(seconds(600))), seconds(600));
        assert_eq!(schedule.after_failure(seconds(0), Some(Duration::MAX)), Duration::MAX);
    }

    #[test]
    fn intervals_without_sense_do_no_harm() {
        let mut none = Schedule::new(Duration::ZERO);
        assert_eq!(none.after_answer(seconds(1), seconds(1)), Duration::from_millis(1020));
        assert_eq!(none.after_answer(Duration::ZERO, Duration::MAX), SHORTEST_INTERVAL.saturating_mul(u32::MAX));
        let mut endless = Schedule::new(Duration::MAX);
        assert_eq!(endless.after_answer(seconds(1), seconds(2)), Duration::MAX);
        assert_eq!(endless.after_failure(seconds(1), None), Duration::MAX);
    }
}
