use std::{sync::Mutex, time::Duration};

use rusqlite::Connection;
use tokio::time::sleep;

use crate::error::StoreError;

/// How often the file is looked at. A look takes some microseconds: SQLite reads a counter in memory that the users of
/// the file share.
const INTERVAL: Duration = Duration::from_millis(20);

/// Notices when somebody has written to the file.
pub struct Watch(Mutex<Option<Watcher>>);

struct Watcher {
    /// It never writes itself: of its own changes a connection is not told.
    connection: Connection,
    version: Option<i64>,
}

impl Watch {
    pub fn new(connection: Connection) -> Self {
        Self(Mutex::new(Some(Watcher { connection, version: None })))
    }

    pub async fn changed(&self) -> Result<(), StoreError> {
        while !self.has_changed()? {
            sleep(INTERVAL).await;
        }
        Ok(())
    }

    fn has_changed(&self) -> Result<bool, StoreError> {
        let mut watcher = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let Watcher { connection, version } = watcher.as_mut().ok_or(StoreError::Closed)?;
        let now = connection.prepare_cached("PRAGMA data_version")?.query_row([], |row| row.get(0))?;
        Ok(version.replace(now) != Some(now))
    }

    pub fn close(&self) {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take();
    }
}
