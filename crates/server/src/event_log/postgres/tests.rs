//! The log in PostgreSQL by itself, against a PostgreSQL of this machine. Without one, the tests are skipped.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, unreachable_pub)]

mod appending;
mod batching;
mod fixture;
mod following;
mod older;
mod outage;
mod repairing;
mod retention;
#[path = "../../../tests/postgres/server.rs"]
mod server;
#[path = "../../../tests/common/skip.rs"]
mod skip;
mod snapshots;

use self::server::Database;
use super::PostgresLog;

impl Database {
    /// Opens the log in this database.
    async fn log(&self) -> PostgresLog {
        PostgresLog::connect(&self.url).await.unwrap()
    }
}
