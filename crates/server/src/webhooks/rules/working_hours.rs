//! [`WorkingHours`]: days of the week, and a time of the day from one clock time to another, in a time zone.

use std::{fmt, ops::RangeInclusive};

use super::zone::NamedZone;
use crate::webhooks::duration_text::Seconds;

const DAY_MILLISECONDS: i64 = 24 * 60 * 60 * 1000;
const MINUTE_MILLISECONDS: i64 = 60 * 1000;
/// How far ahead working hours are looked for: more than a week, so that each day of the week comes at least once as a whole.
const SEARCH_MILLISECONDS: i64 = 9 * DAY_MILLISECONDS;
/// The names of the days, from Monday.
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// Working hours. If the end is not behind the beginning, they end on the next day, and belong to the day on which they begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkingHours {
    /// The days, from Monday.
    days: [bool; 7],
    /// The first minute of the day.
    from: u16,
    /// The first minute that is no working time; 24:00 is 1440.
    to: u16,
    /// The zone.
    zone: NamedZone,
}

impl WorkingHours {
    /// Parses `mon-fri@09:00-18:00`, with several days or ranges of days joined by `+`.
    pub fn parse(text: &str, zone: NamedZone) -> Option<Self> {
        let (days, hours) = text.split_once('@')?;
        let (from, to) = hours.split_once('-')?;
        let (from, to) = (parse_clock(from)?, parse_clock(to)?);
        let mut working = [false; 7];
        for range in days.split('+') {
            let (first, last) = range.split_once('-').unwrap_or((range, range));
            let (first, last) = (parse_day(first)?, parse_day(last)?);
            for step in 0..=(last + 7 - first) % 7 {
                working[(first + step) % 7] = true;
            }
        }
        (from < 1440 && from != to).then_some(Self { days: working, from, to, zone })
    }

    /// Returns the name of the zone.
    pub fn zone_name(&self) -> &str {
        &self.zone.name
    }

    /// Returns the length of one day's working hours in seconds, with clocks that are not changed.
    pub fn length_seconds(&self) -> u32 {
        let minutes = if self.from < self.to { self.to - self.from } else { 1440 - self.from + self.to };
        u32::from(minutes) * 60
    }

    /// Returns the first instant at which something that began at `since` has lasted this long within working hours without a
    /// break. Times are in Unix epoch milliseconds. Returns `None` if there is none within nine days.
    pub fn lasted(&self, since: i64, duration: Seconds) -> Option<i64> {
        let (mut at, mut stretch) = (since, None);
        while at < since + SEARCH_MILLISECONDS {
            let next = self.next_boundary(at);
            if self.contains(at) {
                let end = *stretch.get_or_insert(at) + duration.milliseconds();
                if end <= next {
                    return Some(end);
                }
            } else {
                stretch = None;
            }
            at = next;
        }
        None
    }

    /// Returns whether an instant is within working hours.
    pub fn contains(&self, at: i64) -> bool {
        let (day, minute) = self.local(at);
        let weekday = |day: i64| usize::try_from((day + 3).rem_euclid(7)).unwrap_or_default();
        let (today, yesterday) = (self.days[weekday(day)], self.days[weekday(day - 1)]);
        if self.from < self.to {
            today && (self.from..self.to).contains(&minute)
        } else {
            today && minute >= self.from || yesterday && minute < self.to
        }
    }

    /// Returns the local day since the epoch, which was a Thursday, and the minute of the day.
    fn local(&self, at: i64) -> (i64, u16) {
        let local = at + self.offset(at);
        let minute = local.rem_euclid(DAY_MILLISECONDS) / MINUTE_MILLISECONDS;
        (local.div_euclid(DAY_MILLISECONDS), u16::try_from(minute).unwrap_or_default())
    }

    /// Returns a later instant until which nothing changes: local clocks reach the beginning or the end of working hours, or
    /// midnight, or are changed.
    fn next_boundary(&self, at: i64) -> i64 {
        let offset = self.offset(at);
        let time = (at + offset).rem_euclid(DAY_MILLISECONDS);
        let boundaries = [self.from, self.to, 1440].map(|minute| i64::from(minute) * MINUTE_MILLISECONDS);
        let pause = boundaries.into_iter().filter(|boundary| *boundary > time).min().unwrap_or(DAY_MILLISECONDS) - time;
        let next = at + pause;
        if self.offset(next) == offset { next } else { self.offset_change(at..=next) }
    }

    /// Returns the first instant with another offset than the first one of the range.
    fn offset_change(&self, range: RangeInclusive<i64>) -> i64 {
        let (mut before, mut after) = range.into_inner();
        let offset = self.offset(before);
        while before + 1 < after {
            let middle = before + (after - before) / 2;
            if self.offset(middle) == offset { before = middle } else { after = middle }
        }
        after
    }

    fn offset(&self, at: i64) -> i64 {
        i64::from(self.zone.zone.offset_seconds(at)) * 1000
    }
}

/// Parses `09:00` as minutes; `24:00` is the end of the day.
fn parse_clock(text: &str) -> Option<u16> {
    let (hours, minutes) = text.split_once(':')?;
    let number = |digits: &str| {
        let is_number = digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit());
        digits.parse::<u16>().ok().filter(|_| is_number)
    };
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    let time = hours * 60 + minutes;
    (minutes < 60 && time <= 1440).then_some(time)
}

fn parse_day(text: &str) -> Option<usize> {
    DAYS.iter().position(|day| *day == text)
}

impl fmt::Display for WorkingHours {
    /// Writes the form that is parsed, with each day.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let days: Vec<_> = DAYS.iter().zip(self.days).filter(|(_, works)| *works).map(|(day, _)| *day).collect();
        let [from, to] = [self.from, self.to].map(|minute| format!("{:02}:{:02}", minute / 60, minute % 60));
        write!(f, "{}@{from}-{to}", days.join("+"))
    }
}
