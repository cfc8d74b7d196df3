//! The durable side of a store: the log of status events, which is the only truth, and the tenants.
//!
//! [`EventLog`] is implemented twice, over SQLite and over PostgreSQL. Both are tested by one suite
//! (`event_log/tests.rs`).

pub mod callback;
mod event_key;
pub mod facts;
pub mod feed_order;
pub mod history;
pub mod mirrored;
pub mod open_error;
pub mod postgres;
pub mod sqlite;
pub mod stream;
pub mod strike;
#[cfg(test)]
pub mod tests;
pub mod webhooks;

use std::{
    ops::Range,
    path::{Path, PathBuf},
};

use async_trait::async_trait;
use group_dispatch_types::signing::{ApiKey, TenantId};
use tokio::sync::mpsc::Sender;

use self::{
    callback::VendorCallback,
    facts::{FactSearch, ScanEnd},
    history::{GapPage, GapSearch, HistoryPage, HistoryQuery},
    mirrored::{Freshness, LookConflict, MirrorEnd, MirroredFacts},
    stream::{StreamPosition, StreamRead, StreamSearch},
    strike::{EventFilter, Strike},
    webhooks::WebhookLog,
};
use crate::{
    error::StoreError,
    event::{LoggedEvent, StatusEvent, fact::StatusFact},
    tenant::{
        KeyAddition, KeyName, KeyRemoval, KeyReplacement, KeySummary, LoggedTenant, Removal, TenantKey, TenantNumber,
        TenantSummary,
    },
};

/// An append-only log of the status events of any number of tenants, shared by any number of processes.
///
/// Each event gets a number, its `seq`, which orders events of one time by arrival. Numbers grow, with gaps, and are
/// never reused. Two events of a tenant are the same if their keys are equal ([`event_key`]); an event that is appended
/// again is a repeat and changes nothing.
///
/// Every method fails with [`StoreError::Closed`] after [`close`](Self::close), and with [`StoreError::Database`] if
/// the database fails.
#[async_trait]
pub trait EventLog: WebhookLog {
    /// Appends events in one step, all or none. When this returns, they are durable. Once begun, it runs to its end
    /// even if the caller stops waiting.
    ///
    /// # Errors
    /// If the tenant is unknown, or the database fails. Nothing is appended then, except that a lost connection may
    /// leave it unknown whether the events are stored: then [`read`](Self::read) returns them, and appending them again
    /// is harmless.
    async fn append(&self, tenant: TenantId, events: Vec<StatusEvent>) -> Result<LoggedBatch, StoreError>;

    /// Appends what a mirror found out in one step, all or none. Once begun, it runs to its end even if the caller stops
    /// waiting.
    ///
    /// # Errors
    /// As for [`append`](Self::append).
    async fn append_mirrored(&self, tenant: TenantId, facts: MirroredFacts) -> Result<MirroredBatch, StoreError>;

    /// Returns the cursor of a reader at `events` ([`ReadCursor::events`]) that has also applied an append of this
    /// process. [`read`](Self::read) need not return the events of that append then.
    fn cursor_after(&self, events: u64, append: AppendToken) -> u64;

    /// Returns what any process has appended after `cursor`: each event at least once, in any order, and about `limit`
    /// events at most.
    async fn read(&self, cursor: ReadCursor, limit: usize) -> Result<Changes, StoreError>;

    /// Returns when another process may have appended events or changed a tenant since this last returned, at most a
    /// second after it did. It may also return without a change.
    async fn changed(&self) -> Result<(), StoreError>;

    /// Returns a page of the events of a tenant, of the agents with these ids (`None`: of all).
    async fn history(
        &self,
        tenant: TenantNumber,
        query: HistoryQuery,
        agents: Option<Vec<i64>>,
    ) -> Result<HistoryPage, StoreError>;

    /// Returns the position behind all events that are in the log now.
    async fn stream_end(&self) -> Result<StreamPosition, StoreError>;

