//! Where status events are kept, and the five answers are read from.

use std::{
    sync::{
        Arc, Weak,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
    time::Duration,
};

use group_dispatch_types::UtcOffset;
use parking_lot::Mutex;
use tokio::{
    sync::Semaphore,
    task::{AbortHandle, JoinError, JoinHandle},
};

use self::model::ReadModel;
use crate::{ApiKey, TenantId, event::StatusEvent};

mod event_key;
mod feed_order;
mod housekeeping;
mod log;
mod model;
mod postgres;
mod readiness;
mod sqlite;
mod starting;
mod tenant;

pub use feed_order::TenantOrder;
pub use housekeeping::Retention;
pub use log::{Changes, EventLog, Logged, LoggedEvent, LoggedTenant, Position, Saved, Saving, TenantNumber, Trimmed};
pub use model::Size;
pub use postgres::{AddressError, ConnectError, PostgresLog};
pub use sqlite::{OpenError, SqliteLog};
pub use tenant::{AgentFilter, Asked, KnownTenant, Question};

/// Events that are read from the log in one go.
const READ_AT_ONCE: usize = 10_000;
/// Appends at a time: while a database hangs, no more of them are kept, though who asked for them gives up.
const APPENDS: u32 = 64;
/// How long to wait before a log that failed is asked again.
const PAUSE: Duration = Duration::from_millis(200);

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

struct Shared {
    log: Arc<dyn EventLog>,
    model: ReadModel,
    offset: UtcOffset,
    position: Mutex<Position>,
    /// One reads at a time: what two read at once would be learnt twice.
    reading: tokio::sync::Mutex<()>,
    /// Whoever appends has one of these; whoever closes the store, all.
    appending: Arc<Semaphore>,
    housekeeping: housekeeping::Clerk,
    readiness: readiness::Readiness,
    /// Events before it are no longer kept; `i64::MIN` while all are.
    oldest: AtomicI64,
    unread: AtomicU64,
    cleared: AtomicU64,
    tasks: Mutex<Vec<AbortHandle>>,
}

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
        let shared = Arc::new(Shared {
            log,
            model: ReadModel::default(),
            offset,
            position: Mutex::default(),
            reading: tokio::sync::Mutex::default(),
            appending: Arc::new(Semaphore::new(APPENDS as usize)),
            housekeeping: housekeeping::Clerk::default(),
            readiness: readiness::Readiness::default(),
            oldest: AtomicI64::new(retention.map_or(i64::MIN, Retention::oldest)),
            unread: AtomicU64::default(),
            cleared: AtomicU64::default(),
            tasks: Mutex::default(),
        });
        shared.start().await?;
        let following = tokio::spawn(follow(Arc::downgrade(&shared))).abort_handle();
        let housekeeping = tokio::spawn(housekeeping::run(Arc::downgrade(&shared), retention)).abort_handle();
        shared.tasks.lock().extend([following, housekeeping]);
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
    pub fn times_unread(&self) -> u64 {
        self.0.unread.load(Ordering::Relaxed)
    }

    /// How many events this store cleared away: those that were too old, and those of tenants that were removed. Others on
    /// the same log have their own share of them.
    #[must_use]
    pub fn events_cleared(&self) -> u64 {
        self.0.cleared.load(Ordering::Relaxed)
    }

    /// Events that happened before this (Unix epoch milliseconds) are no longer kept; none while all are.
    #[must_use]
    pub fn oldest(&self) -> Option<i64> {
        Some(self.0.oldest.load(Ordering::Relaxed)).filter(|oldest| *oldest != i64::MIN)
    }

    /// Saves what follows from the events, so that the next start is quick. It is done by itself now and then.
    ///
    /// # Errors
    /// When the log fails.
    pub async fn save(&self) -> Result<(), StoreError> {
        self.0.save().await
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
        let _alone = self.0.appending.acquire_many(APPENDS).await;
        self.0.appending.close();
        if self.0.housekeeping.is_due() {
            // Nothing is lost if it fails: the next start reads the log instead.
            if let Err(error) = self.0.save().await {
                tracing::warn!(error = crate::answer::chain(&error), "the state could not be saved");
            }
        }
        let closed = self.0.log.close().await;
        self.0.readiness.forget().await;
        closed
    }
}

