//! Times for people and programs: the service's clock times, told in another zone.

use std::collections::BTreeSet;

use group_dispatch_types::{StatusTime, UtcOffset};
use jiff::{Timestamp, Zoned, tz::TimeZone};

/// Turns the service's clock times into those of a zone.
pub struct Clock {
    service: UtcOffset,
    zone: TimeZone,
}

impl Clock {
    /// This machine's zone.
    pub fn local(service: UtcOffset) -> Self {
        Self { service, zone: TimeZone::system() }
    }

    pub const fn utc(service: UtcOffset) -> Self {
        Self { service, zone: TimeZone::UTC }
    }

    /// None where the time lies beyond what calendars are made for.
    fn read(&self, time: StatusTime) -> Option<Zoned> {
        let instant = Timestamp::from_second(time.epoch_seconds(self.service)).ok()?;
        Some(instant.to_zoned(self.zone.clone()))
    }

    /// Returns a time as programs read it. Where this zone cannot show it, it is at the service's offset.
    pub fn rfc3339(&self, time: StatusTime) -> String {
        match self.read(time) {
            Some(zoned) => zoned.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string(),
            None => format!("{}{}", time.to_string().replace(' ', "T"), self.service),
        }
    }

    /// The heading of a column with these times. The offset changes with the seasons; where it is the same for all of
    /// them it is said once.
    pub fn heading(&self, times: impl Iterator<Item = StatusTime>) -> TimeHeading {
        if self.zone == TimeZone::UTC {
            return TimeHeading::Says("UTC".to_owned());
        }
        let offsets: BTreeSet<String> =
            times.filter_map(|time| self.read(time)).map(|zoned| zoned.strftime("%:z").to_string()).collect();
        match offsets.first() {
            Some(offset) if offsets.len() == 1 => TimeHeading::Says(offset.clone()),
            _ => TimeHeading::LeavesItToTheTimes,
        }
    }
}

/// Where the zone of a column's times stands.
pub enum TimeHeading {
    Says(String),
    LeavesItToTheTimes,
}

impl TimeHeading {
    pub fn title(&self) -> String {
        match self {
            Self::Says(zone) => format!("TIME ({zone})"),
            Self::LeavesItToTheTimes => "TIME".to_owned(),
        }
    }

    /// A time as people read it below the heading.
    pub fn shown(&self, clock: &Clock, time: StatusTime) -> String {
        let format = match self {
            Self::Says(_) => "%Y-%m-%d %H:%M:%S",
            Self::LeavesItToTheTimes => "%Y-%m-%d %H:%M:%S %:z",
        };
        clock.read(time).map_or_else(|| time.to_string(), |zoned| zoned.strftime(format).to_string())
    }
}

#[cfg(test)]
mod tests {
    use group_dispatch_types::WireTime;

    use super::*;

    fn berlin() -> Clock {
        // With its rules spelt out, so that no database of zones is needed.
        let zone = TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap();
        Clock { service: UtcOffset::VENDOR, zone }
    }

    fn times<const COUNT: usize>(texts: [&str; COUNT]) -> [StatusTime; COUNT] {
        texts.map(|text| text.parse().unwrap())
    }

    #[test]
    fn the_zone_is_said_once_where_it_is_one() {
        let [summer, later] = times(["2024-07-08 19:25:31", "2024-07-09 00:00:00"]);
        let heading = berlin().heading([summer, later].into_iter());
        assert_eq!(heading.title(), "TIME (+02:00)");
        assert_eq!(heading.shown(&berlin(), summer), "2024-07-08 13:25:31");
        assert_eq!(berlin().rfc3339(summer), "2024-07-08T13:25:31+02:00");
        assert_eq!(Clock::utc(UtcOffset::VENDOR).heading([summer].into_iter()).title(), "TIME (UTC)");
        assert_eq!(Clock::utc(UtcOffset::VENDOR).rfc3339(summer), "2024-07-08T11:25:31+00:00");
    }

    #[test]
    fn each_time_says_its_offset_where_they_differ() {
        let [before, after] = times(["2024-10-27 08:30:00", "2024-10-27 09:30:00"]);
        let heading = berlin().heading([before, after].into_iter());
        assert_eq!(heading.title(), "TIME");
        assert_eq!(heading.shown(&berlin(), before), "2024-10-27 02:30:00 +02:00");
        assert_eq!(heading.shown(&berlin(), after), "2024-10-27 02:30:00 +01:00");
    }

    #[test]
    fn the_services_zone_counts() {
        let [time] = times(["2024-07-08 19:25:31"]);
        let clock = Clock::utc("-03:30".parse().unwrap());
        assert_eq!(clock.rfc3339(time), "2024-07-08T22:55:31+00:00");
    }

    #[test]
    fn exported_times_are_read_as_the_same_instants() {
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
    fn a_time_that_no_calendar_has_stays_as_it_is() {
        let [last] = times(["9999-12-31 23:59:59"]);
        let clock = Clock::utc("-12:00".parse().unwrap());
        assert_eq!(clock.rfc3339(last), "9999-12-31T23:59:59-12:00");
        assert_eq!(clock.heading([last].into_iter()).shown(&clock, last), "9999-12-31 23:59:59");
    }
}
