//! What the tasks of a store share: the log, the index, and the cursor up to which the index has applied the log.

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering::Relaxed},
    },
};

use group_dispatch_types::{UtcOffset, signing::TenantId};
use parking_lot::Mutex;
use tokio::{
    sync::{Semaphore, SetOnce},
    task::{JoinHandle, JoinSet},
};

use super::{
    checkpoints::Checkpoints,
    coalesced::Coalesced,
    freshness::FreshnessIndex,
    hub::Hub,
    options::{Retention, StoreOptions},
    readiness::ReadinessCheck,
    snapshot_scheduler::SnapshotScheduler,
};
use crate::{
    error::StoreError,
    event::StatusEvent,
    event_log::{
        Appended, Changes, EventLog, LoggedBatch, MirroredBatch, ReadCursor,
        mirrored::{LookConflict, MirroredFacts},
    },
    presence::index::{PresenceIndex, Stale},
};

/// How many events are read from the log at a time.
const PAGE_EVENTS: usize = 10_000;
/// Reports that read the log at a time. PostgreSQL has six connections, one of which appends.
const MAX_SCANS: usize = 2;
/// Readers of changes that read the log at a time. A thousand may come at once, when a server has started again: without a
/// limit, they would have all connections for long, and appends none.
const MAX_STREAM_READS: usize = 3;
/// Appends at a time. While a database hangs, appends whose callers have given up don't pile up.
pub const MAX_APPENDS: u32 = 64;

pub struct Shared {
    pub log: Arc<dyn EventLog>,
    pub index: PresenceIndex,
    pub utc_offset: UtcOffset,
    pub freshness: FreshnessIndex,
    pub checkpoints: Checkpoints,
    pub cursor: Mutex<ReadCursor>,
    /// Sends changes to their readers.
    pub hub: Arc<Hub>,
    /// Reads the log: two readers at once would apply the same events.
    pub reading: Coalesced,
    /// An append holds one of these; closing the store takes all.
    pub append_permits: Arc<Semaphore>,
    /// A report holds one while it reads the log.
    pub scan_permits: Semaphore,
    /// A reader of changes holds one while it reads the log.
    pub stream_permits: Semaphore,
    pub scheduler: Arc<SnapshotScheduler>,
    pub readiness: ReadinessCheck,
    /// Events before this time have expired; `i64::MIN` if they are kept forever.
    pub kept_since: AtomicI64,
    pub follow_failures: AtomicU64,
    pub events_deleted: AtomicU64,
    /// How many events were read from the log, for those who wait for a start.
    pub events_read: Arc<AtomicU64>,
    pub rescue_directory: Option<PathBuf>,
    /// The copy of a file that is gone.
    pub rescued: SetOnce<PathBuf>,
    /// Held while the copy is written: there is one.
    pub rescuing: tokio::sync::Mutex<()>,
    pub tasks: Mutex<JoinSet<()>>,
}

impl Shared {
    pub fn new(log: Arc<dyn EventLog>, options: StoreOptions, events_read: Arc<AtomicU64>) -> Self {
        let StoreOptions { utc_offset, retention, rescue_directory, create: _ } = options;
        Self {
            log,
            index: PresenceIndex::default(),
            utc_offset,
            freshness: FreshnessIndex::default(),
            checkpoints: Checkpoints::default(),
            cursor: Mutex::default(),
            hub: Arc::default(),
            reading: Coalesced::default(),
            append_permits: Arc::new(Semaphore::new(MAX_APPENDS as usize)),
            scan_permits: Semaphore::new(MAX_SCANS),
            stream_permits: Semaphore::new(MAX_STREAM_READS),
            scheduler: Arc::default(),
            readiness: ReadinessCheck::default(),
            kept_since: AtomicI64::new(retention.map_or(i64::MIN, Retention::cutoff)),
            follow_failures: AtomicU64::default(),
            events_deleted: AtomicU64::default(),
            events_read,
            rescue_directory,
            rescued: SetOnce::new(),
            rescuing: tokio::sync::Mutex::default(),
            tasks: Mutex::default(),
        }
    }

    /// Applies everything that the log has after the cursor.
    pub async fn catch_up(&self) -> Result<(), StoreError> {
        let read = async || {
            let from = *self.cursor.lock();
            self.readiness.begin_read();
            let read = self.apply_after(from, &self.index, |from, reached| {
                self.readiness.record_page(false);
                let mut cursor = self.cursor.lock();
                // An append of this process may have moved the cursor further. If none has, the log decides which cursor is
                // the later one.
                let events =
                    if cursor.events == from.events { reached.events } else { cursor.events.max(reached.events) };
                *cursor = ReadCursor { events, ..reached };
            });
            read.await?;
            self.readiness.record_page(true);
            Ok(())
        };
        self.reading.run(read).await
    }

