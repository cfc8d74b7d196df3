//! The embedded log: one SQLite file.

mod append;
mod bloom_filter;
mod change_poller;
mod file;
mod key_index;
mod order;
mod pool;
mod read;
mod retention;
mod snapshot;
mod tenants;
#[cfg(test)]
mod tests;

use std::{num::NonZero, ops::Range, path::Path, thread};

use async_trait::async_trait;

use self::{append::Writer, change_poller::ChangePoller, pool::Pool};
use super::{
    AppendToken, Changes, EventLog, LoggedBatch, ReadCursor, RetentionStep, Snapshot, SnapshotDraft,
    feed_order::TenantOrder, open_error::OpenError,
};
use crate::{
    ApiKey, TenantId,
    error::StoreError,
    event::StatusEvent,
    tenant::{Removal, TenantSummary},
};

/// An [`EventLog`] in one SQLite file, which several processes may have open at once.
///
/// What was acknowledged survives a power cut. Reads and writes don't wait for each other; writes take turns, also with
/// those of other processes. The file must not lie on a network drive: SQLite's write-ahead log needs memory that its
/// users share.
pub struct SqliteLog {
    readers: Pool<rusqlite::Connection>,
    writer: Pool<Writer>,
    change_poller: ChangePoller,
}

impl SqliteLog {
    /// Opens the log in the file at `path`, for its owner alone if the file is new, and brings it up to date. This call
    /// blocks.
    ///
    /// # Errors
    /// When the file can't be read and written, is not a store, or was written by a newer version; a file that is not
    /// a store is left as it is.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        let path = file::prepare(path)?;
        let most_readers = thread::available_parallelism().map_or(4, NonZero::get).max(4);
        let change_poller = ChangePoller::new(file::open_reader(&path)?);
        let readers = Pool::new(most_readers, {
            let path = path.clone();
            move || Ok(file::open_reader(&path)?)
        });
        let writer = Pool::new(1, move || Ok(Writer::new(file::open_writer(&path)?)));
        // A writer that stays open keeps the write-ahead log in place, which the readers can't make anew.
        writer.warm()?;
        Ok(Self { readers, writer, change_poller })
    }

    /// Looks for events that an older version stored newest first, also while servers use the file. The file is left as it
    /// is, whatever version wrote it. Returns the tenants that have events of older versions which were not looked at by
    /// [`repair_order`](Self::repair_order). This call blocks.
    ///
    /// # Errors
    /// When the file can't be read, is not a store, or was written by a newer version.
    pub fn inspect_order(path: &Path) -> Result<Vec<TenantOrder>, OpenError> {
        order::inspect(path)
    }

    /// Turns round the events that an older version stored newest first, of one tenant or of all, and lets the presence be
    /// built again from the events at the next start. Each tenant is done in one transaction, so that it may be run again
    /// wherever it was broken off. Tenants that are [beyond repair](TenantOrder::is_beyond_repair) stay as they are. Returns
    /// what was found before the repair. This call blocks.
    ///
    /// # Errors
    /// When other processes use the file, or for the reasons of [`open`](Self::open).
    pub fn repair_order(path: &Path, tenant: Option<TenantId>) -> Result<Vec<TenantOrder>, OpenError> {
        order::repair(path, tenant)
    }
}

#[async_trait]
impl EventLog for SqliteLog {
    async fn append(&self, tenant: TenantId, events: Vec<StatusEvent>) -> Result<LoggedBatch, StoreError> {
        let (logged, is_full) = self.writer.with(move |writer| writer.append(tenant, events)).await?;
        if is_full {
            // The events are stored, and acknowledged without waiting for this; if it fails, a later append asks again.
            self.writer.in_background(Writer::seal);
        }
        Ok(logged)
    }

    fn cursor_after(&self, position: u64, append: AppendToken) -> u64 {
        match append {
            // Nothing else lies between.
            AppendToken::Sqlite { after, last } if position == after => last,
            _ => position,
        }
    }

    async fn read(&self, position: ReadCursor, most: usize) -> Result<Changes, StoreError> {
        self.readers.transact(move |snapshot| Ok(read::changes(snapshot, position, most)?)).await
    }

    async fn changed(&self) -> Result<(), StoreError> {
        self.change_poller.changed().await
    }

    async fn add_tenant(&self, tenant: TenantId, key: ApiKey) -> Result<bool, StoreError> {
        self.writer.transact(move |change| Ok(tenants::add(change, tenant, &key)?)).await
    }

    async fn replace_key(&self, tenant: TenantId, key: ApiKey) -> Result<bool, StoreError> {
        self.writer.transact(move |change| Ok(tenants::replace_key(change, tenant, &key)?)).await
    }

    async fn remove_tenant(&self, tenant: TenantId, with_events: bool) -> Result<Removal, StoreError> {
        self.writer.transact(move |change| Ok(tenants::remove(change, tenant, with_events)?)).await
    }

    async fn tenants(&self) -> Result<Vec<TenantSummary>, StoreError> {
        self.readers.transact(|snapshot| Ok(tenants::summaries(snapshot)?)).await
    }

    async fn apply_retention(&self, before: Option<i64>) -> Result<RetentionStep, StoreError> {
        self.writer.with(move |writer| writer.apply_retention(before)).await
    }

    async fn latest_snapshot(&self) -> Result<Option<Snapshot>, StoreError> {
        self.readers.transact(|snapshot| Ok(snapshot::last(snapshot)?)).await
    }

    async fn read_chunks(&self, saved: &Snapshot, places: Range<u32>) -> Result<Vec<Vec<u8>>, StoreError> {
        let generation = saved.generation;
        self.readers.transact(move |snapshot| Ok(snapshot::parts(snapshot, generation, places)?)).await
    }

    async fn has_all_events(&self) -> Result<bool, StoreError> {
        self.readers.transact(|snapshot| Ok(snapshot::has_all_events(snapshot)?)).await
    }

    async fn discard_snapshot(&self, saved: &Snapshot) -> Result<(), StoreError> {
        let generation = saved.generation;
        self.writer.transact(move |change| Ok(snapshot::forget(change, generation)?)).await
    }

    async fn begin_snapshot(&self, position: ReadCursor) -> Result<Option<SnapshotDraft>, StoreError> {
        self.writer.transact(move |change| Ok(snapshot::begin(change, position)?)).await
    }

    async fn write_chunks(&self, saving: &mut SnapshotDraft, parts: Vec<Vec<u8>>) -> Result<(), StoreError> {
        let (generation, first) = (saving.generation, saving.chunks);
        let next =
            self.writer.transact(move |change| Ok(snapshot::add_parts(change, generation, first, &parts)?)).await?;
        saving.chunks = next;
        Ok(())
    }

    async fn finish_snapshot(&self, saving: SnapshotDraft) -> Result<(), StoreError> {
        if self.writer.transact(move |change| Ok(snapshot::finish(change, &saving)?)).await? {
            Ok(())
        } else {
            Err(StoreError::database("another process began to save the state as well"))
        }
    }

    async fn ready(&self) -> Result<(), StoreError> {
        self.readers.transact(|snapshot| Ok(read::ready(snapshot)?)).await
    }

    async fn close(&self) -> Result<(), StoreError> {
        self.change_poller.close();
        // The writer goes last: whoever closes the file last moves the write-ahead log into it, and readers can't.
        self.readers.close().await?;
        self.writer.close().await
    }
}

/// Values go to SQLite as parameters and come back as columns, so that its messages name tables and columns only.
impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        Self::database(error)
    }
}
