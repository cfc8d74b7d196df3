//! Which events of a status log are printed, and in which order.

use std::str::FromStr;

use clap::{Args, ValueEnum};
use clap_complete::{ArgValueCandidates, CompletionCandidate};
use group_dispatch_types::{AccountStatus, StatusTime, UtcOffset, WireTime};
use jiff::{SignedDuration, Span, SpanRelativeTo, Timestamp, ToSpan, Zoned, civil};

use super::UsageError;

/// The filters that the service does not have. They apply to what the service returns.
#[derive(Args, Default)]
pub struct Selection {
    /// Only events from this time on: RFC 3339 such as 2024-07-08T11:25:31Z; a clock time such as "2024-07-08 19:25:31" or
    /// a date at the service's UTC offset (--utc-offset); Unix epoch seconds or milliseconds; or how long ago, such as 2h,
    /// 90m or 7d.
    #[arg(long, value_name = "TIME")]
    pub since: Option<When>,
    /// Only events up to this time, in the same forms; up to the end of a date.
    #[arg(long, value_name = "TIME")]
    pub until: Option<When>,
    /// Only events with this status: online, disconnected, offline, banned, or its code. Several are separated by commas,
    /// or the flag is repeated.
    #[arg(long, value_name = "STATUS", value_delimiter = ',', add = ArgValueCandidates::new(statuses))]
    pub status: Vec<AccountStatus>,
    /// Print at most this many events: the first ones that the filters leave, in the order of --sort.
    #[arg(long, value_name = "NUMBER", value_parser = super::limits::at_least_one)]
    pub limit: Option<usize>,
    /// The order of the events.
    #[arg(long, value_name = "ORDER", value_enum, default_value_t)]
    pub sort: Sort,
}

impl Selection {
    /// Returns the first and the last instant that --since and --until leave.
    ///
    /// # Errors
    /// When one of them is out of range, or --since is later than --until.
    pub fn bounds(&self, now: Timestamp, offset: UtcOffset) -> Result<Bounds, UsageError> {
        let in_range = |flag, time: anyhow::Result<Timestamp>| {
            time.map_err(|_| UsageError::new(format!("{flag}: expected a time within the years 0 to 9999")))
        };
        let since = self.since.map(|when| in_range("--since", when.beginning(now, offset))).transpose()?;
        let until = self.until.map(|when| in_range("--until", when.end(now, offset))).transpose()?;
        if let (Some(since), Some(until)) = (since, until)
            && since > until
        {
            return Err(UsageError::new("--since is later than --until, so that no event can match; swap them"));
        }
        Ok(Bounds { since, until })
    }

    /// Whether events may be left out for what they are.
    pub fn is_filter(&self) -> bool {
        self.since.is_some() || self.until.is_some() || !self.status.is_empty()
    }
}

/// A range of time; without an end where none is given.
#[derive(Clone, Copy, Default)]
pub struct Bounds {
    pub since: Option<Timestamp>,
    pub until: Option<Timestamp>,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Sort {
    /// As the service returns them: agent by agent, the newest event of each first.
    #[default]
    Agent,
    /// The newest event of all agents first. JSON groups by agent: there the agent with the newest event comes first.
    Time,
}

fn statuses() -> Vec<CompletionCandidate> {
    AccountStatus::ALL.iter().map(|status| CompletionCandidate::new(status.to_string())).collect()
}

/// A time on the command line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum When {
    Instant(Timestamp),
    /// At the service's UTC offset.
    Clock(civil::DateTime),
    /// At the service's UTC offset, the whole day.
    Date(civil::Date),
    Ago(SignedDuration),
}

const EXPECTED: &str = "expected a time such as 2024-07-08T11:25:31Z, \"2024-07-08 19:25:31\" or 2024-07-08, or how long \
                        ago it was, such as 2h or 7d";
/// Smaller numbers are hardly epoch seconds: they would lie before 1973-03-03.
const LEAST_EPOCH_SECONDS: i64 = 100_000_000;

