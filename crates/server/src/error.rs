//! Errors of the store and its log, and how an error is logged.

use std::error::Error;

use tokio::task::JoinError;

use crate::TenantId;
#[cfg(doc)]
use crate::event::StatusEvent;

/// An error and what is behind it, in one line.
pub fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(behind) = source {
        text = format!("{text}: {behind}");
        source = behind.source();
    }
    text
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
    SnapshotMissing,
    /// There is one, but it is damaged, or of another version.
    #[error(
        "the saved state can't be read, which alone tells what followed from events that were too old to be kept: restore \
         a backup, for the version of this program that was used with it, or feed the events into a new database"
    )]
    SnapshotUnreadable,
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
