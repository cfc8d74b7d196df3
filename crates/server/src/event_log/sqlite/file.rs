//! The SQLite file: opens connections to it, and migrates its schema.

use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use percent_encoding::{NON_ALPHANUMERIC, percent_encode};
use rusqlite::{Connection, ErrorCode, MAIN_DB, OpenFlags, TransactionBehavior};

use super::path::{absolute, create, newest_copy, require, target, write_ahead_log};
use crate::{error::StoreError, event_log::open_error::OpenError};

/// The migrations of the schema, in order. A released one never changes.
const MIGRATIONS: [&str; 12] = [
    include_str!("migrations/0001_status_events.sql"),
    include_str!("migrations/0002_whole_log.sql"),
    include_str!("migrations/0003_feed_order.sql"),
    include_str!("migrations/0004_chunk_tenant.sql"),
    include_str!("migrations/0005_keys.sql"),
    include_str!("migrations/0006_strikes.sql"),
    include_str!("migrations/0007_provenance.sql"),
    include_str!("migrations/0008_mirrors.sql"),
    include_str!("migrations/0009_callbacks.sql"),
    include_str!("migrations/0010_stream.sql"),
    include_str!("migrations/0011_event_blocks.sql"),
    include_str!("migrations/0012_webhooks.sql"),
];

/// The application id in the header of the file, which the first migration writes: "GrpD".
const APPLICATION_ID: i32 = i32::from_be_bytes(*b"GrpD");

/// How long to wait for other processes that write. It is shorter than the timeout of a request, so that the caller
/// gets the reason.
const BUSY_TIMEOUT: Duration = Duration::from_secs(15);
/// How long to wait for other processes to close the file: long enough for a command that is about to end.
const EXCLUSIVE_TIMEOUT: Duration = Duration::from_secs(2);

/// How long to wait for other processes before the write-ahead log is emptied: all that write wait as well.
const PURGE_TIMEOUT: Duration = Duration::from_millis(500);

/// The room that any append needs at most, in the file and in the write-ahead log, in bytes.
const APPEND_ROOM_BYTES: usize = 4 * 1024 * 1024;

/// The page cache of the writer. A batch touches pages all over the file; SQLite's default of 2 MiB reads most of them
/// again for each batch.
const WRITER_CACHE_KIB: i64 = 64 * 1024;
/// How much the historian keeps in memory of the pages of the file, when it has read them.
const HISTORIAN_CACHE_KIB: i32 = 16 * 1024;

/// Migrates the file, and creates it before if there is none and `may_create` is set. Returns its absolute path.
///
/// # Errors
/// Also if there is none, but a copy of it that was written when it went away, in `rescue_directory` or beside it.
pub fn prepare(path: &Path, may_create: bool, rescue_directory: Option<&Path>) -> Result<PathBuf, OpenError> {
    let path = absolute(path)?;
    match require(&path) {
        Err(OpenError::NoFile) if may_create => match newest_copy(&path, rescue_directory)? {
            Some(copy) => return Err(OpenError::Rescued(copy)),
            None => create(&target(&path)?)?,
        },
        required => required?,
    }
    let mut connection = open_writable(&path)?;
    reject_foreign(&mut connection)?;
    enable_write_ahead_log(&connection)?;
    migrate(&mut connection, &MIGRATIONS)?;
    Ok(path)
}

/// Checks whether the disk has room for an append, by a file beside the database that is removed again.
pub fn find_room(path: &Path) -> io::Result<()> {
    let mut name = path.as_os_str().to_owned();
    name.push(".room");
    let mut file = File::create(&name)?;
    let written = file.write_all(&vec![0; APPEND_ROOM_BYTES]).and_then(|()| file.sync_all());
    fs::remove_file(&name)?;
    written
}

/// Opens a connection that reads pages of the history: it keeps in memory what leads to them in the orders of the segments.
pub fn open_historian(path: &Path) -> rusqlite::Result<Connection> {
    let connection = open_reader(path)?;
    connection.pragma_update(None, "cache_size", -HISTORIAN_CACHE_KIB)?;
    Ok(connection)
}

/// Opens a connection whose transactions begin with the right to write.
pub fn open_writer(path: &Path) -> rusqlite::Result<Connection> {
    let mut connection = open(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    // A commit is on disk before it is acknowledged; macOS needs both settings for that.
    connection.pragma_update(None, "synchronous", "full")?;
    connection.pragma_update(None, "fullfsync", true)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "cache_size", -WRITER_CACHE_KIB)?;
    // What is deleted is overwritten: names, numbers and keys don't stay in free pages.
    connection.pragma_update(None, "secure_delete", true)?;
    // A transaction that reads first and writes later fails if another process has written in between.
    connection.set_transaction_behavior(TransactionBehavior::Immediate);
    // Reading opens the write-ahead log.
    version(&connection)?;
    Ok(connection)
}

