//! Maintenance of a store: writes snapshots when they are due, deletes expired events every hour, and overwrites what was
//! deleted.

use std::{
    sync::{Arc, Weak, atomic::Ordering},
    time::Duration,
};

use tokio::{
    task::spawn_blocking,
    time::{Instant, sleep, sleep_until},
};

use super::{
    options::{HOUR_MILLISECONDS, Retention},
    shared::Shared,
};
use crate::{
    error::{StoreError, chain},
    event::now,
    event_log::{RetentionStep, SnapshotChunk, callback::CALLBACK_AGE},
    presence::snapshot::save::chunks,
};

/// Chunks of a snapshot that are written in one transaction: each transaction waits for the disk.
const CHUNKS_PER_TRANSACTION: usize = 8;
/// How long to wait after a failure. Its cause, such as a full disk, rarely passes sooner.
const RETRY_DELAY: Duration = Duration::from_secs(60);
/// How often the database is asked if nobody asks for readiness.
const WATCH_INTERVAL: Duration = Duration::from_secs(10);
/// A pause between two steps of retention, in which appends go first.
const STEP_DELAY: Duration = Duration::from_millis(5);

impl Shared {
    /// Writes a snapshot of the index.
    ///
    /// It covers the events up to the cursor where it began. An event that is applied meanwhile may be in it or not;
    /// the next start applies it again, which is harmless.
    pub async fn save_snapshot(&self) -> Result<(), StoreError> {
        let (events, mut draft) = loop {
            // The cursor may be behind what this process has appended.
            self.catch_up().await?;
            if self.index.stale().is_some() {
                // It may have events that the log has no more.
                return Ok(());
            }
            let events = self.scheduler.events();
            let cursor = *self.cursor.lock();
            if let Some(draft) = self.log.begin_snapshot(cursor).await? {
                break (events, draft);
            }
            self.catch_up().await?;
            if self.cursor.lock().tenants == cursor.tenants {
                // Another process has written one that covers as much, or is about to.
                self.scheduler.covered(events);
                return Ok(());
            }
        };
        let mut bytes = 0;
        for tenant in self.index.all() {
            let mut all = chunks(&tenant);
            loop {
                let next = move || (all.by_ref().take(CHUNKS_PER_TRANSACTION).collect::<Result<Vec<_>, _>>(), all);
                let (next, rest) = spawn_blocking(next).await?;
                let next =
                    next.map_err(|error| StoreError::database(format!("a chunk can't be serialized: {error}")))?;
                if next.is_empty() {
                    break;
                }
                all = rest;
                bytes += next.iter().map(Vec::len).sum::<usize>();
                let next = next.into_iter().map(|bytes| SnapshotChunk { tenant: tenant.number, bytes }).collect();
                self.log.write_chunks(&mut draft, next).await?;
            }
        }
        let generation = draft.generation;
        self.log.finish_snapshot(draft).await?;
        self.scheduler.record(generation, bytes, events);
        Ok(())
    }

    /// Writes a snapshot, unless another process has written one since the last.
    async fn save_due_snapshot(&self) -> Result<(), StoreError> {
        let events = self.scheduler.events();
        let latest = self.log.latest_snapshot().await?.map_or(0, |latest| latest.generation);
        if self.scheduler.is_newer(latest) {
            self.scheduler.covered(events);
            return Ok(());
        }
        self.save_snapshot().await
    }

    /// Deletes events before `cutoff`, those of removed tenants, and old callbacks. Returns how many.
    async fn apply_retention(&self, cutoff: Option<i64>) -> Result<u64, StoreError> {
        let callbacks = self.log.expire_callbacks(callback_cutoff(now(), cutoff)).await?;
        if let Some(cutoff) = cutoff {
            self.log.expire_deliveries(cutoff).await?;
            self.kept_since.store(cutoff, Ordering::Relaxed);
            let tenants = self.index.all();
            spawn_blocking(move || tenants.iter().for_each(|tenant| tenant.index.expire(cutoff))).await?;
            // The log deletes only what a snapshot covers.
            self.save_snapshot().await?;
        }
        let mut deleted = 0;
        loop {
            let RetentionStep { events, more } = self.log.apply_retention(cutoff).await?;
            deleted += events;
            self.events_deleted.fetch_add(events, Ordering::Relaxed);
            if !more {
                break;
            }
            sleep(STEP_DELAY).await;
        }
        if deleted > 0 {
            tracing::info!(events = deleted, "expired events, and those of removed tenants, were deleted");
        }
        Ok(deleted + callbacks)
    }
}

/// Returns the time before which callbacks have expired, where events before `cutoff` have.
fn callback_cutoff(now: i64, cutoff: Option<i64>) -> i64 {
    (now - CALLBACK_AGE).max(cutoff.unwrap_or(i64::MIN))
}