impl FromStr for When {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if let Ok(instant) = text.parse() {
            return Ok(Self::Instant(instant));
        }
        // A zone in brackets, which a clock time would drop without a word.
        if text.contains('[') {
            return text
                .parse::<Zoned>()
                .map(|zoned| Self::Instant(zoned.timestamp()))
                .map_err(|_| EXPECTED.to_owned());
        }
        if text.contains(':') {
            return text.parse().map(Self::Clock).map_err(|_| expected_because(text));
        }
        // Anything else without a colon is no clock time.
        if let Ok(WireTime::Instant(milliseconds)) = text.parse() {
            return match Timestamp::from_millisecond(milliseconds) {
                Ok(instant) if instant.as_second() >= LEAST_EPOCH_SECONDS => Ok(Self::Instant(instant)),
                _ => {
                    Err(format!("{EXPECTED}; found a number without a unit, which is too small for Unix epoch seconds"))
                }
            };
        }
        if let Ok(date) = text.parse() {
            return Ok(Self::Date(date));
        }
        let span: Span = text.parse().map_err(|_| expected_because(&format!("{text} 00:00:00")))?;
        let duration = span.to_duration(SpanRelativeTo::days_are_24_hours()).map_err(|_| EXPECTED.to_owned())?;
        Ok(Self::Ago(duration.abs()))
    }
}

/// Says what was expected and, where the text looks like a clock time, what is wrong with it.
fn expected_because(text: &str) -> String {
    let reason = text.parse::<WireTime>().err().map(|error| error.to_string()).unwrap_or_default();
    match reason.split_once("; found ") {
        Some((_, found)) => format!("{EXPECTED}; found {found}"),
        None => EXPECTED.to_owned(),
    }
}

impl When {
    /// The first instant that it covers.
    ///
    /// # Errors
    /// When it lies outside the years 0 to 9999.
    pub fn beginning(self, now: Timestamp, offset: UtcOffset) -> anyhow::Result<Timestamp> {
        match self {
            Self::Instant(instant) => Ok(instant),
            Self::Clock(clock) => at(clock, offset),
            Self::Date(date) => at(date.at(0, 0, 0, 0), offset),
            Self::Ago(duration) => Ok(now.checked_sub(duration)?),
        }
    }

    /// The last instant that it covers.
    ///
    /// # Errors
    /// When it lies outside the years 0 to 9999.
    pub fn end(self, now: Timestamp, offset: UtcOffset) -> anyhow::Result<Timestamp> {
        match self {
            Self::Date(date) => at(date.at(23, 59, 59, 999_999_999), offset),
            other => other.beginning(now, offset),
        }
    }
}

fn at(clock: civil::DateTime, offset: UtcOffset) -> anyhow::Result<Timestamp> {
    let time: StatusTime = clock.strftime("%Y-%m-%d %H:%M:%S").to_string().parse()?;
    let instant = Timestamp::from_second(time.epoch_seconds(offset))?;
    Ok(instant.checked_add(i64::from(clock.subsec_nanosecond()).nanoseconds())?)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn beginning(text: &str) -> String {
        let now = "2024-07-08T12:00:00Z".parse().unwrap();
        text.parse::<When>().unwrap().beginning(now, UtcOffset::VENDOR).unwrap().to_string()
    }

    #[test]
    fn times_are_read_in_all_their_forms() {
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
            assert_eq!(beginning(text), instant, "{text}");
        }
    }

    #[test]
    fn a_date_ends_with_its_day_and_other_times_where_they_begin() {
        let end = |text: &str| {
            let now = "2024-07-08T12:00:00Z".parse().unwrap();
            text.parse::<When>().unwrap().end(now, UtcOffset::VENDOR).unwrap().to_string()
        };
        assert_eq!(end("2024-07-08"), "2024-07-08T15:59:59.999999999Z");
        assert_eq!(end("2024-07-08 19:25:31"), "2024-07-08T11:25:31Z");
        assert_eq!(end("2h"), "2024-07-08T10:00:00Z");
    }

    #[test]
    fn what_is_no_time_is_rejected() {
        for text in ["", "yesterday", "12", "2024-13-01", "2024-07-08 25:00:00", "1mo", "2x", "2024-07-08T11:25:31[x]"]
        {
            let error = text.parse::<When>().unwrap_err();
            assert!(error.starts_with(EXPECTED), "{text}: {error}");
        }
        for (text, found) in [
            ("2024-02-30", "a day that its month does not have"),
            ("2024-13-01", "a month that does not exist"),
            ("2024-07-08 25:00:00", "a time of day that does not exist"),
            ("2023-02-29T19:25:31Z", "a day that its month does not have"),
            ("12", "a number without a unit, which is too small for Unix epoch seconds"),
        ] {
            assert_eq!(text.parse::<When>(), Err(format!("{EXPECTED}; found {found}")), "{text}");
        }
    }
}
