//! The one way to the data: [`Store`] answers queries from memory and appends events durably; [`Admin`] changes a
//! database without loading it; [`Database`] says where the events are.
//!
//! A store joins two parts that don't know each other: the event log, which is durable and shared by several processes,
//! and the presence index, which is in memory and follows from the events. At a start the index is loaded from the
//! latest snapshot and the events after it. Then two tasks keep it up to date: the follower applies what other
//! processes append, and maintenance writes snapshots and deletes expired events. A third sends changes to their readers.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use group_dispatch_types::{
    Source, UtcOffset,
    signing::{ApiKey, TenantId},
};
use tokio::time::timeout;

#[cfg(feature = "mirror")]
pub use self::mirrored::LocalStore;
use self::shared::{MAX_APPENDS, Shared};
pub use self::{
    admin::{Admin, DeletedCallbacks},
    database::Database,
    options::{Retention, StoreOptions},
    readiness::{Condition, Readiness},
    report::{AgentName, ReportError, ReportPage, ReportQuery, SessionPage, SessionQuery},
    shared::Mirrored,
    tenant::KnownTenant,
    webhooks::{AddedWebhook, DeliveryState, DeliverySummary, WebhookError, WebhookSummary},
};
pub(crate) use self::{
    alerting::Alerting,
    change_reader::{ChangeReader, StreamEnd},
    hub::ChangeBatch,
    settle::Settler,
};
pub use crate::{
    error::StoreError,
    event_log::{
        Appended,
        callback::VendorCallback,
        feed_order::TenantOrder,
        history::{
            FactFilter, GapPage, GapQuery, HistoryEvent, HistoryPage, HistoryQuery, InvalidCursor, PageCursor,
            PageRequest, TimeOrder,
        },
        mirrored::{Freshness, Gap, Look, LookConflict, MirrorEnd, MirroredFacts},
        open_error::{AddressError, OpenError},
        strike::{EventFilter, Strike},
    },
    presence::{
        account_counts::AccountCounts,
        agent_query::{AgentFilter, AgentQuery, QueryKind},
        index::Size,
    },
    report::{
        FLAP_MILLISECONDS, Session, SessionEdge,
        days::{Day, NoSuchDay, Zone, time_zone_data_version},
        sessions::{InvalidSessionCursor, SessionCursor},
        sums::{Grouping, MAX_ROWS, Row, Subject, Subjects, Sums},
    },
    tenant::{
        InvalidKeyName, KeyAccess, KeyAddition, KeyName, KeyRemoval, KeySummary, Removal, TenantKey, TenantSummary,
    },
};
use crate::{
    error::chain,
    event::StatusEvent,
    event_log::{
        EventLog,
        webhooks::{StoredWebhook, WebhookLog},
    },
};
pub(crate) use crate::{
    event_log::stream::{Lost, StreamEvent, StreamPosition},
    presence::online_accounts::OnlineAccount,
};

mod admin;
mod alerting;
mod broadcast;
mod change_reader;
mod checkpoints;
mod coalesced;
mod database;
mod follower;
mod freshness;
mod history;
mod hub;
mod maintenance;
mod mirrored;
mod options;
mod readiness;
mod recovery;
mod report;
mod rescue;
mod settle;
mod shared;
mod snapshot_scheduler;
mod tenant;
mod webhooks;

/// How long closing a store waits for running appends. A database that hangs must not keep the process alive.
const CLOSE_LIMIT: Duration = Duration::from_secs(10);

/// The status events of any number of tenants, and the index of presence that follows from them.
///
/// Queries are answered from memory: they never wait for the database and never fail. Events that this process appends
/// are visible immediately; events that other processes append to the same database are visible within a second.
///
/// Events may arrive in any order: the latest is the one with the latest time and, of equal times, the one that arrived
/// last. A tenant never sees the data of another one. Agents are ordered by id and accounts by number, unless stated
/// otherwise.
///
/// A clone is another handle of the same store.
#[derive(Clone)]
pub struct Store(Arc<Shared>);

