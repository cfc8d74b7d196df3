use tokio_postgres::error::SqlState;

use super::{address_error::AddressError, failure::Failure};
use crate::error::StoreError;

/// Why a PostgreSQL database was not opened as a log. Each text goes on where "cannot open the database" ends.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The address can't be right.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// The database refuses the user or the password.
    #[error(
        "the database refuses the user or the password of the address; reserved characters in them are percent-encoded: \
         @ as %40, : as %3A, / as %2F, ? as %3F, # as %23, % as %25"
    )]
    Password,
    /// TLS can't be set up on this machine.
    #[error("TLS can't be set up")]
    Tls,
    /// The database lacks something that newer ones have.
    #[error("PostgreSQL 14 or newer is needed")]
    Old,
    /// The database has changes of the schema that this version has not heard of.
    #[error("a newer version of this program changed it: start that one, or restore the backup made before it")]
    Newer,
    /// The database has no log of this program.
    #[error("there are no events of this program in it; `group-dispatch tenant add ID` makes room for them")]
    Missing,
    /// Other programs use the log, and it is to be changed without them.
    #[error("it is in use: stop the servers and other commands that use it, and run this again")]
    InUse,
    /// The log is being changed by a program that must be alone.
    #[error("`group-dispatch repair-order` is running on it: start this again when that has ended")]
    Repairing,
    /// Anything else.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl ConnectError {
    /// Why the first connection failed.
    pub(super) fn first(failure: Failure) -> Self {
        if failure.has_code(&SqlState::INVALID_PASSWORD) { Self::Password } else { Self::Store(failure.into()) }
    }
}