    /// Reads events in the order of the log.
    async fn stream(&self, search: StreamSearch) -> Result<StreamRead, StoreError>;

    /// Sends the facts that a search selects, all of one moment, in the order of their times and then of their arrival. It ends
    /// when all are sent, when nobody receives them any more, or after [`SCAN_LIMIT`](facts::SCAN_LIMIT).
    async fn scan(&self, search: FactSearch, batches: Sender<Vec<StatusFact>>) -> Result<ScanEnd, StoreError>;

    /// Returns a page of gaps.
    async fn gaps(&self, search: GapSearch) -> Result<GapPage, StoreError>;

    /// Keeps a callback of the vendor in the quarantine, unless the same one is there already, and deletes the oldest ones of
    /// the tenant beyond [`MAX_CALLBACKS`](callback::MAX_CALLBACKS) and
    /// [`MAX_CALLBACK_BYTES`](callback::MAX_CALLBACK_BYTES). Returns how many callbacks of the tenant are kept.
    ///
    /// # Errors
    /// If the tenant is unknown, or the database fails.
    async fn keep_callback(&self, tenant: TenantId, callback: VendorCallback) -> Result<u64, StoreError>;

    /// Returns the callbacks of a tenant in the quarantine, oldest first.
    ///
    /// # Errors
    /// If the tenant is unknown, or the database fails.
    async fn callbacks(&self, tenant: TenantId) -> Result<Vec<VendorCallback>, StoreError>;

    /// Deletes the callbacks of a tenant. Returns how many there were.
    ///
    /// # Errors
    /// If the tenant is unknown, or the database fails.
    async fn delete_callbacks(&self, tenant: TenantId) -> Result<u64, StoreError>;

    /// Deletes the callbacks of all tenants that arrived before a time (Unix epoch milliseconds). Returns how many there were.
    async fn expire_callbacks(&self, before: i64) -> Result<u64, StoreError>;

    /// Adds a tenant with a key that may do everything. Returns false if the tenant exists; it keeps its keys then.
    async fn add_tenant(&self, tenant: TenantId, key: ApiKey) -> Result<bool, StoreError>;

    /// Replaces the only key of a tenant. Returns false if the tenant does not exist.
    ///
    /// # Errors
    /// [`StoreError::SeveralKeys`] if the tenant has several keys.
    async fn replace_key(&self, tenant: TenantId, key: ApiKey) -> Result<bool, StoreError>;

    /// Adds a key to a tenant.
    async fn add_key(&self, tenant: TenantId, key: TenantKey) -> Result<KeyAddition, StoreError>;

    /// Removes a key of a tenant, unless it is the only one.
    async fn remove_key(&self, tenant: TenantId, name: KeyName) -> Result<KeyRemoval, StoreError>;

    /// Returns the keys of a tenant by name; `None` if the tenant does not exist.
    async fn keys(&self, tenant: TenantId) -> Result<Option<Vec<KeySummary>>, StoreError>;

    /// Removes a tenant; one that has events only if `with_events` is set. [`apply_retention`](Self::apply_retention)
    /// deletes its events later. The chunks of snapshots that have its data are emptied at once. If the tenant is added
    /// again, it gets another number and has no events.
    async fn remove_tenant(&self, tenant: TenantId, with_events: bool) -> Result<Removal, StoreError>;

    /// Ends the mirror of a tenant at a time, in Unix epoch milliseconds: its latest looks are marked ([`Freshness::ended`]),
    /// until a mirror looks again. The version of the looks grows.
    async fn end_mirror(&self, tenant: TenantId, at: i64) -> Result<MirrorEnd, StoreError>;

    /// Returns all tenants and the number of their events, by id.
    async fn tenants(&self) -> Result<Vec<TenantSummary>, StoreError>;

