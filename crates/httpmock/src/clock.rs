//! The clock of the mocked service.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// How far a timestamp may be off, unless said otherwise (D17).
const WINDOW: Duration = Duration::from_secs(5 * 60);
/// The last millisecond that an HTTP date can tell: the end of the year 9999.
const LAST: i64 = 253_402_300_799_999;

/// A service's clock, which need not be right, and how far a request's `timestamp` may be off it.
///
/// ```
/// use std::time::Duration;
/// use group_dispatch_httpmock::Clock;
/// let fast = Clock::ahead(Duration::from_secs(3600));
/// let slow_and_strict = Clock::behind(Duration::from_secs(90)).window(Duration::from_secs(60));
/// ```
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct Clock {
    offset: i64,
    window: Duration,
}

impl Clock {
    /// A clock that is fast by this much; by nothing, it is right. Its window is 5 minutes either way.
    pub fn ahead(offset: Duration) -> Self {
        Self { offset: milliseconds(offset), window: WINDOW }
    }

    /// A clock that is slow by this much.
    pub fn behind(offset: Duration) -> Self {
        Self { offset: -milliseconds(offset), window: WINDOW }
    }

    /// Accepts timestamps up to this far from the clock, either way.
    pub fn window(self, window: Duration) -> Self {
        Self { window, ..self }
    }

    /// What time it is by this clock.
    pub(crate) fn now(self) -> SystemTime {
        shifted(SystemTime::now(), self.offset)
    }

    /// Whether the clock takes a request of this time, in milliseconds since 1970, for one of now.
    pub(crate) fn accepts(self, timestamp: u64) -> bool {
        let now = self.now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Duration::from_millis(timestamp).abs_diff(now) <= self.window
    }
}

impl Default for Clock {
    /// The right time.
    fn default() -> Self {
        Self::ahead(Duration::ZERO)
    }
}

/// The time as HTTP tells it, in whole seconds: those that have begun.
pub fn http_date(time: SystemTime) -> String {
    httpdate::fmt_http_date(shifted(time, 0))
}

/// The time so much later.
pub fn later(time: SystemTime, by: Duration) -> SystemTime {
    shifted(time, milliseconds(by))
}

/// The time so many milliseconds later, kept within what an HTTP date can tell.
fn shifted(time: SystemTime, by: i64) -> SystemTime {
    let since = milliseconds(time.duration_since(UNIX_EPOCH).unwrap_or_default());
    UNIX_EPOCH + Duration::from_millis(since.saturating_add(by).clamp(0, LAST).unsigned_abs())
}

fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_offset_is_too_large() {
        assert_eq!(http_date(Clock::ahead(Duration::MAX).now()), "Fri, 31 Dec 9999 23:59:59 GMT");
        assert_eq!(http_date(Clock::behind(Duration::MAX).now()), "Thu, 01 Jan 1970 00:00:00 GMT");
        assert!(Clock::behind(Duration::MAX).window(Duration::MAX).accepts(u64::MAX));
    }
}
