//! How long events are kept.

use std::time::{SystemTime, UNIX_EPOCH};

pub const HOUR_MILLISECONDS: i64 = 60 * 60 * 1000;

/// How long events are kept after they happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// In days, of 24 hours. Where accounts are, which came online last and who the agents are is kept all the same.
    pub days: u32,
}

impl Retention {
    /// Events before this are too old now. It moves on by whole hours, so that all servers agree on it.
    pub fn cutoff(self) -> i64 {
        now().div_euclid(HOUR_MILLISECONDS) * HOUR_MILLISECONDS - i64::from(self.days) * 24 * HOUR_MILLISECONDS
    }
}

pub fn now() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(now.as_millis()).unwrap_or(i64::MAX)
}
