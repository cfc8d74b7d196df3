//! Notices that another connection has written to the file.

use std::time::Duration;

use rusqlite::{Result, Transaction};

/// How often the file is polled. A poll takes a few microseconds: SQLite reads a counter in memory that all users of
/// the file share.
pub const POLL_INTERVAL: Duration = Duration::from_millis(20);

/// The version of the data that a connection saw last. The connection must not write: it does not see its own changes
/// in the version.
#[derive(Default)]
pub struct SeenVersion(Option<i64>);

impl SeenVersion {
    /// Returns whether the file has changed since this was last called; true at the first call.
    pub fn has_changed(&mut self, snapshot: &Transaction<'_>) -> Result<bool> {
        let now = snapshot.prepare_cached("PRAGMA data_version")?.query_row([], |row| row.get(0))?;
        Ok(self.0.replace(now) != Some(now))
    }
}
