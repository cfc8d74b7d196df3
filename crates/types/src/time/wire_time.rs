//! [`WireTime`]: a time in any of the forms that are read.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::{
    EXPECTED, StatusTime, UtcOffset,
    civil::{civil_from_days, days_from_civil},
    status_time::{FIRST, SECONDS_A_DAY},
};
use crate::ParseError;

/// Numbers from here on are milliseconds: as seconds they would lie beyond the year 5000, as milliseconds in 1973.
const LEAST_MILLISECONDS: u64 = 100_000_000_000;

/// A `createTime` in any of the forms that are read (D8): a clock time, whose zone the reader has to know, or an instant.
///
/// [`StatusTime`] reads the same forms for those who are content with UTC+8. Written, an instant is its number and a clock
/// time its text, so that only instants mean the same to every reader; an instant before 1973-03-03T09:46:40Z, whose
/// number would be read as seconds, is cut to the second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WireTime {
    /// Clock time in the service's zone.
    Clock(StatusTime),
    /// An instant in Unix epoch milliseconds. Numbers below 100,000,000,000 are read as seconds.
    Instant(i64),
}

impl WireTime {
    fn from_number(number: i64) -> Result<Self, ParseError> {
        let milliseconds = if number.unsigned_abs() < LEAST_MILLISECONDS { number * 1000 } else { number };
        let time = Self::Instant(milliseconds);
        time.clock(UtcOffset::VENDOR).map(|_| time)
    }

    /// The clock time at `offset`, to the second.
    ///
    /// # Errors
    /// When it lies outside the years 0 to 9999.
    pub fn clock(self, offset: UtcOffset) -> Result<StatusTime, ParseError> {
        match self {
            Self::Clock(time) => Ok(time),
            Self::Instant(milliseconds) => StatusTime::from_epoch_seconds(milliseconds.div_euclid(1000), offset),
        }
    }

    /// The instant in Unix epoch milliseconds, where clocks stand at `offset`.
    #[must_use]
    pub const fn epoch_milliseconds(self, offset: UtcOffset) -> i64 {
        match self {
            Self::Clock(time) => time.epoch_seconds(offset) * 1000,
            Self::Instant(milliseconds) => milliseconds,
        }
    }
}

impl FromStr for WireTime {
    type Err = ParseError;

    /// Reads the text form, or the digits of Unix epoch seconds or milliseconds.
    ///
    /// # Errors
    /// When the text is neither, or names a day or time that does not exist.
    fn from_str(text: &str) -> Result<Self, ParseError> {
        let text = text.trim();
        match text.parse() {
            Ok(number) => Self::from_number(number),
            Err(_) => parse_clock(text).map(Self::Clock).ok_or(ParseError::expected(EXPECTED)),
        }
    }
}

fn parse_clock(text: &str) -> Option<StatusTime> {
    let bytes = text.as_bytes();
    let separators = [(4, b'-'), (7, b'-'), (10, b' '), (13, b':'), (16, b':')];
    if bytes.len() != 19 || separators.iter().any(|(at, separator)| bytes[*at] != *separator) {
        return None;
    }
    let digits = |from: usize, to: usize| {
        bytes[from..to]
            .iter()
            .try_fold(0_u32, |number, byte| byte.is_ascii_digit().then(|| number * 10 + u32::from(byte - b'0')))
    };
    let (year, month, day) = (digits(0, 4)?, digits(5, 7)?, digits(8, 10)?);
    let (hour, minute, second) = (digits(11, 13)?, digits(14, 16)?, digits(17, 19)?);
    if month == 0 || day == 0 {
        return None;
    }
    let days = days_from_civil(year, month, day);
    if civil_from_days(days) != (year, month, day) || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let seconds = i64::from(hour * 3600 + minute * 60 + second);
    Some(StatusTime { clock_seconds: FIRST + i64::from(days) * i64::from(SECONDS_A_DAY) + seconds })
}

impl Serialize for WireTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Clock(time) => time.serialize(serializer),
            Self::Instant(milliseconds) if milliseconds.unsigned_abs() < LEAST_MILLISECONDS => {
                serializer.serialize_i64(milliseconds.div_euclid(1000))
            }
            Self::Instant(milliseconds) => serializer.serialize_i64(*milliseconds),
        }
    }
}

impl<'de> Deserialize<'de> for WireTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Visitor)
    }
}

struct Visitor;

impl de::Visitor<'_> for Visitor {
    type Value = WireTime;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(EXPECTED)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<WireTime, E> {
        text.parse().map_err(E::custom)
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<WireTime, E> {
        WireTime::from_number(number).map_err(E::custom)
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<WireTime, E> {
        i64::try_from(number)
            .map_err(|_| E::custom(ParseError::expected(EXPECTED)))
            .and_then(|number| self.visit_i64(number))
    }

    // serde's own messages for these would repeat the value.
    fn visit_f64<E: de::Error>(self, _: f64) -> Result<WireTime, E> {
        Err(E::custom(ParseError::expected(EXPECTED)))
    }

    fn visit_bool<E: de::Error>(self, _: bool) -> Result<WireTime, E> {
        Err(E::custom(ParseError::expected(EXPECTED)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::{prelude::*, strategy::Map};

    use super::*;

    /// Those that the contract of feeding events has.
    impl Arbitrary for WireTime {
        type Parameters = ();
        type Strategy = Map<std::ops::RangeInclusive<i64>, fn(i64) -> Self>;
        fn arbitrary_with((): ()) -> Self::Strategy {
            (LEAST_MILLISECONDS.cast_signed()..=253_402_235_999_999).prop_map(Self::Instant)
        }
    }

    #[test]
    fn every_form_of_a_wire_time_is_read_back() {
        let clock = WireTime::Clock(StatusTime { clock_seconds: FIRST });
        let least = LEAST_MILLISECONDS.cast_signed();
        for time in [clock, WireTime::Instant(least), WireTime::Instant(-least), WireTime::Instant(least - 1000)] {
            let text = serde_json::to_string(&time).unwrap_or_default();
            assert_eq!(serde_json::from_str::<WireTime>(&text).ok(), Some(time), "{text}");
        }
        assert_eq!(serde_json::to_string(&WireTime::Instant(-1)).unwrap_or_default(), "-1");
    }
}