/// Maintains the store until it is closed or dropped. Retention runs at once, and then at every full hour. What was deleted is
/// overwritten at the full hour as well, because other processes also delete.
pub async fn run(store: Weak<Shared>, retention: Option<Retention>, mut is_purge_due: bool) {
    let mut next_retention = Instant::now();
    let mut is_first = true;
    loop {
        let Some(shared) = store.upgrade() else { return };
        let until_hour = HOUR_MILLISECONDS - now().rem_euclid(HOUR_MILLISECONDS);
        let next_hour = Instant::now() + Duration::from_millis(until_hour.unsigned_abs());
        let outcome = if next_retention <= Instant::now() {
            let applied = shared.apply_retention(retention.map(Retention::cutoff)).await;
            // With retention, looks and gaps may have been deleted, which are not counted.
            is_purge_due |= !is_first || retention.is_some() || !matches!(applied, Ok(0));
            is_first = false;
            // After a failure it stays due.
            applied.map(|_| next_retention = next_hour)
        } else if shared.scheduler.is_due() {
            shared.save_due_snapshot().await
        } else {
            Ok(())
        };
        let outcome = match outcome {
            Ok(()) if is_purge_due => shared.log.purge().await.map(|is_done| is_purge_due = !is_done),
            outcome => outcome,
        };
        match outcome {
            Ok(()) => {}
            Err(StoreError::Closed) => return,
            Err(error) => {
                tracing::warn!(error = chain(&error), "maintenance of the store failed; it is retried in a minute");
                drop(shared);
                sleep(RETRY_DELAY).await;
                continue;
            }
        }
        let scheduler = Arc::clone(&shared.scheduler);
        drop(shared);
        let next = if is_purge_due { next_retention.min(Instant::now() + RETRY_DELAY) } else { next_retention };
        tokio::select! {
            () = sleep_until(next) => {}
            () = scheduler.due() => {}
        }
    }
}

/// Asks the database now and then until the store is closed or dropped: so failures are logged and counted even if nobody asks
/// for readiness. It is not asked to write, which would wake up the disk of a server that nobody feeds.
pub async fn watch_readiness(store: Weak<Shared>) {
    loop {
        sleep(WATCH_INTERVAL).await;
        let Some(shared) = store.upgrade() else { return };
        shared.readiness.ask(&shared.log, false);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::{fs, path::Path};

    use rusqlite::Connection;

    use crate::{
        event_log::{EventLog, sqlite::SqliteLog, tests::fixture},
        store::{Database, Store, StoreOptions},
    };

    use super::*;

    /// Makes a database with the events of a removed tenant, which are not deleted yet.
    async fn with_removed_events(path: &Path) {
        let log = SqliteLog::open(path, true, None).unwrap();
        fixture::add(&log, 1).await;
        fixture::append(&log, fixture::events(0..5)).await;
        log.remove_tenant(fixture::tenant(1), true).await.unwrap();
        log.close().await.unwrap();
    }

    #[test]
    fn callbacks_expire_after_a_week_or_with_events() {
        const DAY: i64 = 24 * 60 * 60 * 1000;
        let now = 1_000 * DAY;
        for (days, expected) in [(None, 7), (Some(30), 7), (Some(3), 3)] {
            assert_eq!(callback_cutoff(now, days.map(|days| now - days * DAY)), now - expected * DAY, "{days:?}");
        }
    }

    fn count(path: &Path, table: &str) -> i64 {
        let sql = format!("SELECT count(*) FROM {table}");
        Connection::open(path).unwrap().query_row(&sql, [], |row| row.get(0)).unwrap()
    }

    /// Waits until the write-ahead log is empty, which has to be within some minutes of the paused clock.
    async fn is_emptied(path: &Path) {
        let log = path.with_extension("db-wal");
        let start = Instant::now();
        while fs::metadata(&log).unwrap().len() > 0 {
            assert!(start.elapsed() < Duration::from_secs(300), "what was deleted is still in the write-ahead log");
            sleep(Duration::from_secs(1)).await;
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_deleted_is_overwritten_when_no_other_process_reads_any_more() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("store.db");
        with_removed_events(&path).await;
        let reader = Connection::open(&path).unwrap();
        reader.execute_batch("BEGIN; SELECT last_seq FROM log").unwrap();
        let store = Store::open(&Database::Sqlite(path.clone()), StoreOptions::default()).await.unwrap();
        while count(&path, "removed_tenant") > 0 {
            sleep(Duration::from_millis(100)).await;
        }
        sleep(Duration::from_secs(10)).await;
        assert!(fs::metadata(path.with_extension("db-wal")).unwrap().len() > 0);
        drop(reader);
        is_emptied(&path).await;
        store.close().await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_deleted_is_overwritten_after_a_later_step_failed() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("store.db");
        with_removed_events(&path).await;
        let sqlite = Connection::open(&path).unwrap();
        let fail = "CREATE TRIGGER fail BEFORE DELETE ON removed_tenant BEGIN SELECT raise(ABORT, 'failed'); END";
        sqlite.execute_batch(fail).unwrap();
        let store = Store::open(&Database::Sqlite(path.clone()), StoreOptions::default()).await.unwrap();
        while count(&path, "status_event") > 0 {
            sleep(Duration::from_millis(100)).await;
        }
        sleep(Duration::from_secs(10)).await;
        sqlite.execute_batch("DROP TRIGGER fail").unwrap();
        drop(sqlite);
        is_emptied(&path).await;
        assert_eq!(count(&path, "removed_tenant"), 0);
        store.close().await.unwrap();
    }
}
