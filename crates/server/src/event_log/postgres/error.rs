//! Errors of PostgreSQL, with texts that contain no values, and what follows from them.

use std::{error::Error as _, io};

use deadpool::managed::PoolError;
use tokio_postgres::error::SqlState;

use crate::{
    error::{StoreError, chain},
    event_log::open_error::OpenError,
};

/// What [`StoreError::Database`] has of an error of PostgreSQL, or of a connection to it.
#[derive(Debug, thiserror::Error)]
#[error("{text}")]
struct PostgresError {
    text: String,
    /// `None` if the database did not report the error.
    code: Option<SqlState>,
    /// Whether the connection is of no more use, and another one may be.
    is_connection_lost: bool,
}

/// A pooler gives each transaction another session.
#[derive(Debug, thiserror::Error)]
#[error("the pooler in between gives each transaction another session of PostgreSQL")]
pub struct TransactionPooler;

impl From<tokio_postgres::Error> for StoreError {
    /// Keeps the message and the code only: the `DETAIL` of an error repeats values. Messages don't, because values are
    /// passed as parameters.
    fn from(error: tokio_postgres::Error) -> Self {
        match error.code() {
            Some(&SqlState::READ_ONLY_SQL_TRANSACTION) => return Self::ReadOnly,
            Some(&SqlState::DISK_FULL) => return Self::DiskFull,
            _ => {}
        }
        let text = match error.as_db_error() {
            Some(error) => format!("PostgreSQL says: {} ({})", error.message(), error.code().code()),
            None => chain(&error),
        };
        let is_connection_lost = match error.code() {
            Some(code) => ends_session(code),
            None => error.is_closed() || error.source().is_some_and(|source| source.is::<io::Error>()),
        };
        Self::database(PostgresError { text, code: error.code().cloned(), is_connection_lost })
    }
}

/// Returns whether a code says that the session ends, or that the server is about to stop or to start: the classes 08
/// (connection exception) and 57P (operator intervention), and the end of an idle transaction.
fn ends_session(code: &SqlState) -> bool {
    code.code().starts_with("08")
        || code.code().starts_with("57P")
        || *code == SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT
}

impl From<PoolError<Self>> for StoreError {
    fn from(error: PoolError<Self>) -> Self {
        match error {
            PoolError::Backend(error) => error,
            PoolError::Closed => Self::Closed,
            PoolError::Timeout(_) | PoolError::NoRuntimeSpecified | PoolError::PostCreateHook(_) => {
                Self::database("no connection is available")
            }
        }
    }
}

impl From<StoreError> for OpenError {
    fn from(error: StoreError) -> Self {
        match &error {
            StoreError::Database(source) if source.is::<TransactionPooler>() => Self::TransactionPooler,
            _ if has_code(&error, &SqlState::INVALID_PASSWORD) => Self::Password,
            _ => Self::Store(error),
        }
    }
}

impl From<tokio_postgres::Error> for OpenError {
    fn from(error: tokio_postgres::Error) -> Self {
        StoreError::from(error).into()
    }
}

/// The error for a commit that is on this PostgreSQL's disk, but perhaps on no standby.
pub fn not_replicated() -> StoreError {
    lost("the commit was not confirmed by a standby: the wait for it was canceled".to_owned())
}

/// The error for an append that does not begin because an earlier one still waits.
pub fn waits_for_standby() -> StoreError {
    lost("an earlier append still waits for a standby that `synchronous_standby_names` asks for".to_owned())
}

pub fn lost(text: String) -> StoreError {
    StoreError::database(PostgresError { text, code: None, is_connection_lost: true })
}

fn postgres_error(error: &StoreError) -> Option<&PostgresError> {
    let StoreError::Database(source) = error else { return None };
    source.downcast_ref()
}

pub fn has_code(error: &StoreError, code: &SqlState) -> bool {
    postgres_error(error).is_some_and(|error| error.code.as_ref() == Some(code))
}

/// Returns whether the connection is of no more use, and a new one may be: it is closed or hangs, its server stops, or
/// it leads to a server that takes no writes while another one may.
pub fn is_connection_lost(error: &StoreError) -> bool {
    matches!(error, StoreError::ReadOnly | StoreError::Unresponsive)
        || postgres_error(error).is_some_and(|error| error.is_connection_lost)
}

/// Returns whether a retry may soon succeed: the connection is lost, the database has no connection to spare, or it
/// ended this transaction because of a deadlock or of its time.
pub fn is_transient(error: &StoreError) -> bool {
    const CODES: [SqlState; 4] = [
        SqlState::T_R_DEADLOCK_DETECTED,
        SqlState::T_R_SERIALIZATION_FAILURE,
        SqlState::TOO_MANY_CONNECTIONS,
        SqlState::QUERY_CANCELED,
    ];
    is_connection_lost(error) || CODES.iter().any(|code| has_code(error, code))
}

/// Returns whether the database rejected the operation, and will reject it again.
pub fn is_rejection(error: &StoreError) -> bool {
    postgres_error(error).is_some_and(|error| error.code.is_some()) && !is_transient(error)
}
