//! The event log in a PostgreSQL database.
//!
//! Appends go through the batcher ([`batcher`]), which writes what several callers append in one transaction ([`append`]).
//! Every use of a connection has a time limit ([`connection`]). Readers follow the log by transaction numbers ([`follow`])
//! and are woken by notifications ([`notify`]). `docs/postgres.md` says how it works as a whole.

mod address;
mod append;
mod append_batch;
mod batcher;
mod callback;
mod connect;
mod connection;
mod error;
mod facts;
mod follow;
mod history;
mod migrate;
mod mirrored;
mod notify;
mod nul_escape;
mod open_lock;
mod order;
mod partitions;
mod pooler;
mod retention;
mod row;
mod session;
mod snapshot;
mod stream;
mod strike;
mod tenants;
#[cfg(test)]
mod tests;
mod tls;
mod webhooks;

use std::{ops::Range, sync::Arc};

use async_trait::async_trait;
use group_dispatch_types::signing::{ApiKey, TenantId};
use tokio::sync::mpsc::Sender;

pub use self::address::describe_address;
use self::{
    batcher::Batcher,
    connect::ConnectOptions,
    connection::{Connections, READ_LIMIT, READY_LIMIT, within},
    follow::LastReader,
    mirrored::MirrorWriter,
    notify::Notifier,
    snapshot::SnapshotWriter,
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

/// An [`EventLog`] in a PostgreSQL database, which any number of servers may share.
///
/// An append is acknowledged when PostgreSQL has it on disk. The setting `synchronous_commit` can ask for more
/// (`remote_apply`), not for less.
pub struct PostgresLog {
    options: ConnectOptions,
    connections: Connections,
    batcher: Batcher,
    mirror_writer: MirrorWriter,
    last_reader: LastReader,
    notifier: Arc<Notifier>,
    snapshot_writer: SnapshotWriter,
}

impl PostgresLog {
    /// Connects to the database and migrates its schema. Waits while others have locked its tables.
    ///
    /// # Errors
    /// If the address is invalid, or the database can't be reached, is too old, was changed by a newer version, is being
    /// repaired, or takes no writes though its schema has to be changed. No error repeats the address.
    pub async fn connect(url: &str) -> Result<Self, OpenError> {
        let options = ConnectOptions::parse(url)?;
        let mut first = options.connect().await?;
        let is_read_only = first.backend().is_read_only;
        if !within(READ_LIMIT, open_lock::try_lock(&first, open_lock::SHARE)).await? {
            return Err(OpenError::Repairing);
        }
        migrate::migrate(&mut first, is_read_only).await?;
        if is_read_only {
            tracing::error!(error = chain(&StoreError::ReadOnly), "events can't be fed; queries are answered");
        }
        let connections = Connections::new(options.clone())?;
        let notifier = Arc::new(Notifier::new(options.clone(), connections.clone(), first));
        Ok(Self {
            batcher: Batcher::new(connections.clone(), Arc::clone(&notifier), is_read_only),
            mirror_writer: MirrorWriter::new(connections.clone()),
            connections,
            notifier,
            options,
            last_reader: LastReader::default(),
            snapshot_writer: SnapshotWriter::default(),
        })
    }

    fn open(&self) -> Result<&Self, StoreError> {
        if self.connections.is_closed() { Err(StoreError::Closed) } else { Ok(self) }
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

    async fn append_mirrored(&self, tenant: TenantId, facts: MirroredFacts) -> Result<MirroredBatch, StoreError> {
        self.notify(self.mirror_writer.append(tenant, &facts).await)
    }

    fn cursor_after(&self, events: u64, append: AppendToken) -> u64 {
        if let AppendToken::Postgres { server, xact, appends } = append {
            self.last_reader.record_append(server, xact, appends);
        }
        events
    }

    async fn read(&self, cursor: ReadCursor, limit: usize) -> Result<Changes, StoreError> {
        follow::read(&self.connections, &self.last_reader, cursor, limit).await
    }

    async fn changed(&self) -> Result<(), StoreError> {
        self.open()?.notifier.notified().await;
        self.open().map(drop)
    }

    async fn history(
        &self,
        tenant: TenantNumber,
        query: HistoryQuery,
        agents: Option<Vec<i64>>,
    ) -> Result<HistoryPage, StoreError> {
        history::page(&self.connections, tenant, &query, agents).await
    }

    async fn stream_end(&self) -> Result<StreamPosition, StoreError> {
        stream::end(&self.connections).await
    }

    async fn stream(&self, search: StreamSearch) -> Result<StreamRead, StoreError> {
        stream::read(&self.connections, search).await
    }

    async fn scan(&self, search: FactSearch, batches: Sender<Vec<StatusFact>>) -> Result<ScanEnd, StoreError> {
        facts::scan(&self.connections, &search, &batches).await
    }

    async fn gaps(&self, search: GapSearch) -> Result<GapPage, StoreError> {
        history::gaps(&self.connections, &search).await
    }

    async fn keep_callback(&self, tenant: TenantId, callback: VendorCallback) -> Result<u64, StoreError> {
        callback::keep(&self.connections, tenant, &callback).await
    }

    async fn callbacks(&self, tenant: TenantId) -> Result<Vec<VendorCallback>, StoreError> {
        callback::all(&self.connections, tenant).await
    }

    async fn delete_callbacks(&self, tenant: TenantId) -> Result<u64, StoreError> {
        callback::delete(&self.connections, tenant).await
    }

    async fn expire_callbacks(&self, before: i64) -> Result<u64, StoreError> {
        callback::delete_expired(&self.connections, before).await
    }

    async fn add_tenant(&self, tenant: TenantId, key: ApiKey) -> Result<bool, StoreError> {
        self.notify(tenants::add(&self.connections, tenant, &key).await)
    }

    async fn replace_key(&self, tenant: TenantId, key: ApiKey) -> Result<bool, StoreError> {
        has_replaced_key(tenant, self.notify(tenants::replace_key(&self.connections, tenant, &key).await)?)
    }

    async fn add_key(&self, tenant: TenantId, key: TenantKey) -> Result<KeyAddition, StoreError> {
        self.notify(tenants::add_key(&self.connections, tenant, &key).await)
    }

    async fn remove_key(&self, tenant: TenantId, name: KeyName) -> Result<KeyRemoval, StoreError> {
        self.notify(tenants::remove_key(&self.connections, tenant, &name).await)
    }

    async fn keys(&self, tenant: TenantId) -> Result<Option<Vec<KeySummary>>, StoreError> {
        tenants::keys(&self.connections, tenant).await
    }

    async fn remove_tenant(&self, tenant: TenantId, with_events: bool) -> Result<Removal, StoreError> {
        self.notify(tenants::remove(&self.connections, tenant, with_events).await)
    }

    async fn end_mirror(&self, tenant: TenantId, at: i64) -> Result<MirrorEnd, StoreError> {
        self.notify(mirrored::end(&self.connections, tenant, at).await)
    }

    async fn tenants(&self) -> Result<Vec<TenantSummary>, StoreError> {
        tenants::summaries(&self.connections).await
    }

    async fn strike(&self, tenant: TenantId, filter: EventFilter, is_dry_run: bool) -> Result<Strike, StoreError> {
        self.notify(strike::strike(&self.connections, tenant, filter, is_dry_run).await)
    }

    async fn apply_retention(&self, before: Option<i64>) -> Result<RetentionStep, StoreError> {
        retention::apply(&self.connections, before).await
    }

    async fn has_all_events(&self) -> Result<bool, StoreError> {
        retention::has_all_events(&self.connections).await
    }

    async fn latest_snapshot(&self) -> Result<Option<Snapshot>, StoreError> {
        snapshot::latest(&self.connections).await
    }

    async fn read_chunks(&self, snapshot: &Snapshot, places: Range<u32>) -> Result<Vec<Vec<u8>>, StoreError> {
        snapshot::chunks(&self.connections, snapshot.generation, places).await
    }

    async fn discard_snapshot(&self, snapshot: &Snapshot) -> Result<(), StoreError> {
        retention::discard_snapshot(&self.connections, snapshot.generation).await
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

    async fn ready(&self) -> Result<(), StoreError> {
        const STATE: &str = "
            SELECT to_regclass('group_dispatch.saved_state') IS NOT NULL, current_setting('transaction_read_only') = 'on'";
        let state = self.connections.run(READY_LIMIT, async |session| Ok(session.query_one(STATE, &[]).await?));
        let state = state.await?;
        match (state.try_get(0)?, state.try_get(1)?) {
            (false, _) => Err(StoreError::SchemaMissing),
            (true, true) => Err(StoreError::ReadOnly),
            (true, false) => Ok(()),
        }
    }

    /// Waits for the disk and for standbys, as an append does. Probes wait for each other by the lock of the row, so that
    /// at most one of them waits for a standby that is away, however often this is called.
    async fn probe(&self) -> Result<(), StoreError> {
        const CHANGE: &str = "UPDATE origin SET base = base";
        self.connections.run(READY_LIMIT, async |session| Ok(session.execute(CHANGE, &[]).await.map(drop)?)).await
    }

    /// Ends within ten seconds.
    async fn close(&self) -> Result<(), StoreError> {
        self.open()?;
        self.batcher.close().await;
        self.connections.close();
        self.notifier.stop();
        self.snapshot_writer.stop().await;
        Ok(())
    }
}
