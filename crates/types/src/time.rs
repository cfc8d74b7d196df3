use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::ParseError;

/// When a status event happened: clock time in the service's zone, to the second (page, `createTime`; D8).
///
/// The text on the wire, `2024-07-08 19:25:31`, does not name its zone. It is the service's own, UTC+8 for the vendor, so
/// an instant needs the offset as well: [`StatusTime::epoch_seconds`]. Unix epoch seconds and milliseconds are read too,
/// and taken as the clock time at UTC+8 then.
///
/// ```
/// use group_dispatch_types::{StatusTime, UtcOffset};
/// # fn main() -> Result<(), group_dispatch_types::ParseError> {
/// let time: StatusTime = "2024-07-08 19:25:31".parse()?;
/// assert_eq!(time.epoch_seconds(UtcOffset::VENDOR), 1_720_437_931);
/// assert_eq!(StatusTime::from_epoch_seconds(1_720_437_931, "+07:00".parse()?)?.to_string(), "2024-07-08 18:25:31");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StatusTime {
    /// As if the clock stood at UTC.
    clock_seconds: i64,
}

const EXPECTED: &str = "a time such as 2024-07-08 19:25:31, or Unix epoch seconds or milliseconds";
const SECONDS_A_DAY: u32 = 86_400;
/// `0000-01-01 00:00:00` and `9999-12-31 23:59:59`: years have four digits on the wire.
const FIRST: i64 = -62_167_219_200;
const LAST: i64 = 253_402_300_799;
/// Numbers from here on are milliseconds: as seconds they would lie beyond the year 5000, as milliseconds in 1973.
const LEAST_MILLISECONDS: u64 = 100_000_000_000;

impl StatusTime {
    /// The clock time at `offset` of an instant.
    ///
    /// # Errors
    /// When it lies outside the years 0 to 9999.
    pub fn from_epoch_seconds(seconds: i64, offset: UtcOffset) -> Result<Self, ParseError> {
        let clock_seconds = seconds.saturating_add(offset.seconds());
        if (FIRST..=LAST).contains(&clock_seconds) {
            Ok(Self { clock_seconds })
        } else {
            Err(ParseError::expected(EXPECTED))
        }
    }

    /// The instant at which a clock at `offset` shows this time, in Unix epoch seconds.
    #[must_use]
    pub const fn epoch_seconds(self, offset: UtcOffset) -> i64 {
        self.clock_seconds - offset.seconds()
    }
}

impl StatusTime {
    /// The text on the wire, `2024-07-08 19:25:31`, for who writes many: nothing is formatted, nor allocated.
    #[must_use]
    pub fn to_ascii(self) -> [u8; 19] {
        let (since_first, a_day) = (self.clock_seconds.abs_diff(FIRST), u64::from(SECONDS_A_DAY));
        // At most some millions.
        let [days, second] = [since_first / a_day, since_first % a_day].map(|number| number as u32);
        let (year, month, day) = civil_from_days(days);
        let pairs = [year / 100, year % 100, month, day, second / 3600, second / 60 % 60, second % 60];
        let [[a, b], [c, d], [e, f], [g, h], [i, j], [k, l], [m, n]] =
            pairs.map(|pair| TWO_DIGITS[pair as usize % 100]);
        [a, b, c, d, b'-', e, f, b'-', g, h, b' ', i, j, b':', k, l, b':', m, n]
    }
}

/// The numbers from 0 to 99.
const TWO_DIGITS: [[u8; 2]; 100] = {
    let mut texts = [*b"00"; 100];
    let mut number: u8 = 0;
    while number < 100 {
        texts[number as usize] = [b'0' + number / 10, b'0' + number % 10];
        number += 1;
    }
    texts
};

impl fmt::Display for StatusTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(str::from_utf8(&self.to_ascii()).unwrap_or_default())
    }
}

impl FromStr for StatusTime {
    type Err = ParseError;

    /// Reads the text form, or the digits of Unix epoch seconds or milliseconds.
    ///
    /// # Errors
    /// When the text is neither, or names a day or time that does not exist.
    fn from_str(text: &str) -> Result<Self, ParseError> {
        text.parse::<WireTime>()?.clock(UtcOffset::VENDOR)
    }
}

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

// Days are counted from the 1st of March 400 years before the year 0: leap days come last in their years, and no number is
// negative.
const DAYS_TO_YEAR_0: u32 = DAYS_IN_400_YEARS - 60;
const DAYS_IN_400_YEARS: u32 = 146_097;

/// Days since 0000-01-01 of a day in the Gregorian calendar.
const fn days_from_civil(year: u32, month: u32, day: u32) -> u32 {
    let year = if month <= 2 { year + 399 } else { year + 400 };
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day;
    year * 365 + year / 4 - year / 100 + year / 400 + day_of_year - 1 - DAYS_TO_YEAR_0
}

/// Year, month and day of a number of days since 0000-01-01.
const fn civil_from_days(days: u32) -> (u32, u32, u32) {
    let days = days + DAYS_TO_YEAR_0;
    let day_of_era = days % DAYS_IN_400_YEARS;
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + days / DAYS_IN_400_YEARS * 400 + if month <= 2 { 1 } else { 0 };
    (year - 400, month, day)
}

impl Serialize for StatusTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(str::from_utf8(&self.to_ascii()).unwrap_or_default())
    }
}

impl<'de> Deserialize<'de> for StatusTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        WireTime::deserialize(deserializer)?.clock(UtcOffset::VENDOR).map_err(de::Error::custom)
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

    // serde's own messages for these would repeat the value.
    fn visit_f64<E: de::Error>(self, _: f64) -> Result<WireTime, E> {
        Err(E::custom(ParseError::expected(EXPECTED)))
    }

    fn visit_bool<E: de::Error>(self, _: bool) -> Result<WireTime, E> {
        Err(E::custom(ParseError::expected(EXPECTED)))
    }
}

