//! The suite that both logs have to pass. Without PostgreSQL on this machine, its half is skipped.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, unreachable_pub)]

mod appending;
mod callbacks;
pub mod fixture;
mod following;
mod history;
#[path = "../../tests/it/postgres/proxy.rs"]
pub mod proxy;
#[path = "../../tests/it/postgres/server.rs"]
pub mod server;
pub mod snapshots;
pub mod stream;
mod striking;
mod webhooks;

use std::sync::Arc;

use tempfile::TempDir;

use super::{EventLog, postgres::PostgresLog, sqlite::SqliteLog};

/// A new database for a test.
enum TestDatabase {
    Sqlite(TempDir),
    Postgres(server::Database),
}

impl TestDatabase {
    /// Returns one of each kind.
    async fn each() -> Vec<Self> {
        let sqlite = Self::Sqlite(tempfile::tempdir().unwrap());
        [sqlite].into_iter().chain(server::Database::new().await.map(Self::Postgres)).collect()
    }

    /// Opens the log in it.
    async fn log(&self) -> Arc<dyn EventLog> {
        match self {
            Self::Sqlite(directory) => {
                Arc::new(SqliteLog::open(&directory.path().join("store.db"), true, None).unwrap())
            }
            Self::Postgres(database) => Arc::new(database.log().await),
        }
    }
}

impl server::Database {
    /// Opens the log in it.
    pub async fn log(&self) -> PostgresLog {
        PostgresLog::connect(&self.url).await.unwrap()
    }
}
