//! Failures of the PostgreSQL log, with texts that contain no values.

use std::{error::Error as _, fmt};

use deadpool_postgres::{HookError, PoolError};
use tokio_postgres::error::SqlState;

use crate::{
    error::{StoreError, chain},
    event_log::open_error::OpenError,
};

/// Why an operation failed.
pub enum Failure {
    /// The database rejected it, or the connection failed.
    Postgres(tokio_postgres::Error),
    /// Anything else.
    Store(StoreError),
}

impl Failure {
    /// Returns whether a retry may soon succeed: the connection is lost, the database is restarting or has no
    /// connection to spare, or it rolled this transaction back to end a deadlock.
    pub fn is_transient(&self) -> bool {
        let Self::Postgres(error) = self else { return false };
        let Some(code) = error.code() else {
            return error.is_closed() || error.source().is_some_and(|source| source.is::<std::io::Error>());
        };
        [
            SqlState::ADMIN_SHUTDOWN,
            SqlState::CRASH_SHUTDOWN,
            SqlState::CANNOT_CONNECT_NOW,
            SqlState::T_R_DEADLOCK_DETECTED,
            SqlState::T_R_SERIALIZATION_FAILURE,
            SqlState::TOO_MANY_CONNECTIONS,
        ]
        .contains(code)
    }

    /// Returns whether the database rejected the operation, and will reject it again.
    pub fn is_rejection(&self) -> bool {
        matches!(self, Self::Postgres(error) if error.code().is_some()) && !self.is_transient()
    }

    pub fn has_code(&self, code: &SqlState) -> bool {
        matches!(self, Self::Postgres(error) if error.code() == Some(code))
    }

    pub fn other(text: &str) -> Self {
        Self::Store(StoreError::database(text))
    }

    /// Returns an error for each of several callers.
    pub fn to_store_error(&self) -> StoreError {
        match self {
            Self::Store(StoreError::Closed) => StoreError::Closed,
            failure => StoreError::database(failure.to_string()),
        }
    }
}

/// Of an error of PostgreSQL, the text has the message and the code only: its `DETAIL` repeats values. Messages don't,
/// because values are passed as parameters.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Store(error) => error.fmt(f),
            Self::Postgres(error) => match error.as_db_error() {
                Some(error) => write!(f, "PostgreSQL says: {} ({})", error.message(), error.code().code()),
                None => f.write_str(&chain(error)),
            },
        }
    }
}

impl From<tokio_postgres::Error> for Failure {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Postgres(error)
    }
}

impl From<PoolError> for Failure {
    fn from(error: PoolError) -> Self {
        match error {
            PoolError::Backend(error) | PoolError::PostCreateHook(HookError::Backend(error)) => error.into(),
            PoolError::Closed => Self::Store(StoreError::Closed),
            PoolError::Timeout(_) | PoolError::NoRuntimeSpecified | PoolError::PostCreateHook(_) => {
                Self::other("no connection is available")
            }
        }
    }
}

impl From<Failure> for StoreError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Store(error) => error,
            Failure::Postgres(_) => failure.to_store_error(),
        }
    }
}

impl From<Failure> for OpenError {
    fn from(failure: Failure) -> Self {
        if failure.has_code(&SqlState::INVALID_PASSWORD) { Self::Password } else { Self::Store(failure.into()) }
    }
}

impl From<tokio_postgres::Error> for OpenError {
    fn from(error: tokio_postgres::Error) -> Self {
        Failure::from(error).into()
    }
}
