//! The models of the ingest endpoint of a group-dispatch-server: status events, and the receipt for them.
//!
//! Generated from the contract `openapi/ingest.yaml`; the scalars are written by hand.
//!
//! ```
//! use group_dispatch_types::{Source, StatusDetail, ingest::{EventTime, StatusEvent}};
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let event = StatusEvent {
//!     event_id: Some("feeder-7-000042".to_owned()),
//!     user_id: 868_024.into(),
//!     agent_account: "lsl001".to_owned(),
//!     user_name: None,
//!     whats_app: "8618217331411".parse()?,
//!     name: None,
//!     status: None,
//!     source: Source::Pc,
//!     country_code: None,
//!     detail_status: StatusDetail::PcOnline,
//!     create_time: EventTime::Instant(1_720_437_931_000),
//! };
//! assert!(serde_json::to_string(&event)?.contains(r#""createTime":1720437931000"#));
//! # Ok(())
//! # }
//! ```

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::{ParseError, integer};

#[rustfmt::skip]
#[path = "generated/ingest.snap.rs"]
mod generated;

pub use generated::*;

pub use crate::{AccountStatus, BusinessCode, Source, StatusDetail, UserId, WhatsAppNumber, WireTime as EventTime};

/// Status events. Their order counts among events of one account at one source at one time (D16).
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[cfg_attr(test, derive(proptest_derive::Arbitrary))]
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StatusEventsRequest(#[cfg_attr(feature = "schemars", schemars(length(max = 10000)))] pub Vec<StatusEvent>);

impl StatusEventsRequest {
    /// The largest number of events in a call.
    pub const MOST: usize = 10_000;
}

/// A number of events in a call, or the index of one of them: 0 to 10,000.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventCount(u16);

const EXPECTED: &str = "a number of events: 0 to 10000";

impl EventCount {
    /// The largest number.
    pub const MAX: Self = Self(10_000);

    /// Returns the number.
    #[must_use]
    pub const fn get(self) -> usize {
        self.0 as usize
    }
}

impl TryFrom<usize> for EventCount {
    type Error = ParseError;

    /// # Errors
    /// If the number is greater than 10,000.
    fn try_from(number: usize) -> Result<Self, ParseError> {
        let count = u16::try_from(number).ok().map(Self).filter(|count| *count <= Self::MAX);
        count.ok_or(ParseError::expected(EXPECTED))
    }
}

impl fmt::Display for EventCount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for EventCount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u16(self.0)
    }
}

impl<'de> Deserialize<'de> for EventCount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = usize::try_from(integer::read(deserializer, EXPECTED)?);
        number.map_err(|_| ParseError::expected(EXPECTED)).and_then(Self::try_from).map_err(de::Error::custom)
    }
}

/// The order of the events of a call. It decides which of the events of one account at one source at one time is the latest.
#[cfg_attr(test, derive(proptest_derive::Arbitrary))]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FeedOrder {
    /// Later events come later.
    #[default]
    OldestFirst,
    /// Later events come earlier, as in a log.
    NewestFirst,
}

impl fmt::Display for FeedOrder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OldestFirst => "oldest-first",
            Self::NewestFirst => "newest-first",
        })
    }
}

#[cfg(test)]
mod arbitrary {
    use proptest::{prelude::*, strategy::Map};

    impl Arbitrary for super::EventCount {
        type Parameters = ();
        type Strategy = Map<std::ops::RangeInclusive<u16>, fn(u16) -> Self>;
        fn arbitrary_with((): ()) -> Self::Strategy {
            (0..=10_000).prop_map(Self)
        }
    }
}

#[cfg(any(feature = "utoipa", feature = "schemars"))]
mod schemas {
    described!(super::EventCount, {
        "description": "A number of events in a call, or which of them is meant, counted from 0.",
        "type": "integer",
        "format": "int32",
        "minimum": 0,
        "maximum": 10000,
        "example": 2,
    });

    described!(super::FeedOrder, {
        "description": "The order of the events of a call.",
        "type": "string",
        "enum": ["oldest-first", "newest-first"],
        "x-enum-varnames": ["OldestFirst", "NewestFirst"],
        "x-enum-descriptions": ["Later events stand later", "Later events stand earlier"],
        "example": "newest-first",
    });
}

#[cfg(feature = "utoipa")]
mod utoipa_schema {
    use utoipa::{
        PartialSchema, ToSchema,
        openapi::{
            Ref, RefOr,
            schema::{ArrayBuilder, Schema},
        },
    };

    use super::{StatusEvent, StatusEventsRequest};

    impl PartialSchema for StatusEventsRequest {
        fn schema() -> RefOr<Schema> {
            let events = ArrayBuilder::new().items(Ref::from_schema_name(StatusEvent::name()));
            let description =
                "Status events. Their order counts among events of one account at one source at one time (D16).";
            events.description(Some(description)).max_items(Some(Self::MOST)).into()
        }
    }

    impl ToSchema for StatusEventsRequest {
        fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
            schemas.push((StatusEvent::name().into_owned(), StatusEvent::schema()));
            StatusEvent::schemas(schemas);
        }
    }
}
