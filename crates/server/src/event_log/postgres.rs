//! The event log in a PostgreSQL database.
//!
//! Appends go through the batcher ([`batcher`]), which writes what several callers append in one transaction
//! ([`append`]). Readers follow the log by transaction numbers ([`follow`]) and are woken by notifications
//! ([`notify`]). `docs/postgres.md` says how it works as a whole.

mod append;
mod append_batch;
mod batcher;
mod connect;
mod error;
mod follow;
mod migrate;
mod notify;
mod nul_escape;
mod open_lock;
mod order;
mod partitions;
mod retention;
mod row;
mod snapshot;
mod tenants;
#[cfg(test)]
mod tests;

use std::{ops::Range, sync::Arc};

use async_trait::async_trait;
use deadpool_postgres::Pool;
use group_dispatch_types::signing::{ApiKey, TenantId};

pub use self::connect::describe_address;
use self::{batcher::Batcher, connect::ConnectOptions, follow::LastReader, notify::Notifier, snapshot::SnapshotWriter};
use super::{
    AppendToken, Changes, EventLog, LoggedBatch, ReadCursor, RetentionStep, Snapshot, SnapshotChunk, SnapshotDraft,
    has_replaced_key, open_error::OpenError,
};
use crate::{
    error::StoreError,
    event::StatusEvent,
    tenant::{KeyAddition, KeyName, KeyRemoval, KeySummary, Removal, TenantKey, TenantSummary},
};

/// An [`EventLog`] in a PostgreSQL database, which any number of servers may share.
///
/// An append is acknowledged when PostgreSQL has it on disk. The setting `synchronous_commit` can ask for more
/// (`remote_apply`), not for less.
pub struct PostgresLog {
    options: ConnectOptions,
    pool: Pool,
    batcher: Batcher,
    last_reader: LastReader,
    notifier: Arc<Notifier>,
    snapshot_writer: SnapshotWriter,
}

impl PostgresLog {
    /// Connects to the database and migrates its schema.
    ///
    /// # Errors
    /// If the address is invalid, or the database can't be reached, is too old, was changed by a newer version, or is
    /// being repaired. No error repeats the address.
    pub async fn connect(url: &str) -> Result<Self, OpenError> {
        let options = ConnectOptions::parse(url)?;
        let mut first = options.connect_alone().await?;
        if !open_lock::try_lock(&first, open_lock::SHARE).await? {
            return Err(OpenError::Repairing);
        }
        migrate::migrate(&mut first).await?;
        let (pool, notifier) = (options.pool()?, Arc::new(Notifier::new(options.clone(), first)));
        Ok(Self {
            batcher: Batcher::new(pool.clone(), Arc::clone(&notifier)),
            pool,
            notifier,
            options,
            last_reader: LastReader::default(),
            snapshot_writer: SnapshotWriter::default(),
        })
    }

    fn open(&self) -> Result<&Self, StoreError> {
        if self.pool.is_closed() { Err(StoreError::Closed) } else { Ok(self) }
    }

    /// Notifies the other processes of a change, even of a failed one: it may be committed.
    fn notify<T>(&self, outcome: Result<T, StoreError>) -> Result<T, StoreError> {
        self.notifier.notify();
        outcome
    }
}

#[async_trait]
impl EventLog for PostgresLog {
    async fn append(&self, tenant: TenantId, events: Vec<StatusEvent>) -> Result<LoggedBatch, StoreError> {
        self.batcher.append(tenant, events).await
    }

    fn cursor_after(&self, events: u64, append: AppendToken) -> u64 {
        if let AppendToken::Postgres { xact, appends } = append {
            self.last_reader.record_append(xact, appends);
        }
        events
    }

    async fn read(&self, cursor: ReadCursor, limit: usize) -> Result<Changes, StoreError> {
        follow::read(&self.pool, &self.last_reader, cursor, limit).await
    }

    async fn changed(&self) -> Result<(), StoreError> {
        self.open()?.notifier.notified().await;
        self.open().map(drop)
    }

    async fn add_tenant(&self, tenant: TenantId, key: ApiKey) -> Result<bool, StoreError> {
        self.notify(tenants::add(&self.pool, tenant, &key).await)
    }

    async fn replace_key(&self, tenant: TenantId, key: ApiKey) -> Result<bool, StoreError> {
        has_replaced_key(tenant, self.notify(tenants::replace_key(&self.pool, tenant, &key).await)?)
    }

    async fn add_key(&self, tenant: TenantId, key: TenantKey) -> Result<KeyAddition, StoreError> {
        self.notify(tenants::add_key(&self.pool, tenant, &key).await)
    }

    async fn remove_key(&self, tenant: TenantId, name: KeyName) -> Result<KeyRemoval, StoreError> {
        self.notify(tenants::remove_key(&self.pool, tenant, &name).await)
    }

    async fn keys(&self, tenant: TenantId) -> Result<Option<Vec<KeySummary>>, StoreError> {
        tenants::keys(&self.pool, tenant).await
    }

    async fn remove_tenant(&self, tenant: TenantId, with_events: bool) -> Result<Removal, StoreError> {
        self.notify(tenants::remove(&self.pool, tenant, with_events).await)
    }

    async fn tenants(&self) -> Result<Vec<TenantSummary>, StoreError> {
        tenants::summaries(&self.pool).await
    }

    async fn apply_retention(&self, before: Option<i64>) -> Result<RetentionStep, StoreError> {
        retention::apply(&self.pool, before).await
    }

    async fn has_all_events(&self) -> Result<bool, StoreError> {
        retention::has_all_events(&self.pool).await
    }

    async fn latest_snapshot(&self) -> Result<Option<Snapshot>, StoreError> {
        snapshot::latest(&self.pool).await
    }

    async fn read_chunks(&self, snapshot: &Snapshot, places: Range<u32>) -> Result<Vec<Vec<u8>>, StoreError> {
        snapshot::chunks(&self.pool, snapshot.generation, places).await
    }

    async fn discard_snapshot(&self, snapshot: &Snapshot) -> Result<(), StoreError> {
        retention::discard_snapshot(&self.pool, snapshot.generation).await
    }

    async fn begin_snapshot(&self, cursor: ReadCursor) -> Result<Option<SnapshotDraft>, StoreError> {
        let log = self.open()?;
        log.snapshot_writer.begin(&log.options, cursor).await
    }

    async fn write_chunks(&self, draft: &mut SnapshotDraft, chunks: Vec<SnapshotChunk>) -> Result<(), StoreError> {
        self.open()?.snapshot_writer.add(draft, chunks).await
    }

    async fn finish_snapshot(&self, draft: SnapshotDraft) -> Result<(), StoreError> {
        self.open()?.snapshot_writer.finish(draft).await
    }

    async fn close(&self) -> Result<(), StoreError> {
        self.open()?;
        self.batcher.close().await;
        self.pool.close();
        self.notifier.stop();
        self.snapshot_writer.stop().await;
        Ok(())
    }
}
