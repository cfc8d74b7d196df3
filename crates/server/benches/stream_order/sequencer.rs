//! What gives positions to committed appends, for the candidates that need it: one on each server, which all may try at
//! once.

use std::time::Duration;

use tokio::{
    sync::watch,
    task::JoinHandle,
    time::{Instant, sleep_until},
};
use tokio_postgres::{Client, Statement};

use crate::{
    candidate::{Candidate, connect},
    server::Database,
};

/// A sequencer makes at most one step in this time.
const STEP_INTERVAL: Duration = Duration::from_millis(20);

/// One statement, so one snapshot: what it finds new is what its step has. A step that another server has made meanwhile
/// is a conflict, after which there is nothing to insert.
pub const STEP: &str = "
    INSERT INTO stream_step (number, next, running)
    SELECT last.number + 1, pg_snapshot_xmax(pg_current_snapshot())::text::bigint + base,
        ARRAY(SELECT xact::text::bigint + base FROM pg_snapshot_xip(pg_current_snapshot()) AS xact)
    FROM origin, (SELECT number, next, running FROM stream_step ORDER BY number DESC LIMIT 1) AS last
    WHERE EXISTS (SELECT FROM status_event WHERE xact >= last.next OFFSET 0)
        OR EXISTS (SELECT FROM status_event WHERE xact = ANY(last.running) OFFSET 0)
    ON CONFLICT DO NOTHING";

/// A snapshot from before the lock could miss what its last holder did, so this is a statement of its own.
const LOCK: &str = "BEGIN; SELECT pg_advisory_xact_lock(2)";
const NUMBER: &str = "
    UPDATE outbox SET position = numbered.position
    FROM (
        SELECT xact, coalesce((SELECT max(position) FROM outbox WHERE position IS NOT NULL), 0)
            + row_number() OVER (ORDER BY xact) AS position
        FROM outbox WHERE position IS NULL
    ) AS numbered
    WHERE outbox.xact = numbered.xact";

pub struct Sequencer {
    client: Client,
    statement: Statement,
    needs_lock: bool,
}

impl Sequencer {
    pub async fn new(database: &Database, candidate: Candidate) -> Self {
        let needs_lock = candidate == Candidate::Flag;
        let client = connect(database).await;
        let statement = client.prepare(if needs_lock { NUMBER } else { STEP }).await.unwrap();
        Self { client, statement, needs_lock }
    }

    /// Lets commits not wait for the disk, so that what the statement itself costs is measured.
    pub async fn without_flush(self) -> Self {
        self.client.batch_execute("SET synchronous_commit TO off").await.unwrap();
        self
    }

    /// Returns whether there was anything new.
    pub async fn step(&self) -> bool {
        let execute = self.client.execute(&self.statement, &[]);
        if self.needs_lock {
            let (begin, commit) = (self.client.batch_execute(LOCK), self.client.batch_execute("COMMIT"));
            tokio::try_join!(biased; begin, execute, commit).unwrap().1 > 0
        } else {
            execute.await.unwrap() > 0
        }
    }

    /// Makes a step after each commit, and reports it, until there are no further commits.
    pub fn follow(self, mut commits: watch::Receiver<u64>, steps: watch::Sender<u64>) -> JoinHandle<()> {
        tokio::spawn(async move {
            while commits.changed().await.is_ok() {
                let next = Instant::now() + STEP_INTERVAL;
                self.step().await;
                steps.send_modify(|step| *step += 1);
                sleep_until(next).await;
            }
        })
    }
}
