//! The event log in one SQLite file.
//!
//! Two connections do the work: one writes ([`append`]), one reads ([`read`]). A third polls for changes by other
//! processes ([`change_poller`]), a fourth reads the log by time ([`history`]), a fifth in its order
//! ([`stream`]), and a sixth for reports, which take longer ([`facts`]). Repeats are found by the key index ([`key_index`]). Before and after each change
//! ([`open_files`]), and at each poll, the files are compared with what the path names; if they are gone, [`rescue`] copies
//! what is open.

mod append;
mod bloom_filter;
mod callback;
mod change_poller;
mod chunk_times;
mod connection;
mod event_block;
mod event_order;
mod facts;
mod file;
mod freshness;
mod history;
mod key_index;
mod mirrored;
mod open_files;
mod order;
mod path;
mod read;
mod rescue;
mod retention;
mod snapshot;
mod stream;
mod strike;
mod tail;
mod tenants;
#[cfg(test)]
mod tests;
mod webhook_log;
mod webhooks;

use std::{
    ops::Range,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use async_trait::async_trait;
use group_dispatch_types::signing::{ApiKey, TenantId};
use parking_lot::Mutex;
use rusqlite::{ErrorCode, Transaction};
use tokio::{sync::mpsc::Sender, task::spawn_blocking, time::sleep};

use self::{
    change_poller::{POLL_INTERVAL, SeenVersion},
    chunk_times::ChunkTimes,
    connection::Worker,
    key_index::KeyIndex,
    open_files::OpenFiles,
    retention::Sweep,
    tail::Tail,
};
use super::{
    AppendToken, Changes, EventLog, LoggedBatch, MirroredBatch, ReadCursor, RetentionStep, Snapshot, SnapshotChunk,
    SnapshotDraft,
    callback::VendorCallback,
    facts::{FactSearch, ScanEnd},
    has_replaced_key,
    history::{GapPage, GapSearch, HistoryPage, HistoryQuery},
    mirrored::{MirrorEnd, MirroredFacts},
    open_error::OpenError,
    stream::{StreamPosition, StreamRead, StreamSearch},
    strike::{EventFilter, Strike},
};
use crate::{
    error::{StoreError, chain},
    event::{StatusEvent, fact::StatusFact},
    tenant::{KeyAddition, KeyName, KeyRemoval, KeySummary, Removal, TenantKey, TenantNumber, TenantSummary},
};

/// An [`EventLog`] in a SQLite file, which several processes of one machine may have open.
///
/// Acknowledged events survive a power cut. Reads and writes don't wait for each other; writers take turns, also
/// between processes.
pub struct SqliteLog {
    path: PathBuf,
    files: Arc<OpenFiles>,
    reader: Worker,
    /// Reads for long, while the reader follows the log.
    historian: Worker,
    /// What the historian knows of the events after the last segment.
    tail: Arc<Mutex<Tail>>,
    /// Reads for seconds, while the historian reads pages.
    reporter: Worker,
    /// What the reporter knows of the times of events.
    times: Arc<Mutex<ChunkTimes>>,
    /// Reads the order of the log for readers of changes.
    streamer: Worker,
    writer: Worker<WriterState>,
    change_poller: Worker<SeenVersion>,
    /// Whether the last append failed because the disk is full.
    is_disk_full: AtomicBool,
}

/// What the writer knows from earlier transactions.
#[derive(Default)]
struct WriterState {
    index: KeyIndex,
    sweep: Sweep,
}

impl SqliteLog {
    /// Opens the file and migrates it. If there is none, or it is empty, it is created for its owner alone, if `create`
    /// is set and [`rescue`](EventLog::rescue) has not left a copy of it in `rescue_directory` or beside it. Blocks the thread.
    ///
    /// # Errors
    /// If the file is missing, can't be read and written, belongs to another program (it is not changed then), or was
    /// written by a newer version.
    pub fn open(path: &Path, create: bool, rescue_directory: Option<&Path>) -> Result<Self, OpenError> {
        let path = file::prepare(path, create, rescue_directory)?;
        let (for_reader, for_historian, for_writer) = (path.clone(), path.clone(), path.clone());
        let open_reader = move || file::open_reader(&for_reader);
        // The writer is opened first: it keeps the write-ahead log in place, which readers can't create.
        let writer = Worker::new(move || file::open_writer(&for_writer))?;
        let files = Arc::new(OpenFiles::new(&path)?);
        let (reader, poller) = (Worker::new(open_reader.clone())?, Worker::new(open_reader.clone())?);
        let historian = Worker::new(move || file::open_historian(&for_historian))?.checking(Arc::clone(&files));
        let reporter = Worker::new(open_reader.clone())?.checking(Arc::clone(&files));
        let streamer = Worker::new(open_reader)?.checking(Arc::clone(&files));
        files.check()?;
        Ok(Self {
            path,
            reporter,
            writer: writer.checking(Arc::clone(&files)),
            reader,
            historian,
            tail: Arc::default(),
            times: Arc::default(),
            streamer,
            change_poller: poller.checking(Arc::clone(&files)),
            is_disk_full: AtomicBool::default(),
            files,
        })
    }
}

impl SqliteLog {
    /// Appends for a tenant that exists. `token` returns the token of the events.
    async fn append_with<T: Send + 'static>(
        &self,
        tenant: TenantId,
        append: impl FnOnce(&Transaction<'_>, &mut KeyIndex, TenantNumber) -> rusqlite::Result<T> + Send + 'static,
        token: impl FnOnce(&T) -> Option<AppendToken>,
    ) -> Result<T, StoreError> {
        let known = self.files.last_seq();
        let append = move |change: &Transaction<'_>, state: &mut WriterState| {
            let Some(tenant) = append::find_tenant(change, tenant)? else { return Ok(None) };
            append(change, &mut state.index, tenant).map(Some)
        };
        let appended = self.writer.transact_with(append).await;
        self.is_disk_full.store(matches!(appended, Err(StoreError::DiskFull)), Ordering::Relaxed);
        let appended = appended?.ok_or(StoreError::UnknownTenant(tenant))?;
        if let Some(AppendToken::Sqlite { after, last }) = token(&appended) {
            self.files.check_last_seq(known, after)?;
            self.files.check_last_seq(after, last)?;
        }
        Ok(appended)
    }
}

