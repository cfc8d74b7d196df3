//! The order of events.

use serde::{Deserialize, Serialize};

/// When an event happened. Of two events with the same time the one that arrived later counts as the later one, so that no
/// two events of a tenant are equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct EventStamp {
    /// Unix epoch milliseconds.
    pub at: i64,
    /// The number in the log, by the order of arrival.
    pub seq: u64,
}

impl EventStamp {
    /// Before every event: of what no event said.
    pub const UNKNOWN: Self = Self { at: i64::MIN, seq: 0 };
}
