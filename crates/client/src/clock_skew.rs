//! The difference between the clocks of this machine and of the service. The service accepts a signature only near its own
//! time, so that requests of a machine with a wrong clock are signed by the service's clock.

use std::sync::atomic::{AtomicI64, Ordering};

use crate::clock;

/// Milliseconds by which the service's clock is ahead of this machine's, measured by its responses.
#[derive(Debug, Default)]
pub struct ClockSkew(AtomicI64);

/// Milliseconds that `Date` is behind on average, because it has whole seconds.
const DATE_ROUNDING_MILLISECONDS: i64 = 500;
/// The smallest difference that counts. A smaller one is explained by the precision of `Date` and the network.
const MIN_DIFFERENCE_MILLISECONDS: i64 = 1_000;
/// The largest difference that counts: a day, as caused by a wrong time zone or an empty battery. Without this limit, someone
/// who responds in place of the service could collect signatures for any future time.
const MAX_DIFFERENCE_MILLISECONDS: i64 = 24 * 60 * 60 * 1_000;

impl ClockSkew {
    /// Returns the difference to sign with, in milliseconds.
    pub fn offset(&self) -> i64 {
        self.0.load(Ordering::Relaxed)
    }

    /// Measures the difference by the `Date` of a response. Its request was signed with the difference `signed_with`, and
    /// sent and answered at these times of this machine's clock. Returns whether another signature may help: not if the
    /// request was signed by the service's time already.
    pub fn measure(&self, date: &str, signed_with: i64, sent_at: i64, answered_at: i64) -> bool {
        let Some(date) = clock::parse_http_date(date) else { return false };
        let halfway = sent_at.saturating_add(answered_at.saturating_sub(sent_at) / 2);
        let offset = date.saturating_add(DATE_ROUNDING_MILLISECONDS).saturating_sub(halfway);
        if offset.abs_diff(signed_with) <= MIN_DIFFERENCE_MILLISECONDS.unsigned_abs()
            || offset.unsigned_abs() > MAX_DIFFERENCE_MILLISECONDS.unsigned_abs()
        {
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
        assert!(skew.measure(NOON, 0, sent_at, sent_at + 200));
        assert_eq!(skew.offset(), 600_000 + 500 - 100);
    }

    #[test]
    fn a_clock_that_is_ahead_gives_a_negative_offset() {
        let skew = ClockSkew::default();
        let sent_at = NOON_MILLISECONDS + 3_600_000;
        assert!(skew.measure(NOON, 0, sent_at, sent_at));
        assert_eq!(skew.offset(), -3_600_000 + 500);
    }

    #[test]
    fn a_small_difference_or_a_bad_date_changes_nothing() {
        let skew = ClockSkew::default();
        let now = NOON_MILLISECONDS + 400;
        for (date, signed_with) in [(NOON, 0), (NOON, 900), ("yesterday", 0), ("", 0)] {
            assert!(!skew.measure(date, signed_with, now, now), "{date:?} {signed_with}");
        }
        assert_eq!(skew.offset(), 0);
    }

    #[test]
    fn a_difference_of_more_than_a_day_is_ignored() {
        let skew = ClockSkew::default();
        for days in [-36_500, -2, 2, 36_500] {
            let sent_at = NOON_MILLISECONDS - days * MAX_DIFFERENCE_MILLISECONDS;
            assert!(!skew.measure(NOON, 0, sent_at, sent_at), "{days}");
        }
        assert_eq!(skew.offset(), 0);
    }

    /// Of two calls that are refused at once, the second was signed before the first measured, and may be signed again as well.
    #[test]
    fn the_difference_of_the_signature_counts() {
        let skew = ClockSkew::default();
        let sent_at = NOON_MILLISECONDS - 600_000;
        assert!(skew.measure(NOON, 0, sent_at, sent_at));
        assert!(skew.measure(NOON, 0, sent_at, sent_at));
        assert!(!skew.measure(NOON, skew.offset(), sent_at, sent_at));
    }
}
