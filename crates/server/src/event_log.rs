//! The durable side of a store: the log of status events, which is the truth, and who the tenants are.

mod event_key;
pub mod feed_order;
pub mod open_error;
pub mod postgres;
pub mod sqlite;

use std::ops::Range;

use async_trait::async_trait;

use crate::{
    ApiKey, TenantId,
    error::StoreError,
    event::{LoggedEvent, StatusEvent},
    tenant::{LoggedTenant, Removal, TenantNumber, TenantSummary},
};

/// An append-only log of the status events of any number of tenants, shared by any number of processes.
///
/// Each event gets a number, its `seq`: the order of arrival where events happened at the same time. Numbers grow, with
/// gaps, and are never given twice. An event is known by its `event_id` or, without one, by all that it says: one that is
/// appended again, by whomever, is a repeat and changes nothing.
#[async_trait]
pub trait EventLog: Send + Sync + 'static {
    /// Appends events in one step, all or none. They are durable when this returns. Once it has begun, it runs to its
    /// end even when the caller stops waiting.
    ///
    /// # Errors
    /// When the tenant is unknown, an event's time is out of range, or the log fails; nothing is appended then, except
    /// that a connection that broke may leave it open whether the events are there. Then they are found by
    /// [`read`](Self::read), and appending them again is harmless.
    async fn append(&self, tenant: TenantId, events: Vec<StatusEvent>) -> Result<LoggedBatch, StoreError>;

    /// Where a reader stands who stood at `position` and now knows the events of an append by this process as well, whose
    /// [`token`](LoggedBatch::token) this is: [`read`](Self::read) need not tell them from there.
    fn cursor_after(&self, position: u64, append: AppendToken) -> u64;

    /// What has been appended after `position`, by anyone; each event at least once, in any order. At most about `most`
    /// events: [`Changes::more`] says whether to read on at once.
    ///
    /// # Errors
    /// When the log fails.
    async fn read(&self, position: ReadCursor, most: usize) -> Result<Changes, StoreError>;

    /// Returns when something may have been appended, or a tenant changed, by another process, since it last returned; and
    /// now and then without a reason. It must be quick to tell: what others see, they see by this, within a second.
    ///
    /// # Errors
    /// When the log fails; ask again a little later.
    async fn changed(&self) -> Result<(), StoreError>;

    /// Adds a tenant; says whether it was new. One that is known keeps its key.
    ///
    /// # Errors
    /// When the log fails.
    async fn add_tenant(&self, tenant: TenantId, key: ApiKey) -> Result<bool, StoreError>;

    /// Gives a tenant another key; says whether the tenant is known. One that is not is not added.
    ///
    /// # Errors
    /// When the log fails.
    async fn replace_key(&self, tenant: TenantId, key: ApiKey) -> Result<bool, StoreError>;

    /// Removes a tenant; one that has events only if they may go with it. What is left of its events is cleared away by
    /// [`apply_retention`](Self::apply_retention). A tenant that is added again gets another number, and knows nothing of what was.
    ///
    /// # Errors
    /// When the log fails.
    async fn remove_tenant(&self, tenant: TenantId, with_events: bool) -> Result<Removal, StoreError>;

    /// Every tenant and how many events it has, by id.
    ///
    /// # Errors
    /// When the log fails.
    async fn tenants(&self) -> Result<Vec<TenantSummary>, StoreError>;

    /// Clears away, in one small step, events that happened before `before` (Unix epoch milliseconds; none: no event is
    /// too old) and that the saved state covers, and events of removed tenants; says whether there is more to do. Another
    /// process that has not read them by then, because it was cut off for hours, never will: it has to start again.
    ///
    /// # Errors
    /// When the log fails.
    async fn apply_retention(&self, before: Option<i64>) -> Result<RetentionStep, StoreError>;

    /// The state that was saved last and whole, if there is one.
    ///
    /// # Errors
    /// When the log fails.
    async fn latest_snapshot(&self) -> Result<Option<Snapshot>, StoreError>;

    /// The parts of a saved state at these places, in order; fewer if `saved` is gone.
    ///
    /// # Errors
    /// When the log fails.
    async fn read_chunks(&self, saved: &Snapshot, places: Range<u32>) -> Result<Vec<Vec<u8>>, StoreError>;

    /// Whether the events tell all there is to know, because none was ever cleared away for its age.
    ///
    /// # Errors
    /// When the log fails.
    async fn has_all_events(&self) -> Result<bool, StoreError>;

    /// Clears away a saved state that can't be read if the log [is whole](Self::has_all_events), so that from then on no event is
    /// too old until another is saved. If it isn't, the state alone tells what followed from events that are gone, and
    /// stays.
    ///
    /// # Errors
    /// When the log fails.
    async fn discard_snapshot(&self, saved: &Snapshot) -> Result<(), StoreError>;

    /// Begins to save a state that covers all events up to `position`; none if somebody else is about it, or has saved one
    /// that covers more. What was begun and never finished is cleared away.
    ///
    /// # Errors
    /// When the log fails.
    async fn begin_snapshot(&self, position: ReadCursor) -> Result<Option<SnapshotDraft>, StoreError>;

    /// Adds the next parts, in a transaction of their own.
    ///
    /// # Errors
    /// When the log fails.
    async fn write_chunks(&self, saving: &mut SnapshotDraft, parts: Vec<Vec<u8>>) -> Result<(), StoreError>;

    /// From here on this is the saved state; the one before is cleared away.
    ///
    /// # Errors
    /// When the log fails.
    async fn finish_snapshot(&self, saving: SnapshotDraft) -> Result<(), StoreError>;

    /// Whether the log answers.
    ///
    /// # Errors
    /// When it doesn't.
    async fn ready(&self) -> Result<(), StoreError>;

    /// Finishes what is being written and lets go of the log; every later call fails.
    ///
    /// # Errors
    /// When the log fails.
    async fn close(&self) -> Result<(), StoreError>;
}

