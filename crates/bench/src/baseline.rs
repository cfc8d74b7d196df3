//! The baseline of ingest: the simplest design, a SQLite table with an index for each filter.

use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use anyhow::Result;
use fastrand::Rng;
use rusqlite::{Connection, params};

use crate::table_file;

const TABLE: &str = "
    CREATE TABLE status_event (
        seq INTEGER PRIMARY KEY, event_id TEXT NOT NULL, user_id INTEGER NOT NULL, agent_account TEXT NOT NULL,
        user_name TEXT, whatsapp INTEGER NOT NULL, name TEXT, status INTEGER NOT NULL, source INTEGER NOT NULL,
        country_code TEXT NOT NULL, detail_status INTEGER NOT NULL, at INTEGER NOT NULL
    )";
const INDEXES: &str = "
    CREATE UNIQUE INDEX by_event_id ON status_event (event_id);
    CREATE INDEX by_agent ON status_event (source, user_id, at);
    CREATE INDEX by_account ON status_event (source, whatsapp, at);";
const INSERT: &str = "INSERT INTO status_event VALUES (NULL, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 'Colombia', ?9, ?10)";

/// A table that stores events durably.
pub struct Baseline {
    connection: Connection,
    accounts: u64,
    rng: Rng,
}

impl Baseline {
    /// Creates a table with this many events, unless an earlier run did. The indexes are created last, which is faster.
    ///
    /// # Errors
    /// If SQLite fails.
    pub fn make(folder: &Path, accounts: u64, events: u64) -> Result<PathBuf> {
        let name = format!("three-indexes-{accounts}-accounts-{events}-events.db");
        let mut rng = Rng::with_seed(5);
        let insert_all = |all: &Connection| (0..events).try_for_each(|_| insert(all, accounts, &mut rng));
        table_file::create(folder, &name, TABLE, INDEXES, insert_all)
    }

    /// Opens a copy of the table with durable commits.
    ///
    /// # Errors
    /// If SQLite fails.
    pub fn open(copy: &Path, accounts: u64) -> Result<Self> {
        let connection = Connection::open(copy)?;
        connection.execute_batch("PRAGMA journal_mode = wal; PRAGMA synchronous = full")?;
        Ok(Self { connection, accounts, rng: Rng::new() })
    }

    /// Appends batches for a time, and returns events per second.
    ///
    /// # Errors
    /// If SQLite fails.
    pub fn turn(&mut self, length: Duration, batch: u64) -> Result<f64> {
        let (began, mut events) = (Instant::now(), 0);
        while events == 0 || began.elapsed() < length {
            let all = self.connection.transaction()?;
            for _ in 0..batch {
                insert(&all, self.accounts, &mut self.rng)?;
            }
            all.commit()?;
            events += batch;
        }
        Ok(events as f64 / began.elapsed().as_secs_f64())
    }
}

fn insert(connection: &Connection, accounts: u64, rng: &mut Rng) -> Result<()> {
    let account = rng.i64(0..accounts.cast_signed());
    let agent = account / 100;
    connection.prepare_cached(INSERT)?.execute(params![
        format!("{:016x}", rng.u64(..)),
        100_000 + agent,
        format!("agent{agent:07}"),
        format!("Agent {agent:07}"),
        8_613_000_000_000 + account,
        format!("name{account:07}"),
        10,
        1 + account / 10 % 2,
        12,
        rng.i64(1_767_225_600_000..1_769_817_600_000),
    ])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_created_once_and_stores_more_events() {
        let folder = tempfile::tempdir().unwrap();
        let kept = Baseline::make(folder.path(), 100, 500).unwrap();
        assert_eq!(Baseline::make(folder.path(), 100, 500).unwrap(), kept);
        let mut baseline = Baseline::open(&kept, 100).unwrap();
        assert!(baseline.turn(Duration::ZERO, 10).unwrap() > 0.0);
        let events: i64 =
            baseline.connection.query_row("SELECT count(*) FROM status_event", [], |row| row.get(0)).unwrap();
        assert_eq!(events, 510);
    }
}
