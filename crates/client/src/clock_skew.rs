//! A clock of this machine that is wrong: signatures hold only near the service's time.

use std::sync::atomic::{AtomicI64, Ordering};

use crate::clock;

/// How far the service's clock is ahead of this machine's, as learned from its answers.
#[derive(Debug, Default)]
pub struct ClockSkew(AtomicI64);

/// `Date` has whole seconds, cut off; half a one is what is missing on average.
const CUT_OFF: i64 = 500;
/// A difference that the precision of `Date` and the way of the answer can't explain.
const NOTICEABLE: i64 = 1_000;
/// What a wrong zone or a forgotten battery explains. Beyond a day nothing is learned: whoever answers in the service's
/// place could collect signatures for any time to come.
const LARGEST: i64 = 24 * 60 * 60 * 1_000;

impl ClockSkew {
    /// The offset with which to sign, in milliseconds.
    pub fn offset(&self) -> i64 {
        self.0.load(Ordering::Relaxed)
    }

    /// Learns from an answer to a request that was signed with the offset `signed_with`, sent and answered at these times
    /// of this machine's clock. Whether signing anew may help: not if the request was signed by the service's time
    /// already.
    pub fn learn(&self, date: &str, signed_with: i64, sent_at: i64, answered_at: i64) -> bool {
        let Some(date) = clock::http_date(date) else { return false };
        let halfway = sent_at.saturating_add(answered_at.saturating_sub(sent_at) / 2);
        let offset = date.saturating_add(CUT_OFF).saturating_sub(halfway);
        if offset.abs_diff(signed_with) <= NOTICEABLE.unsigned_abs() || offset.unsigned_abs() > LARGEST.unsigned_abs() {
            return false;
        }
        self.0.store(offset, Ordering::Relaxed);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: &str = "Sun, 22 Nov 2026 12:00:00 GMT";
    const NOON_MILLISECONDS: i64 = 1_795_348_800_000;

    #[test]
    fn the_offset_is_measured_from_the_middle_of_the_exchange() {
        let skew = ClockSkew::default();
        let sent_at = NOON_MILLISECONDS - 600_000;
        assert!(skew.learn(NOON, 0, sent_at, sent_at + 200));
        assert_eq!(skew.offset(), 600_000 + 500 - 100);
    }

    #[test]
    fn a_clock_that_is_ahead_gives_a_negative_offset() {
        let skew = ClockSkew::default();
        let sent_at = NOON_MILLISECONDS + 3_600_000;
        assert!(skew.learn(NOON, 0, sent_at, sent_at));
        assert_eq!(skew.offset(), -3_600_000 + 500);
    }

    #[test]
    fn nothing_is_learned_where_the_clock_is_not_to_blame() {
        let skew = ClockSkew::default();
        let now = NOON_MILLISECONDS + 400;
        for (date, signed_with) in [(NOON, 0), (NOON, 900), ("yesterday", 0), ("", 0)] {
            assert!(!skew.learn(date, signed_with, now, now), "{date:?} {signed_with}");
        }
        assert_eq!(skew.offset(), 0);
    }

    #[test]
    fn no_more_than_a_day_is_learned() {
        let skew = ClockSkew::default();
        for days in [-36_500, -2, 2, 36_500] {
            let sent_at = NOON_MILLISECONDS - days * LARGEST;
            assert!(!skew.learn(NOON, 0, sent_at, sent_at), "{days}");
        }
        assert_eq!(skew.offset(), 0);
    }

    /// Two calls refused at once: the second, signed before the first has learned, may be signed anew as well.
    #[test]
    fn what_counts_is_the_offset_that_the_request_was_signed_with() {
        let skew = ClockSkew::default();
        let sent_at = NOON_MILLISECONDS - 600_000;
        assert!(skew.learn(NOON, 0, sent_at, sent_at));
        assert!(skew.learn(NOON, 0, sent_at, sent_at));
        assert!(!skew.learn(NOON, skew.offset(), sent_at, sent_at));
    }
}
