use std::{sync::Mutex, time::Duration};

use rusqlite::Connection;
use tokio::time::sleep;

use crate::error::StoreError;

/// How often the file is looked at. A look takes some microseconds: SQLite reads a counter in memory that the users of
/// the file share.
const POLL_INTERVAL: Duration = Duration::from_millis(20);

/// Notices when somebody has written to the file.
pub struct ChangePoller(Mutex<Option<Polled>>);

struct Polled {
    /// It never writes itself: of its own changes a connection is not told.
    connection: Connection,
    version: Option<i64>,
}

impl ChangePoller {
    pub fn new(connection: Connection) -> Self {
        Self(Mutex::new(Some(Polled { connection, version: None })))
    }

    pub async fn changed(&self) -> Result<(), StoreError> {
        while !self.has_changed()? {
            sleep(POLL_INTERVAL).await;
        }
        Ok(())
    }

    fn has_changed(&self) -> Result<bool, StoreError> {
        let mut polled = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let Polled { connection, version } = polled.as_mut().ok_or(StoreError::Closed)?;
        let now = connection.prepare_cached("PRAGMA data_version")?.query_row([], |row| row.get(0))?;
        Ok(version.replace(now) != Some(now))
    }

    pub fn close(&self) {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take();
    }
}