#[async_trait]
impl EventLog for SqliteLog {
    async fn append(&self, tenant: TenantId, events: Vec<StatusEvent>) -> Result<LoggedBatch, StoreError> {
        let append =
            move |change: &Transaction<'_>, index: &mut _, tenant| append::append(change, index, tenant, events);
        self.append_with(tenant, append, |batch| batch.token).await
    }

    async fn append_mirrored(&self, tenant: TenantId, facts: MirroredFacts) -> Result<MirroredBatch, StoreError> {
        let append =
            move |change: &Transaction<'_>, index: &mut _, tenant| mirrored::append(change, index, tenant, facts);
        let events = |batch: &MirroredBatch| match batch {
            MirroredBatch::Stored { events, .. } => events.token,
            MirroredBatch::Conflict(_) => None,
        };
        self.append_with(tenant, append, events).await
    }

    fn cursor_after(&self, events: u64, append: AppendToken) -> u64 {
        match append {
            // A reader that is further back has to read what other processes appended in between.
            AppendToken::Sqlite { after, last } if events == after => last,
            _ => events,
        }
    }

    async fn read(&self, cursor: ReadCursor, limit: usize) -> Result<Changes, StoreError> {
        let known = self.files.last_seq();
        let changes = self.reader.transact(move |snapshot| read::changes(snapshot, cursor, limit)).await?;
        if !changes.more {
            self.files.check_last_seq(known, changes.cursor.events)?;
        }
        Ok(changes)
    }

    async fn changed(&self) -> Result<(), StoreError> {
        while !self.change_poller.transact_with(|snapshot, seen| seen.has_changed(snapshot)).await? {
            sleep(POLL_INTERVAL).await;
        }
        Ok(())
    }

    async fn history(
        &self,
        tenant: TenantNumber,
        query: HistoryQuery,
        agents: Option<Vec<i64>>,
    ) -> Result<HistoryPage, StoreError> {
        let tail = Arc::clone(&self.tail);
        let page = move |snapshot: &Transaction<'_>| history::page(snapshot, tenant, &query, agents, &mut tail.lock());
        let (page, orders) = self.historian.transact(page).await?;
        for order in orders {
            let stored = self.writer.transact(move |change| event_order::store(change, &order)).await;
            if let Err(error) = stored {
                // The page is right without it.
                tracing::debug!(error = chain(&error), "the order of a segment was not stored");
            }
        }
        Ok(page)
    }

