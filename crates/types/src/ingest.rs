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

use serde::{Deserialize, Serialize};

#[rustfmt::skip]
#[path = "generated/ingest.snap.rs"]
mod generated;

pub use generated::*;

pub use crate::{
    AccountStatus, BusinessCode, Source, StatusDetail, UserId, WhatsAppNumber, WireTime as EventTime,
    history::PresenceChange,
};

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

bounded_integer! {
    /// A number of events in a call, or the index of one of them: 0 to 10,000.
    #[derive(Default)]
    EventCount(u16 as usize), 0 to 10_000, "a number of events: 0 to 10000",
    "int32", "A number of events in a call, or which of them is meant, counted from 0.", example 2
}

closed_text! {
    /// The order of the events of a call. It decides which of the events of one account at one source at one time is the latest.
    #[derive(Default)]
    FeedOrder, "The order of the events of a call.", example "newest-first" {
        #[default]
        OldestFirst = "oldest-first", "Later events stand later";
        NewestFirst = "newest-first", "Later events stand earlier";
    }
}

closed_text! {
    /// The outcome of a call with facts of a mirror.
    MirrorOutcome, "The outcome of a call with facts of a mirror.", example "stored" {
        Stored = "stored", "They are stored, now or by an earlier call";
        Conflict = "conflict", "Nothing is stored, because another look is the latest";
    }
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
