//! A database by its address, as `--database` names it.
//!
//! Used by `serve`, `tenant`, `import`, `repair-order` and `doctor`. No error contains the password of an address.

use std::{fmt, path::PathBuf, str::FromStr, sync::Arc};

use anyhow::{Context, bail};
use group_dispatch_client::TenantId;
use group_dispatch_server::store::{
    ConnectError, EventLog, OpenError, PostgresLog, SqliteLog, StoreError, TenantOrder,
};
use tokio::task::spawn_blocking;

use crate::redact;

/// A database, which may not exist yet.
#[derive(Clone)]
pub enum Database {
    /// A SQLite file.
    Sqlite(PathBuf),
    /// A PostgreSQL database by its whole address, which may contain a password.
    Postgres(String),
}

impl fmt::Display for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite://{}", redact::path(path)),
            Self::Postgres(url) => {
                let address = PostgresLog::describe_address(url);
                write!(f, "postgres://{}", address.as_deref().unwrap_or("..."))
            }
        }
    }
}

impl FromStr for Database {
    type Err = String;

    fn from_str(url: &str) -> Result<Self, String> {
        let problem = match url.split_once("://") {
            Some(("sqlite", ":memory:")) => "a database in memory would be lost when the command exits; name a file",
            Some(("sqlite", path)) if path.contains('?') => {
                "parameters are not supported, and the path must not contain `?`"
            }
            Some(("sqlite", path)) if !path.is_empty() => return Ok(Self::Sqlite(path.into())),
            Some(("postgres" | "postgresql", _)) => {
                PostgresLog::describe_address(url).map_err(|problem| problem.to_string())?;
                return Ok(Self::Postgres(url.to_owned()));
            }
            _ => {
                "expected sqlite:// and the path of a file, such as sqlite://group-dispatch.db, or the address of a \
                  PostgreSQL database, such as postgres://USER:PASSWORD@HOST:PORT/DATABASE"
            }
        };
        Err(problem.to_owned())
    }
}

impl Database {
    /// Opens an existing log of status events. A new one would hide a mistyped path.
    pub async fn open(&self) -> anyhow::Result<Arc<dyn EventLog>> {
        self.require_existing()?;
        self.open_or_create().await
    }

    /// Fails if there is no database.
    fn require_existing(&self) -> anyhow::Result<()> {
        // If the file can't be examined, opening it reports why.
        if let Self::Sqlite(path) = self
            && matches!(path.try_exists(), Ok(false))
        {
            bail!(
                "there is no database at {}; `group-dispatch tenant add ID` creates it, --database names another",
                redact::path(path)
            );
        }
        Ok(())
    }

    /// Finds events that an older version stored newest first, and changes nothing.
    pub async fn inspect_order(&self) -> anyhow::Result<Vec<TenantOrder>> {
        self.require_existing()?;
        match self.clone() {
            Self::Sqlite(path) => {
                spawn_blocking(move || SqliteLog::inspect_order(&path)).await?.with_context(|| self.cannot_open())
            }
            Self::Postgres(url) => PostgresLog::inspect_order(&url).await.with_context(|| self.cannot_open()),
        }
    }

    /// Repairs events that an older version stored newest first. Returns what was found before the repair.
    pub async fn repair_order(&self, tenant: Option<TenantId>) -> anyhow::Result<Vec<TenantOrder>> {
        self.require_existing()?;
        match self.clone() {
            Self::Sqlite(path) => match spawn_blocking(move || SqliteLog::repair_order(&path, tenant)).await? {
                Err(OpenError::Store(unknown @ StoreError::UnknownTenant(_))) => Err(unknown.into()),
                result => result.with_context(|| self.cannot_open()),
            },
            Self::Postgres(url) => match PostgresLog::repair_order(&url, tenant).await {
                Err(ConnectError::Store(unknown @ StoreError::UnknownTenant(_))) => Err(unknown.into()),
                result => result.with_context(|| self.cannot_open()),
            },
        }
    }

    /// Returns the beginning of an error about opening the database.
    fn cannot_open(&self) -> String {
        match self {
            Self::Sqlite(path) => format!("cannot open the database {}", redact::path(path)),
            Self::Postgres(_) => format!("cannot open the database {self}"),
        }
    }

    /// Opens the log of status events. Creates it or migrates it if needed.
    pub async fn open_or_create(&self) -> anyhow::Result<Arc<dyn EventLog>> {
        match self {
            Self::Sqlite(path) => {
                let log = SqliteLog::open(path);
                Ok(Arc::new(log.with_context(|| self.cannot_open())?))
            }
            Self::Postgres(url) => {
                let log = PostgresLog::connect(url).await;
                Ok(Arc::new(log.with_context(|| self.cannot_open())?))
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_database_is_displayed_without_its_secrets() {
        for (url, shown) in [
            ("postgres://host/events", "postgres://host:5432/events"),
            ("postgresql://user:se%40cret@host:5432/events?password=secret", "postgres://host:5432/events"),
            ("postgres://user:secret@one:5432,two/events", "postgres://one:5432,two:5432/events"),
            ("postgres://user:secret@[::1]:5432/events", "postgres://[::1]:5432/events"),
            ("postgres://user:se/cret@host/events", "postgres://host:5432/events"),
            ("postgres://user:se?cret@host/events", "postgres://..."),
            ("postgres://user:secret@host/events?password=se@cret", "postgres://..."),
            ("postgres://user:secret@no host/events", "postgres://no host:5432/events"),
            ("sqlite://events.db", "sqlite://events.db"),
        ] {
            assert_eq!(url.parse::<Database>().unwrap().to_string(), shown);
        }
    }
}