/// Moves the whole write-ahead log into the file, which overwrites what was deleted there, and empties it. Returns false if
/// other connections use it.
pub fn empty_write_ahead_log(connection: &Connection) -> rusqlite::Result<bool> {
    connection.busy_timeout(PURGE_TIMEOUT)?;
    let is_busy = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, bool>(0));
    connection.busy_timeout(BUSY_TIMEOUT)?;
    Ok(!is_busy?)
}

/// Reads the number of the last event from the file alone, without its write-ahead log and without locks. Returns `None` if
/// that has no such number: it was overwritten, or a checkpoint is writing it.
///
/// The file is opened by SQLite: if another handle of it was closed in this process, the system would release SQLite's
/// locks.
///
/// # Errors
/// If the file can't be read, which says nothing about its content.
pub fn last_seq_without_log(path: &Path) -> rusqlite::Result<Option<i64>> {
    let path = percent_encode(path.as_os_str().as_encoded_bytes(), NON_ALPHANUMERIC);
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(format!("file:{path}?immutable=1"), flags)?;
    // All columns have to be numbers, because the pages of another table may be where this one is going to be.
    let found = connection.query_row("SELECT last_seq, tenants_version, segments_version FROM log", [], |row| {
        Ok((row.get(0)?, row.get::<_, i64>(1)?, row.get::<_, i64>(2)?))
    });
    match found {
        Ok((last_seq, ..)) => Ok(Some(last_seq)),
        Err(error) => match error.sqlite_error_code() {
            // `Unknown` is SQL that does not fit the tables.
            None | Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase | ErrorCode::Unknown) => Ok(None),
            Some(_) => Err(error),
        },
    }
}

/// Opens a connection whose transactions each see one snapshot of the file.
pub fn open_reader(path: &Path) -> rusqlite::Result<Connection> {
    open(path, OpenFlags::SQLITE_OPEN_READ_ONLY)
}

/// Opens a connection that reads a file of any version and changes nothing.
pub fn open_to_inspect(path: &Path) -> Result<Connection, OpenError> {
    let path = absolute(path)?;
    require(&path)?;
    // If nobody uses the file, only a connection that may write removes the index of the write-ahead log when it is
    // closed; it changes nothing else. If somebody uses the file, they do it.
    let mut connection = if write_ahead_log(&path)?.exists() {
        open_reader(&path)?
    } else {
        open(&path, OpenFlags::SQLITE_OPEN_READ_WRITE)?
    };
    connection.pragma_update(None, "query_only", true)?;
    reject_foreign(&mut connection)?;
    if version(&connection)? > MIGRATIONS.len() { Err(OpenError::Newer) } else { Ok(connection) }
}

/// Opens a connection to a migrated file that nobody else can use until the connection is closed.
pub fn open_exclusive(path: &Path) -> Result<Connection, OpenError> {
    let path = absolute(path)?;
    require(&path)?;
    let mut connection = open_writable(&path)?;
    connection.busy_timeout(EXCLUSIVE_TIMEOUT)?;
    connection.execute_batch("PRAGMA locking_mode = exclusive")?;
    reject_foreign(&mut connection).map_err(in_use)?;
    enable_write_ahead_log(&connection)?;
    connection.execute_batch("BEGIN EXCLUSIVE; COMMIT").map_err(|error| in_use(error.into()))?;
    migrate(&mut connection, &MIGRATIONS)?;
    Ok(connection)
}

fn in_use(error: OpenError) -> OpenError {
    let OpenError::Store(StoreError::Database(source)) = &error else { return error };
    let code = source.downcast_ref().and_then(rusqlite::Error::sqlite_error_code);
    if code == Some(ErrorCode::DatabaseBusy) { OpenError::InUse } else { error }
}

fn open_writable(path: &Path) -> Result<Connection, OpenError> {
    let connection = open_writer(path)?;
    // Without the permission to write, SQLite opens the file for reading only, without an error.
    if connection.is_readonly(MAIN_DB)? { Err(OpenError::NoAccess) } else { Ok(connection) }
}

fn open(path: &Path, access: OpenFlags) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(path, access | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    Ok(connection)
}

/// Rejects a database of another program: a store has our application id, and a new file is empty.
///
/// This only reads, and from one snapshot: a store that another process is creating is either empty or ours.
fn reject_foreign(connection: &mut Connection) -> Result<(), OpenError> {
    let snapshot = connection.transaction_with_behavior(TransactionBehavior::Deferred)?;
    let is_new = || -> rusqlite::Result<bool> {
        Ok(version(&snapshot)? == 0 && !snapshot.prepare("SELECT 1 FROM sqlite_schema")?.exists([])?)
    };
    match snapshot.pragma_query_value(None, "application_id", |row| row.get(0))? {
        APPLICATION_ID => Ok(()),
        0 if is_new()? => Ok(()),
        _ => Err(OpenError::Foreign),
    }
}

