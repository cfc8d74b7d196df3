//! The log in a PostgreSQL database.

mod append;
mod append_batch;
mod batch;
mod batcher;
mod connect;
mod failure;
mod follow;
mod insert;
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

use self::{
    batch::Batch, batcher::Batcher, connect::ConnectOptions, failure::Failure, follow::LastReader, notify::Notifier,
    snapshot::SnapshotWriter,
};
use super::{
    AppendToken, Changes, EventLog, LoggedBatch, ReadCursor, RetentionStep, Snapshot, SnapshotDraft,
    feed_order::TenantOrder,
    open_error::{AddressError, OpenError},
};
use crate::{
    ApiKey, TenantId,
    error::StoreError,
    event::StatusEvent,
    tenant::{Removal, TenantSummary},
};

/// An [`EventLog`] in a PostgreSQL database, version 14 or newer, which any number of servers may use at once.
///
/// It lives in the schema `group_dispatch` and leaves everything else alone. The user needs the right to create that
/// schema once. Connections must be to PostgreSQL itself or to a pooler that gives each a session of its own.
///
/// An append is acknowledged when PostgreSQL has it on disk; the setting `synchronous_commit` can ask for more
/// (`remote_apply`), not for less. Where replicas are to take over without losing an acknowledged event,
/// `synchronous_standby_names` has to name them.
///
#[doc = include_str!("../../docs/postgres.md")]
pub struct PostgresLog {
    address: ConnectOptions,
    pool: Pool,
    writer: Batcher,
    latest: LastReader,
    notifier: Arc<Notifier>,
    snapshot_writer: SnapshotWriter,
}

impl PostgresLog {
    /// Connects to the database at `url`, `postgres://USER:PASSWORD@HOST:PORT/DATABASE`, and brings its schema up to
    /// date.
    ///
    /// What may follow a `?`: `sslmode=require` (or `verify-full`, which means the same here) asks for TLS with a
    /// certificate that this machine trusts, or that the file in `SSL_CERT_FILE` holds; `sslmode=disable` does without;
    /// without either, TLS is used with other machines that offer it. Several hosts with
    /// `target_session_attrs=read-write` follow a failover.
    ///
    /// # Errors
    /// When the address can't be read or its database not be reached, is too old, or was changed by a newer version.
    /// No error repeats the address.
    pub async fn connect(url: &str) -> Result<Self, OpenError> {
        let address = ConnectOptions::parse(url)?;
        let first = address.connect_alone().await?;
        if !open_lock::try_share(&first).await? {
            return Err(OpenError::Repairing);
        }
        migrate::migrate(&first).await?;
        let (pool, notifier) = (address.pool()?, Arc::new(Notifier::new(address.clone(), first)));
        Ok(Self {
            writer: Batcher::new(pool.clone(), Arc::clone(&notifier)),
            pool,
            notifier,
            address,
            latest: LastReader::default(),
            snapshot_writer: SnapshotWriter::default(),
        })
    }

    /// Checks an address without connecting.
    ///
    /// # Errors
    /// When the address can't be right. No error repeats a part of it.
    pub fn check_address(url: &str) -> Result<(), AddressError> {
        connect::parse(url).map(drop)
    }

    /// Looks for events that an older version stored newest first, also while servers use the database, and changes nothing,
    /// whatever version wrote it. Returns the tenants that have events of older versions which were not looked at by
    /// [`repair_order`](Self::repair_order).
    ///
    /// # Errors
    /// When the database can't be reached, has no log, or was changed by a newer version.
    pub async fn inspect_order(url: &str) -> Result<Vec<TenantOrder>, OpenError> {
        order::inspect(&ConnectOptions::parse(url)?).await
    }

    /// Turns round the events that an older version stored newest first, of one tenant or of all, and lets the presence be
    /// built again from the events at the next start. Each tenant is done in one transaction, so that it may be run again
    /// wherever it was broken off. Tenants that are [beyond repair](TenantOrder::is_beyond_repair) stay as they are. Returns
    /// what was found before the repair.
    ///
    /// # Errors
    /// When others use the database, or for the reasons of [`connect`](Self::connect).
    pub async fn repair_order(url: &str, tenant: Option<TenantId>) -> Result<Vec<TenantOrder>, OpenError> {
        order::repair(&ConnectOptions::parse(url)?, tenant).await
    }

