//! The database that is named on the command line.

use std::{fmt, path::PathBuf, str::FromStr};

use anyhow::{Context, bail};
use group_dispatch_client::TenantId;
use group_dispatch_server::store::{self, Admin, OpenError, Store, StoreError, StoreOptions, TenantOrder};

use crate::redact;

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
            Self::Sqlite(path) => write!(f, "sqlite://{}", redact::path(path)),
            Self::Postgres(url) => match hosts_and_database(url) {
                Some(address) => write!(f, "postgres://{address}"),
                None => f.write_str("postgres://..."),
            },
        }
    }
}

/// The hosts, ports and database of a PostgreSQL address; none where it is not certain which part of it is the password.
fn hosts_and_database(url: &str) -> Option<&str> {
    let (_, address) = url.split_once("://")?;
    let (address, parameters) = address.split_once('?').unwrap_or((address, ""));
    // A password may hold any character if it is not escaped, the ones that end it too.
    if parameters.contains('@') {
        return None;
    }
    let address = address.rsplit('@').next()?;
    let hosts = address.split('/').next()?;
    let is_host = |host: &str| {
        let is_of_a_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-._%[:]".contains(&byte);
        let (name, port) = if host.ends_with(']') { (host, "") } else { host.rsplit_once(':').unwrap_or((host, "")) };
        let is_name = name.bytes().all(is_of_a_name) && (name.starts_with('[') || !name.contains(':'));
        is_name && port.bytes().all(|byte| byte.is_ascii_digit())
    };
    hosts.split(',').all(is_host).then_some(address)
}

impl FromStr for Database {
    type Err = String;

    fn from_str(url: &str) -> Result<Self, String> {
        let problem = match url.split_once("://") {
            Some(("sqlite", ":memory:")) => "a database in memory would end with the command; name a file",
            Some(("sqlite", path)) if path.contains('?') => {
                "a database has no parameters, and `?` can't stand in its file's path"
            }
            Some(("sqlite", path)) if !path.is_empty() => return Ok(Self::Sqlite(path.into())),
            Some(("postgres" | "postgresql", _)) => {
                let database = Self::Postgres(url.to_owned());
                database.address().check_address().map_err(|problem| problem.to_string())?;
                return Ok(database);
            }
            _ => {
                "expected sqlite:// and a file's path, such as sqlite://group-dispatch.db, or postgres:// and a \
                  database's address, such as postgres://USER:PASSWORD@HOST:PORT/DATABASE"
            }
        };
        Err(problem.to_owned())
    }
}

impl Database {
    /// The same as the store names it.
    fn address(&self) -> store::Database {
        match self {
            Self::Sqlite(path) => store::Database::Sqlite(path.clone()),
            Self::Postgres(url) => store::Database::Postgres(url.clone()),
        }
    }

    /// Opens the store of a server; it is created and brought up to date where needed.
    pub async fn open_store(&self, options: StoreOptions) -> anyhow::Result<Store> {
        Store::open(&self.address(), options).await.with_context(|| self.cannot_open())
    }

    /// Opens the database for changes. There has to be one: a mistyped path would otherwise be answered from a new database,
    /// in which there is nothing.
    pub async fn open(&self) -> anyhow::Result<Admin> {
        self.require()?;
        self.open_or_create().await
    }

    /// Opens the database for changes; it is created and brought up to date where needed.
    pub async fn open_or_create(&self) -> anyhow::Result<Admin> {
        Admin::open(&self.address()).await.with_context(|| self.cannot_open())
    }

    /// Fails where there is no database to be opened.
    fn require(&self) -> anyhow::Result<()> {
        // Where even this can't be told, opening says why.
        if let Self::Sqlite(path) = self
            && matches!(path.try_exists(), Ok(false))
        {
            bail!(
                "there is no database at {}; `group-dispatch tenant add ID` makes one, --database names another",
                redact::path(path)
            );
        }
        Ok(())
    }

    /// Looks for events that an older version stored newest first, and changes nothing.
    pub async fn inspect_order(&self) -> anyhow::Result<Vec<TenantOrder>> {
        self.require()?;
        self.address().inspect_order().await.with_context(|| self.cannot_open())
    }

    /// Repairs events that an older version stored newest first. Returns what was found before that.
    pub async fn repair_order(&self, tenant: Option<TenantId>) -> anyhow::Result<Vec<TenantOrder>> {
        self.require()?;
        match self.address().repair_order(tenant).await {
            Err(OpenError::Store(unknown @ StoreError::UnknownTenant(_))) => Err(unknown.into()),
            outcome => outcome.with_context(|| self.cannot_open()),
        }
    }

    /// What an error about opening begins with; the reason follows.
    fn cannot_open(&self) -> String {
        match self {
            Self::Sqlite(path) => format!("cannot open the database {}", redact::path(path)),
            Self::Postgres(_) => format!("cannot open the database {self}"),
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
            ("postgresql://user:se%40cret@host:5432/events?password=secret", "postgres://host:5432/events"),
            ("postgres://user:secret@one:5432,two/events", "postgres://one:5432,two/events"),
            ("postgres://user:secret@[::1]:5432/events", "postgres://[::1]:5432/events"),
            ("postgres://user:se/cret@host/events", "postgres://host/events"),
            ("postgres://user:se?cret@host/events", "postgres://..."),
            ("postgres://user:secret@host/events?password=se@cret", "postgres://..."),
            ("postgres://user:secret@no host/events", "postgres://..."),
            ("sqlite://events.db", "sqlite://events.db"),
        ] {
            assert_eq!(url.parse::<Database>().unwrap().to_string(), shown);
        }
    }
}
