//! Times on the command line, as `--since` and `--until` take them.

use std::str::FromStr;

use group_dispatch_types::{StatusTime, UtcOffset, WireTime};
use jiff::{SignedDuration, Span, SpanRelativeTo, Timestamp, ToSpan, Zoned, civil};

/// A time on the command line. Clock times and dates are at the service's UTC offset.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum TimeArgument {
    Instant(Timestamp),
    Clock(civil::DateTime),
    /// The whole day.
    Date(civil::Date),
    /// This long before now.
    Ago(SignedDuration),
}

const EXPECTED: &str = "expected a time such as 2024-07-08T11:25:31Z, \"2024-07-08 19:25:31\" or 2024-07-08, or how long \
                        ago, such as 2h or 7d";
/// Epoch seconds below this value are rejected: a date before 1973-03-03 is more likely a number without its unit.
const LEAST_EPOCH_SECONDS: i64 = 100_000_000;

impl FromStr for TimeArgument {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if let Ok(instant) = text.parse() {
            return Ok(Self::Instant(instant));
        }
        // A time zone in brackets, which jiff ignores when it parses a clock time.
        if text.contains('[') {
            return text
                .parse::<Zoned>()
                .map(|zoned| Self::Instant(zoned.timestamp()))
                .map_err(|_| EXPECTED.to_owned());
        }
        if text.contains(':') {
            return text.parse().map(Self::Clock).map_err(|_| explain_invalid(text));
        }
        // A clock time has a colon, so that what remains is a number, a date or a duration.
        if let Ok(WireTime::Instant(milliseconds)) = text.parse() {
            return match Timestamp::from_millisecond(milliseconds) {
                Ok(instant) if instant.as_second() >= LEAST_EPOCH_SECONDS => Ok(Self::Instant(instant)),
                _ => Err(format!("{EXPECTED}; found a number without a unit that is too small for Unix epoch seconds")),
            };
        }
        if let Ok(date) = text.parse() {
            return Ok(Self::Date(date));
        }
        let span: Span = text.parse().map_err(|_| explain_invalid(&format!("{text} 00:00:00")))?;
        let duration = span.to_duration(SpanRelativeTo::days_are_24_hours()).map_err(|_| EXPECTED.to_owned())?;
        Ok(Self::Ago(duration.abs()))
    }
}

/// Returns what was expected and, if the text looks like a clock time, what is wrong with it.
fn explain_invalid(text: &str) -> String {
    let reason = text.parse::<WireTime>().err().map(|error| error.to_string()).unwrap_or_default();
    match reason.split_once("; found ") {
        Some((_, found)) => format!("{EXPECTED}; found {found}"),
        None => EXPECTED.to_owned(),
    }
}

impl TimeArgument {
    /// Returns whether the instant depends on the service's UTC offset.
    pub const fn needs_offset(self) -> bool {
        matches!(self, Self::Clock(_) | Self::Date(_))
    }

    /// Returns the first instant of it.
    ///
    /// # Errors
    /// If it is outside the years 0 to 9999.
    pub fn first_instant(self, now: Timestamp, offset: UtcOffset) -> anyhow::Result<Timestamp> {
        match self {
            Self::Instant(instant) => Ok(instant),
            Self::Clock(clock) => to_instant(clock, offset),
            Self::Date(date) => to_instant(date.at(0, 0, 0, 0), offset),
            Self::Ago(duration) => Ok(now.checked_sub(duration)?),
        }
    }

    /// Returns the last instant of it.
    ///
    /// # Errors
    /// If it is outside the years 0 to 9999.
    pub fn last_instant(self, now: Timestamp, offset: UtcOffset) -> anyhow::Result<Timestamp> {
        match self {
            Self::Date(date) => to_instant(date.at(23, 59, 59, 999_999_999), offset),
            other => other.first_instant(now, offset),
        }
    }
}

