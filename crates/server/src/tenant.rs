//! Tenants and their keys, as the event log stores them.

mod key;

use group_dispatch_types::signing::TenantId;

pub use self::key::{
    InvalidKeyName, KeyAccess, KeyAddition, KeyName, KeyRemoval, KeyReplacement, KeySummary, TenantKey,
};

/// The number of a tenant in the log. It is never reused, not even for a later tenant with the same id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TenantNumber(pub i64);

/// A tenant in the log.
#[derive(Clone)]
pub struct LoggedTenant {
    /// The number of the tenant.
    pub number: TenantNumber,
    /// The id, which requests carry.
    pub id: TenantId,
    /// The API keys, which sign requests, by name.
    pub keys: Vec<TenantKey>,
    /// How many of its events were struck.
    pub strikes: u64,
}

/// The outcome of the removal of a tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removal {
    /// The tenant is removed, and its events with it.
    Removed {
        /// How many events it had.
        events: u64,
    },
    /// The tenant has events, and they were to be kept. Nothing is changed.
    Refused {
        /// How many events it has.
        events: u64,
    },
    /// The tenant does not exist.
    Unknown,
}

/// A tenant and the number of its events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TenantSummary {
    /// The id of the tenant.
    pub id: TenantId,
    /// How many events it has.
    pub events: u64,
}
