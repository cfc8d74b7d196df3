//! Parses the header `Retry-After` of a receiver.

use std::time::{Duration, SystemTime};

/// Returns the wait that a `Retry-After` asks for: seconds, or the time until an HTTP date; zero if the date has passed. A
/// number that is too large is the longest duration. Anything else is ignored.
pub fn parse(value: &str, now: SystemTime) -> Option<Duration> {
    let value = value.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(Duration::from_secs(value.parse().unwrap_or(u64::MAX)));
    }
    let date = httpdate::parse_http_date(value).ok()?;
    Some(date.duration_since(now).unwrap_or_default())
}
