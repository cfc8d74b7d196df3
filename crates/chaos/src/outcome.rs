//! What came of a fault.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{monitor::LongestWrong, plan::Store};

/// The time in which feeds have to be back after the fault is undone, or after the new primary takes writes.
pub const FEEDS_BACK: Duration = Duration::from_secs(30);

/// The longest time with a wrong answer of `/readyz?feeds` or `/readyz`: what changes has to be noticed within it.
pub const WRONG_READINESS: Duration = Duration::from_secs(20);

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
    /// The longest times with wrong answers about readiness.
    pub wrong_readiness: LongestWrong,
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
        let wrong = self.wrong_readiness;
        let is_ready_right = wrong.feeds.longest().max(wrong.queries.longest()) <= WRONG_READINESS;
        self.is_data_right() && self.back <= FEEDS_BACK && is_ready_right && self.error.is_none()
    }
}
