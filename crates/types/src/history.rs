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

closed_text! {
    /// What a line of changes says (D64).
    ChangeLineType, "What a line says (D64).", example "event" {
        Online = "online", "An account is online; such lines are first if there was no position, and all that have none are not online";
        Event = "event", "A status event";
        Position = "position", "Everything up to this position has been sent";
        Reset = "reset", "The position is lost: forget what is known, because who is online follows";
        End = "end", "The stream ends; come again with the last position";
    }
}

closed_text! {
    /// Why a stream of changes begins again or ends (D65).
    ChangeReason, "Why a stream begins again or ends (D65).", example "expired" {
        Expired = "expired", "What followed the position is not kept any more";
        Unknown = "unknown", "The log never gave the position out: it was restored from a backup, or is another one";
        Recomputed = "recomputed", "Who is online was computed again, because an event was taken back or the database lost some";
        Slow = "slow", "The reader did not keep up";
        Stopping = "stopping", "The server stops";
        Removed = "removed", "The tenant was removed";
        Failed = "failed", "The log can't be read now";
    }
}

/// A text whose content is the server's own: a client sends it back unchanged.
macro_rules! opaque_text {
    ($(#[$doc:meta])* $name:ident, $description:literal, example $example:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Returns the text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        #[cfg(any(feature = "utoipa", feature = "schemars"))]
        described!($name, {
            "description": $description,
            "type": "string",
            "pattern": "^[A-Za-z0-9._-]{1,256}$",
            "example": $example,
        });

        #[cfg(test)]
        impl proptest::arbitrary::Arbitrary for $name {
            type Parameters = ();
            type Strategy = proptest::strategy::BoxedStrategy<Self>;
            fn arbitrary_with((): ()) -> Self::Strategy {
                use proptest::{prelude::*, string::string_regex};
                string_regex("[A-Za-z0-9._-]{1,256}")
                    .map_or_else(|_| Just(String::new()).boxed(), Strategy::boxed)
                    .prop_map(Self)
                    .boxed()
            }
        }
    };
}

opaque_text! {
    /// Where the next page begins. A client sends it back unchanged; its content is the server's own (D51).
    HistoryCursor,
    "Where the next page begins: the `next` of a response, unchanged. What it consists of may change with each version of the server (D51).",
    example "bmV4dA"
}

opaque_text! {
    /// A place in the order of the log. A client sends it back unchanged; its content is the server's own (D63).
    ChangePosition,
    "A place in the order of the log: the `position` of an earlier line or page, unchanged. What it consists of may change with each version of the server (D63).",
    example "4711.0a1b2c3d.4709"
}
