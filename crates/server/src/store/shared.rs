//! What the parts of a store share: the log, the index, and up to where the index has read the log.

use std::sync::{
    Arc,
    atomic::{AtomicI64, AtomicU64},
};

use group_dispatch_types::UtcOffset;
use parking_lot::Mutex;
use tokio::{
    sync::Semaphore,
    task::{AbortHandle, JoinHandle},
};

use super::{StoreOptions, readiness::Readiness, retention::Retention, snapshot_scheduler::SnapshotScheduler};
use crate::{
    TenantId,
    error::StoreError,
    event::StatusEvent,
    event_log::{Changes, EventLog, ReadCursor},
    presence::index::ReadModel,
};

/// Events that are read from the log in one go.
const PAGE_EVENTS: usize = 10_000;
/// Appends at a time: while a database hangs, no more of them are kept, though who asked for them gives up.
pub const MAX_APPENDS: u32 = 64;

pub struct Shared {
    pub log: Arc<dyn EventLog>,
    pub model: ReadModel,
    pub utc_offset: UtcOffset,
    pub position: Mutex<ReadCursor>,
    /// One reads at a time: what two read at once would be learnt twice.
    pub reading: tokio::sync::Mutex<()>,
    /// Whoever appends has one of these; whoever closes the store, all.
    pub append_permits: Arc<Semaphore>,
    pub snapshots: SnapshotScheduler,
    pub readiness: Readiness,
    /// Events before it are no longer kept; `i64::MIN` while all are.
    pub kept_since: AtomicI64,
    pub follow_failures: AtomicU64,
    pub events_deleted: AtomicU64,
    pub tasks: Mutex<Vec<AbortHandle>>,
}

impl Shared {
    pub fn new(log: Arc<dyn EventLog>, StoreOptions { utc_offset, retention }: StoreOptions) -> Self {
        Self {
            log,
            model: ReadModel::default(),
            utc_offset,
            position: Mutex::default(),
            reading: tokio::sync::Mutex::default(),
            append_permits: Arc::new(Semaphore::new(MAX_APPENDS as usize)),
            snapshots: SnapshotScheduler::default(),
            readiness: Readiness::default(),
            kept_since: AtomicI64::new(retention.map_or(i64::MIN, Retention::cutoff)),
            follow_failures: AtomicU64::default(),
            events_deleted: AtomicU64::default(),
            tasks: Mutex::default(),
        }
    }

    /// Learns what was appended since it last did; says how many events it read.
    pub async fn catch_up(&self) -> Result<usize, StoreError> {
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
            self.snapshots.count(events.len());
            read += events.len();
            {
                let mut now = self.position.lock();
                // What was appended here meanwhile may have brought it further. Otherwise the log alone knows which
                // position comes after which.
                let events = if now.events == from.events { reached.events } else { now.events.max(reached.events) };
                *now = ReadCursor { events, ..reached };
            }
            let Some(next) = next else { return Ok(read) };
            (from, reading) = (reached, next);
        }
    }

    /// Reads what comes after a position, in a task of its own.
    fn read(&self, from: ReadCursor) -> JoinHandle<Result<Changes, StoreError>> {
        let log = Arc::clone(&self.log);
        tokio::spawn(async move { log.read(from, PAGE_EVENTS).await })
    }

    pub async fn append(&self, tenant: TenantId, events: Vec<StatusEvent>) -> Result<Appended, StoreError> {
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
            self.snapshots.count(appended.stored);
        }
        if let Some(token) = logged.token {
            let mut position = self.position.lock();
            position.events = self.log.cursor_after(position.events, token);
        }
        if appended.repeated > 0 {
            // Who stored them may be another, or a try that broke off: answers are to tell of them all the same.
            self.catch_up().await?;
        }
        Ok(appended)
    }
}

/// What became of the events of one [`Store::append`](crate::store::Store::append).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Appended {
    /// How many are new.
    pub stored: usize,
    /// How many were there already.
    pub repeated: usize,
}
