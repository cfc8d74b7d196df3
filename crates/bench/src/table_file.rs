//! The files of SQLite tables that the server is compared with. Later runs use them again.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use rusqlite::Connection;

/// Creates a file, unless an earlier run did: a table, its rows, and then its indexes, which is faster in this order.
///
/// # Errors
/// If SQLite fails.
pub fn create(
    folder: &Path,
    name: &str,
    table: &str,
    indexes: &str,
    insert: impl FnOnce(&Connection) -> Result<()>,
) -> Result<PathBuf> {
    let kept = folder.join(name);
    if kept.exists() {
        return Ok(kept);
    }
    eprintln!("creating {name}");
    let new = folder.join("new-table.db");
    let _ = fs::remove_file(&new);
    let mut connection = Connection::open(&new)?;
    connection.execute_batch("PRAGMA journal_mode = off; PRAGMA synchronous = off")?;
    connection.execute_batch(table)?;
    let all = connection.transaction()?;
    insert(&all)?;
    all.commit()?;
    connection.execute_batch(indexes)?;
    connection.close().map_err(|(_, error)| error)?;
    fs::rename(&new, &kept).with_context(|| format!("cannot write {}", kept.display()))?;
    Ok(kept)
}
