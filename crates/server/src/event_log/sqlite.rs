//! The event log in one SQLite file.
//!
//! Two connections do the work: one writes ([`append`]), one reads ([`read`]). A third polls for changes by other
//! processes ([`change_poller`]). Repeats are found by the key index ([`key_index`]).

mod append;
mod bloom_filter;
mod change_poller;
mod connection;
mod file;
mod key_index;
mod order;
mod read;
mod retention;
mod snapshot;
mod tenants;
#[cfg(test)]
mod tests;

use std::{ops::Range, path::Path};

use async_trait::async_trait;
use group_dispatch_types::signing::{ApiKey, TenantId};
use tokio::time::sleep;

use self::{
    change_poller::{POLL_INTERVAL, SeenVersion},
    connection::Worker,
    key_index::KeyIndex,
    retention::Sweep,
};
use super::{
    AppendToken, Changes, EventLog, LoggedBatch, ReadCursor, RetentionStep, Snapshot, SnapshotDraft,
    open_error::OpenError,
};
use crate::{
    error::StoreError,
    event::StatusEvent,
    tenant::{Removal, TenantSummary},
};

/// An [`EventLog`] in a SQLite file, which several processes of one machine may have open.
///
/// Acknowledged events survive a power cut. Reads and writes don't wait for each other; writers take turns, also
/// between processes.
pub struct SqliteLog {
    reader: Worker,
    writer: Worker<WriterState>,
    change_poller: Worker<SeenVersion>,
}

/// What the writer knows from earlier transactions.
#[derive(Default)]
struct WriterState {
    index: KeyIndex,
    sweep: Sweep,
}

impl SqliteLog {
    /// Opens the file, creates it for its owner alone if needed, and migrates it. Blocks the thread.
    ///
    /// # Errors
    /// If the file can't be read and written, belongs to another program (it is not changed then), or was written by a
    /// newer version.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        let path = file::prepare(path)?;
        let open_reader = {
            let path = path.clone();
            move || file::open_reader(&path)
        };
        Ok(Self {
            // The writer is opened first: it keeps the write-ahead log in place, which readers can't create.
            writer: Worker::new(move || file::open_writer(&path))?,
            reader: Worker::new(open_reader.clone())?,
            change_poller: Worker::new(open_reader)?,
        })
    }
}

#[async_trait]
impl EventLog for SqliteLog {
    async fn append(&self, tenant: TenantId, events: Vec<StatusEvent>) -> Result<LoggedBatch, StoreError> {
        self.writer
            .transact_with(move |change, state| append::append(change, &mut state.index, tenant, events))
            .await?
            .ok_or(StoreError::UnknownTenant(tenant))
    }

    fn cursor_after(&self, events: u64, append: AppendToken) -> u64 {
        match append {
            // A reader that is further back has to read what other processes appended in between.
            AppendToken::Sqlite { after, last } if events == after => last,
            _ => events,
        }
    }

    async fn read(&self, cursor: ReadCursor, limit: usize) -> Result<Changes, StoreError> {
        self.reader.transact(move |snapshot| read::changes(snapshot, cursor, limit)).await
    }

    async fn changed(&self) -> Result<(), StoreError> {
        while !self.change_poller.transact_with(|snapshot, seen| seen.has_changed(snapshot)).await? {
            sleep(POLL_INTERVAL).await;
        }
        Ok(())
    }

    async fn add_tenant(&self, tenant: TenantId, key: ApiKey) -> Result<bool, StoreError> {
        self.writer.transact(move |change| tenants::add(change, tenant, &key)).await
    }

    async fn replace_key(&self, tenant: TenantId, key: ApiKey) -> Result<bool, StoreError> {
        self.writer.transact(move |change| tenants::replace_key(change, tenant, &key)).await
    }

    async fn remove_tenant(&self, tenant: TenantId, with_events: bool) -> Result<Removal, StoreError> {
        self.writer.transact(move |change| tenants::remove(change, tenant, with_events)).await
    }

    async fn tenants(&self) -> Result<Vec<TenantSummary>, StoreError> {
        self.reader.transact(tenants::summaries).await
    }

    async fn apply_retention(&self, before: Option<i64>) -> Result<RetentionStep, StoreError> {
        self.writer.transact_with(move |change, state| state.sweep.step(change, before)).await
    }

    async fn has_all_events(&self) -> Result<bool, StoreError> {
        self.reader.transact(snapshot::has_all_events).await
    }

    async fn latest_snapshot(&self) -> Result<Option<Snapshot>, StoreError> {
        self.reader.transact(snapshot::latest).await
    }

    async fn read_chunks(&self, snapshot: &Snapshot, places: Range<u32>) -> Result<Vec<Vec<u8>>, StoreError> {
        let generation = snapshot.generation;
        self.reader.transact(move |snapshot| snapshot::chunks(snapshot, generation, places)).await
    }

    async fn discard_snapshot(&self, snapshot: &Snapshot) -> Result<(), StoreError> {
        let generation = snapshot.generation;
        self.writer.transact(move |change| snapshot::discard(change, generation)).await
    }

    async fn begin_snapshot(&self, cursor: ReadCursor) -> Result<Option<SnapshotDraft>, StoreError> {
        self.writer.transact(move |change| snapshot::begin(change, cursor)).await
    }

    async fn write_chunks(&self, draft: &mut SnapshotDraft, chunks: Vec<Vec<u8>>) -> Result<(), StoreError> {
        let (generation, first, added) = (draft.generation, draft.chunks, chunks.len() as u32);
        self.writer.transact(move |change| snapshot::add_chunks(change, generation, first, &chunks)).await?;
        draft.chunks += added;
        Ok(())
    }

    async fn finish_snapshot(&self, draft: SnapshotDraft) -> Result<(), StoreError> {
        if self.writer.transact(move |change| snapshot::finish(change, &draft)).await? {
            Ok(())
        } else {
            Err(StoreError::database("another process has begun a snapshot as well"))
        }
    }

    async fn close(&self) -> Result<(), StoreError> {
        // The writer goes last: the last connection moves the write-ahead log into the file, which readers can't.
        [self.change_poller.close().await, self.reader.close().await, self.writer.close().await].into_iter().collect()
    }
}

/// SQLite's messages name tables and columns only: values are passed as parameters.
impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        Self::database(error)
    }
}
