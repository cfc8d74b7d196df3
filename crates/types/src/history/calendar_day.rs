//! A day of the calendar, as reports name it.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use crate::ParseError;

/// A day of the calendar: year, month and day, whatever the time zone is. Its text is `YYYY-MM-DD`.
///
/// It has the form of a day, but need not be one: only a calendar knows whether a month has 31 days.
///
/// ```
/// use group_dispatch_types::history::CalendarDay;
/// # fn main() -> Result<(), group_dispatch_types::ParseError> {
/// let day: CalendarDay = "2024-07-08".parse()?;
/// assert_eq!((day.year(), day.month(), day.day()), (2024, 7, 8));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CalendarDay {
    year: u16,
    month: u8,
    day: u8,
}

const INVALID: ParseError = ParseError::expected("a day as YYYY-MM-DD, such as 2024-07-08");

impl CalendarDay {
    /// The first day that the form can express.
    pub const MIN: Self = Self { year: 0, month: 1, day: 1 };

    /// Returns the day with these numbers.
    ///
    /// # Errors
    /// If the year is not within 0 to 9999, the month not within 1 to 12, or the day not within 1 to 31.
    pub const fn new(year: u16, month: u8, day: u8) -> Result<Self, ParseError> {
        if year <= 9999 && 1 <= month && month <= 12 && 1 <= day && day <= 31 {
            Ok(Self { year, month, day })
        } else {
            Err(INVALID)
        }
    }

    /// Returns the year.
    #[must_use]
    pub const fn year(self) -> u16 {
        self.year
    }

    /// Returns the month, 1 to 12.
    #[must_use]
    pub const fn month(self) -> u8 {
        self.month
    }

    /// Returns the day of the month, 1 to 31.
    #[must_use]
    pub const fn day(self) -> u8 {
        self.day
    }
}

impl FromStr for CalendarDay {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        let mut parts = text.split('-');
        let mut number = |digits: usize| {
            let part =
                parts.next().filter(|part| part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit()));
            part.and_then(|part| part.parse::<u16>().ok()).ok_or(INVALID)
        };
        let (year, month, day) = (number(4)?, number(2)?, number(2)?);
        if parts.next().is_some() {
            return Err(INVALID);
        }
        let part = |number: u16| u8::try_from(number).map_err(|_| INVALID);
        Self::new(year, part(month)?, part(day)?)
    }
}

impl TryFrom<&str> for CalendarDay {
    type Error = ParseError;

    fn try_from(text: &str) -> Result<Self, ParseError> {
        text.parse()
    }
}

impl fmt::Display for CalendarDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{:04}-{:02}-{:02}", self.year, self.month, self.day))
    }
}

impl Serialize for CalendarDay {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for CalendarDay {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <std::borrow::Cow<'de, str>>::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(any(feature = "utoipa", feature = "schemars"))]
mod schemas {
    described!(super::CalendarDay, {
        "description": "A day of the calendar, as year, month and day.",
        "type": "string",
        "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$",
        "example": "2024-07-08",
    });
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    impl Arbitrary for CalendarDay {
        type Parameters = ();
        type Strategy = BoxedStrategy<Self>;
        fn arbitrary_with((): ()) -> Self::Strategy {
            (0..=9999_u16, 1..=12_u8, 1..=31_u8).prop_map(|(year, month, day)| Self { year, month, day }).boxed()
        }
    }

    #[test]
    fn what_is_no_day_is_rejected() {
        for text in
            ["", "2024-7-8", "2024-07-08 ", "2024-13-01", "2024-00-01", "2024-07-32", "+024-07-08", "2024-07-08-1"]
        {
            assert_eq!(text.parse::<CalendarDay>(), Err(INVALID), "{text}");
        }
        assert_eq!("0000-02-31".parse(), CalendarDay::new(0, 2, 31));
    }
}
