//! Converts the service's clock times to the time zone of the reader. Used by `log`.

use std::collections::BTreeSet;

use group_dispatch_types::{StatusTime, UtcOffset};
use jiff::{Timestamp, Zoned, tz::TimeZone};

/// Converts clock times at the service's UTC offset to a time zone.
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
    fn convert(&self, time: StatusTime) -> Option<Zoned> {
        let instant = Timestamp::from_second(time.epoch_seconds(self.service)).ok()?;
        Some(instant.to_zoned(self.zone.clone()))
    }

    /// Returns a time for programs. A time that is out of range after conversion stays at the service's offset.
    pub fn rfc3339(&self, time: StatusTime) -> String {
        match self.convert(time) {
            Some(zoned) => zoned.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string(),
            None => format!("{}{}", time.to_string().replace(' ', "T"), self.service),
        }
    }

    /// Returns the heading of a column with these times. It contains the offset if that is the same for all of them:
    /// with daylight saving time, it may differ.
    pub fn heading(&self, times: impl Iterator<Item = StatusTime>) -> TimeHeading {
        if self.zone == TimeZone::UTC {
            return TimeHeading::InTitle("UTC".to_owned());
        }
        let offsets: BTreeSet<String> =
            times.filter_map(|time| self.convert(time)).map(|zoned| zoned.strftime("%:z").to_string()).collect();
        match offsets.first() {
            Some(offset) if offsets.len() == 1 => TimeHeading::InTitle(offset.clone()),
            _ => TimeHeading::InCells,
        }
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
    pub fn title(&self) -> String {
        match self {
            Self::InTitle(zone) => format!("TIME ({zone})"),
            Self::InCells => "TIME".to_owned(),
        }
    }

    /// Returns the text of a time in the column.
    pub fn display(&self, clock: &Clock, time: StatusTime) -> String {
        let format = match self {
            Self::InTitle(_) => "%Y-%m-%d %H:%M:%S",
            Self::InCells => "%Y-%m-%d %H:%M:%S %:z",
        };
        clock.convert(time).map_or_else(|| time.to_string(), |zoned| zoned.strftime(format).to_string())
    }
}

#[cfg(test)]
mod tests {
    use group_dispatch_types::WireTime;

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
        assert_eq!(heading.title(), "TIME (+02:00)");
        assert_eq!(heading.display(&berlin(), summer), "2024-07-08 13:25:31");
        assert_eq!(berlin().rfc3339(summer), "2024-07-08T13:25:31+02:00");
        assert_eq!(Clock::utc(UtcOffset::VENDOR).heading([summer].into_iter()).title(), "TIME (UTC)");
        assert_eq!(Clock::utc(UtcOffset::VENDOR).rfc3339(summer), "2024-07-08T11:25:31+00:00");
    }

    #[test]
    fn offsets_that_differ_are_in_the_cells() {
        let [before, after] = times(["2024-10-27 08:30:00", "2024-10-27 09:30:00"]);
        let heading = berlin().heading([before, after].into_iter());
        assert_eq!(heading.title(), "TIME");
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
}
