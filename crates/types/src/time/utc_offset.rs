//! [`UtcOffset`]: the difference of a zone to UTC.

use std::{fmt, str::FromStr};

use crate::ParseError;

/// The time that a zone's clocks are ahead of UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UtcOffset {
    minutes: i16,
}

impl UtcOffset {
    /// UTC itself.
    pub const UTC: Self = Self { minutes: 0 };
    /// The vendor's zone, UTC+8.
    pub const VENDOR: Self = Self { minutes: 8 * 60 };

    /// Returns `None` if the offset is more than 18 hours.
    pub(super) const fn from_minutes(minutes: i16) -> Option<Self> {
        if minutes.unsigned_abs() <= 18 * 60 { Some(Self { minutes }) } else { None }
    }

    pub(super) const fn seconds(self) -> i64 {
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

    /// Parses `+08:00`, `-03:30` or `Z`.
    ///
    /// # Errors
    /// If the text has another form, or the offset is more than 18 hours.
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn offset_is_read_back(minutes in -1080_i16..=1080) {
            let offset = UtcOffset { minutes };
            prop_assert_eq!(offset.to_string().parse(), Ok(offset));
        }
    }

    #[test]
    fn offsets_that_are_refused() {
        for text in ["", "8", "+8:00", "+08", "08:00", "+08:60", "+19:00", "é08:00"] {
            assert!(text.parse::<UtcOffset>().is_err(), "{text:?}");
        }
    }
}
