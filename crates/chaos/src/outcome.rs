//! What came of a fault.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::plan::Store;

/// The time in which feeds have to be back after the fault is undone, or after the new primary takes writes.
pub const FEEDS_BACK: Duration = Duration::from_secs(30);

/// See the [module](self). The progress file has one a line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    pub leg: usize,
    /// Which fault of the leg; `None` for the comparison after this program itself was killed.
    pub episode: Option<usize>,
    pub fault: String,
    pub store: Store,
    pub servers: usize,
    /// How often the fault happened.
    pub times: u32,
    /// Events that were acknowledged meanwhile.
    pub events: u64,
    pub lost: usize,
    pub doubled: usize,
    pub partial: usize,
    /// Events with other members than those that were fed, and wrong answers of servers.
    pub wrong: usize,
    /// The longest time in which no server acknowledged a batch.
    pub longest_gap: Duration,
    /// How long feeds were away after the fault was undone.
    pub back: Duration,
    /// The longest time in which a server said ready and acknowledged nothing.
    pub wrong_ready: Duration,
    /// The longest time in which a server did not say ready and acknowledged batches.
    pub wrong_not_ready: Duration,
    pub notes: Vec<String>,
    /// Why the fault could not be injected, undone or judged.
    pub error: Option<String>,
}

impl Outcome {
    /// Returns whether the database and the answers are right.
    #[must_use]
    pub fn is_data_right(&self) -> bool {
        self.lost + self.doubled + self.partial + self.wrong == 0
    }

    /// Returns whether everything is right.
    #[must_use]
    pub fn is_right(&self) -> bool {
        self.is_data_right() && self.back <= FEEDS_BACK && self.error.is_none()
    }
}
