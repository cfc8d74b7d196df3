//! Where status events are kept, and the five answers are read from.

use std::sync::{Arc, atomic::Ordering};

use group_dispatch_types::UtcOffset;

use self::shared::{MAX_APPENDS, Shared};
pub use self::{retention::Retention, shared::Appended, tenant::KnownTenant};
use crate::{ApiKey, TenantId, error::chain, event::StatusEvent};
pub use crate::{
    error::StoreError,
    event::LoggedEvent,
    event_log::{
        AppendToken, Changes, EventLog, LoggedBatch, ReadCursor, RetentionStep, Snapshot, SnapshotDraft,
        feed_order::TenantOrder,
        postgres::{PostgresLog, address_error::AddressError, connect_error::ConnectError},
        sqlite::{SqliteLog, open_error::OpenError},
    },
    presence::{
        agent_query::{AgentFilter, Asked, Question},
        index::Size,
    },
    tenant::{LoggedTenant, Removal, TenantNumber, TenantSummary},
};

mod follower;
mod maintenance;
mod readiness;
mod recovery;
mod retention;
mod shared;
mod snapshot_scheduler;
mod tenant;

/// Status events of any number of tenants, and what follows from them.
///
/// The events are in an [`EventLog`]; what follows from them is in memory, and answers are read from there alone. So
/// nothing is waited for, and nothing fails. What is appended here is seen at once; what others append to the same log
/// is seen within a second.
///
/// Events may arrive in any order; "latest" is by the time they happened, then by arrival. One tenant never sees
/// another's data, and of an unknown tenant there is nothing to see. Agents are ordered by id, accounts by number unless
/// said otherwise.
#[derive(Clone)]
pub struct Store(Arc<Shared>);

impl Store {
    /// Loads what follows from the events of a log, and keeps it up from then on.
    ///
    /// Answers give times as clocks at `offset` show them.
    ///
    /// # Errors
    /// When the log fails, or lacks events that were too old to be kept and has no saved state that can be read.
    pub async fn open(
        log: Arc<dyn EventLog>,
        offset: UtcOffset,
        retention: Option<Retention>,
    ) -> Result<Self, StoreError> {
        let shared = Arc::new(Shared::new(log, offset, retention));
        shared.recover().await?;
        let following = tokio::spawn(follower::follow(Arc::downgrade(&shared))).abort_handle();
        let snapshots = tokio::spawn(maintenance::run(Arc::downgrade(&shared), retention)).abort_handle();
        shared.tasks.lock().extend([following, snapshots]);
        Ok(Self(shared))
    }

    /// Appends events in one step, all or none. They are durable, and answers tell of them, when this returns.
    ///
    /// # Errors
    /// When the tenant is unknown, an event's time is out of range, or the log fails. Nothing is appended then, unless
    /// a database went away meanwhile; to append the same events again is harmless.
    pub async fn append(&self, tenant: TenantId, events: Vec<StatusEvent>) -> Result<Appended, StoreError> {
        let shared = Arc::clone(&self.0);
        let appending = Arc::clone(&shared.appending).acquire_owned().await.map_err(|_| StoreError::Closed)?;
        // In a task of its own, for what is in the log has to be learnt even if the caller stops waiting.
        let appended = tokio::spawn(async move {
            let _appending = appending;
            shared.append(tenant, events).await
        });
        appended.await?
    }

    /// A tenant, and what there is to tell it; none if it is unknown.
    #[must_use]
    pub fn tenant(&self, id: TenantId) -> Option<KnownTenant> {
        let tenant = self.0.model.tenant(id)?;
        Some(KnownTenant { tenant, store: Arc::clone(&self.0) })
    }

    /// The zone of clock times, in answers and in events that are fed (D8).
    #[must_use]
    pub fn utc_offset(&self) -> UtcOffset {
        self.0.offset
    }

    /// Adds a tenant; says whether it was new. One that is known keeps its key.
    ///
    /// # Errors
    /// When the log fails.
    pub async fn add_tenant(&self, tenant: TenantId, key: ApiKey) -> Result<bool, StoreError> {
        let added = self.0.log.add_tenant(tenant, key).await?;
        self.0.catch_up().await?;
        Ok(added)
    }

    /// Gives a tenant another key; says whether the tenant is known. One that is not is not added.
    ///
    /// # Errors
    /// When the log fails.
    pub async fn replace_key(&self, tenant: TenantId, key: ApiKey) -> Result<bool, StoreError> {
        let replaced = self.0.log.replace_key(tenant, key).await?;
        self.0.catch_up().await?;
        Ok(replaced)
    }

    /// Removes a tenant; one that has events only if they may go with it.
    ///
    /// # Errors
    /// When the log fails.
    pub async fn remove_tenant(&self, tenant: TenantId, with_events: bool) -> Result<Removal, StoreError> {
        let removal = self.0.log.remove_tenant(tenant, with_events).await?;
        self.0.catch_up().await?;
        Ok(removal)
    }

    /// Every tenant, by id.
    ///
    /// # Errors
    /// When the log fails.
    pub async fn tenants(&self) -> Result<Vec<TenantSummary>, StoreError> {
        self.0.log.tenants().await
    }

    /// How much is known of all tenants.
    #[must_use]
    pub fn size(&self) -> Size {
        self.0.model.size()
    }

    /// How often the log could not be followed: for as long as this grows, what others append may not be known here.
    #[must_use]
    pub fn follow_failures(&self) -> u64 {
        self.0.follow_failures.load(Ordering::Relaxed)
    }

    /// How many events this store deleted: those that were too old, and those of tenants that were removed. Others on
    /// the same log have their own share of them.
    #[must_use]
    pub fn events_deleted(&self) -> u64 {
        self.0.events_deleted.load(Ordering::Relaxed)
    }

    /// Events that happened before this (Unix epoch milliseconds) are no longer kept; none while all are.
    #[must_use]
    pub fn kept_since(&self) -> Option<i64> {
        Some(self.0.kept_since.load(Ordering::Relaxed)).filter(|oldest| *oldest != i64::MIN)
    }

    /// Saves what follows from the events, so that the next start is quick. It is done by itself now and then.
    ///
    /// # Errors
    /// When the log fails.
    pub async fn save_snapshot(&self) -> Result<(), StoreError> {
        self.0.save_snapshot().await
    }

    /// Whether the log answers, as it was found within the last second.
    ///
    /// # Errors
    /// When it doesn't.
    pub async fn ready(&self) -> Result<(), Arc<StoreError>> {
        self.0.readiness.of(&*self.0.log).await
    }

    /// Finishes what is being written, saves what the next start would have to read otherwise, and lets go of the log;
    /// from then on nothing can be written.
    ///
    /// # Errors
    /// When the log fails.
    pub async fn close(&self) -> Result<(), StoreError> {
        self.0.tasks.lock().drain(..).for_each(|task| task.abort());
        let _alone = self.0.appending.acquire_many(MAX_APPENDS).await;
        self.0.appending.close();
        if self.0.snapshots.is_due() {
            // Nothing is lost if it fails: the next start reads the log instead.
            if let Err(error) = self.0.save_snapshot().await {
                tracing::warn!(error = chain(&error), "the state could not be saved");
            }
        }
        let closed = self.0.log.close().await;
        self.0.readiness.forget().await;
        closed
    }
}