fn to_instant(clock: civil::DateTime, offset: UtcOffset) -> anyhow::Result<Timestamp> {
    let time: StatusTime = clock.strftime("%Y-%m-%d %H:%M:%S").to_string().parse()?;
    let instant = Timestamp::from_second(time.epoch_seconds(offset))?;
    Ok(instant.checked_add(i64::from(clock.subsec_nanosecond()).nanoseconds())?)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn first_instant(text: &str) -> String {
        let now = "2024-07-08T12:00:00Z".parse().unwrap();
        text.parse::<TimeArgument>().unwrap().first_instant(now, UtcOffset::VENDOR).unwrap().to_string()
    }

    #[test]
    fn all_time_formats_are_parsed() {
        for (text, instant) in [
            ("2024-07-08T11:25:31Z", "2024-07-08T11:25:31Z"),
            ("2024-07-08T13:25:31.5+02:00", "2024-07-08T11:25:31.5Z"),
            ("2024-07-08 13:25:31+02:00", "2024-07-08T11:25:31Z"),
            ("2024-07-08T13:25:31+02:00[+02:00]", "2024-07-08T11:25:31Z"),
            ("2024-07-08 19:25:31", "2024-07-08T11:25:31Z"),
            ("2024-07-08T19:25:31.25", "2024-07-08T11:25:31.25Z"),
            ("2024-07-08 19:25", "2024-07-08T11:25:00Z"),
            ("2024-07-08", "2024-07-07T16:00:00Z"),
            ("2h", "2024-07-08T10:00:00Z"),
            ("90m", "2024-07-08T10:30:00Z"),
            ("1h 30m", "2024-07-08T10:30:00Z"),
            ("1720437931", "2024-07-08T11:25:31Z"),
            ("1720437931000", "2024-07-08T11:25:31Z"),
            ("1720437931.0", "2024-07-08T11:25:31Z"),
            ("1720437931.25", "2024-07-08T11:25:31.25Z"),
            ("1720437931250", "2024-07-08T11:25:31.25Z"),
            ("2024-07-08 19:25:31.0", "2024-07-08T11:25:31Z"),
            ("7d", "2024-07-01T12:00:00Z"),
            ("2 weeks", "2024-06-24T12:00:00Z"),
            ("2h ago", "2024-07-08T10:00:00Z"),
        ] {
            assert_eq!(first_instant(text), instant, "{text}");
        }
    }

    #[test]
    fn a_date_lasts_until_the_end_of_its_day_and_other_times_are_instants() {
        let last_instant = |text: &str| {
            let now = "2024-07-08T12:00:00Z".parse().unwrap();
            text.parse::<TimeArgument>().unwrap().last_instant(now, UtcOffset::VENDOR).unwrap().to_string()
        };
        assert_eq!(last_instant("2024-07-08"), "2024-07-08T15:59:59.999999999Z");
        assert_eq!(last_instant("2024-07-08 19:25:31"), "2024-07-08T11:25:31Z");
        assert_eq!(last_instant("2h"), "2024-07-08T10:00:00Z");
    }

    #[test]
    fn an_invalid_time_is_rejected_with_a_reason() {
        for text in ["", "yesterday", "12", "2024-13-01", "2024-07-08 25:00:00", "1mo", "2x", "2024-07-08T11:25:31[x]"]
        {
            let error = text.parse::<TimeArgument>().unwrap_err();
            assert!(error.starts_with(EXPECTED), "{text}: {error}");
        }
        for (text, found) in [
            ("2024-02-30", "a day that its month does not have"),
            ("2024-13-01", "a month that does not exist"),
            ("2024-07-08 25:00:00", "a time of day that does not exist"),
            ("2023-02-29T19:25:31Z", "a day that its month does not have"),
            ("12", "a number without a unit that is too small for Unix epoch seconds"),
        ] {
            assert_eq!(text.parse::<TimeArgument>(), Err(format!("{EXPECTED}; found {found}")), "{text}");
        }
    }
}