    /// Applies everything that the log has after a cursor to an index, page by page, and counts it for the next snapshot.
    /// After each page it calls `moved` with the cursors before and behind it. The index becomes stale if it may have events
    /// that were lost, or lack some that have expired. Returns how many events it read.
    pub async fn apply_after(
        &self,
        mut from: ReadCursor,
        index: &PresenceIndex,
        mut moved: impl FnMut(ReadCursor, ReadCursor),
    ) -> Result<usize, StoreError> {
        let (mut page, mut read) = (self.read(from), 0);
        loop {
            let Changes { tenants, freshness, events, cursor: reached, more, may_lack_expired } = page.await??;
            // The next page is read while this one is applied.
            let next = more.then(|| self.read(reached));
            if let Some(tenants) = tenants {
                // An event may have been struck.
                self.checkpoints.clear();
                index.set_tenants(tenants);
            }
            if let Some(freshness) = freshness {
                // The last look of a mirror that was ended is no reason to call a source out of date.
                let looks = freshness.iter().filter(|(_, known)| known.ended.is_none());
                self.index.set_last_looks(looks.map(|(tenant, known)| (*tenant, known.source, known.last)));
                self.freshness.set(freshness);
            }
            if from.may_be_lost_at(reached.server) {
                self.checkpoints.clear();
                index.set_stale(Stale::Lost);
            } else if may_lack_expired {
                index.set_stale(Stale::Unread);
            }
            for events in events.chunk_by(|one, next| one.0 == next.0) {
                if let Some((tenant, _)) = events.first() {
                    self.checkpoints.note(*tenant, events.iter().map(|(_, event)| event));
                }
            }
            index.apply(&events);
            self.scheduler.count(events.len());
            read += events.len();
            self.events_read.fetch_add(events.len() as u64, Relaxed);
            moved(from, reached);
            let Some(next) = next else { return Ok(read) };
            (from, page) = (reached, next);
        }
    }

    /// Reads a page in a task of its own.
    fn read(&self, from: ReadCursor) -> JoinHandle<Result<Changes, StoreError>> {
        let log = Arc::clone(&self.log);
        tokio::spawn(async move { log.read(from, PAGE_EVENTS).await })
    }

    /// Appends events to the log, and applies the new ones.
    pub async fn append(&self, tenant: TenantId, events: Vec<StatusEvent>) -> Result<Appended, StoreError> {
        check_times(&events)?;
        let logged = self.log.append(tenant, events).await;
        self.readiness.record_append(logged.as_ref().map(drop));
        let logged = logged?;
        self.apply_appended(logged).await
    }

    /// Appends what a mirror found out to the log, and applies it.
    pub async fn append_mirrored(&self, tenant: TenantId, mut facts: MirroredFacts) -> Result<Mirrored, StoreError> {
        check_times(&facts.events)?;
        facts.normalize();
        // Retention would delete them at once. The vendor keeps the last records of an account however old they are.
        let (all, kept_since) = (facts.events.len(), self.kept_since.load(Relaxed));
        facts.events.retain(|event| event.at >= kept_since);
        let expired = all - facts.events.len();
        let outcome = self.log.append_mirrored(tenant, facts).await;
        self.readiness.record_append(outcome.as_ref().map(drop));
        match outcome? {
            MirroredBatch::Conflict(conflict) => Ok(Mirrored::Conflict(conflict)),
            MirroredBatch::Stored { events, looks, gaps } => {
                let mut events = self.apply_appended(events).await?;
                events.repeated += expired;
                if looks != Appended::default() {
                    self.catch_up().await?;
                }
                Ok(Mirrored::Stored { events, looks, gaps })
            }
        }
    }

    /// Applies the new events of an append of this process.
    async fn apply_appended(&self, logged: LoggedBatch) -> Result<Appended, StoreError> {
        let appended = Appended { stored: logged.stored.len(), repeated: logged.repeated };
        if self.index.tenant_index(logged.tenant).is_none() {
            // Another process has just added the tenant.
            self.catch_up().await?;
        }
        if let Some(index) = self.index.tenant_index(logged.tenant) {
            self.checkpoints.note(logged.tenant, logged.stored.iter());
            index.apply(logged.stored.iter());
            self.scheduler.count(appended.stored);
        }
        if let Some(token) = logged.token {
            let mut cursor = self.cursor.lock();
            cursor.events = self.log.cursor_after(cursor.events, token);
        }
        if appended.stored > 0 {
            self.hub.notify();
        }
        if appended.repeated > 0 {
            // Another process may have stored them, or an append whose caller gave up. They have to be visible all the
            // same.
            self.catch_up().await?;
        }
        Ok(appended)
    }
}

/// Checks that the times of events are in range.
pub fn check_times(events: &[StatusEvent]) -> Result<(), StoreError> {
    let is_in_range = |event: &StatusEvent| StatusEvent::TIMES.contains(&event.at);
    if events.iter().all(is_in_range) { Ok(()) } else { Err(StoreError::TimeOutOfRange) }
}

/// The outcome of [`Store::append_mirrored`](crate::store::Store::append_mirrored).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mirrored {
    /// Everything is stored, now or by an earlier call.
    Stored {
        /// The events. Those that retention would delete at once count as repeated.
        events: Appended,
        /// The looks.
        looks: Appended,
        /// The gaps.
        gaps: Appended,
    },
    /// Nothing is stored, because another mirror has looked meanwhile.
    Conflict(LookConflict),
}
