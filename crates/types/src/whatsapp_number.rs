//! The phone number of a WhatsApp account, as text and as an integer.

mod typed;

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::ParseError;

/// A WhatsApp account: its phone number with country calling code, 1 to 15 digits (page, `whatsApp`; D4).
///
/// Serialized as a string of digits. Integers are accepted as well, and so are numbers as people write them, such as
/// `+86 182-1733-1411`, and account ids such as `8618217331411@c.us`; for all forms see [`from_str`](Self::from_str). `Debug`
/// masks the number, because it is personal data; `Display` shows it whole.
///
/// ```
/// use group_dispatch_types::WhatsAppNumber;
/// # fn main() -> Result<(), group_dispatch_types::ParseError> {
/// let number: WhatsAppNumber = "+86 182-1733-1411".parse()?;
/// assert_eq!(number.to_string(), "8618217331411");
/// assert_eq!(number.masked().to_string(), "86********411");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WhatsAppNumber(u64);

const EXPECTED: &str =
    "a WhatsApp account: a phone number of 1 to 15 digits with its country calling code, such as 8618217331411";

impl WhatsAppNumber {
    /// The largest number, of 15 digits.
    pub const MAX: Self = Self(999_999_999_999_999);

    /// Creates an account from its digits as a number.
    ///
    /// # Errors
    /// If the number is 0 or has more than 15 digits.
    pub const fn new(number: u64) -> Result<Self, ParseError> {
        if 1 <= number && number <= Self::MAX.0 { Ok(Self(number)) } else { Err(ParseError::expected(EXPECTED)) }
    }

    /// Returns the digits as a number.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }

    /// Returns the number with all but its ends masked, for logs.
    #[must_use]
    pub fn masked(self) -> impl fmt::Display {
        let digits = self.0.to_string();
        match digits.len() {
            length @ 9.. => format!("{}{}{}", &digits[..2], "*".repeat(length - 5), &digits[length - 3..]),
            length => "*".repeat(length),
        }
    }
}

impl TryFrom<u64> for WhatsAppNumber {
    type Error = ParseError;

    /// # Errors
    /// If the number is 0 or has more than 15 digits.
    fn try_from(number: u64) -> Result<Self, ParseError> {
        Self::new(number)
    }
}

impl TryFrom<&str> for WhatsAppNumber {
    type Error = ParseError;

    /// # Errors
    /// As [`from_str`](Self::from_str).
    fn try_from(text: &str) -> Result<Self, ParseError> {
        text.parse()
    }
}

impl fmt::Display for WhatsAppNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for WhatsAppNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WhatsAppNumber({})", self.masked())
    }
}

impl FromStr for WhatsAppNumber {
    type Err = ParseError;

    /// Parses a number as people write it and as phones and chat programs copy it:
    ///
    /// - digits, with or without a leading `+`, with spaces, hyphens, dots and round brackets between them, also in their
    ///   typographic and full-width forms; Arabic-Indic, Persian, Devanagari, Bengali and Myanmar digits, one kind in a
    ///   number; marks of text direction and joining, such as U+200E and U+FEFF, are ignored;
    /// - the same after `whatsapp:`, `tel:`, `wa.me/`, `api.whatsapp.com/send?phone=` and `whatsapp://send?phone=`;
    /// - account ids of chat libraries, `8618217331411@s.whatsapp.net` and `8618217331411@c.us`, also with a device
    ///   (`8618217331411:12@s.whatsapp.net`).
    ///
    /// # Errors
    /// If there is any other character, or if the digits start with 0 or are none or more than 15. Texts that would become
    /// another account if characters were dropped are rejected, too: a decimal number, such as `8618217331411.0`, a
    /// number with the `(0)` that is not dialed from abroad, an extension, and ids of groups, channels, broadcasts and
    /// hidden users (`@lid`). The error names invisible characters as code points and never shows a digit.
    fn from_str(text: &str) -> Result<Self, ParseError> {
        match parse_digits(text) {
            Some(number) => Self::new(number),
            None => typed::read(text)
                .and_then(|number| Self::new(number).map_err(|_| typed::TOO_LONG))
                .map_err(|found| ParseError::found(EXPECTED, found, typed::first_invisible(text))),
        }
    }
}

