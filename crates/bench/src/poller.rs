//! The baseline of a mirror: a program that asks the vendor the same questions at a fixed interval, and stores each answer
//! whole in a SQLite table. It decodes nothing.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

use anyhow::{Result, ensure};
use axum::{Router, routing::get};
use clap::Args;
use rusqlite::params;
use tokio::{
    runtime,
    time::{MissedTickBehavior, interval},
};

use crate::{
    connection::Connection,
    limit,
    query::{Query, signed},
};

/// What a mirror asks in each round. Source 3 has no list of all agents in queryAllOlWhatsAppInfo.
const QUESTIONS: [(Query, &str); 5] = [
    (Query::AllOnline, "{}"),
    (Query::UserStatus, r#"{"source":3}"#),
    (Query::StatusLog, r#"{"source":1}"#),
    (Query::StatusLog, r#"{"source":2}"#),
    (Query::StatusLog, r#"{"source":3}"#),
];

/// Poll a server and store its answers; started by `group-dispatch-bench` itself.
#[derive(Args)]
pub struct Poller {
    listen: SocketAddr,
    vendor: SocketAddr,
    /// Milliseconds between two rounds.
    interval: u64,
    database: PathBuf,
}

impl Poller {
    /// Polls until the process is killed. Serves `/readyz` meanwhile.
    ///
    /// # Errors
    /// If the vendor does not answer with HTTP status 200, or SQLite fails.
    pub fn run(&self) -> Result<()> {
        let answers = Answers::create(&self.database)?;
        let listen = self.listen;
        let serving =
            thread::spawn(move || limit::serve(listen, Router::new().route("/readyz", get(async || "ready"))));
        runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
            let mut vendor = Connection::open(self.vendor).await?;
            let mut clock = interval(Duration::from_millis(self.interval));
            clock.set_missed_tick_behavior(MissedTickBehavior::Skip);
            while !serving.is_finished() {
                clock.tick().await;
                for (query, question) in QUESTIONS {
                    let answer = vendor.ask(&signed(&query.path(), question)).await?;
                    ensure!(answer.status == 200, "{} returned status {}", query.operation(), answer.status);
                    answers.store(query, question, answer.body)?;
                }
            }
            Ok(())
        })
    }
}

/// A table of answers.
struct Answers(rusqlite::Connection);

impl Answers {
    fn create(path: &Path) -> Result<Self> {
        let connection = rusqlite::Connection::open(path)?;
        connection.execute_batch(
            "PRAGMA journal_mode = wal; PRAGMA synchronous = full;
             CREATE TABLE answer (at INTEGER NOT NULL, operation TEXT NOT NULL, question TEXT NOT NULL, body BLOB NOT NULL)",
        )?;
        Ok(Self(connection))
    }

    /// Stores an answer in a transaction of its own.
    fn store(&self, query: Query, question: &str, body: &[u8]) -> Result<()> {
        let mut insert = self.0.prepare_cached("INSERT INTO answer VALUES (unixepoch(), ?1, ?2, ?3)")?;
        insert.execute(params![query.operation(), question, body])?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_stored_whole() {
        let folder = tempfile::tempdir().unwrap();
        let answers = Answers::create(&folder.path().join("answers.db")).unwrap();
        answers.store(Query::AllOnline, "{}", b"anything, even \xff").unwrap();
        let stored = answers.0.query_row("SELECT operation, body FROM answer", [], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, Vec<u8>>(1)?))
        });
        assert_eq!(stored.unwrap(), ("queryAllOlWhatsAppInfo".to_owned(), b"anything, even \xff".to_vec()));
    }
}