/// Up to where a log has been read. Only the log that gave it knows what it means; the default is the beginning.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReadCursor {
    /// Of the events.
    pub events: u64,
    /// Of the list of tenants: it changes whenever a tenant or a key does.
    pub tenants: u64,
}

/// What became of the events of one [`EventLog::append`].
pub struct LoggedBatch {
    /// The tenant's number.
    pub tenant: TenantNumber,
    /// Those that are new.
    pub stored: Vec<LoggedEvent>,
    /// How many were there already.
    pub repeated: usize,
    /// Tells them from what else is appended, for [`EventLog::cursor_after`] of the same log, which alone knows what it means;
    /// none where nothing is new.
    pub token: Option<AppendToken>,
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
        /// The number of the transaction.
        xact: i64,
        /// How many appends of this transaction have new events.
        appends: u64,
    },
}

/// What one [`EventLog::read`] found.
pub struct Changes {
    /// Every tenant there is, if that changed.
    pub tenants: Option<Vec<LoggedTenant>>,
    /// Events, and whose they are.
    pub events: Vec<(TenantNumber, LoggedEvent)>,
    /// Where to read on.
    pub position: ReadCursor,
    /// Whether there is more to read at once.
    pub more: bool,
}

/// What one [`EventLog::apply_retention`] did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RetentionStep {
    /// So many events were cleared away.
    pub events: u64,
    /// Whether another step would find more.
    pub more: bool,
}

/// A state that was saved whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// Tells it from those before and after.
    pub generation: i64,
    /// How many parts it has.
    pub chunks: u32,
    /// It covers at least all events up to here.
    pub position: ReadCursor,
}

/// A state that is being saved.
pub struct SnapshotDraft {
    /// Tells it from those before and after.
    pub generation: i64,
    /// How many parts it has so far.
    pub chunks: u32,
}
