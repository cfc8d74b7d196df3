//! Errors of PostgreSQL, with texts that contain no values.

use std::{error::Error as _, io};

use deadpool_postgres::{HookError, PoolError};
use tokio_postgres::error::SqlState;

use crate::{
    error::{StoreError, chain},
    event_log::open_error::OpenError,
};

/// What [`StoreError::Database`] has of an error of PostgreSQL.
#[derive(Debug, thiserror::Error)]
#[error("{text}")]
struct PostgresError {
    text: String,
    /// `None` if the database did not report the error.
    code: Option<SqlState>,
    is_connection_lost: bool,
}

impl From<tokio_postgres::Error> for StoreError {
    /// Keeps the message and the code only: the `DETAIL` of an error repeats values. Messages don't, because values are
    /// passed as parameters.
    fn from(error: tokio_postgres::Error) -> Self {
        let text = match error.as_db_error() {
            Some(error) => format!("PostgreSQL says: {} ({})", error.message(), error.code().code()),
            None => chain(&error),
        };
        let is_connection_lost = error.is_closed() || error.source().is_some_and(|source| source.is::<io::Error>());
        Self::database(PostgresError { text, code: error.code().cloned(), is_connection_lost })
    }
}

impl From<PoolError> for StoreError {
    fn from(error: PoolError) -> Self {
        match error {
            PoolError::Backend(error) | PoolError::PostCreateHook(HookError::Backend(error)) => error.into(),
            PoolError::Closed => Self::Closed,
            PoolError::Timeout(_) | PoolError::NoRuntimeSpecified | PoolError::PostCreateHook(_) => {
                Self::database("no connection is available")
            }
        }
    }
}

impl From<StoreError> for OpenError {
    fn from(error: StoreError) -> Self {
        if has_code(&error, &SqlState::INVALID_PASSWORD) { Self::Password } else { Self::Store(error) }
    }
}

impl From<tokio_postgres::Error> for OpenError {
    fn from(error: tokio_postgres::Error) -> Self {
        StoreError::from(error).into()
    }
}

fn postgres_error(error: &StoreError) -> Option<&PostgresError> {
    let StoreError::Database(source) = error else { return None };
    source.downcast_ref()
}

pub fn has_code(error: &StoreError, code: &SqlState) -> bool {
    postgres_error(error).is_some_and(|error| error.code.as_ref() == Some(code))
}

/// Returns whether a retry may soon succeed: the connection is lost, the database is restarting or has no connection to
/// spare, or it rolled this transaction back to end a deadlock.
pub fn is_transient(error: &StoreError) -> bool {
    const CODES: [SqlState; 6] = [
        SqlState::ADMIN_SHUTDOWN,
        SqlState::CRASH_SHUTDOWN,
        SqlState::CANNOT_CONNECT_NOW,
        SqlState::T_R_DEADLOCK_DETECTED,
        SqlState::T_R_SERIALIZATION_FAILURE,
        SqlState::TOO_MANY_CONNECTIONS,
    ];
    postgres_error(error)
        .is_some_and(|error| error.code.as_ref().map_or(error.is_connection_lost, |code| CODES.contains(code)))
}

/// Returns whether the database rejected the operation, and will reject it again.
pub fn is_rejection(error: &StoreError) -> bool {
    postgres_error(error).is_some_and(|error| error.code.is_some()) && !is_transient(error)
}
