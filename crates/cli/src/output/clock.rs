//! Converts times of the service to the time zone of the reader. Used by `log`, `history` and `mirror status`.

use std::collections::BTreeSet;

use group_dispatch_types::{UtcOffset, WireTime};
use jiff::{RoundMode, Timestamp, TimestampRound, Unit, Zoned, tz::TimeZone};

const SECONDS: &str = "%Y-%m-%d %H:%M:%S";

/// Converts times to a time zone; clock times are at the service's UTC offset.
pub struct Clock {
    service: UtcOffset,
    zone: TimeZone,
}

impl Clock {
    /// Converts to this machine's time zone.
    pub fn local(service: UtcOffset) -> Self {
        Self { service, zone: TimeZone::system() }
    }

    /// Converts to UTC.
    pub const fn utc(service: UtcOffset) -> Self {
        Self { service, zone: TimeZone::UTC }
    }

    /// Returns `None` if the time is out of the range of timestamps.
    fn convert(&self, time: WireTime) -> Option<Zoned> {
        Some(self.instant(time)?.to_zoned(self.zone.clone()))
    }

    fn instant(&self, time: WireTime) -> Option<Timestamp> {
        Timestamp::from_millisecond(time.epoch_milliseconds(self.service)).ok()
    }

    /// Returns a time for programs. A time that is out of range after conversion stays at the service's offset.
    pub fn rfc3339(&self, time: impl Into<WireTime>) -> String {
        let time = time.into();
        match self.convert(time) {
            Some(zoned) => zoned.strftime("%Y-%m-%dT%H:%M:%S%.f%:z").to_string(),
            None => format!("{}{}", unconverted(time).replace(' ', "T"), self.service),
        }
    }

    /// Returns the heading of a column with these times. It contains the offset if that is the same for all of them:
    /// with daylight saving time, it may differ.
    pub fn heading(&self, times: impl Iterator<Item = impl Into<WireTime>>) -> TimeHeading {
        if self.zone == TimeZone::UTC {
            return TimeHeading::InTitle("UTC".to_owned());
        }
        let offsets: BTreeSet<String> =
            times.filter_map(|time| self.convert(time.into())).map(|zoned| zoned.strftime("%:z").to_string()).collect();
        match offsets.first() {
            Some(offset) if offsets.len() == 1 => TimeHeading::InTitle(offset.clone()),
            _ => TimeHeading::InCells,
        }
    }
}

/// Returns the text of a time that is out of the range of timestamps.
fn unconverted(time: WireTime) -> String {
    match time {
        WireTime::Clock(time) => time.to_string(),
        WireTime::Instant(milliseconds) => milliseconds.to_string(),
    }
}

/// Where a column of times shows the UTC offset.
pub enum TimeHeading {
    /// Once, in the title.
    InTitle(String),
    /// In each cell.
    InCells,
}

impl TimeHeading {
    /// Returns the title of a column, with the offset if the cells don't have it.
    pub fn title(&self, name: &str) -> String {
        match self {
            Self::InTitle(zone) => format!("{name} ({zone})"),
            Self::InCells => name.to_owned(),
        }
    }

    /// Returns the text of a time in the column.
    pub fn display(&self, clock: &Clock, time: impl Into<WireTime>) -> String {
        let time = time.into();
        clock.convert(time).map_or_else(|| unconverted(time), |zoned| self.format(&zoned, SECONDS))
    }

    /// Returns the text of an interval: "between A and B", or "before B" if its beginning is not known. It is rounded
    /// outward to whole seconds, so that what it says stays true.
    pub fn display_interval(&self, clock: &Clock, begin: Option<WireTime>, end: WireTime) -> String {
        let round = |time: WireTime, mode: RoundMode| {
            let rounded = clock.instant(time)?.round(TimestampRound::new().smallest(Unit::Second).mode(mode)).ok()?;
            Some(rounded.to_zoned(clock.zone.clone()))
        };
        let show = |time: WireTime, zoned: Option<&Zoned>, format: &str| {
            zoned.map_or_else(|| unconverted(time), |zoned| self.format(zoned, format))
        };
        let last = round(end, RoundMode::Ceil);
        let Some(begin) = begin else { return format!("before {}", show(end, last.as_ref(), SECONDS)) };
        let first = round(begin, RoundMode::Floor);
        // A day that is the same is shown once.
        let is_one_day = first.as_ref().zip(last.as_ref()).is_some_and(|(first, last)| first.date() == last.date());
        let format = if is_one_day { "%H:%M:%S" } else { SECONDS };
        format!("between {} and {}", show(begin, first.as_ref(), SECONDS), show(end, last.as_ref(), format))
    }