/// How far a zone's clocks are ahead of UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UtcOffset {
    minutes: i16,
}

impl UtcOffset {
    /// UTC itself.
    pub const UTC: Self = Self { minutes: 0 };
    /// The vendor's zone, UTC+8.
    pub const VENDOR: Self = Self { minutes: 8 * 60 };

    const fn seconds(self) -> i64 {
        self.minutes as i64 * 60
    }
}

impl Default for UtcOffset {
    fn default() -> Self {
        Self::VENDOR
    }
}

impl fmt::Display for UtcOffset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.minutes < 0 { '-' } else { '+' };
        let minutes = self.minutes.unsigned_abs();
        write!(f, "{sign}{:02}:{:02}", minutes / 60, minutes % 60)
    }
}

impl FromStr for UtcOffset {
    type Err = ParseError;

    /// Reads `+08:00`, `-03:30` or `Z`.
    ///
    /// # Errors
    /// When the text is another, or the offset more than 18 hours.
    fn from_str(text: &str) -> Result<Self, ParseError> {
        const REFUSED: ParseError = ParseError::expected("an offset from UTC such as +08:00");
        if text == "Z" {
            return Ok(Self::UTC);
        }
        let (sign, clock) = text.split_at_checked(1).ok_or(REFUSED)?;
        let (hours, minutes) = clock.split_once(':').ok_or(REFUSED)?;
        let number = |digits: &str| -> Result<i16, ParseError> {
            if digits.len() == 2 { digits.parse::<u8>().map(i16::from).map_err(|_| REFUSED) } else { Err(REFUSED) }
        };
        let (hours, minutes) = (number(hours)?, number(minutes)?);
        if minutes > 59 || hours * 60 + minutes > 18 * 60 {
            return Err(REFUSED);
        }
        let minutes = hours * 60 + minutes;
        match sign {
            "+" => Ok(Self { minutes }),
            "-" => Ok(Self { minutes: -minutes }),
            _ => Err(REFUSED),
        }
    }
}

#[cfg(any(feature = "utoipa", feature = "schemars"))]
mod schemas {
    described!(super::StatusTime, {
        "description": "When a status event happened: clock time in the service's zone, to the second. The vendor doesn't name the zone; UTC+8 is assumed, unless the operator chose another. Unix epoch seconds and milliseconds are accepted as well (D8).",
        "type": "string",
        "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}$",
        "example": "2024-07-08 19:25:31",
    });

    use super::WireTime as EventTime;
    described!(EventTime, {
        "description": "When a status event happened, in Unix epoch milliseconds. Seconds, which are numbers below 100,000,000,000, are accepted as well, and so is clock time in the server's zone, such as `2024-07-08 19:25:31` (D8).",
        "type": "integer",
        "format": "int64",
        "minimum": 100_000_000_000_u64,
        "maximum": 253_402_235_999_999_u64,
        "example": 1_720_437_931_000_u64,
    });
}

#[cfg(test)]
mod tests {
    use proptest::{prelude::*, strategy::Map};

    use super::*;

    impl Arbitrary for StatusTime {
        type Parameters = ();
        type Strategy = Map<std::ops::RangeInclusive<i64>, fn(i64) -> Self>;
        fn arbitrary_with((): ()) -> Self::Strategy {
            (FIRST..=LAST).prop_map(|clock_seconds| Self { clock_seconds })
        }
    }

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

    proptest! {
        #[test]
        fn text_is_read_back(time: StatusTime) {
            prop_assert_eq!(time.to_string().parse(), Ok(time));
        }

        #[test]
        fn offset_is_read_back(minutes in -1080_i16..=1080) {
            let offset = UtcOffset { minutes };
            prop_assert_eq!(offset.to_string().parse(), Ok(offset));
        }

        #[test]
        fn text_order_is_time_order(a: StatusTime, b: StatusTime) {
            prop_assert_eq!(a.cmp(&b), a.to_string().cmp(&b.to_string()));
        }
    }

    #[test]
    fn ends_of_the_range() {
        assert_eq!(StatusTime { clock_seconds: FIRST }.to_string(), "0000-01-01 00:00:00");
        assert_eq!(StatusTime { clock_seconds: LAST }.to_string(), "9999-12-31 23:59:59");
        assert!(StatusTime::from_epoch_seconds(LAST + 1, UtcOffset::UTC).is_err());
        assert!(StatusTime::from_epoch_seconds(i64::MAX, UtcOffset::VENDOR).is_err());
    }

    #[test]
    fn days_that_do_not_exist_are_refused() {
        for text in [
            "2023-02-29 00:00:00",
            "2024-13-01 00:00:00",
            "2024-01-01 24:00:00",
            "2024-01-00 00:00:00",
            "0000-00-00 00:00:00",
            "0000-00-31 00:00:00",
            "0000-01-00 00:00:00",
            "9999-99-99 00:00:00",
            "2024-1-1 0:0:0",
            "",
            "soon",
        ] {
            assert!(text.parse::<StatusTime>().is_err(), "{text:?}");
        }
        assert!("2024-02-29 23:59:59".parse::<StatusTime>().is_ok());
    }

    #[test]
    fn offsets_that_are_refused() {
        for text in ["", "8", "+8:00", "+08", "08:00", "+08:60", "+19:00", "é08:00"] {
            assert!(text.parse::<UtcOffset>().is_err(), "{text:?}");
        }
    }
}
