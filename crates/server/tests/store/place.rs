//! Where the stores of these tests keep their data: a SQLite file.

use std::sync::Arc;

use group_dispatch_server::store::{EventLog, Retention, SqliteLog, Store};
use group_dispatch_types::UtcOffset;
use tempfile::TempDir;

/// A place for one log, as long as this lives.
pub struct Place(pub TempDir);

impl Place {
    pub async fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub fn log(&self) -> SqliteLog {
        SqliteLog::open(&self.0.path().join("store.db")).unwrap()
    }

    pub async fn shared_log(&self) -> Arc<dyn EventLog> {
        Arc::new(self.log())
    }

    /// As no program does: the events are left.
    pub async fn lose_saved_state(&self) {
        let connection = rusqlite::Connection::open(self.0.path().join("store.db")).unwrap();
        connection.execute("DELETE FROM saved", []).unwrap();
    }

    /// Another store over the same log.
    pub async fn open(&self, offset: UtcOffset) -> Store {
        Store::open(Arc::new(self.log()), offset, None).await.unwrap()
    }

    /// Another, that keeps events for some time only.
    pub async fn open_keeping(&self, retention: Option<Retention>) -> Store {
        Store::open(Arc::new(self.log()), UtcOffset::VENDOR, retention).await.unwrap()
    }
}
