//! The name of a time zone, as reports have it.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, de::Error as _};

use crate::ParseError;

/// The name of a time zone in the database of IANA, such as `America/Bogota`. Whether there is such a zone, only a server knows.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct TimeZoneName(String);

const INVALID: ParseError = ParseError::expected("the name of a time zone of IANA, such as America/Bogota or UTC");

/// The most characters of a name.
const MAX_LENGTH: usize = 64;

impl TimeZoneName {
    /// Returns the text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for TimeZoneName {
    /// Returns `UTC`.
    fn default() -> Self {
        Self("UTC".to_owned())
    }
}

impl FromStr for TimeZoneName {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        let is_other = |byte: u8| byte.is_ascii_alphanumeric() || b"._+/-".contains(&byte);
        let is_name = text.len() <= MAX_LENGTH && text.starts_with(|first: char| first.is_ascii_alphabetic());
        if is_name && text.bytes().all(is_other) { Ok(Self(text.to_owned())) } else { Err(INVALID) }
    }
}

impl TryFrom<&str> for TimeZoneName {
    type Error = ParseError;

    fn try_from(text: &str) -> Result<Self, ParseError> {
        text.parse()
    }
}

impl fmt::Display for TimeZoneName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl<'de> Deserialize<'de> for TimeZoneName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <std::borrow::Cow<'de, str>>::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(any(feature = "utoipa", feature = "schemars"))]
mod schemas {
    described!(super::TimeZoneName, {
        "description": "The name of a time zone in the database of IANA, in any case of letters (D62).",
        "type": "string",
        "pattern": "^[A-Za-z][A-Za-z0-9._+/-]{0,63}$",
        "example": "America/Bogota",
    });
}

#[cfg(test)]
mod tests {
    use proptest::{prelude::*, string::string_regex};

    use super::*;

    impl Arbitrary for TimeZoneName {
        type Parameters = ();
        type Strategy = BoxedStrategy<Self>;
        fn arbitrary_with((): ()) -> Self::Strategy {
            string_regex("[A-Za-z][A-Za-z0-9._+/-]{0,63}")
                .map_or_else(|_| Just("UTC".to_owned()).boxed(), Strategy::boxed)
                .prop_map(Self)
                .boxed()
        }
    }

    #[test]
    fn what_is_no_name_is_rejected() {
        for text in ["", "/etc/passwd", "America/Bogot\u{e1}", "UTC ", "-5", &"a".repeat(65)] {
            assert_eq!(text.parse::<TimeZoneName>(), Err(INVALID), "{text}");
        }
        assert_eq!("GMT+5".parse::<TimeZoneName>().map(|name| name.to_string()), Ok("GMT+5".to_owned()));
    }
}
