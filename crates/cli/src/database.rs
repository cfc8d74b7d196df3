//! The database that is named on the command line.

use std::{path::PathBuf, str::FromStr, sync::Arc};

use anyhow::Context;
use group_dispatch_server::store::{SqliteStore, Store};

use crate::arguments::StoreArguments;

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

/// Opens the store; the file is created and brought up to date where needed.
pub fn open(arguments: &StoreArguments) -> anyhow::Result<Arc<dyn Store>> {
    let Database::Sqlite(path) = &arguments.database;
    let store = SqliteStore::open(path, arguments.utc_offset)
        .with_context(|| format!("cannot open the database {}", path.display()))?;
    Ok(Arc::new(store))
}
