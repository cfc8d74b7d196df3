//! How long events are kept.

use crate::event::now;

pub const HOUR_MILLISECONDS: i64 = 60 * 60 * 1000;

/// How long events are kept after they happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// In days of 24 hours. What follows from expired events is kept: where accounts are, which came online last, and who the
    /// agents are.
    pub days: u32,
}

impl Retention {
    /// Returns the time before which events have expired. It moves by whole hours, so that all servers agree on it.
    pub fn cutoff(self) -> i64 {
        now().div_euclid(HOUR_MILLISECONDS) * HOUR_MILLISECONDS - i64::from(self.days) * 24 * HOUR_MILLISECONDS
    }
}
