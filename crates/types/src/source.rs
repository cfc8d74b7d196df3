use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::{ParseError, integer};

open_code! {
    /// Where a WhatsApp account is online (page, `source`; D5).
    Source,
    "a source: 1 (pc), 2 (mobile) or 3 (cloud)",
    "Where a WhatsApp account is online. The number in a string is accepted as well, and readers accept codes that are not listed (D5).",
    example 1 {
        Pc = 1, "pc", "The PC client";
        Mobile = 2, "mobile", "The mobile client";
        Cloud = 3, "cloud", "A cloud computer";
    }
}

/// Where an agent works with WhatsApp accounts: the sources that four of the five queries can be asked for (D5).
///
/// Unlike [`Source`] it stands only in requests and is closed: another code is an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AgentSource {
    /// The PC client (`1`, `pc`).
    Pc,
    /// The mobile client (`2`, `mobile`).
    Mobile,
}

const EXPECTED_AGENT_SOURCE: &str = "1 (pc) or 2 (mobile)";

impl AgentSource {
    /// Both of them, in the order of their codes.
    pub const ALL: &'static [Self] = &[Self::Pc, Self::Mobile];

    /// The number on the wire.
    #[must_use]
    pub const fn code(self) -> i32 {
        match self {
            Self::Pc => Source::Pc.code(),
            Self::Mobile => Source::Mobile.code(),
        }
    }
}

impl From<AgentSource> for Source {
    fn from(source: AgentSource) -> Self {
        match source {
            AgentSource::Pc => Self::Pc,
            AgentSource::Mobile => Self::Mobile,
        }
    }
}

impl TryFrom<Source> for AgentSource {
    type Error = ParseError;

    /// # Errors
    /// When the source is neither PC nor mobile.
    fn try_from(source: Source) -> Result<Self, ParseError> {
        match source {
            Source::Pc => Ok(Self::Pc),
            Source::Mobile => Ok(Self::Mobile),
            Source::Cloud | Source::Unknown(_) => Err(ParseError::expected(EXPECTED_AGENT_SOURCE)),
        }
    }
}

impl fmt::Display for AgentSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Source::from(*self).fmt(f)
    }
}

impl FromStr for AgentSource {
    type Err = ParseError;

    /// # Errors
    /// When the text is none of `pc`, `mobile`, `1` and `2`.
    fn from_str(text: &str) -> Result<Self, ParseError> {
        text.parse::<Source>().map_err(|_| ParseError::expected(EXPECTED_AGENT_SOURCE))?.try_into()
    }
}

impl Serialize for AgentSource {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i32(self.code())
    }
}

impl<'de> Deserialize<'de> for AgentSource {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match integer::read(deserializer, EXPECTED_AGENT_SOURCE)? {
            1 => Ok(Self::Pc),
            2 => Ok(Self::Mobile),
            _ => Err(de::Error::custom(ParseError::expected(EXPECTED_AGENT_SOURCE))),
        }
    }
}

#[cfg(any(feature = "utoipa", feature = "schemars"))]
described!(AgentSource, {
    "description": "Where an agent works with WhatsApp accounts. The number in a string is accepted as well (D5).",
    "type": "integer",
    "format": "int32",
    "enum": Self::ALL,
    "x-enum-varnames": ["Pc", "Mobile"],
    "x-enum-descriptions": [Source::Pc.description(), Source::Mobile.description()],
    "example": Self::Pc,
});

#[cfg(test)]
impl proptest::arbitrary::Arbitrary for AgentSource {
    type Parameters = ();
    type Strategy = proptest::sample::Select<Self>;
    fn arbitrary_with((): ()) -> Self::Strategy {
        proptest::sample::select(Self::ALL)
    }
}
