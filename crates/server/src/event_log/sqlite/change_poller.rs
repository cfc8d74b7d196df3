//! Notices that another connection has written to the file.

use std::time::Duration;

use parking_lot::Mutex;
use rusqlite::Connection;
use tokio::time::sleep;

use crate::error::StoreError;

/// How often the file is polled. A poll takes a few microseconds: SQLite reads a counter in memory that all users of
/// the file share.
const POLL_INTERVAL: Duration = Duration::from_millis(20);

/// Polls the version of the data.
pub struct ChangePoller(Mutex<Option<Polled>>);

struct Polled {
    /// It never writes: a connection does not see its own changes in the version.
    connection: Connection,
    version: Option<i64>,
}

impl ChangePoller {
    pub fn new(connection: Connection) -> Self {
        Self(Mutex::new(Some(Polled { connection, version: None })))
    }

    /// Returns when the file has changed since this last returned. The first call returns immediately.
    pub async fn changed(&self) -> Result<(), StoreError> {
        while !self.has_changed()? {
            sleep(POLL_INTERVAL).await;
        }
        Ok(())
    }

    fn has_changed(&self) -> Result<bool, StoreError> {
        let mut polled = self.0.lock();
        let Polled { connection, version } = polled.as_mut().ok_or(StoreError::Closed)?;
        let now = connection.prepare_cached("PRAGMA data_version")?.query_row([], |row| row.get(0))?;
        Ok(version.replace(now) != Some(now))
    }

    pub fn close(&self) -> Result<(), StoreError> {
        let polled = self.0.lock().take().ok_or(StoreError::Closed)?;
        polled.connection.close().map_err(|(_, error)| error.into())
    }
}
