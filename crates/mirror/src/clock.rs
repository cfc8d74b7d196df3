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

    /// Returns the bounds after one more answer, or `None` if it contradicts the earlier ones.
    #[must_use]
    pub fn and(self, later: Self) -> Option<Self> {
        let drift = ((later.measured_at - self.measured_at).max(0) * DRIFT_PER_SECOND + 999) / 1_000;
        let (low, high) = (later.low.max(self.low - drift), later.high.min(self.high + drift));
        (low <= high).then_some(Self { low, high, ..later })
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

/// By how many milliseconds the vendor's clock may differ while no answer had a time.
const UNMEASURED: i64 = 2_000;

/// The offset by all answers so far.
#[derive(Default)]
pub struct VendorClock {
    offset: Option<ClockOffset>,
    /// By an answer that contradicts it. If the next one agrees with that, a clock was set; one alone may have been cached, or be
    /// of another machine.
    contradiction: Option<ClockOffset>,
}

impl VendorClock {
    pub fn measure(&mut self, measured: ClockOffset) {
        let Some(offset) = self.offset else {
            self.offset = Some(measured);
            return;
        };
        if let Some(both) = offset.and(measured) {
            (self.offset, self.contradiction) = (Some(both), None);
        } else if let Some(agreed) = self.contradiction.and_then(|earlier| earlier.and(measured)) {
            (self.offset, self.contradiction) = (Some(agreed), None);
        } else {
            self.contradiction = Some(measured);
        }
    }

    pub const fn offset(&self) -> Option<ClockOffset> {
        self.offset
    }

    pub fn milliseconds(&self) -> i64 {
        self.offset.map_or(0, ClockOffset::milliseconds)
    }

    pub fn uncertainty(&self) -> i64 {
        self.offset.map_or(UNMEASURED, ClockOffset::uncertainty)
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
        let all = answers.into_iter().skip(1).fold(one, |all, answer| all.and(answer).unwrap_or(answer));
        assert!((one.milliseconds() - 250).abs() <= one.uncertainty());
        assert!((all.milliseconds() - 250).abs() <= all.uncertainty(), "{all:?}");
        assert!(all.uncertainty() < one.uncertainty() / 2, "{all:?}");
    }

    #[test]
    fn a_clock_that_was_set_is_measured_again() {
        let mut clock = VendorClock::default();
        clock.measure(ClockOffset::of_answer(0, 100, 0));
        let right = clock.milliseconds();
        clock.measure(ClockOffset::of_answer(10_000, 10_100, 70_000));
        assert_eq!(clock.milliseconds(), right, "one answer may be of another machine");
        clock.measure(ClockOffset::of_answer(20_000, 20_100, 80_000));
        assert!((clock.milliseconds() - 60_000).abs() <= clock.uncertainty());
    }

    #[test]
    fn a_slow_drift_is_followed() {
        let mut offset = ClockOffset::of_answer(0, 100, 0);
        for sent in (0..86_400_000).step_by(60_000) {
            let drifted = sent / 2_000;
            let measured = ClockOffset::of_answer(sent, sent + 100, (sent + 50 + drifted) / 1_000 * 1_000);
            offset = offset.and(measured).unwrap_or_else(|| panic!("{sent}: {offset:?} and {measured:?}"));
            assert!((offset.milliseconds() - drifted).abs() <= offset.uncertainty() + 100, "{sent} {offset:?}");
        }
    }
}
