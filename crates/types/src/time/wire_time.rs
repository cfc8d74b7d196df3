//! [`WireTime`]: a time in any of the accepted forms.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::{ClockTime, StatusTime, UtcOffset, expected::EXPECTED, text};
use crate::ParseError;

/// Numbers from here on are milliseconds. This number is in 1973 as milliseconds, and beyond the year 5000 as seconds.
const LEAST_MILLISECONDS: u64 = 100_000_000_000;

/// A `createTime` in any of the accepted forms (D8): a clock time, whose zone the reader must know, or an instant.
///
/// [`StatusTime`] accepts the same forms and assumes UTC+8. An instant is serialized as a number, which means the same to
/// every reader, and a clock time as text. An instant before 1973-03-03T09:46:40Z is cut to the second and serialized in
/// seconds, because its milliseconds would be read as seconds.
///
/// ```
/// use group_dispatch_types::{UtcOffset, WireTime};
/// # fn main() -> Result<(), group_dispatch_types::ParseError> {
/// for text in ["2024-07-08T11:25:31.25Z", "2024-07-08 19:25:31.250999+08:00", "1720437931.25", "1720437931250"] {
///     assert_eq!(text.parse(), Ok(WireTime::Instant(1_720_437_931_250)));
/// }
/// // Without an offset, the time is that of the service's clocks.
/// let time: WireTime = "2024-07-08T19:25:31.25".parse()?;
/// assert_eq!(time.epoch_milliseconds(UtcOffset::VENDOR), 1_720_437_931_250);
/// assert_eq!(time.epoch_milliseconds(UtcOffset::UTC), 1_720_466_731_250);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WireTime {
    /// Clock time in the service's zone.
    Clock(ClockTime),
    /// An instant in Unix epoch milliseconds. Numbers below 100,000,000,000 are read as seconds.
    Instant(i64),
}

impl WireTime {
    /// Returns the instant of a number of seconds or milliseconds.
    fn from_number(number: i64) -> Result<Self, ParseError> {
        Self::from_milliseconds(if number.unsigned_abs() < LEAST_MILLISECONDS { number * 1000 } else { number })
    }

    /// Returns the instant of a number with a fraction, of which milliseconds are kept.
    fn from_decimal(decimal: text::Decimal) -> Result<Self, ParseError> {
        let milliseconds = if decimal.whole < LEAST_MILLISECONDS {
            decimal.whole * 1000 + u64::from(decimal.thousandths)
        } else {
            decimal.whole
        };
        let milliseconds = i64::try_from(milliseconds).map_err(|_| ParseError::expected(EXPECTED))?;
        Self::from_milliseconds(if decimal.is_negative { -milliseconds } else { milliseconds })
    }

    fn from_milliseconds(milliseconds: i64) -> Result<Self, ParseError> {
        let time = Self::Instant(milliseconds);
        time.clock(UtcOffset::VENDOR).map(|_| time)
    }

    /// Returns the clock time at `offset`, cut to the second.
    ///
    /// # Errors
    /// If it is outside of the years 0 to 9999.
    pub fn clock(self, offset: UtcOffset) -> Result<StatusTime, ParseError> {
        match self {
            Self::Clock(time) => Ok(time.to_second()),
            Self::Instant(milliseconds) => StatusTime::from_epoch_seconds(milliseconds.div_euclid(1000), offset),
        }
    }

    /// Returns the instant in Unix epoch milliseconds; a clock time is one at `offset`.
    #[must_use]
    pub const fn epoch_milliseconds(self, offset: UtcOffset) -> i64 {
        match self {
            Self::Clock(time) => time.epoch_milliseconds(offset),
            Self::Instant(milliseconds) => milliseconds,
        }
    }
}

impl FromStr for WireTime {
    type Err = ParseError;

    /// Parses `2024-07-08 19:25:31`, also with a `T` between day and time, with a fraction, of which milliseconds are kept,
    /// and with an offset (RFC 3339); or the digits of Unix epoch seconds or milliseconds, also with a fraction.
    ///
    /// # Errors
    /// If the text is none of these, or names a day, a time or an offset that does not exist. Leap seconds (`23:59:60`) are
    /// rejected, because Unix time has none.
    fn from_str(text: &str) -> Result<Self, ParseError> {
        let text = text.trim();
        if let Ok(number) = text.parse() {
            return Self::from_number(number);
        }
        if let Some(decimal) = text::Decimal::parse(text) {
            return Self::from_decimal(decimal);
        }
        match text::parse_clock(text)? {
            (time, None) => Ok(Self::Clock(time)),
            (time, Some(offset)) => Self::from_milliseconds(time.epoch_milliseconds(offset)),
        }
    }
}

impl From<StatusTime> for WireTime {
    fn from(time: StatusTime) -> Self {
        Self::Clock(time.into())
    }
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

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<WireTime, E> {
        // A JSON parser may be off by the last bit, a quarter of a microsecond. Without rounding, .123 could be cut to .122.
        format!("{number:.6}").parse().map_err(E::custom)
    }

    // serde's own message would repeat the value.
    fn visit_bool<E: de::Error>(self, _: bool) -> Result<WireTime, E> {
        Err(E::custom(ParseError::expected(EXPECTED)))
    }
}

impl FromStr for StatusTime {
    type Err = ParseError;

    /// Parses any form of a [`WireTime`].
    ///
    /// # Errors
    /// As [`WireTime::from_str`].
    fn from_str(text: &str) -> Result<Self, ParseError> {
        text.parse::<WireTime>()?.clock(UtcOffset::VENDOR)
    }
}

impl<'de> Deserialize<'de> for StatusTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        WireTime::deserialize(deserializer)?.clock(UtcOffset::VENDOR).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::{prelude::*, strategy::Map};

    use super::*;
    use crate::time::status_time::FIRST;

    /// Generates the times that the ingest contract allows.
    impl Arbitrary for WireTime {
        type Parameters = ();
        type Strategy = Map<std::ops::RangeInclusive<i64>, fn(i64) -> Self>;
        fn arbitrary_with((): ()) -> Self::Strategy {
            (LEAST_MILLISECONDS.cast_signed()..=253_402_235_999_999).prop_map(Self::Instant)
        }
    }

    #[test]
    fn every_form_of_a_wire_time_is_read_back() {
        let clock = WireTime::from(StatusTime { clock_seconds: FIRST });
        let least = LEAST_MILLISECONDS.cast_signed();
        for time in [clock, WireTime::Instant(least), WireTime::Instant(-least), WireTime::Instant(least - 1000)] {
            let text = serde_json::to_string(&time).unwrap_or_default();
            assert_eq!(serde_json::from_str::<WireTime>(&text).ok(), Some(time), "{text}");
        }
        assert_eq!(serde_json::to_string(&WireTime::Instant(-1)).unwrap_or_default(), "-1");
    }
}
