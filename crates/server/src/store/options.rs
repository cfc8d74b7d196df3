//! Options of a store.

use std::path::PathBuf;

use group_dispatch_types::UtcOffset;

use crate::event::now;

pub const HOUR_MILLISECONDS: i64 = 60 * 60 * 1000;

/// The options of a store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreOptions {
    /// The zone of clock times, in responses and in events that are fed (D8). The default is the vendor's, UTC+8.
    pub utc_offset: UtcOffset,
    /// How long events are kept; the default is forever.
    pub retention: Option<Retention>,
    /// Whether a SQLite file that is missing or empty is created; the default is true. It is not if there is a copy that was
    /// written when the file went away. A PostgreSQL schema is always created.
    pub create: bool,
    /// Where a copy is written if the SQLite file is gone while it is open; the default is the directory of the file.
    pub rescue_directory: Option<PathBuf>,
}

impl Default for StoreOptions {
    fn default() -> Self {
        Self { utc_offset: UtcOffset::VENDOR, retention: None, create: true, rescue_directory: None }
    }
}

/// How long events are kept after they happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// In days of 24 hours. What follows from expired events is kept: where accounts are, which came online last, and
    /// who the agents are.
    pub days: u32,
}

impl Retention {
    /// Returns the time before which events have expired. It moves by whole hours, so that all servers agree on it.
    pub fn cutoff(self) -> i64 {
        now().div_euclid(HOUR_MILLISECONDS) * HOUR_MILLISECONDS - i64::from(self.days) * 24 * HOUR_MILLISECONDS
    }
}