/// Parses a text of digits only. It is a fast path for the form that the service sends nearly always.
fn parse_digits(text: &str) -> Option<u64> {
    let append = |number: u64, byte: u8| byte.is_ascii_digit().then(|| number * 10 + u64::from(byte - b'0'));
    if text.len() > 15 || text.starts_with('0') { None } else { text.bytes().try_fold(0, append) }
}

impl Serialize for WhatsAppNumber {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for WhatsAppNumber {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Visitor)
    }
}

struct Visitor;

impl de::Visitor<'_> for Visitor {
    type Value = WhatsAppNumber;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(EXPECTED)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<WhatsAppNumber, E> {
        text.parse().map_err(E::custom)
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<WhatsAppNumber, E> {
        WhatsAppNumber::new(number).map_err(E::custom)
    }

    // serde's own messages would repeat the value, which may be a phone number.
    fn visit_i64<E: de::Error>(self, number: i64) -> Result<WhatsAppNumber, E> {
        u64::try_from(number).map_err(|_| E::custom(ParseError::expected(EXPECTED))).and_then(|n| self.visit_u64(n))
    }

    fn visit_f64<E: de::Error>(self, _: f64) -> Result<WhatsAppNumber, E> {
        Err(E::custom(ParseError::found(EXPECTED, "a decimal number", None)))
    }

    fn visit_bool<E: de::Error>(self, _: bool) -> Result<WhatsAppNumber, E> {
        Err(E::custom(ParseError::expected(EXPECTED)))
    }
}

/// A WhatsApp account in the form of queryWhatsAppInfo's request: as an integer (D4).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Deserialize)]
#[serde(transparent)]
pub struct WhatsAppNumberInteger(pub WhatsAppNumber);

impl From<WhatsAppNumber> for WhatsAppNumberInteger {
    fn from(number: WhatsAppNumber) -> Self {
        Self(number)
    }
}

impl From<WhatsAppNumberInteger> for WhatsAppNumber {
    fn from(number: WhatsAppNumberInteger) -> Self {
        number.0
    }
}

impl fmt::Display for WhatsAppNumberInteger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for WhatsAppNumberInteger {
    type Err = ParseError;

    /// # Errors
    /// As for [`WhatsAppNumber`].
    fn from_str(text: &str) -> Result<Self, ParseError> {
        text.parse().map(Self)
    }
}

impl Serialize for WhatsAppNumberInteger {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(self.0.0)
    }
}

#[cfg(any(feature = "utoipa", feature = "schemars"))]
mod schemas {
    described!(super::WhatsAppNumber, {
        "description": "A WhatsApp account: its phone number with country calling code, digits only, without `+`. An integer is accepted as well, and so are numbers as people type them and account ids such as `8618217331411@c.us` (D4).",
        "type": "string",
        "pattern": "^[1-9][0-9]{0,14}$",
        "example": "8618217331411",
    });
    described!(super::WhatsAppNumberInteger, {
        "description": "A WhatsApp account, written as an integer by queryWhatsAppInfo's request alone. A string is accepted as well, in every form of a WhatsAppNumber (D4).",
        "type": "integer",
        "format": "int64",
        "minimum": 1,
        "maximum": super::WhatsAppNumber::MAX.0,
        "example": 8_618_217_331_412_u64,
    });
}

#[cfg(test)]
mod arbitrary {
    use proptest::{prelude::*, strategy::Map};

    use super::*;

    impl Arbitrary for WhatsAppNumber {
        type Parameters = ();
        type Strategy = Map<std::ops::RangeInclusive<u64>, fn(u64) -> Self>;
        fn arbitrary_with((): ()) -> Self::Strategy {
            (1..=Self::MAX.0).prop_map(Self)
        }
    }

    impl Arbitrary for WhatsAppNumberInteger {
        type Parameters = ();
        type Strategy = Map<<WhatsAppNumber as Arbitrary>::Strategy, fn(WhatsAppNumber) -> Self>;
        fn arbitrary_with((): ()) -> Self::Strategy {
            any::<WhatsAppNumber>().prop_map(Self)
        }
    }
}
