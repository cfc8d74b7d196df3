//! The file: how it comes to be, how it is opened, and how it grows from version to version.

use std::{
    fs::OpenOptions,
    io,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};

use rusqlite::{Connection, ErrorCode, MAIN_DB, OpenFlags, Transaction, TransactionBehavior};
use rusqlite_migration::{HookError, M, Migrations};

use crate::{error::StoreError, event_log::open_error::OpenError};

/// The changes of the schema, in order. One that was released is never edited again.
const MIGRATIONS: &[&str] = &[
    include_str!("migrations/0001_status_events.sql"),
    include_str!("migrations/0002_whole_log.sql"),
    include_str!("migrations/0003_feed_order.sql"),
];

/// What the header of a store's file says it is: "GrpD", as the first migration writes it.
const APPLICATION_ID: i32 = i32::from_be_bytes(*b"GrpD");

/// How long to wait for other processes that write: not so long that a request is over before it is told why.
const BUSY_TIMEOUT: Duration = Duration::from_secs(15);

/// A batch touches pages all over the file. With SQLite's own 2 MiB it reads most of them anew for each batch.
const WRITER_CACHE_KIB: i64 = 64 * 1024;

/// Creates the file if there is none, brings it up to date, and returns its whole path.
pub fn prepare(path: &Path) -> Result<PathBuf, OpenError> {
    // SQLite takes `file:…` for a URI, and a relative path would mean another file once the working directory changes.
    let path = std::path::absolute(path)?;
    if path.is_dir() {
        return Err(OpenError::Directory);
    }
    create(&path)?;
    let mut connection = open_writer(&path)?;
    // Where writing is not allowed, SQLite opens for reading without a word, and the first write would fail.
    if connection.is_readonly(MAIN_DB)? {
        return Err(OpenError::NoAccess);
    }
    refuse_foreign(&mut connection)?;
    log_ahead(&connection)?;
    migrate(&mut connection, MIGRATIONS)?;
    Ok(path)
}

/// A connection whose transactions begin with the right to write.
pub fn open_writer(path: &Path) -> rusqlite::Result<Connection> {
    let mut connection = open(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    // Every commit reaches the disk before it is acknowledged; macOS needs to be told twice.
    connection.pragma_update(None, "synchronous", "full")?;
    connection.pragma_update(None, "fullfsync", true)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "cache_size", -WRITER_CACHE_KIB)?;
    // Who reads first and asks for the right to write later may find that another wrote in between, and has to fail.
    connection.set_transaction_behavior(TransactionBehavior::Immediate);
    Ok(connection)
}

/// A connection whose transactions see the file as it was when they began.
pub fn open_reader(path: &Path) -> rusqlite::Result<Connection> {
    open(path, OpenFlags::SQLITE_OPEN_READ_ONLY)
}

/// A connection that reads a store's file, whatever version wrote it, and leaves the file as it is.
pub fn open_to_inspect(path: &Path) -> Result<Connection, OpenError> {
    let path = std::path::absolute(path)?;
    if path.is_dir() {
        return Err(OpenError::Directory);
    }
    // Where nobody has the file open, a connection that may write clears the index of the write-ahead log away again, and
    // changes nothing else. Otherwise that is left to those who use the file.
    let mut log = path.clone().into_os_string();
    log.push("-wal");
    let mut connection =
        if Path::new(&log).exists() { open_reader(&path)? } else { open(&path, OpenFlags::SQLITE_OPEN_READ_WRITE)? };
    connection.pragma_update(None, "query_only", true)?;
    refuse_foreign(&mut connection)?;
    let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if version > MIGRATIONS.len() as i64 { Err(OpenError::Newer) } else { Ok(connection) }
}

/// A connection to a file that is up to date, which nobody else can use until the connection is closed.
pub fn open_alone(path: &Path) -> Result<Connection, OpenError> {
    let path = std::path::absolute(path)?;
    if path.is_dir() {
        return Err(OpenError::Directory);
    }
    let mut connection = open_writer(&path)?;
    if connection.is_readonly(MAIN_DB)? {
        return Err(OpenError::NoAccess);
    }
    // Long enough for a command that is about to end.
    connection.busy_timeout(Duration::from_secs(2))?;
    connection.execute_batch("PRAGMA locking_mode = exclusive")?;
    refuse_foreign(&mut connection).map_err(in_use)?;
    log_ahead(&connection)?;
    connection.execute_batch("BEGIN EXCLUSIVE; COMMIT").map_err(|error| in_use(error.into()))?;
    migrate(&mut connection, MIGRATIONS)?;
    Ok(connection)
}

fn in_use(error: OpenError) -> OpenError {
    let OpenError::Store(StoreError::Database(source)) = &error else { return error };
    let code = source.downcast_ref().and_then(rusqlite::Error::sqlite_error_code);
    if code == Some(ErrorCode::DatabaseBusy) { OpenError::InUse } else { error }
}

fn open(path: &Path, access: OpenFlags) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(path, access | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    Ok(connection)
}

