//! The models of the history of a group-dispatch-server: all events that are stored, how each is known, and what nobody could
//! see.
//!
//! Generated from the contract `openapi/history.yaml`; the scalars are written by hand.
//!
//! ```
//! use group_dispatch_types::history::{HistoryEvent, PresenceChange, Provenance};
//! # fn main() -> Result<(), serde_json::Error> {
//! let event: HistoryEvent = serde_json::from_str(
//!     r#"{"provenance": "observed", "userId": 868024, "agentAccount": "lsl001", "whatsApp": "8618217331411", "source": 1,
//!         "notAfter": 1720438205000, "change": "gone"}"#,
//! )?;
//! // Nobody knows why the account is gone, so that there is no status.
//! assert_eq!((event.provenance, event.change, event.status), (Provenance::Observed, Some(PresenceChange::Gone), None));
//! # Ok(())
//! # }
//! ```

use std::fmt;

use serde::{Deserialize, Serialize};

mod calendar_day;
#[rustfmt::skip]
#[path = "generated/history.snap.rs"]
mod generated;
mod time_zone_name;

pub use generated::*;

pub use self::{calendar_day::CalendarDay, time_zone_name::TimeZoneName};

pub use crate::{
    AccountStatus, BusinessCode, NoData, Source, StatusDetail, UserId, WhatsAppNumber, WireTime as EventTime,
};

closed_text! {
    /// How an event is known (D48).
    Provenance, "How an event is known (D48).", example "logged" {
        Fed = "fed", "A feeder sent it, or it was imported";
        Logged = "logged", "It is a record of the vendor's log";
        Observed = "observed", "It happened between two looks that differ";
    }
}

closed_text! {
    /// What two looks that differ show of an account.
    PresenceChange, "What two looks that differ show of an account.", example "came" {
        Came = "came", "It was not online, and is";
        Gone = "gone", "It was online, and is not";
    }
}

closed_text! {
    /// The order of the events of a response.
    #[derive(Default)]
    HistoryOrder, "The order of the events of a response.", example "newest-first" {
        #[default]
        OldestFirst = "oldest-first", "Later events stand later";
        NewestFirst = "newest-first", "Later events stand earlier";
    }
}

closed_text! {
    /// What the rows of a report are about.
    ReportGrouping, "What the rows of a report are about.", example "agent-day" {
        Agent = "agent", "Each agent";
        Account = "account", "Each account";
        Day = "day", "Each day, all accounts together";
        AgentDay = "agent-day", "Each agent on each day";
        AccountDay = "account-day", "Each account on each day";
    }
}

/// Where the next page begins. A client sends it back unchanged; its content is the server's own (D51).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct HistoryCursor(String);

impl HistoryCursor {
    /// Returns the text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for HistoryCursor {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Display for HistoryCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(any(feature = "utoipa", feature = "schemars"))]
mod schemas {
    described!(super::HistoryCursor, {
        "description": "Where the next page begins: the `next` of a response, unchanged. What it consists of may change with each \
                        version of the server (D51).",
        "type": "string",
        "pattern": "^[A-Za-z0-9._-]{1,256}$",
        "example": "bmV4dA",
    });
}

#[cfg(test)]
mod arbitrary {
    use proptest::{prelude::*, string::string_regex};

    impl Arbitrary for super::HistoryCursor {
        type Parameters = ();
        type Strategy = BoxedStrategy<Self>;
        fn arbitrary_with((): ()) -> Self::Strategy {
            string_regex("[A-Za-z0-9._-]{1,256}")
                .map_or_else(|_| Just(String::new()).boxed(), Strategy::boxed)
                .prop_map(Self)
                .boxed()
        }
    }
}
