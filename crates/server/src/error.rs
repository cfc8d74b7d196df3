//! Errors of the store and its log, and their text for the log.

use std::{error::Error, io, iter};

use group_dispatch_types::signing::TenantId;
use tokio::task::JoinError;

/// Formats an error and its causes in one line.
pub fn chain(error: &dyn Error) -> String {
    let errors = iter::successors(Some(error), |error: &&dyn Error| (*error).source());
    errors.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

/// Why an operation of the store failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The tenant does not exist.
    #[error("tenant {0} is not known; `group-dispatch tenant add {0}` makes it known")]
    UnknownTenant(TenantId),
    /// The tenant has several keys, of which one was to be replaced.
    #[error(
        "tenant {0} has several keys; add a new one with `group-dispatch tenant key add`, and remove the old one with `tenant key remove`"
    )]
    SeveralKeys(TenantId),
    /// The time of an event is not within [`StatusEvent::TIMES`](crate::event::StatusEvent::TIMES). No event of the batch
    /// is stored.
    #[error("the time of an event is outside the years 0 to 9999")]
    TimeOutOfRange,
    /// The database takes no writes.
    #[error(
        "the database takes no writes: it is read-only, or a standby. Promote it, or name the primary in the address of the \
         database: several hosts with target_session_attrs=read-write are tried in turn"
    )]
    ReadOnly,
    /// The tables of this program are gone from the PostgreSQL database.
    #[error("the tables of this program are gone from the database: restore a backup, and restart the servers")]
    SchemaMissing,
    /// The database did not answer in time.
    #[error("the database did not answer in time")]
    Unresponsive,
    /// The disk of the database is full.
    #[error("the disk of the database is full")]
    DiskFull,
    /// The SQLite file was removed, moved, replaced or overwritten while it was open. Nothing is stored in it any more.
    #[error("the database file is gone: it was removed, moved, replaced or overwritten while it was open")]
    FileGone,
    /// The store is closed.
    #[error("the store is closed")]
    Closed,
    /// Events have expired, and there is no snapshot that covers them.
    #[error(
        "the snapshot is missing, and the events that it covered have expired: restore a backup, or feed the events into a \
         new database"
    )]
    SnapshotMissing,
    /// Events have expired, and the snapshot that covers them is damaged or of another version.
    #[error(
        "the snapshot can't be read, and the events that it covers have expired: restore a backup, with the version of \
         this program that was used then, or feed the events into a new database"
    )]
    SnapshotUnreadable,
    /// The database failed.
    #[error("the database failed")]
    Database(#[source] Box<dyn Error + Send + Sync>),
}

impl StoreError {
    pub(crate) fn database(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Database(error.into())
    }
}

impl From<io::Error> for StoreError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull,
            _ => Self::database(error),
        }
    }
}

impl From<JoinError> for StoreError {
    fn from(_: JoinError) -> Self {
        // The panic's message is in the log already; it may contain personal data.
        Self::database("the operation was aborted")
    }
}