/// Switches the file to the write-ahead log, permanently.
fn enable_write_ahead_log(connection: &Connection) -> Result<(), OpenError> {
    let start = Instant::now();
    loop {
        match connection.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get::<_, String>(0)) {
            // SQLite does not wait here by itself, because two processes that switch at once would wait for each other.
            Err(error)
                if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) && start.elapsed() < BUSY_TIMEOUT =>
            {
                thread::sleep(Duration::from_millis(5));
            }
            Ok(mode) if mode != "wal" => {
                return Err(StoreError::database("the file system does not support a write-ahead log").into());
            }
            outcome => return Ok(outcome.map(drop)?),
        }
    }
}

/// Runs the scripts that the file does not have yet, in one transaction. Of several processes, one does it.
fn migrate(connection: &mut Connection, scripts: &[&str]) -> Result<(), OpenError> {
    // Without this, opening would wait for a process that writes.
    if version(connection)? == scripts.len() {
        return Ok(());
    }
    let change = connection.transaction()?;
    for script in scripts.get(version(&change)?..).ok_or(OpenError::Newer)? {
        change.execute_batch(script)?;
    }
    change.pragma_update(None, "user_version", scripts.len() as i64)?;
    Ok(change.commit()?)
}

/// Returns how many migrations the file has.
fn version(connection: &Connection) -> rusqlite::Result<usize> {
    let version: u32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    Ok(version as usize)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::sync::Barrier;

    use super::*;
    use crate::Config;

    #[test]
    fn a_busy_file_is_reported_before_the_request_times_out() {
        assert!(BUSY_TIMEOUT < Config::default().request_timeout);
    }

    #[test]
    fn of_several_processes_one_migrates() {
        // A script that would not fail by itself when it is run again.
        const SCRIPTS: &[&str] = &["CREATE TABLE run (n INTEGER)", "INSERT INTO run VALUES (1)"];
        for _ in 0..10 {
            let directory = tempfile::tempdir().unwrap();
            let path = directory.path().join("store.db");
            create(&path).unwrap();
            enable_write_ahead_log(&open_writer(&path).unwrap()).unwrap();
            migrate(&mut open_writer(&path).unwrap(), &SCRIPTS[..1]).unwrap();
            let barrier = Barrier::new(8);
            thread::scope(|scope| {
                for _ in 0..8 {
                    scope.spawn(|| {
                        let mut connection = open_writer(&path).unwrap();
                        barrier.wait();
                        migrate(&mut connection, SCRIPTS).unwrap();
                    });
                }
            });
            let reader = open_reader(&path).unwrap();
            let runs: i64 = reader.query_row("SELECT count(*) FROM run", [], |row| row.get(0)).unwrap();
            assert_eq!(runs, 1);
        }
    }

    #[test]
    fn an_older_file_has_all_events_if_their_number_says_so_or_nothing_could_expire() {
        for (events, has_snapshot, expected) in [(3, true, true), (2, true, false), (2, false, true)] {
            let directory = tempfile::tempdir().unwrap();
            let path = directory.path().join("store.db");
            create(&path).unwrap();
            let mut connection = open_writer(&path).unwrap();
            migrate(&mut connection, &MIGRATIONS[..1]).unwrap();
            connection.execute("INSERT INTO tenant (id, api_key, events) VALUES (1, 'key', ?1)", [events]).unwrap();
            connection.execute("UPDATE log SET last_seq = 3", []).unwrap();
            connection.execute("INSERT INTO saved (last_seq, is_whole) VALUES (3, ?1)", [has_snapshot]).unwrap();
            prepare(&path, false, None).unwrap();
            let is_whole: bool = connection.query_row("SELECT is_whole FROM log", [], |row| row.get(0)).unwrap();
            assert_eq!(is_whole, expected);
        }
    }

    #[test]
    fn an_acknowledged_event_is_on_disk() {
        let directory = tempfile::tempdir().unwrap();
        let connection = open_writer(&prepare(&directory.path().join("store.db"), true, None).unwrap()).unwrap();
        let pragma = |name| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0)).unwrap();
        assert_eq!(pragma("synchronous"), 2);
        assert_eq!(pragma("fullfsync"), 1);
        assert_eq!(pragma("foreign_keys"), 1);
        let mode: String = connection.pragma_query_value(None, "journal_mode", |row| row.get(0)).unwrap();
        assert_eq!(mode, "wal");
    }
}