/// Makes an empty file that its owner alone may read, for it will hold keys and phone numbers. SQLite gives the
/// write-ahead log the same mode.
fn create(path: &Path) -> io::Result<()> {
    // On Unix a process that closes a file, however it had opened it, lets go of all its locks on that file. So nobody
    // in this process may get at the new file before it is closed, and a file that exists is not opened here.
    static CREATING: Mutex<()> = Mutex::new(());
    let _alone = CREATING.lock().unwrap_or_else(PoisonError::into_inner);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

/// Leaves alone what another program made: a store has our id, and a file that is about to be one has nothing yet.
///
/// This only reads, and from one snapshot: a store that another process is making now is still nothing or already ours.
fn refuse_foreign(connection: &mut Connection) -> Result<(), OpenError> {
    let snapshot = connection.transaction_with_behavior(TransactionBehavior::Deferred)?;
    let number = |name| snapshot.pragma_query_value(None, name, |row| row.get::<_, i32>(0));
    let new = || -> rusqlite::Result<bool> {
        let empty = !snapshot.prepare("SELECT 1 FROM sqlite_schema")?.exists([])?;
        Ok(empty && number("user_version")? == 0)
    };
    match number("application_id")? {
        APPLICATION_ID => Ok(()),
        0 if new()? => Ok(()),
        _ => Err(OpenError::Foreign),
    }
}

/// Switches the file to the write-ahead log, for good.
fn log_ahead(connection: &Connection) -> Result<(), OpenError> {
    let start = Instant::now();
    loop {
        match connection.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get::<_, String>(0)) {
            // SQLite does not wait by itself here, lest two that switch at once wait for each other.
            Err(error)
                if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) && start.elapsed() < BUSY_TIMEOUT =>
            {
                thread::sleep(Duration::from_millis(5));
            }
            Ok(mode) if mode != "wal" => {
                return Err(StoreError::database("the file can't have a write-ahead log here").into());
            }
            outcome => return Ok(outcome.map(drop)?),
        }
    }
}

fn migrate(connection: &mut Connection, scripts: &[&'static str]) -> rusqlite_migration::Result<()> {
    let migrations = migrations(scripts);
    loop {
        let before = migrations.current_version(connection)?;
        let outcome = migrations.to_latest(connection);
        let after = migrations.current_version(connection)?;
        // A failure while the version went on: another process was faster.
        if outcome.is_ok() || before == after {
            return outcome;
        }
    }
}

/// `to_latest` looks at the version before it begins its transaction, so another process may migrate in between. Each
/// migration therefore looks again inside, where nobody else can write, and undoes itself if it was done already.
fn migrations(scripts: &[&'static str]) -> Migrations<'static> {
    let migration = |(number, sql): (i64, &&'static str)| {
        M::up_with_hook(sql, move |transaction: &Transaction<'_>| {
            let version: i64 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
            if version < number { Ok(()) } else { Err(HookError::Hook("already migrated".into())) }
        })
    };
    Migrations::new((1..).zip(scripts).map(migration).collect())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::sync::Barrier;

    use super::*;
    use crate::Config;

    #[test]
    fn who_waits_for_another_that_writes_is_told_so_before_the_request_is_over() {
        assert!(BUSY_TIMEOUT < Config::default().request_timeout);
    }

    #[test]
    fn of_many_that_migrate_at_once_one_does() {
        // A script that would not fail by itself when it is run again.
        const SCRIPTS: &[&str] = &["CREATE TABLE run (n INTEGER)", "INSERT INTO run VALUES (1)"];
        for _ in 0..10 {
            let directory = tempfile::tempdir().unwrap();
            let path = directory.path().join("store.db");
            create(&path).unwrap();
            log_ahead(&open_writer(&path).unwrap()).unwrap();
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
    fn an_older_file_is_whole_if_it_has_as_many_events_as_ever_came_or_none_was_ever_too_old() {
        for (events, has_saved, expected) in [(3, true, true), (2, true, false), (2, false, true)] {
            let directory = tempfile::tempdir().unwrap();
            let path = directory.path().join("store.db");
            create(&path).unwrap();
            let mut connection = open_writer(&path).unwrap();
            migrate(&mut connection, &MIGRATIONS[..1]).unwrap();
            connection.execute("INSERT INTO tenant (id, api_key, events) VALUES (1, 'key', ?1)", [events]).unwrap();
            connection.execute("UPDATE log SET last_seq = 3", []).unwrap();
            connection.execute("INSERT INTO saved (last_seq, is_whole) VALUES (3, ?1)", [has_saved]).unwrap();
            prepare(&path).unwrap();
            let has_all_events: bool = connection.query_row("SELECT is_whole FROM log", [], |row| row.get(0)).unwrap();
            assert_eq!(has_all_events, expected);
        }
    }

    #[test]
    fn what_was_acknowledged_is_on_the_disk() {
        let directory = tempfile::tempdir().unwrap();
        let connection = open_writer(&prepare(&directory.path().join("store.db")).unwrap()).unwrap();
        let pragma = |name| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0)).unwrap();
        assert_eq!(pragma("synchronous"), 2);
        assert_eq!(pragma("fullfsync"), 1);
        assert_eq!(pragma("foreign_keys"), 1);
        let mode: String = connection.pragma_query_value(None, "journal_mode", |row| row.get(0)).unwrap();
        assert_eq!(mode, "wal");
    }
}
