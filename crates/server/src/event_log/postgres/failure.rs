//! What can go wrong between here and the database, told without values.

use std::{error::Error as _, fmt};

use deadpool_postgres::{HookError, PoolError};
use tokio_postgres::error::SqlState;

use crate::{error::StoreError, event_log::open_error::OpenError};

/// Why a piece of work was not done.
pub enum Failure {
    /// The database said no, or the connection failed.
    Postgres(tokio_postgres::Error),
    /// Anything else.
    Store(StoreError),
}

impl Failure {
    /// Whether the same may well succeed in a moment: the database is starting anew, has no connection to spare, or
    /// chose this piece of work to end a deadlock.
    pub fn is_passing(&self) -> bool {
        let Self::Postgres(error) = self else { return false };
        let Some(code) = error.code() else {
            // Without a code the database has not answered: there is no connection.
            return error.is_closed() || error.source().is_some_and(|source| source.is::<std::io::Error>());
        };
        const RESTARTING: [SqlState; 3] =
            [SqlState::ADMIN_SHUTDOWN, SqlState::CRASH_SHUTDOWN, SqlState::CANNOT_CONNECT_NOW];
        RESTARTING.contains(code)
            || [SqlState::T_R_DEADLOCK_DETECTED, SqlState::T_R_SERIALIZATION_FAILURE].contains(code)
            || *code == SqlState::TOO_MANY_CONNECTIONS
    }

    /// Whether it is the database's answer, and no broken connection.
    pub fn is_answer(&self) -> bool {
        matches!(self, Self::Postgres(error) if error.code().is_some()) && !self.is_passing()
    }

    pub fn has_code(&self, code: &SqlState) -> bool {
        matches!(self, Self::Postgres(error) if error.code() == Some(code))
    }

    pub fn other(text: &str) -> Self {
        Self::Store(StoreError::Database(text.into()))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Postgres(error) => f.write_str(&said(error)),
            Self::Store(error) => error.fmt(f),
        }
    }
}

impl From<tokio_postgres::Error> for Failure {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Postgres(error)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<PoolError> for Failure {
    fn from(error: PoolError) -> Self {
        match error {
            PoolError::Backend(error) | PoolError::PostCreateHook(HookError::Backend(error)) => error.into(),
            PoolError::Closed => Self::Store(StoreError::Closed),
            PoolError::Timeout(_) | PoolError::NoRuntimeSpecified | PoolError::PostCreateHook(_) => {
                Self::other("there is no connection to be had")
            }
        }
    }
}

impl From<Failure> for StoreError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Store(error) => error,
            Failure::Postgres(_) => Self::Database(failure.to_string().into()),
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

/// PostgreSQL repeats values in what it says beside its message (`DETAIL`), so the message and its code are all that is
/// told. Values themselves go to it as parameters, which it does not repeat in messages.
fn said(error: &tokio_postgres::Error) -> String {
    if let Some(error) = error.as_db_error() {
        return format!("PostgreSQL says: {} ({})", error.message(), error.code().code());
    }
    let mut text = error.to_string();
    let mut below = error.source();
    while let Some(error) = below {
        text = format!("{text}: {error}");
        below = error.source();
    }
    text
}