impl Store {
    /// Opens a database, creates it if needed (see [`StoreOptions::create`]), and loads the index of presence. The store
    /// then follows the database until it is closed or its last handle is dropped.
    ///
    /// # Errors
    /// If the database can't be opened, or if it lacks expired events and has no snapshot that this version can read.
    pub async fn open(database: &Database, options: StoreOptions) -> Result<Self, OpenError> {
        Self::open_counting(database, options, Arc::default()).await
    }

    /// The same, and counts in `events_read` the events that it reads from the log: without a snapshot that takes long.
    ///
    /// # Errors
    /// As those of [`open`](Self::open).
    pub async fn open_counting(
        database: &Database,
        options: StoreOptions,
        events_read: Arc<AtomicU64>,
    ) -> Result<Self, OpenError> {
        let log = database.open_log(options.create, options.rescue_directory.clone()).await?;
        Ok(Self::over(log, options, events_read).await?)
    }

    async fn over(
        log: Arc<dyn EventLog>,
        options: StoreOptions,
        events_read: Arc<AtomicU64>,
    ) -> Result<Self, StoreError> {
        let retention = options.retention;
        let shared = Arc::new(Shared::new(log, options, events_read));
        shared.recover().await?;
        // An earlier process may have left what it deleted.
        let is_purged = shared.log.purge().await.unwrap_or(false);
        shared.tasks.lock().spawn(follower::follow(Arc::downgrade(&shared)));
        shared.tasks.lock().spawn(broadcast::run(Arc::downgrade(&shared)));
        shared.tasks.lock().spawn(maintenance::watch_readiness(Arc::downgrade(&shared)));
        shared.tasks.lock().spawn(maintenance::run(Arc::downgrade(&shared), retention, !is_purged));
        Ok(Self(shared))
    }

    /// Appends events in one step, all or none. When this returns, they are durable and visible to queries.
    ///
    /// # Errors
    /// If the tenant is unknown, an event's time is out of range, or the database fails. Nothing is appended then,
    /// except that a lost connection may leave it unknown whether the events are stored; appending them again is
    /// harmless.
    pub async fn append(&self, tenant: TenantId, events: Vec<StatusEvent>) -> Result<Appended, StoreError> {
        self.append_in_task(|shared| async move { shared.append(tenant, events).await }).await
    }

    /// Appends what a mirror found out in one step, all or none. When this returns, it is durable and visible to queries.
    /// A call that is repeated because its response was lost stores nothing twice.
    ///
    /// # Errors
    /// As for [`append`](Self::append).
    pub async fn append_mirrored(&self, tenant: TenantId, facts: MirroredFacts) -> Result<Mirrored, StoreError> {
        self.append_in_task(|shared| async move { shared.append_mirrored(tenant, facts).await }).await
    }

