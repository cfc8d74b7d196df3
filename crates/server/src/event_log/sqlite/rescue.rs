//! Copies the database from an open connection, when its path no longer names it.

use std::{
    ffi::{OsStr, OsString},
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use group_dispatch_types::{StatusTime, UtcOffset};
use rusqlite::Connection;

use super::{
    file,
    path::{self, COPY_INFIX},
};
use crate::{error::StoreError, event::now};

/// Writes a whole copy of the database at `path`, with the events up to `last_seq`, in `directory` or else beside it. Returns
/// its path: `PATH.rescued-TIME`. Until it is complete and on disk, its name ends in `.partial`.
///
/// # Errors
/// If the copy can't be written, or lacks events because the file was overwritten. Nothing is left of it then.
pub fn copy(
    connection: &Connection,
    last_seq: u64,
    path: &Path,
    directory: Option<&Path>,
) -> Result<PathBuf, StoreError> {
    let name = path.file_name().unwrap_or_default();
    let directory = directory.or(path.parent()).unwrap_or(Path::new("."));
    let (copy, partial) = reserve(name, directory)?;
    let written = write(connection, last_seq, &partial).and_then(|()| Ok(fs::rename(&partial, &copy)?));
    if let Err(error) = written {
        let _ = fs::remove_file(&partial);
        return Err(error);
    }
    // Windows can't open directories.
    #[cfg(unix)]
    File::open(directory)?.sync_all()?;
    Ok(copy)
}

/// Creates the file for a copy, with a name that no other process uses: several that had the file open write copies at the
/// same time. Returns its name when it is complete, and until then.
fn reserve(database: &OsStr, directory: &Path) -> io::Result<(PathBuf, PathBuf)> {
    for number in 1.. {
        let copy = directory.join(copy_name(database, number));
        let mut partial = copy.clone().into_os_string();
        partial.push(".partial");
        let partial = PathBuf::from(partial);
        if copy.exists() {
            continue;
        }
        match path::create_new(&partial) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            created => return created.map(|()| (copy, partial)),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

/// Fills an empty file with the database.
fn write(connection: &Connection, last_seq: u64, copy: &Path) -> Result<(), StoreError> {
    // The number of the last event, and whether there are as many events as were counted.
    const CONTENT: &str = "
        SELECT last_seq, (SELECT ifnull(sum(events), 0) FROM tenant)
            = (SELECT count(*) FROM status_event WHERE tenant IN (SELECT number FROM tenant))
        FROM log";
    let text = copy.to_str().ok_or_else(|| StoreError::database("the path of the copy is not UTF-8"))?;
    connection.execute("VACUUM INTO ?1", [text])?;
    let copied = file::open_reader(copy)?;
    let (found, is_whole): (i64, bool) = copied.query_row(CONTENT, [], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let problem: String = copied.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if problem != "ok" || found.cast_unsigned() < last_seq || !is_whole {
        return Err(StoreError::database("events are missing in the copy, because the file was overwritten"));
    }
    copied.close().map_err(|(_, error)| error)?;
    Ok(File::open(copy)?.sync_all()?)
}

fn copy_name(database: &OsStr, number: u32) -> OsString {
    let time = StatusTime::from_epoch_seconds(now().div_euclid(1000), UtcOffset::UTC);
    let time = time.map(|time| time.to_string().replace(' ', "T").replace(['-', ':'], "")).unwrap_or_default();
    let mut name = database.to_owned();
    name.push(format!("{COPY_INFIX}{time}"));
    if number > 1 {
        name.push(format!("-{number}"));
    }
    name
}