    async fn stream_end(&self) -> Result<StreamPosition, StoreError> {
        self.streamer.transact(stream::end).await
    }

    async fn stream(&self, search: StreamSearch) -> Result<StreamRead, StoreError> {
        self.streamer.transact(move |snapshot| stream::read(snapshot, search)).await
    }

    async fn scan(&self, search: FactSearch, batches: Sender<Vec<StatusFact>>) -> Result<ScanEnd, StoreError> {
        let times = Arc::clone(&self.times);
        self.reporter.transact(move |snapshot| facts::scan(snapshot, &search, &mut times.lock(), &batches)).await
    }

    async fn gaps(&self, search: GapSearch) -> Result<GapPage, StoreError> {
        self.historian.transact(move |snapshot| history::gaps(snapshot, &search)).await
    }

    async fn keep_callback(&self, tenant: TenantId, callback: VendorCallback) -> Result<u64, StoreError> {
        let keep = move |change: &Transaction<'_>| {
            let tenant = append::find_tenant(change, tenant)?;
            tenant.map(|tenant| callback::keep(change, tenant, &callback)).transpose()
        };
        self.writer.transact(keep).await?.ok_or(StoreError::UnknownTenant(tenant))
    }

    async fn callbacks(&self, tenant: TenantId) -> Result<Vec<VendorCallback>, StoreError> {
        let read = move |snapshot: &Transaction<'_>| {
            let tenant = append::find_tenant(snapshot, tenant)?;
            tenant.map(|tenant| callback::all(snapshot, tenant)).transpose()
        };
        self.historian.transact(read).await?.ok_or(StoreError::UnknownTenant(tenant))
    }

    async fn delete_callbacks(&self, tenant: TenantId) -> Result<u64, StoreError> {
        let delete = move |change: &Transaction<'_>| {
            let tenant = append::find_tenant(change, tenant)?;
            tenant.map(|tenant| callback::delete(change, tenant)).transpose()
        };
        Ok(self.writer.transact(delete).await?.ok_or(StoreError::UnknownTenant(tenant))? as u64)
    }

    async fn expire_callbacks(&self, before: i64) -> Result<u64, StoreError> {
        Ok(self.writer.transact(move |change| callback::delete_expired(change, before)).await? as u64)
    }

    async fn add_tenant(&self, tenant: TenantId, key: ApiKey) -> Result<bool, StoreError> {
        self.writer.transact(move |change| tenants::add(change, tenant, &key)).await
    }

    async fn replace_key(&self, tenant: TenantId, key: ApiKey) -> Result<bool, StoreError> {
        let outcome = self.writer.transact(move |change| tenants::replace_key(change, tenant, &key)).await?;
        self.purge().await?;
        has_replaced_key(tenant, outcome)
    }

    async fn add_key(&self, tenant: TenantId, key: TenantKey) -> Result<KeyAddition, StoreError> {
        self.writer.transact(move |change| tenants::add_key(change, tenant, &key)).await
    }

    async fn remove_key(&self, tenant: TenantId, name: KeyName) -> Result<KeyRemoval, StoreError> {
        let outcome = self.writer.transact(move |change| tenants::remove_key(change, tenant, &name)).await?;
        self.purge().await?;
        Ok(outcome)
    }

    async fn keys(&self, tenant: TenantId) -> Result<Option<Vec<KeySummary>>, StoreError> {
        self.reader.transact(move |snapshot| tenants::keys(snapshot, tenant)).await
    }

    async fn remove_tenant(&self, tenant: TenantId, with_events: bool) -> Result<Removal, StoreError> {
        let removal = self.writer.transact(move |change| tenants::remove(change, tenant, with_events)).await?;
        self.purge().await?;
        Ok(removal)
    }

    async fn end_mirror(&self, tenant: TenantId, at: i64) -> Result<MirrorEnd, StoreError> {
        let end = move |change: &Transaction<'_>| match append::find_tenant(change, tenant)? {
            Some(tenant) => mirrored::end(change, tenant, at),
            None => Ok(MirrorEnd::Unknown),
        };
        self.writer.transact(end).await
    }

    async fn tenants(&self) -> Result<Vec<TenantSummary>, StoreError> {
        self.reader.transact(tenants::summaries).await
    }

    async fn strike(&self, tenant: TenantId, filter: EventFilter, is_dry_run: bool) -> Result<Strike, StoreError> {
        let found = self.reader.transact(move |snapshot| strike::find(snapshot, tenant, &filter)).await?;
        let mut found = found.ok_or(StoreError::UnknownTenant(tenant))?;
        match (found.pop(), found.is_empty()) {
            (None, _) => Ok(Strike::Missing),
            (Some(_), false) => Ok(Strike::Ambiguous),
            (Some((number, event)), true) => {
                self.writer.transact(move |change| strike::strike(change, number, event, is_dry_run)).await
            }
        }
    }

    async fn apply_retention(&self, before: Option<i64>) -> Result<RetentionStep, StoreError> {
        self.writer.transact_with(move |change, state| state.sweep.step(change, before)).await
    }

    async fn purge(&self) -> Result<bool, StoreError> {
        let is_done = self.writer.run(|connection, _| Ok(file::empty_write_ahead_log(connection)?)).await?;
        if !is_done {
            tracing::warn!(
                "other processes use the write-ahead log, so what was deleted is still in it; a server tries again"
            );
        }
        Ok(is_done)
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

    async fn write_chunks(&self, draft: &mut SnapshotDraft, chunks: Vec<SnapshotChunk>) -> Result<(), StoreError> {
        let (generation, first, added) = (draft.generation, draft.chunks, chunks.len() as u32);
        self.writer.transact(move |change| snapshot::add_chunks(change, generation, first, &chunks)).await?;
        draft.chunks += added;
        Ok(())
    }

    async fn finish_snapshot(&self, draft: SnapshotDraft) -> Result<(), StoreError> {
        let generation = draft.generation;
        if !self.writer.transact(move |change| snapshot::finish(change, &draft)).await? {
            return Err(StoreError::database("another process has begun a snapshot as well"));
        }
        while self.writer.transact(move |change| snapshot::delete_replaced(change, generation)).await? {}
        Ok(())
    }

    async fn ready(&self) -> Result<(), StoreError> {
        self.change_poller.transact(snapshot::latest).await.map(drop)
    }

    async fn probe(&self) -> Result<(), StoreError> {
        if self.is_disk_full.load(Ordering::Relaxed) {
            let path = self.path.clone();
            spawn_blocking(move || file::find_room(&path)).await??;
        }
        self.writer.transact(|change| change.execute("UPDATE log SET last_seq = last_seq", [])).await.map(drop)
    }

    async fn rescue(&self, directory: Option<&Path>) -> Result<Option<PathBuf>, StoreError> {
        let (path, directory, last_seq) = (self.path.clone(), directory.map(Path::to_owned), self.files.last_seq());
        let files = Arc::clone(&self.files);
        self.reader
            .run(move |connection, ()| {
                match files.check() {
                    Ok(()) => return Ok(None),
                    Err(StoreError::FileGone) => {}
                    Err(error) => return Err(error),
                }
                let copy = rescue::copy(connection, last_seq, &path, directory.as_deref())?;
                files.remove_stale_log();
                Ok(Some(copy))
            })
            .await
    }

    async fn close(&self) -> Result<(), StoreError> {
        let files = Arc::clone(&self.files);
        let there = spawn_blocking(move || files.check()).await?;
        // The writer goes last: the last connection moves the write-ahead log into the file, which readers can't.
        let closed = [
            self.change_poller.close().await,
            self.historian.close().await,
            self.reporter.close().await,
            self.streamer.close().await,
            self.reader.close().await,
            self.writer.close().await,
        ];
        closed.into_iter().collect::<Result<(), _>>().and(there)
    }
}

/// SQLite's messages name tables and columns only: values are passed as parameters.
impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::DiskFull,
            Some(ErrorCode::ReadOnly) => Self::ReadOnly,
            _ => Self::database(error),
        }
    }
}