    /// Runs an append in a task of its own: the index must apply what the log stores, even if the caller stops waiting.
    async fn append_in_task<T, F>(&self, append: impl FnOnce(Arc<Shared>) -> F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, StoreError>> + Send + 'static,
    {
        let shared = Arc::clone(&self.0);
        let pending = shared.readiness.begin_append();
        let permit = Arc::clone(&shared.append_permits).acquire_owned().await.map_err(|_| StoreError::Closed)?;
        let append = append(shared);
        let append = tokio::spawn(async move {
            let _held = (permit, pending);
            append.await
        });
        append.await?
    }

    /// Keeps a callback of the vendor in the quarantine: at most 1,000 of a tenant with at most 4 MiB together, for a week at
    /// most, or as long as events are kept (D59). One with the same time and body as another changes nothing. Returns how
    /// many are kept of the tenant; [`Admin::callbacks`] returns them.
    ///
    /// # Errors
    /// If the tenant is unknown, or the database fails.
    pub async fn keep_callback(&self, tenant: TenantId, callback: VendorCallback) -> Result<u64, StoreError> {
        self.0.log.keep_callback(tenant, callback).await
    }

    /// Returns a reader of the changes of a tenant.
    ///
    /// # Errors
    /// As those of [`ChangeReader::open`].
    pub(crate) async fn changes(&self, id: TenantId, after: Option<StreamPosition>) -> Result<ChangeReader, StreamEnd> {
        ChangeReader::open(Arc::clone(&self.0), id, after).await
    }

    /// The part of the log that has the webhooks.
    pub(crate) fn webhook_log(&self) -> &dyn WebhookLog {
        &*self.0.log
    }

    /// Computes the alerts that have come for a webhook, and stores them as messages. Returns how many there are.
    ///
    /// # Errors
    /// If the database fails.
    pub(crate) async fn advance_webhook(
        &self,
        alerting: &mut Alerting,
        webhook: &StoredWebhook,
        now: i64,
    ) -> Result<usize, StoreError> {
        alerting.advance(&self.0, webhook, now).await
    }

    /// Returns the queries of a tenant, or `None` if it does not exist.
    #[must_use]
    pub fn tenant(&self, id: TenantId) -> Option<KnownTenant> {
        let tenant = self.0.index.tenant(id)?;
        Some(KnownTenant { tenant, store: Arc::clone(&self.0) })
    }

    /// Returns how up to date the sources of a tenant are that a mirror has looked at, by source; `None` if the tenant does not
    /// exist. It is in memory, and follows the looks of mirrors at other servers within about a second.
    #[must_use]
    pub fn freshness(&self, id: TenantId) -> Option<Vec<Freshness>> {
        let tenant = self.0.index.tenant(id)?;
        Some(self.0.freshness.of(tenant.number))
    }

    /// Returns the last look at a source of each tenant that a mirror has looked at there.
    pub(crate) fn last_looks(&self, source: Source) -> Vec<i64> {
        self.0.index.all().iter().filter_map(|tenant| tenant.last_looks.get(source)).collect()
    }

    /// Returns the zone of clock times, in responses and in events that are fed (D8).
    #[must_use]
    pub fn utc_offset(&self) -> UtcOffset {
        self.0.utc_offset
    }

    /// Adds a tenant with a key that may do everything and is named [`KeyName::first`]. Returns false if the tenant exists;
    /// it keeps its keys then.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn add_tenant(&self, tenant: TenantId, key: ApiKey) -> Result<bool, StoreError> {
        let added = self.0.log.add_tenant(tenant, key).await?;
        self.0.catch_up().await?;
        Ok(added)
    }

    /// Replaces the key of a tenant that has one; its name and what it may do stay. Returns false if the tenant does not
    /// exist.
    ///
    /// # Errors
    /// [`StoreError::SeveralKeys`] if the tenant has several keys, or if the database fails.
    pub async fn replace_key(&self, tenant: TenantId, key: ApiKey) -> Result<bool, StoreError> {
        let replaced = self.0.log.replace_key(tenant, key).await?;
        self.0.catch_up().await?;
        Ok(replaced)
    }

