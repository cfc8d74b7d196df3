//! [`StatusTime`]: clock time in the service's zone, to the second.

use std::fmt;

use serde::{Serialize, Serializer};

use super::{UtcOffset, civil, expected::EXPECTED};
use crate::ParseError;

/// When a status event happened: clock time in the service's zone, to the second (page, `createTime`; D8).
///
/// The text on the wire, `2024-07-08 19:25:31`, does not name its zone. It is the service's own, UTC+8 for the vendor, so
/// an instant needs the offset as well: [`StatusTime::epoch_seconds`]. All forms of [`WireTime`](super::WireTime) are
/// accepted and cut to the second; an instant (RFC 3339 with an offset, Unix epoch seconds or milliseconds) becomes the clock time at UTC+8.
///
/// With the features `jiff` and `chrono`, it converts to and from the types of these crates.
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
    /// Seconds since 1970 as if the zone were UTC.
    pub(super) clock_seconds: i64,
}

pub(super) const SECONDS_PER_DAY: u32 = 86_400;
/// `0000-01-01 00:00:00` and `9999-12-31 23:59:59`: years have four digits on the wire.
pub(super) const FIRST: i64 = -62_167_219_200;
const LAST: i64 = 253_402_300_799;

impl StatusTime {
    /// Returns the clock time at `offset` of an instant.
    ///
    /// # Errors
    /// If it is outside of the years 0 to 9999.
    pub fn from_epoch_seconds(seconds: i64, offset: UtcOffset) -> Result<Self, ParseError> {
        let clock_seconds = seconds.saturating_add(offset.seconds());
        if (FIRST..=LAST).contains(&clock_seconds) {
            Ok(Self { clock_seconds })
        } else {
            Err(ParseError::expected(EXPECTED))
        }
    }

    /// Returns the instant at which a clock at `offset` shows this time, in Unix epoch seconds.
    #[must_use]
    pub const fn epoch_seconds(self, offset: UtcOffset) -> i64 {
        self.clock_seconds - offset.seconds()
    }
}

impl StatusTime {
    /// Returns the text on the wire, `2024-07-08 19:25:31`, without formatting or allocation, for code that writes many.
    #[must_use]
    pub fn to_ascii(self) -> [u8; 19] {
        let (since_first, a_day) = (self.clock_seconds.abs_diff(FIRST), u64::from(SECONDS_PER_DAY));
        // At most a few million: fits into u32.
        let [days, second] = [since_first / a_day, since_first % a_day].map(|number| number as u32);
        let (year, month, day) = civil::civil_from_days(days);
        let pairs = [year / 100, year % 100, month, day, second / 3600, second / 60 % 60, second % 60];
        let [[a, b], [c, d], [e, f], [g, h], [i, j], [k, l], [m, n]] =
            pairs.map(|pair| TWO_DIGITS[pair as usize % 100]);
        [a, b, c, d, b'-', e, f, b'-', g, h, b' ', i, j, b':', k, l, b':', m, n]
    }
}

/// The texts of the numbers from 0 to 99.
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

impl Serialize for StatusTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(str::from_utf8(&self.to_ascii()).unwrap_or_default())
    }
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

    proptest! {
        #[test]
        fn text_is_parsed_back(time: StatusTime) {
            prop_assert_eq!(time.to_string().parse(), Ok(time));
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
    fn invalid_days_are_rejected() {
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
}
