//! The database that is named on the command line.

use std::{path::PathBuf, str::FromStr, sync::Arc};

use anyhow::Context;
use group_dispatch_server::store::{SqliteStore, Store};
use group_dispatch_types::UtcOffset;

/// A database by its address.
#[derive(Clone)]
pub enum Database {
    /// A SQLite file.
    Sqlite(PathBuf),
}

impl FromStr for Database {
    type Err = String;

    fn from_str(url: &str) -> Result<Self, String> {
        match url.split_once("://") {
            Some(("sqlite", path)) if !path.is_empty() => Ok(Self::Sqlite(path.into())),
            _ => Err("expected sqlite:// and a file's path, such as sqlite://group-dispatch.db".to_owned()),
        }
    }
}

impl Database {
    /// Opens the store, whose answers give times at `offset`; it is created and brought up to date where needed.
    pub fn open(&self, offset: UtcOffset) -> anyhow::Result<Arc<dyn Store>> {
        let Self::Sqlite(path) = self;
        let store =
            SqliteStore::open(path, offset).with_context(|| format!("cannot open the database {}", path.display()))?;
        Ok(Arc::new(store))
    }
}
