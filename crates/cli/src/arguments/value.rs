//! Parsers of values that several flags take.

use std::{
    net::{SocketAddr, ToSocketAddrs},
    str::FromStr,
    time::Duration,
};

use group_dispatch_mirror::Settings;
use group_dispatch_server::Config;
use group_dispatch_types::history::ChangePosition;
use jiff::{Span, SpanRelativeTo};

/// Parses a value that may have blanks around it: a variable that was read from a file may end with a newline.
pub fn trimmed<T: FromStr>(text: &str) -> Result<T, T::Err> {
    text.trim().parse()
}

/// Parses a duration in seconds, or with units. A day has 24 hours.
pub fn duration(text: &str) -> Result<Duration, &'static str> {
    let seconds = text.parse().map(Duration::from_secs).ok();
    let with_units = || {
        let span: Span = text.parse().ok()?;
        Duration::try_from(span.to_duration(SpanRelativeTo::days_are_24_hours()).ok()?).ok()
    };
    seconds.or_else(with_units).ok_or("expected a duration such as 10, 10s, 500ms, 2m, 24h or 7d")
}

/// Parses a position of the changes, whose content only the server knows.
pub fn position(text: &str) -> Result<ChangePosition, &'static str> {
    match text.trim() {
        "" => Err("expected the `position` of a line, such as 4712.9c8b7a60.4712"),
        position => Ok(position.to_owned().into()),
    }
}

/// Parses a timeout: a duration longer than zero.
pub fn timeout(text: &str) -> Result<Duration, &'static str> {
    match longer_than_zero(text)? {
        timeout if timeout > Config::LONGEST_TIMEOUT => Err("expected a duration of at most a day, 24h"),
        timeout => Ok(timeout),
    }
}

/// Parses a duration longer than zero.
pub fn longer_than_zero(text: &str) -> Result<Duration, &'static str> {
    match duration(text)? {
        Duration::ZERO => Err("expected a duration longer than zero"),
        duration => Ok(duration),
    }
}

/// Parses the longest time between two rounds of a mirror.
pub fn mirror_interval(text: &str) -> Result<Duration, &'static str> {
    let Settings { shortest_interval, longest_interval, .. } = Settings::default();
    let is_valid = |interval: &Duration| (shortest_interval..=longest_interval).contains(interval);
    duration(text).ok().filter(is_valid).ok_or("expected a duration of 1 to 60 seconds, such as 2s")
}

/// Parses a count of at least one.
pub fn at_least_one(text: &str) -> Result<usize, &'static str> {
    text.parse().ok().filter(|number| *number > 0).ok_or("expected an integer of at least 1")
}

/// Parses an address to listen on.
pub fn listen_address(text: &str) -> Result<SocketAddr, &'static str> {
    const EXPECTED: &str = "expected an address and a port, such as 127.0.0.1:8080";
    text.to_socket_addrs().map_err(|_| EXPECTED)?.next().ok_or(EXPECTED)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_units_or_are_seconds() {
        for (text, milliseconds) in [
            ("10", 10_000),
            ("10s", 10_000),
            ("500ms", 500),
            ("2m", 120_000),
            ("1m 30s", 90_000),
            ("1000000h", 3_600_000_000_000),
            ("3000d", 259_200_000_000),
            ("1d 12h", 129_600_000),
            ("0", 0),
        ] {
            assert_eq!(duration(text), Ok(Duration::from_millis(milliseconds)), "{text}");
        }
        for text in ["", "-1", "-1s", "-1d", "1.5", "5x", "1mo", "1y", "99999999999999999999"] {
            assert!(duration(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_mirror_asks_at_least_once_a_minute_and_at_most_once_a_second() {
        for (text, seconds) in [("1", 1), ("2s", 2), ("1m", 60)] {
            assert_eq!(mirror_interval(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        for text in ["0", "999ms", "61", "2m", "soon"] {
            assert!(mirror_interval(text).is_err(), "{text}");
        }
    }
}
