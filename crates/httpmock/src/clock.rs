//! The clock of a mocked service, and HTTP dates.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The default window of accepted timestamps, in both directions (D17).
const DEFAULT_WINDOW: Duration = Duration::from_secs(5 * 60);
/// The last millisecond that an HTTP date can express: the end of the year 9999.
const MAX_HTTP_DATE_MILLISECONDS: i64 = 253_402_300_799_999;

/// The clock of a mocked service, which may be wrong, and the window of `timestamp`s that it accepts.
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
    /// Returns a clock that is ahead by this time. Its window is 5 minutes in both directions.
    pub fn ahead(offset: Duration) -> Self {
        Self { offset: milliseconds(offset), window: DEFAULT_WINDOW }
    }

    /// Returns a clock that is behind by this time.
    pub fn behind(offset: Duration) -> Self {
        Self { offset: -milliseconds(offset), window: DEFAULT_WINDOW }
    }

    /// Sets the window of accepted timestamps, in both directions.
    pub fn window(self, window: Duration) -> Self {
        Self { window, ..self }
    }

    /// Returns the time of this clock.
    pub(crate) fn now(self) -> SystemTime {
        shifted(SystemTime::now(), self.offset)
    }

    /// Returns whether a timestamp, in milliseconds since 1970, is within the window.
    pub(crate) fn accepts(self, timestamp: u64) -> bool {
        let now = self.now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Duration::from_millis(timestamp).abs_diff(now) <= self.window
    }
}

impl Default for Clock {
    /// Returns a clock that is right.
    fn default() -> Self {
        Self::ahead(Duration::ZERO)
    }
}

/// Formats a time as an HTTP date, rounded down to whole seconds.
pub fn http_date(time: SystemTime) -> String {
    httpdate::fmt_http_date(shifted(time, 0))
}

/// Adds a duration to a time.
pub fn later(time: SystemTime, by: Duration) -> SystemTime {
    shifted(time, milliseconds(by))
}

/// Adds milliseconds to a time. The result is clamped to what an HTTP date can express.
fn shifted(time: SystemTime, by: i64) -> SystemTime {
    let since = milliseconds(time.duration_since(UNIX_EPOCH).unwrap_or_default());
    UNIX_EPOCH + Duration::from_millis(since.saturating_add(by).clamp(0, MAX_HTTP_DATE_MILLISECONDS).unsigned_abs())
}

fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extreme_offsets_do_not_overflow() {
        assert_eq!(http_date(Clock::ahead(Duration::MAX).now()), "Fri, 31 Dec 9999 23:59:59 GMT");
        assert_eq!(http_date(Clock::behind(Duration::MAX).now()), "Thu, 01 Jan 1970 00:00:00 GMT");
        assert!(Clock::behind(Duration::MAX).window(Duration::MAX).accepts(u64::MAX));
    }
}
