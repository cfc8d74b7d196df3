//! The id of an agent, as an integer and as text.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::{ParseError, integer};

/// An agent's id (page, `userId`; D3).
///
/// Serialized as an integer; digits in a string are accepted as well. The contract allows ids up to [`UserId::MAX`]. Larger
/// ids of up to 18 digits are accepted, too, because version 1 of the contract allowed them (D34).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UserId(u64);

const EXPECTED: &str = "an agent id: an integer of up to 18 digits";

impl UserId {
    /// The largest id of the contract, 2^53 - 1: JavaScript and many JSON readers round integers above it (RFC 7493,
    /// section 2.2).
    pub const MAX: Self = Self(9_007_199_254_740_991);
    /// The largest id that is accepted.
    const MAX_ACCEPTED: u64 = 999_999_999_999_999_999;

    /// Creates an id from a number.
    ///
    /// # Errors
    /// If the number has more than 18 digits.
    pub const fn new(number: u64) -> Result<Self, ParseError> {
        if number <= Self::MAX_ACCEPTED { Ok(Self(number)) } else { Err(ParseError::expected(EXPECTED)) }
    }

    /// Returns whether the contract allows the id: it is at most [`UserId::MAX`].
    #[must_use]
    pub const fn is_within_contract(self) -> bool {
        self.0 <= Self::MAX.0
    }

    /// Returns the id as a number.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }
}

impl From<u32> for UserId {
    fn from(number: u32) -> Self {
        Self(number.into())
    }
}

impl TryFrom<i64> for UserId {
    type Error = ParseError;

    /// # Errors
    /// If the number is negative or has more than 18 digits.
    fn try_from(number: i64) -> Result<Self, ParseError> {
        u64::try_from(number).map_err(|_| ParseError::expected(EXPECTED)).and_then(Self::new)
    }
}

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for UserId {
    type Err = ParseError;

    /// # Errors
    /// If the text is not an integer of up to 18 digits.
    fn from_str(text: &str) -> Result<Self, ParseError> {
        let number: i64 = text.trim().parse().map_err(|_| ParseError::expected(EXPECTED))?;
        number.try_into()
    }
}

impl Serialize for UserId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(self.0)
    }
}

impl<'de> Deserialize<'de> for UserId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        integer::read(deserializer, EXPECTED)?.try_into().map_err(de::Error::custom)
    }
}

/// An agent's id in the form of queryWhatsAppInfo's response: as text (D3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(transparent)]
pub struct UserIdText(pub UserId);

impl From<UserId> for UserIdText {
    fn from(id: UserId) -> Self {
        Self(id)
    }
}

impl From<UserIdText> for UserId {
    fn from(id: UserIdText) -> Self {
        id.0
    }
}

impl fmt::Display for UserIdText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for UserIdText {
    type Err = ParseError;

    /// # Errors
    /// If the text is not an integer of up to 18 digits.
    fn from_str(text: &str) -> Result<Self, ParseError> {
        text.parse().map(Self)
    }
}

impl Serialize for UserIdText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

#[cfg(any(feature = "utoipa", feature = "schemars"))]
mod schemas {
    described!(super::UserId, {
        "description": "An agent's id. Digits in a string are accepted as well (D3).",
        "type": "integer",
        "format": "int64",
        "minimum": 0,
        "maximum": super::UserId::MAX,
        "example": 868_024,
    });
    described!(super::UserIdText, {
        "description": "An agent's id, written as text by queryWhatsAppInfo alone, as in the vendor's example. An integer is accepted as well (D3).",
        "type": "string",
        "pattern": "^(0|[1-9][0-9]{0,15})$",
        "example": "868024",
    });
}

#[cfg(test)]
mod arbitrary {
    use proptest::{prelude::*, strategy::Map};

    use super::*;

    impl Arbitrary for UserId {
        type Parameters = ();
        type Strategy = Map<std::ops::RangeInclusive<u64>, fn(u64) -> Self>;
        fn arbitrary_with((): ()) -> Self::Strategy {
            (0..=Self::MAX.0).prop_map(Self)
        }
    }

    impl Arbitrary for UserIdText {
        type Parameters = ();
        type Strategy = Map<<UserId as Arbitrary>::Strategy, fn(UserId) -> Self>;
        fn arbitrary_with((): ()) -> Self::Strategy {
            any::<UserId>().prop_map(Self)
        }
    }
}
