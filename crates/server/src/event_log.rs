//! The durable side of a store: the log of status events, which is the truth, and who the tenants are.

mod event_key;
pub mod feed_order;
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
    async fn append(&self, tenant: TenantId, events: Vec<StatusEvent>) -> Result<Logged, StoreError>;

    /// Where a reader stands who stood at `position` and now knows the events of an append by this process as well, whose
    /// [`step`](Logged::step) this is: [`read`](Self::read) need not tell them from there.
    fn learnt(&self, position: u64, step: (u64, u64)) -> u64;

    /// What has been appended after `position`, by anyone; each event at least once, in any order. At most about `most`
    /// events: [`Changes::more`] says whether to read on at once.
    ///
    /// # Errors
    /// When the log fails.
    async fn read(&self, position: Position, most: usize) -> Result<Changes, StoreError>;

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
    /// [`trim`](Self::trim). A tenant that is added again gets another number, and knows nothing of what was.
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
    async fn trim(&self, before: Option<i64>) -> Result<Trimmed, StoreError>;

    /// The state that was saved last and whole, if there is one.
    ///
    /// # Errors
    /// When the log fails.
    async fn saved(&self) -> Result<Option<Saved>, StoreError>;

    /// The parts of a saved state at these places, in order; fewer if `saved` is gone.
    ///
    /// # Errors
    /// When the log fails.
    async fn saved_parts(&self, saved: &Saved, places: Range<u32>) -> Result<Vec<Vec<u8>>, StoreError>;

    /// Whether the events tell all there is to know, because none was ever cleared away for its age.
    ///
    /// # Errors
    /// When the log fails.
    async fn is_whole(&self) -> Result<bool, StoreError>;

    /// Clears away a saved state that can't be read if the log [is whole](Self::is_whole), so that from then on no event is
    /// too old until another is saved. If it isn't, the state alone tells what followed from events that are gone, and
    /// stays.
    ///
    /// # Errors
    /// When the log fails.
    async fn forget_saved(&self, saved: &Saved) -> Result<(), StoreError>;

    /// Begins to save a state that covers all events up to `position`; none if somebody else is about it, or has saved one
    /// that covers more. What was begun and never finished is cleared away.
    ///
    /// # Errors
    /// When the log fails.
    async fn begin_save(&self, position: Position) -> Result<Option<Saving>, StoreError>;

    /// Adds the next parts, in a transaction of their own.
    ///
    /// # Errors
    /// When the log fails.
    async fn save_parts(&self, saving: &mut Saving, parts: Vec<Vec<u8>>) -> Result<(), StoreError>;

    /// From here on this is the saved state; the one before is cleared away.
    ///
    /// # Errors
    /// When the log fails.
    async fn finish_save(&self, saving: Saving) -> Result<(), StoreError>;

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
pub struct Position {
    /// Of the events.
    pub events: u64,
    /// Of the list of tenants: it changes whenever a tenant or a key does.
    pub tenants: u64,
}

/// What became of the events of one [`EventLog::append`].
pub struct Logged {
    /// The tenant's number.
    pub tenant: TenantNumber,
    /// Those that are new.
    pub stored: Vec<LoggedEvent>,
    /// How many were there already.
    pub repeated: usize,
    /// Tells them from what else is appended, for [`EventLog::learnt`] of the same log, which alone knows what it means;
    /// none where nothing is new.
    pub step: Option<(u64, u64)>,
}

/// What one [`EventLog::read`] found.
pub struct Changes {
    /// Every tenant there is, if that changed.
    pub tenants: Option<Vec<LoggedTenant>>,
    /// Events, and whose they are.
    pub events: Vec<(TenantNumber, LoggedEvent)>,
    /// Where to read on.
    pub position: Position,
    /// Whether there is more to read at once.
    pub more: bool,
}

/// What one [`EventLog::trim`] did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Trimmed {
    /// So many events were cleared away.
    pub events: u64,
    /// Whether another step would find more.
    pub more: bool,
}

/// A state that was saved whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saved {
    /// Tells it from those before and after.
    pub generation: i64,
    /// How many parts it has.
    pub parts: u32,
    /// It covers at least all events up to here.
    pub position: Position,
}

/// A state that is being saved.
pub struct Saving {
    /// Tells it from those before and after.
    pub generation: i64,
    /// How many parts it has so far.
    pub parts: u32,
    /// It covers at least all events up to here.
    pub position: Position,
}
