//! Where the stores of these tests keep their data: a database of their own.

use std::sync::Arc;

use group_dispatch_server::store::{EventLog, Retention, Store};
use group_dispatch_types::UtcOffset;
use tokio::sync::Mutex;

use crate::server::Database;

/// A place for one log.
pub struct Place(Database);

impl Place {
    pub async fn new() -> Self {
        static ONE_AT_A_TIME: Mutex<()> = Mutex::const_new(());
        let _held = ONE_AT_A_TIME.lock().await;
        match Database::new().await {
            Some(database) => Self(database),
            // No other test of this program could do better: all of them are one skip.
            None => std::process::exit(0),
        }
    }

    pub async fn shared_log(&self) -> Arc<dyn EventLog> {
        Arc::new(self.0.log().await)
    }

    /// As no program does: the events are left.
    pub async fn lose_saved_state(&self) {
        self.0.raw().await.execute("DELETE FROM saved_state", &[]).await.unwrap();
    }

    /// Another store over the same log.
    pub async fn open(&self, offset: UtcOffset) -> Store {
        Store::open(Arc::new(self.0.log().await), offset, None).await.unwrap()
    }

    /// Another, that keeps events for some time only.
    pub async fn open_keeping(&self, retention: Option<Retention>) -> Store {
        Store::open(Arc::new(self.0.log().await), UtcOffset::VENDOR, retention).await.unwrap()
    }
}
