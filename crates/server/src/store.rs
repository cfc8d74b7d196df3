//! Where status events are kept and the five answers are read from.

use async_trait::async_trait;
use group_dispatch_types::{
    AccountLocation, AgentRecentAccounts, AgentSource, AgentStatusLog, Source, SourceGroup, UserId, WhatsAppNumber,
};

use crate::{ApiKey, TenantId, event::StatusEvent};

mod event_key;
mod log;
mod postgres;
mod sqlite;

pub use log::{Changes, EventLog, Logged, LoggedEvent, LoggedTenant, Position, Saved, Saving, TenantNumber, Trimmed};
pub use postgres::{ConnectError, PostgresLog};
pub use sqlite::{OpenError, SqliteStore};

/// Status events of any number of tenants, and what follows from them.
///
/// Events may arrive in any order; "latest" is by the time they happened, then by arrival. One tenant never sees
/// another's data. Agents are ordered by id, accounts by number unless said otherwise. Reading never waits for writing.
#[async_trait]
pub trait Store: Send + Sync + 'static {
    /// Appends events in one step, all or none. They are durable when this returns.
    ///
    /// # Errors
    /// When the tenant is unknown, an event's time is out of range, or the store fails; nothing is appended then.
    async fn append(&self, tenant: TenantId, events: Vec<StatusEvent>) -> Result<Appended, StoreError>;

    /// For each of `sources` the agents that have at least one account online there, with those accounts; all of them
    /// as they are at one moment.
    ///
    /// # Errors
    /// When the store fails.
    async fn online_agents(
        &self,
        tenant: TenantId,
        sources: Vec<AgentSource>,
        filter: AgentFilter,
    ) -> Result<Vec<SourceGroup>, StoreError>;

    /// Where an account is online among `sources`; the place it came to last, if there are several.
    ///
    /// # Errors
    /// When the store fails.
    async fn account_location(
        &self,
        tenant: TenantId,
        account: WhatsAppNumber,
        sources: Vec<Source>,
    ) -> Result<Option<AccountLocation>, StoreError>;

    /// Per agent its latest events at `source`, newest first, at most `most` of them.
    ///
    /// # Errors
    /// When the store fails.
    async fn status_log(
        &self,
        tenant: TenantId,
        source: AgentSource,
        filter: AgentFilter,
        account: Option<WhatsAppNumber>,
        most: usize,
    ) -> Result<Vec<AgentStatusLog>, StoreError>;

    /// Per agent the accounts that came online last at `source`, newest first, at most `most`, with the status they
    /// have at that source now.
    ///
    /// # Errors
    /// When the store fails.
    async fn recent_accounts(
        &self,
        tenant: TenantId,
        source: AgentSource,
        filter: AgentFilter,
        most: usize,
    ) -> Result<Vec<AgentRecentAccounts>, StoreError>;

    /// The key with which a tenant signs; none for an unknown tenant.
    ///
    /// # Errors
    /// When the store fails.
    async fn api_key(&self, tenant: TenantId) -> Result<Option<ApiKey>, StoreError>;

    /// Adds a tenant; says whether it was new. One that is known keeps its key.
    ///
    /// # Errors
    /// When the store fails.
    async fn add_tenant(&self, tenant: TenantId, key: ApiKey) -> Result<bool, StoreError>;

    /// Gives a tenant another key; says whether the tenant is known. One that is not is not added.
    ///
    /// # Errors
    /// When the store fails.
    async fn replace_key(&self, tenant: TenantId, key: ApiKey) -> Result<bool, StoreError>;

    /// Removes a tenant; one that has events only if they may go with it.
    ///
    /// # Errors
    /// When the store fails.
    async fn remove_tenant(&self, tenant: TenantId, with_events: bool) -> Result<Removal, StoreError>;

    /// Every tenant, by id.
    ///
    /// # Errors
    /// When the store fails.
    async fn tenants(&self) -> Result<Vec<TenantSummary>, StoreError>;

    /// Whether the store answers.
    ///
    /// # Errors
    /// When it doesn't.
    async fn ready(&self) -> Result<(), StoreError>;

    /// Finishes what is being written and lets go of the store; every later call fails.
    ///
    /// # Errors
    /// When the store fails.
    async fn close(&self) -> Result<(), StoreError>;
}

/// Which agents are meant; an absent part is no filter.
#[derive(Clone, Default)]
pub struct AgentFilter {
    /// The agent with this id.
    pub user_id: Option<UserId>,
    /// The agent with this login account.
    pub agent_account: Option<String>,
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
    /// The database failed.
    #[error("the database failed")]
    Database(#[source] Box<dyn std::error::Error + Send + Sync>),
}
