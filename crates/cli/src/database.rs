//! The database that is named on the command line.

use std::{fmt, path::PathBuf, str::FromStr, sync::Arc};

use anyhow::{Context, bail};
use group_dispatch_server::store::{EventLog, PostgresLog, SqliteLog};

/// A database by its address.
#[derive(Clone)]
pub enum Database {
    /// A SQLite file.
    Sqlite(PathBuf),
    /// A PostgreSQL database, by its whole address, which may hold a password.
    Postgres(String),
}

impl fmt::Display for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite://{}", path.display()),
            Self::Postgres(url) => {
                let address = url.split_once("://").map_or("", |(_, address)| address);
                let address = address.split('?').next().unwrap_or_default();
                // Who asks, with a password, stands before the last @; a parameter may be a password too.
                write!(f, "postgres://{}", address.rsplit('@').next().unwrap_or_default())
            }
        }
    }
}

impl FromStr for Database {
    type Err = &'static str;

    fn from_str(url: &str) -> Result<Self, &'static str> {
        match url.split_once("://") {
            Some(("sqlite", ":memory:")) => Err("a database in memory would end with the command; name a file"),
            Some(("sqlite", path)) if path.contains('?') => {
                Err("a database has no parameters, and `?` can't stand in its file's path")
            }
            Some(("sqlite", path)) if !path.is_empty() => Ok(Self::Sqlite(path.into())),
            Some(("postgres" | "postgresql", _)) => Ok(Self::Postgres(url.to_owned())),
            _ => Err("expected sqlite:// and a file's path, such as sqlite://group-dispatch.db, or postgres:// and a \
                 database's address, such as postgres://USER:PASSWORD@HOST:PORT/DATABASE"),
        }
    }
}

impl Database {
    /// Opens the log of status events. There has to be one: a mistyped path would otherwise be answered from a new log,
    /// in which there is nothing.
    pub async fn open(&self) -> anyhow::Result<Arc<dyn EventLog>> {
        // Where even this can't be told, opening says why.
        if let Self::Sqlite(path) = self
            && matches!(path.try_exists(), Ok(false))
        {
            bail!(
                "there is no database at {}; `group-dispatch tenant add ID` makes one, --database names another",
                path.display()
            );
        }
        self.open_or_create().await
    }

    /// Opens the log of status events; it is created and brought up to date where needed.
    pub async fn open_or_create(&self) -> anyhow::Result<Arc<dyn EventLog>> {
        match self {
            Self::Sqlite(path) => {
                let log = SqliteLog::open(path);
                Ok(Arc::new(log.with_context(|| format!("cannot open the database {}", path.display()))?))
            }
            Self::Postgres(url) => {
                let log = PostgresLog::connect(url).await;
                Ok(Arc::new(log.with_context(|| format!("cannot open the database {self}"))?))
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_database_is_shown_without_its_secrets() {
        for (url, shown) in [
            ("postgres://host/events", "postgres://host/events"),
            ("postgresql://user:se@cret@host:5432/events?password=secret", "postgres://host:5432/events"),
            ("postgres://user:secret@", "postgres://"),
            ("sqlite://events.db", "sqlite://events.db"),
        ] {
            assert_eq!(url.parse::<Database>().unwrap().to_string(), shown);
        }
    }
}