    fn open(&self) -> Result<&Self, StoreError> {
        if self.pool.is_closed() { Err(StoreError::Closed) } else { Ok(self) }
    }

    /// Lets others know of a change, also where it failed: it may be there all the same.
    fn told<T>(&self, outcome: Result<T, Failure>) -> Result<T, StoreError> {
        self.notifier.tell();
        Ok(outcome?)
    }
}

#[async_trait]
impl EventLog for PostgresLog {
    async fn append(&self, tenant: TenantId, events: Vec<StatusEvent>) -> Result<LoggedBatch, StoreError> {
        self.writer.append(tenant, Batch::new(events)?).await
    }

    fn cursor_after(&self, position: u64, append: AppendToken) -> u64 {
        if let AppendToken::Postgres { xact, appends } = append {
            self.latest.know(xact, appends);
        }
        position
    }

    async fn read(&self, position: ReadCursor, most: usize) -> Result<Changes, StoreError> {
        Ok(follow::read(&self.pool, &self.latest, position, most).await?)
    }

    async fn changed(&self) -> Result<(), StoreError> {
        self.open()?.notifier.hear().await;
        self.open().map(drop)
    }

    async fn add_tenant(&self, tenant: TenantId, key: ApiKey) -> Result<bool, StoreError> {
        self.told(tenants::add(&self.pool, tenant, &key).await)
    }

    async fn replace_key(&self, tenant: TenantId, key: ApiKey) -> Result<bool, StoreError> {
        self.told(tenants::replace_key(&self.pool, tenant, &key).await)
    }

    async fn remove_tenant(&self, tenant: TenantId, with_events: bool) -> Result<Removal, StoreError> {
        self.told(tenants::remove(&self.pool, tenant, with_events).await)
    }

    async fn tenants(&self) -> Result<Vec<TenantSummary>, StoreError> {
        Ok(tenants::summaries(&self.pool).await?)
    }

    async fn apply_retention(&self, before: Option<i64>) -> Result<RetentionStep, StoreError> {
        Ok(retention::apply_retention(&self.pool, before).await?)
    }

    async fn latest_snapshot(&self) -> Result<Option<Snapshot>, StoreError> {
        Ok(snapshot::saved(&self.pool).await?)
    }

    async fn read_chunks(&self, saved: &Snapshot, places: Range<u32>) -> Result<Vec<Vec<u8>>, StoreError> {
        Ok(snapshot::parts(&self.pool, saved.generation, places).await?)
    }

    async fn has_all_events(&self) -> Result<bool, StoreError> {
        Ok(retention::has_all_events(&self.pool).await?)
    }

    async fn discard_snapshot(&self, saved: &Snapshot) -> Result<(), StoreError> {
        Ok(retention::discard_snapshot(&self.pool, saved.generation).await?)
    }

    async fn begin_snapshot(&self, position: ReadCursor) -> Result<Option<SnapshotDraft>, StoreError> {
        let log = self.open()?;
        Ok(log.snapshot_writer.begin(&log.address, position).await?)
    }

    async fn write_chunks(&self, saving: &mut SnapshotDraft, parts: Vec<Vec<u8>>) -> Result<(), StoreError> {
        Ok(self.open()?.snapshot_writer.add(saving, parts).await?)
    }

    async fn finish_snapshot(&self, saving: SnapshotDraft) -> Result<(), StoreError> {
        Ok(self.open()?.snapshot_writer.finish(saving).await?)
    }

    async fn ready(&self) -> Result<(), StoreError> {
        let client = self.pool.get().await.map_err(Failure::from)?;
        client.batch_execute("SELECT").await.map_err(Failure::from)?;
        Ok(())
    }

    async fn close(&self) -> Result<(), StoreError> {
        self.open()?;
        self.writer.close().await;
        self.pool.close();
        self.notifier.stop();
        self.snapshot_writer.stop().await;
        Ok(())
    }
}