    fn format(&self, zoned: &Zoned, format: &str) -> String {
        match self {
            Self::InTitle(_) => zoned.strftime(format).to_string(),
            Self::InCells => zoned.strftime(&format!("{format} %:z")).to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use group_dispatch_types::StatusTime;

    use super::*;

    fn berlin() -> Clock {
        // The rules are spelled out, so that no time zone database is needed.
        let zone = TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap();
        Clock { service: UtcOffset::VENDOR, zone }
    }

    fn times<const COUNT: usize>(texts: [&str; COUNT]) -> [StatusTime; COUNT] {
        texts.map(|text| text.parse().unwrap())
    }

    #[test]
    fn an_offset_that_all_times_share_is_in_the_title() {
        let [summer, later] = times(["2024-07-08 19:25:31", "2024-07-09 00:00:00"]);
        let heading = berlin().heading([summer, later].into_iter());
        assert_eq!(heading.title("TIME"), "TIME (+02:00)");
        assert_eq!(heading.display(&berlin(), summer), "2024-07-08 13:25:31");
        assert_eq!(berlin().rfc3339(summer), "2024-07-08T13:25:31+02:00");
        assert_eq!(Clock::utc(UtcOffset::VENDOR).heading([summer].into_iter()).title("TIME"), "TIME (UTC)");
        assert_eq!(Clock::utc(UtcOffset::VENDOR).rfc3339(summer), "2024-07-08T11:25:31+00:00");
    }

    #[test]
    fn offsets_that_differ_are_in_the_cells() {
        let [before, after] = times(["2024-10-27 08:30:00", "2024-10-27 09:30:00"]);
        let heading = berlin().heading([before, after].into_iter());
        assert_eq!(heading.title("TIME"), "TIME");
        assert_eq!(heading.display(&berlin(), before), "2024-10-27 02:30:00 +02:00");
        assert_eq!(heading.display(&berlin(), after), "2024-10-27 02:30:00 +01:00");
    }

    #[test]
    fn times_are_read_at_the_offset_of_the_service() {
        let [time] = times(["2024-07-08 19:25:31"]);
        let clock = Clock::utc("-03:30".parse().unwrap());
        assert_eq!(clock.rfc3339(time), "2024-07-08T22:55:31+00:00");
    }

    #[test]
    fn exported_times_parse_as_the_same_instants() {
        let offset: UtcOffset = "-03:30".parse().unwrap();
        for time in times(["2024-07-08 19:25:31", "2024-10-27 02:30:00", "1969-12-31 23:59:59", "0001-01-01 12:00:00"])
        {
            for clock in [Clock::utc(offset), Clock::local(offset), Clock { service: offset, ..berlin() }] {
                let instant = WireTime::Instant(time.epoch_seconds(offset) * 1000);
                assert_eq!(clock.rfc3339(time).parse(), Ok(instant), "{time}");
            }
        }
    }

    #[test]
    fn a_time_out_of_range_is_not_converted() {
        let [last] = times(["9999-12-31 23:59:59"]);
        let clock = Clock::utc("-12:00".parse().unwrap());
        assert_eq!(clock.rfc3339(last), "9999-12-31T23:59:59-12:00");
        assert_eq!(clock.heading([last].into_iter()).display(&clock, last), "9999-12-31 23:59:59");
    }

    fn instant(text: &str) -> WireTime {
        text.parse().unwrap()
    }

    #[test]
    fn fractions_of_a_second_are_for_programs() {
        let time = instant("2024-07-08T11:25:31.25Z");
        let clock = berlin();
        assert_eq!(clock.rfc3339(time), "2024-07-08T13:25:31.25+02:00");
        assert_eq!(clock.heading([time].into_iter()).display(&clock, time), "2024-07-08 13:25:31");
    }

    #[test]
    fn an_interval_is_rounded_outward() {
        let clock = berlin();
        for (begin, end, expected) in [
            (Some("2024-07-08T11:25:31.999Z"), "2024-07-08T11:25:31.999Z", "between 2024-07-08 13:25:31 and 13:25:32"),
            (Some("2024-07-08T11:25:31Z"), "2024-07-08T11:25:36Z", "between 2024-07-08 13:25:31 and 13:25:36"),
            (
                Some("2024-07-08T21:59:59Z"),
                "2024-07-08T22:00:00Z",
                "between 2024-07-08 23:59:59 and 2024-07-09 00:00:00",
            ),
            (None, "2024-07-08T11:25:31.001Z", "before 2024-07-08 13:25:32"),
        ] {
            let (begin, end) = (begin.map(instant), instant(end));
            let heading = clock.heading(begin.into_iter().chain([end]));
            assert_eq!(heading.display_interval(&clock, begin, end), expected);
        }
        let (begin, end) = (instant("2024-10-27T00:59:59Z"), instant("2024-10-27T01:00:01Z"));
        let heading = clock.heading([begin, end].into_iter());
        let shown = heading.display_interval(&clock, Some(begin), end);
        assert_eq!(shown, "between 2024-10-27 02:59:59 +02:00 and 02:00:01 +01:00");
    }
}
