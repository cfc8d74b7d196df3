//! The database that is named on the command line.

use std::{fmt, path::PathBuf, str::FromStr, sync::Arc};

use anyhow::{Context, bail};
use group_dispatch_server::store::{EventLog, SqliteLog};

/// A database by its address.
#[derive(Clone)]
pub enum Database {
    /// A SQLite file.
    Sqlite(PathBuf),
}

impl fmt::Display for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::Sqlite(path) = self;
        write!(f, "sqlite://{}", path.display())
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
            _ => Err("expected sqlite:// and a file's path, such as sqlite://group-dispatch.db"),
        }
    }
}

impl Database {
    /// Opens the log of status events. There has to be one: a mistyped path would otherwise be answered from a new log,
    /// in which there is nothing.
    pub fn open(&self) -> anyhow::Result<Arc<dyn EventLog>> {
        let Self::Sqlite(path) = self;
        // Where even this can't be told, opening says why.
        if matches!(path.try_exists(), Ok(false)) {
            bail!(
                "there is no database at {}; `group-dispatch tenant add ID` makes one, --database names another",
                path.display()
            );
        }
        self.open_or_create()
    }

    /// Opens the log of status events; it is created and brought up to date where needed.
    pub fn open_or_create(&self) -> anyhow::Result<Arc<dyn EventLog>> {
        let Self::Sqlite(path) = self;
        let log = SqliteLog::open(path).with_context(|| format!("cannot open the database {}", path.display()))?;
        Ok(Arc::new(log))
    }
}
