//! Reads the headers that sign a request, and checks the time in them.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::http::{HeaderMap, HeaderName};
use group_dispatch_types::BusinessCode;

use super::error::ApiError;

/// Returns the value of a header, if there is one that is not empty. A value that is not text, and a header that is sent
/// twice, are read as a text that nothing accepts.
pub fn single_value<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    const UNREADABLE: &str = "?";
    let mut values = headers.get_all(name).iter();
    let value = values.next()?;
    let text = if values.next().is_some() { UNREADABLE } else { value.to_str().map_or(UNREADABLE, str::trim) };
    (!text.is_empty()).then_some(text)
}

/// Checks the header `timestamp`.
pub fn check_time(timestamp: &str, now: SystemTime, window: Duration) -> Result<(), ApiError> {
    let malformed = || ApiError::of(BusinessCode::TimestampMalformed);
    if !timestamp.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(malformed());
    }
    let milliseconds: u64 = timestamp.parse().map_err(|_| malformed())?;
    let now = now.duration_since(UNIX_EPOCH).unwrap_or_default();
    if Duration::from_millis(milliseconds).abs_diff(now) <= window {
        Ok(())
    } else {
        Err(ApiError::of(BusinessCode::TimestampTimeout))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_ends_at_its_last_millisecond() {
        let (minutes, now) = (Duration::from_secs(5 * 60), 1_710_936_559_123_u64);
        let at = |timestamp: u64| {
            let timestamp = timestamp.to_string();
            check_time(&timestamp, UNIX_EPOCH + Duration::from_millis(now), minutes).is_ok()
        };
        for (timestamp, accepted) in [
            (now, true),
            (now - 300_000, true),
            (now - 300_001, false),
            (now + 300_000, true),
            (now + 300_001, false),
            (0, false),
            (u64::MAX, false),
        ] {
            assert_eq!(at(timestamp), accepted, "{timestamp}");
        }
    }
}