    /// Takes back the event that a filter selects, and deletes the snapshot and its drafts, which have the event in them. No
    /// [`read`](Self::read) returns the event any more. Appending it again still is a repeat.
    /// [`LoggedTenant::strikes`] grows, and with it the version of the list of tenants. A dry run changes nothing.
    async fn strike(&self, tenant: TenantId, filter: EventFilter, is_dry_run: bool) -> Result<Strike, StoreError>;

    /// Deletes, in one small step, looks, gaps and events with a time before `before` (Unix epoch milliseconds; `None`: none
    /// expires), events only if a snapshot covers them, and events of removed tenants. A process that has not read them by then detects it
    /// by [`Changes::may_lack_expired`].
    async fn apply_retention(&self, before: Option<i64>) -> Result<RetentionStep, StoreError>;

    /// Overwrites what was deleted, so that its bytes are not in the files any more. Returns false if other processes prevent
    /// that: call it again later. Keys and tenants that are removed through this log are overwritten without it, unless others
    /// prevent it.
    async fn purge(&self) -> Result<bool, StoreError> {
        Ok(true)
    }

    /// Returns whether no event has ever expired, so that the presence index follows from the events alone.
    async fn has_all_events(&self) -> Result<bool, StoreError>;

    /// Returns the latest complete snapshot.
    async fn latest_snapshot(&self) -> Result<Option<Snapshot>, StoreError>;

    /// Returns chunks of a snapshot, in order; fewer if the snapshot was deleted.
    async fn read_chunks(&self, snapshot: &Snapshot, places: Range<u32>) -> Result<Vec<Vec<u8>>, StoreError>;

    /// Deletes a snapshot that can't be read if the log [has all events](Self::has_all_events). Otherwise it stays,
    /// because nothing else says what followed from the expired events.
    async fn discard_snapshot(&self, snapshot: &Snapshot) -> Result<(), StoreError>;

    /// Begins a snapshot that covers all events up to `cursor`, and deletes unfinished ones. Returns `None` if another
    /// process is writing one, or has written one that covers more, or if the list of tenants has changed since `cursor`
    /// (unless that has 0 there): then an event may have been struck.
    ///
    /// # Errors
    /// If the database is another server than the one where `cursor` was read, or fails.
    async fn begin_snapshot(&self, cursor: ReadCursor) -> Result<Option<SnapshotDraft>, StoreError>;

    /// Writes the next chunks, in a transaction of their own. A chunk of a tenant that is not known any more is empty.
    async fn write_chunks(&self, draft: &mut SnapshotDraft, chunks: Vec<SnapshotChunk>) -> Result<(), StoreError>;

    /// Makes the draft the latest snapshot and deletes the one before.
    async fn finish_snapshot(&self, draft: SnapshotDraft) -> Result<(), StoreError>;

    /// Checks that the database answers, and takes writes as far as it says so without one.
    ///
    /// # Errors
    /// [`StoreError::ReadOnly`] if it answers but takes no writes.
    async fn ready(&self) -> Result<(), StoreError> {
        self.latest_snapshot().await.map(drop)
    }

    /// Makes a change that is durable and means nothing, and so shows that the database takes writes.
    async fn probe(&self) -> Result<(), StoreError> {
        self.ready().await
    }

    /// Writes a whole copy of a log whose file is gone ([`StoreError::FileGone`]), in `directory` or beside the path of
    /// the file, and returns the path of the copy; `None` if the file is there, or the log is not in a file.
    async fn rescue(&self, _directory: Option<&Path>) -> Result<Option<PathBuf>, StoreError> {
        Ok(None)
    }

    /// Finishes running appends and closes the log.
    async fn close(&self) -> Result<(), StoreError>;
}

