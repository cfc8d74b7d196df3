//! Tenants as the log knows them.

use crate::{ApiKey, TenantId};

/// What the log calls a tenant: a number that no other tenant ever has, not even a later one with the same id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TenantNumber(pub i64);

/// A tenant as the log knows it.
#[derive(Clone)]
pub struct LoggedTenant {
    /// Its number.
    pub number: TenantNumber,
    /// Its id.
    pub id: TenantId,
    /// The key it signs with.
    pub key: ApiKey,
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