impl Shared {
    /// Learns what was appended since it last did; says how many events it read.
    async fn catch_up(&self) -> Result<usize, StoreError> {
        let _alone = self.reading.lock().await;
        let mut from = *self.position.lock();
        let mut reading = self.read(from);
        let mut read = 0;
        loop {
            let Changes { tenants, events, position: reached, more } = reading.await??;
            // What comes next is read while this is learnt.
            let next = more.then(|| self.read(reached));
            if let Some(tenants) = tenants {
                self.model.set_tenants(tenants);
            }
            self.model.learn(&events);
            self.housekeeping.count(events.len());
            read += events.len();
            {
                let mut now = self.position.lock();
                // What was appended here meanwhile may have brought it further. Otherwise the log alone knows which
                // position comes after which.
                let events = if now.events == from.events { reached.events } else { now.events.max(reached.events) };
                *now = Position { events, ..reached };
            }
            let Some(next) = next else { return Ok(read) };
            (from, reading) = (reached, next);
        }
    }

    /// Reads what comes after a position, in a task of its own.
    fn read(&self, from: Position) -> JoinHandle<Result<Changes, StoreError>> {
        let log = Arc::clone(&self.log);
        tokio::spawn(async move { log.read(from, READ_AT_ONCE).await })
    }

    async fn append(&self, tenant: TenantId, events: Vec<StatusEvent>) -> Result<Appended, StoreError> {
        if events.iter().any(|event| !StatusEvent::TIMES.contains(&event.at)) {
            return Err(StoreError::TimeOutOfRange);
        }
        let logged = self.log.append(tenant, events).await?;
        let appended = Appended { stored: logged.stored.len(), repeated: logged.repeated };
        if self.model.facts(logged.tenant).is_none() {
            // Somebody else has just added the tenant.
            self.catch_up().await?;
        }
        if let Some(facts) = self.model.facts(logged.tenant) {
            facts.learn(logged.stored.iter());
            self.housekeeping.count(appended.stored);
        }
        if let Some(step) = logged.step {
            let mut position = self.position.lock();
            position.events = self.log.learnt(position.events, step);
        }
        if appended.repeated > 0 {
            // Who stored them may be another, or a try that broke off: answers are to tell of them all the same.
            self.catch_up().await?;
        }
        Ok(appended)
    }
}

/// Learns what others append, for as long as the store is there.
async fn follow(store: Weak<Shared>) {
    while let Some(log) = store.upgrade().map(|shared| Arc::clone(&shared.log)) {
        let changed = log.changed().await;
        let Some(shared) = store.upgrade() else { return };
        let caught_up = match changed {
            Ok(()) => shared.catch_up().await.map(drop),
            failed => failed,
        };
        match caught_up {
            Ok(()) => {}
            Err(StoreError::Closed) => return,
            Err(error) => {
                shared.unread.fetch_add(1, Ordering::Relaxed);
                tracing::warn!(error = crate::answer::chain(&error), "the log can't be followed for the moment");
                drop(shared);
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

/// What became of the events of one [`Store::append`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Appended {
    /// How many are new.
    pub stored: usize,
    /// How many were there already.
    pub repeated: usize,
}

/// What became of a tenant that was to be removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removal {
    /// It is gone, and so many events with it.
    Removed {
        /// How many it had.
        events: u64,
    },
    /// It has events, which were to be kept; nothing is removed.
    Refused {
        /// How many it has.
        events: u64,
    },
    /// There is no such tenant.
    Unknown,
}

/// A tenant as `tenant list` shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TenantSummary {
    /// The tenant.
    pub id: TenantId,
    /// How many events it has.
    pub events: u64,
}

/// Why a store did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Events came for a tenant that the store does not know.
    #[error("tenant {0} is not known; `group-dispatch tenant add {0}` makes it known")]
    UnknownTenant(TenantId),
    /// An event's time is not within [`StatusEvent::TIMES`]; nothing of its batch is stored.
    #[error("the time of an event lies outside the years 0 to 9999")]
    TimeOutOfRange,
    /// The store is closed.
    #[error("the store is closed")]
    Closed,
    /// There is no saved state, though there was one: what followed from events that were cleared away for their age is not
    /// known any more.
    #[error(
        "the saved state is missing, which alone told what followed from events that were too old to be kept: restore a \
         backup, or feed the events into a new database"
    )]
    StateMissing,
    /// There is one, but it is damaged, or of another version.
    #[error(
        "the saved state can't be read, which alone tells what followed from events that were too old to be kept: restore \
         a backup, for the version of this program that was used with it, or feed the events into a new database"
    )]
    StateUnreadable,
    /// The database failed.
    #[error("the database failed")]
    Database(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl StoreError {
    pub(crate) fn database(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Database(error.into())
    }
}

impl From<JoinError> for StoreError {
    fn from(_: JoinError) -> Self {
        Self::database("what was being done was broken off")
    }
}
