//! A database by its address, as `--database` names it.
//!
//! Used by `serve`, `tenant`, `import`, `repair-order` and `doctor`. No error contains the password of an address.

use std::{
    fmt, fs,
    path::{Path, PathBuf, absolute},
    pin::pin,
    str::FromStr,
    sync::{Arc, atomic::AtomicU64},
    time::Duration,
};

use anyhow::Context;
use group_dispatch_client::TenantId;
use group_dispatch_server::store::{self, Admin, OpenError, Store, StoreError, StoreOptions, TenantOrder};

use tokio::time::timeout;

use crate::{redact, terminal};

/// How long a command waits for the database before it says so.
const WAIT_REPORT_DELAY: Duration = Duration::from_secs(3);

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
                let address = store::Database::Postgres(url.clone()).describe_address();
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
                let database = Self::Postgres(url.to_owned());
                database.address().describe_address().map_err(|problem| problem.to_string())?;
                return Ok(database);
            }
            Some(("file", path)) if Path::new(path).is_absolute() => return read_address(Path::new(path))?.parse(),
            Some(("file", _)) => {
                "expected file:/// and an absolute path, without a host, such as file:///run/secrets/database"
            }
            _ => {
                "expected sqlite:// and the path of a file, such as sqlite://group-dispatch.db, or the address of a \
                 PostgreSQL database, such as postgres://USER:PASSWORD@HOST:PORT/DATABASE, or file:// and the path of a \
                 file with such an address"
            }
        };
        Err(problem.to_owned())
    }
}

/// Reads an address from a file, as supervisors of containers and services give secrets to programs. The file must not name
/// another one.
fn read_address(file: &Path) -> Result<String, String> {
    let content = fs::read_to_string(file).map_err(|error| format!("cannot read this file: {}", error.kind()))?;
    match content.trim() {
        "" => {
            Err("this file is empty; expected an address, such as postgres://USER:PASSWORD@HOST:PORT/DATABASE".into())
        }
        lines if lines.contains(['\n', '\r']) => Err("this file has more than one line; expected one address".into()),
        address if address.starts_with("file:") => Err("the address in this file names another file".into()),
        address => Ok(address.to_owned()),
    }
}

impl Database {
    /// Returns the database as the store names it.
    fn address(&self) -> store::Database {
        match self {
            Self::Sqlite(path) => store::Database::Sqlite(path.clone()),
            Self::Postgres(url) => store::Database::Postgres(url.clone()),
        }
    }

    /// Opens the store of a server, and updates the schema if needed. Counts the events that it reads from the log.
    pub async fn open_store(&self, options: StoreOptions, events_read: Arc<AtomicU64>) -> anyhow::Result<Store> {
        Store::open_counting(&self.address(), options, events_read).await.with_context(|| self.cannot_open())
    }

    /// Opens an existing database for changes.
    pub async fn open(&self) -> anyhow::Result<Admin> {
        report_wait(Admin::open(&self.address())).await.with_context(|| self.cannot_open())
    }

    /// Opens the database for changes. Creates it if needed.
    pub async fn open_or_create(&self) -> anyhow::Result<Admin> {
        let new_file = match self {
            Self::Sqlite(path) if !path.exists() => Some(path),
            Self::Sqlite(_) | Self::Postgres(_) => None,
        };
        let admin = report_wait(Admin::open_or_create(&self.address())).await.with_context(|| self.cannot_open())?;
        if let Some(path) = new_file {
            // The default is a file in the current folder, and the server may have another one.
            let whole = absolute(path).unwrap_or_else(|_| path.clone());
            terminal::print_error_line(&format!("created the database {}", redact::path(&whole)));
        }
        Ok(admin)
    }

    /// Finds events that an older version stored newest first, and changes nothing.
    pub async fn inspect_order(&self) -> anyhow::Result<Vec<TenantOrder>> {
        self.address().inspect_order().await.with_context(|| self.cannot_open())
    }

    /// Repairs events that an older version stored newest first. Returns what was found before the repair.
    pub async fn repair_order(&self, tenant: Option<TenantId>) -> anyhow::Result<Vec<TenantOrder>> {
        match self.address().repair_order(tenant).await {
            Err(OpenError::Store(unknown @ StoreError::UnknownTenant(_))) => Err(unknown.into()),
            result => result.with_context(|| self.cannot_open()),
        }
    }

    /// Returns the beginning of an error about opening the database.
    fn cannot_open(&self) -> String {
        match self {
            Self::Sqlite(path) => format!("cannot open the database {}", redact::path(path)),
            Self::Postgres(_) => format!("cannot open the database {self}"),
        }
    }
}

/// Prints a line if the database is not open soon. It may hang, or its tables may be locked for long.
async fn report_wait<T>(opening: impl Future<Output = T>) -> T {
    let mut opening = pin!(opening);
    match timeout(WAIT_REPORT_DELAY, &mut opening).await {
        Ok(opened) => opened,
        Err(_) => {
            terminal::print_error_line(
                "waiting for the database: it does not answer, its schema is being migrated, or a program such as VACUUM \
                 FULL has locked its tables",
            );
            opening.await
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

    #[test]
    fn an_address_can_be_in_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let in_file = |content: &str| {
            let file = folder.path().join("address");
            fs::write(&file, content).unwrap();
            format!("file://{}", file.display()).parse::<Database>().map(|database| database.to_string())
        };
        assert_eq!(in_file("postgres://user:secret@host/events\n").unwrap(), "postgres://host:5432/events");
        assert_eq!(in_file("sqlite://events.db").unwrap(), "sqlite://events.db");
        for (content, problem) in [
            ("\n", "is empty"),
            ("file:///etc/address", "names another file"),
            ("secret", "expected"),
            ("postgres://user:secret@host/events\npostgres://host/other\n", "more than one line"),
            ("sqlite://secret.db\r\n\r\nsecret", "more than one line"),
        ] {
            let error = in_file(content).unwrap_err();
            assert!(error.contains(problem) && !error.contains("secret"), "{error}");
        }
        let missing = format!("file://{}", folder.path().join("missing").display()).parse::<Database>().err();
        assert_eq!(missing.unwrap(), "cannot read this file: entity not found");
        for url in ["file://", "file://address", "file://localhost/etc/address"] {
            let error = url.parse::<Database>().err().unwrap();
            assert!(error.starts_with("expected file:/// and an absolute path"), "{url}: {error}");
        }
    }
}
