//! The difference between the vendor's clock and this machine's, measured by the times of answers.

/// How much faster the two clocks may drift apart: a millisecond in each second.
const DRIFT_PER_SECOND: i64 = 1;
/// `Date` has whole seconds.
const DATE_RESOLUTION: i64 = 1_000;

/// By how many milliseconds the vendor's clock is ahead of this machine's.
///
/// Each answer that has a `Date` gives bounds: the vendor wrote it after the request was sent and before the answer was there.
/// The bounds of several answers together are narrower than those of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClockOffset {
    low: i64,
    high: i64,
    measured_at: i64,
}

impl ClockOffset {
    /// Returns the bounds that follow from one answer, in Unix epoch milliseconds of this machine's clock: when the request was
    /// sent, when the answer was there, and its `Date` by the vendor's clock.
    #[must_use]
    pub fn of_answer(sent: i64, received: i64, date: i64) -> Self {
        Self { low: date - received, high: date + DATE_RESOLUTION - sent, measured_at: received }
    }

    /// Returns the bounds after one more answer. If it contradicts the earlier ones, a clock was set, and it counts alone.
    #[must_use]
    pub fn and(self, later: Self) -> Self {
        let drift = (later.measured_at - self.measured_at).max(0) / 1_000 * DRIFT_PER_SECOND;
        let (low, high) = (later.low.max(self.low - drift), later.high.min(self.high + drift));
        if low > high { later } else { Self { low, high, ..later } }
    }

    /// Returns the difference in milliseconds: the middle of the bounds.
    #[must_use]
    pub const fn milliseconds(self) -> i64 {
        i64::midpoint(self.low, self.high)
    }

    /// Returns by how many milliseconds the true difference may be larger or smaller.
    #[must_use]
    pub const fn uncertainty(self) -> i64 {
        (self.high - self.low + 1) / 2
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_answers_are_narrower_than_one() {
        // The vendor's clock is 250 ms ahead, and an answer takes 100 ms.
        let answers = [0, 333, 666, 999, 1_400].map(|sent| {
            let date = (sent + 50 + 250) / 1_000 * 1_000;
            ClockOffset::of_answer(sent, sent + 100, date)
        });
        let one = answers[0];
        let all = answers.into_iter().reduce(ClockOffset::and).unwrap_or(one);
        assert!((one.milliseconds() - 250).abs() <= one.uncertainty());
        assert!((all.milliseconds() - 250).abs() <= all.uncertainty(), "{all:?}");
        assert!(all.uncertainty() < one.uncertainty() / 2, "{all:?}");
    }

    #[test]
    fn a_clock_that_was_set_is_measured_again() {
        let before = ClockOffset::of_answer(0, 100, 0);
        let after = before.and(ClockOffset::of_answer(10_000, 10_100, 70_000));
        assert_eq!(after, ClockOffset::of_answer(10_000, 10_100, 70_000));
    }

    #[test]
    fn a_slow_drift_is_followed() {
        let mut offset = ClockOffset::of_answer(0, 100, 0);
        for sent in (0..86_400_000).step_by(60_000) {
            let drifted = sent / 2_000;
            offset = offset.and(ClockOffset::of_answer(sent, sent + 100, (sent + 50 + drifted) / 1_000 * 1_000));
            assert!((offset.milliseconds() - drifted).abs() <= offset.uncertainty() + 100, "{sent} {offset:?}");
        }
    }
}