    /// Adds a key to a tenant. Its other keys stay valid, so that they can be replaced one after the other.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn add_key(&self, tenant: TenantId, key: TenantKey) -> Result<KeyAddition, StoreError> {
        let added = self.0.log.add_key(tenant, key).await?;
        self.0.catch_up().await?;
        Ok(added)
    }

    /// Removes a key of a tenant, unless it is the only one.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn remove_key(&self, tenant: TenantId, name: KeyName) -> Result<KeyRemoval, StoreError> {
        let removed = self.0.log.remove_key(tenant, name).await?;
        self.0.catch_up().await?;
        Ok(removed)
    }

    /// Returns the keys of a tenant by name, without the keys themselves; `None` if the tenant does not exist.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn keys(&self, tenant: TenantId) -> Result<Option<Vec<KeySummary>>, StoreError> {
        self.0.log.keys(tenant).await
    }

    /// Removes a tenant; one that has events only if `with_events` is set. Its events are deleted within the hour.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn remove_tenant(&self, tenant: TenantId, with_events: bool) -> Result<Removal, StoreError> {
        let removal = self.0.log.remove_tenant(tenant, with_events).await?;
        self.0.catch_up().await?;
        Ok(removal)
    }

    /// Returns all tenants, by id.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn tenants(&self) -> Result<Vec<TenantSummary>, StoreError> {
        self.0.log.tenants().await
    }

    /// Returns the size of the index, over all tenants.
    #[must_use]
    pub fn size(&self) -> Size {
        self.0.index.size()
    }

    /// Returns how often following the log failed. While this grows, events of other processes may be missing here.
    #[must_use]
    pub fn follow_failures(&self) -> u64 {
        self.0.follow_failures.load(Ordering::Relaxed)
    }

    /// Returns how many events this store deleted: expired ones, and those of removed tenants. Other processes delete a
    /// share of their own.
    #[must_use]
    pub fn events_deleted(&self) -> u64 {
        self.0.events_deleted.load(Ordering::Relaxed)
    }

    /// Returns the time (Unix epoch milliseconds) before which events have expired, or `None` if events are kept
    /// forever.
    #[must_use]
    pub fn kept_since(&self) -> Option<i64> {
        Some(self.0.kept_since.load(Ordering::Relaxed)).filter(|since| *since != i64::MIN)
    }

    /// Writes a snapshot of the index, which makes the next start fast. The store also does so by itself from time to
    /// time.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn save_snapshot(&self) -> Result<(), StoreError> {
        self.0.save_snapshot().await
    }

    /// Returns whether queries and feeds work. The database is asked if that was not done in the last second; this takes
    /// two seconds at most. While something is known to fail, the database is asked for the next call.
    pub async fn readiness(&self) -> Readiness {
        self.0.readiness.check(&self.0.log).await
    }

    /// Returns the latest readiness without asking the database, which is done at least every 10 seconds.
    #[must_use]
    pub fn known_readiness(&self) -> Readiness {
        self.0.readiness.known()
    }

    /// Waits until the SQLite file is gone (removed, moved, replaced or overwritten while it was open) and a whole copy of
    /// it is written. Returns the path of the copy.
    ///
    /// From the moment when the file is gone, changes fail with [`StoreError::FileGone`]; queries are still answered. The
    /// copy has every event that was appended. If it can't be written, that is tried again every half minute, and once more when
    /// the store is closed.
    pub async fn rescued(&self) -> &Path {
        self.0.rescued.wait().await
    }

    /// Finishes running appends, writes a snapshot if one is due, and closes the database. Later changes fail with
    /// [`StoreError::Closed`]; queries are still answered.
    ///
    /// Appends have ten seconds. Those that have not ended by then fail, and it is unknown whether their events are stored.
    /// The snapshot is given up when the database does not answer. So this ends within 30 seconds, or the time that writing
    /// the snapshot takes while the database answers. If the file of the database is gone, its copy is written before
    /// ([`rescued`](Self::rescued)), which has no limit: no other place has the events.
    ///
    /// # Errors
    /// If the database fails, or its file is gone.
    pub async fn close(&self) -> Result<(), StoreError> {
        self.0.tasks.lock().abort_all();
        self.0.hub.close();
        let ended = timeout(CLOSE_LIMIT, self.0.append_permits.acquire_many(MAX_APPENDS)).await;
        self.0.append_permits.close();
        if ended.is_ok() && self.0.scheduler.is_due() {
            // Nothing is lost if it fails: the next start reads the events instead.
            if let Err(error) = self.0.save_snapshot().await {
                tracing::warn!(error = chain(&error), "writing the snapshot failed");
            }
        }
        if let Err(error) = self.0.rescue().await
            && !matches!(error, StoreError::Closed)
        {
            tracing::error!(error = chain(&error), "the copy of the database could not be written");
        }
        let closed = self.0.log.close().await;
        self.0.readiness.reset().await;
        closed
    }
}