/// Returns whether the tenant whose key was to be replaced exists.
///
/// # Errors
/// If it has several keys.
fn has_replaced_key(tenant: TenantId, outcome: KeyReplacement) -> Result<bool, StoreError> {
    match outcome {
        KeyReplacement::Replaced => Ok(true),
        KeyReplacement::UnknownTenant => Ok(false),
        KeyReplacement::SeveralKeys => Err(StoreError::SeveralKeys(tenant)),
    }
}

/// How far a reader has read a log. Only the log that made it can interpret it; the default is the beginning.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReadCursor {
    /// The place among the events.
    pub events: u64,
    /// The version of the list of tenants, which grows when a tenant or a key changes.
    pub tenants: u64,
    /// The version of the looks, which grows with each.
    pub looks: u64,
    /// The server that the log was read from, where another one may have lost some of what was read; 0 is any.
    pub server: i64,
}

impl ReadCursor {
    /// Returns whether events that were read up to here may be lost at a server.
    pub const fn may_be_lost_at(self, server: i64) -> bool {
        self.server != 0 && self.server != server
    }
}

/// The outcome of an [`EventLog::append`].
pub struct LoggedBatch {
    /// The number of the tenant.
    pub tenant: TenantNumber,
    /// The new events.
    pub stored: Vec<LoggedEvent>,
    /// How many events were repeats.
    pub repeated: usize,
    /// Identifies the append for [`EventLog::cursor_after`]; `None` if no event is new.
    pub token: Option<AppendToken>,
}

/// The outcome of an [`EventLog::append_mirrored`].
pub enum MirroredBatch {
    /// Everything is stored, now or before.
    Stored {
        /// The events.
        events: LoggedBatch,
        /// How many looks are new.
        looks: Appended,
        /// How many gaps are new.
        gaps: Appended,
    },
    /// Nothing is stored.
    Conflict(LookConflict),
}

/// How many of what was appended is new.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Appended {
    /// How many are new.
    pub stored: usize,
    /// How many were stored before.
    pub repeated: usize,
}

/// Identifies an append for [`EventLog::cursor_after`]. Each log makes and reads its own variant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AppendToken {
    /// The append has exactly the events with the numbers after `after`, up to `last`.
    Sqlite {
        /// The last number before the append.
        after: u64,
        /// The last number of the append.
        last: u64,
    },
    /// The append is a part of a transaction.
    Postgres {
        /// The server, as in [`ReadCursor::server`].
        server: i64,
        /// The number of the transaction.
        xact: i64,
        /// How many appends of this transaction have new events.
        appends: u64,
    },
}

/// The outcome of an [`EventLog::read`].
pub struct Changes {
    /// All tenants, if one has changed.
    pub tenants: Option<Vec<LoggedTenant>>,
    /// The freshness of all sources of all tenants, if a mirror has looked.
    pub freshness: Option<Vec<(TenantNumber, Freshness)>>,
    /// Events with their tenants.
    pub events: Vec<(TenantNumber, LoggedEvent)>,
    /// Where to read on.
    pub cursor: ReadCursor,
    /// Whether there is more to read now.
    pub more: bool,
    /// Whether events after the cursor that was read from may have expired before they were read.
    pub may_lack_expired: bool,
}

/// The outcome of an [`EventLog::apply_retention`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RetentionStep {
    /// How many events were deleted.
    pub events: u64,
    /// Whether another step may delete more.
    pub more: bool,
}

/// A complete snapshot of the presence index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// Grows from one snapshot to the next.
    pub generation: i64,
    /// How many chunks it has.
    pub chunks: u32,
    /// It covers at least all events up to here.
    pub cursor: ReadCursor,
}

/// A part of a snapshot, which has the data of one tenant.
pub struct SnapshotChunk {
    /// The number of the tenant.
    pub tenant: TenantNumber,
    /// What the presence index wrote.
    pub bytes: Vec<u8>,
}

/// A snapshot that is being written.
pub struct SnapshotDraft {
    /// The generation that the snapshot will have.
    pub generation: i64,
    /// How many chunks are written.
    pub chunks: u32,
}
