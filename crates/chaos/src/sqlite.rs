//! The SQLite file of a world: what happens to files, and how its log is read.

use std::{
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use anyhow::{Context, Result};
use rusqlite::{Connection, OpenFlags};

use crate::{event::Event, model::LoggedEvent, process::run};

/// The columns of an event, of both stores, in the order in which they are read.
pub const EVENTS: &str = "SELECT e.seq, t.id, e.user_id, e.agent_account, e.user_name, e.whatsapp, e.name, e.status, e.source, \
                          e.country_code, e.detail_status, e.at, e.event_id FROM status_event e \
                          JOIN tenant t ON t.number = e.tenant";
/// How long the file may be locked by a server.
const BUSY_TIMEOUT: Duration = Duration::from_secs(30);

/// A SQLite file, in a folder of its own.
#[derive(Clone, Debug)]
pub struct SqliteFile {
    pub path: PathBuf,
}

impl SqliteFile {
    #[must_use]
    pub fn in_folder(folder: &Path) -> Self {
        Self { path: folder.join("group-dispatch.db") }
    }

    /// Returns the address for the command.
    #[must_use]
    pub fn url(&self) -> String {
        format!("sqlite://{}", self.path.display())
    }

    /// Returns the file and the two files beside it.
    #[must_use]
    pub fn files(&self) -> [PathBuf; 3] {
        ["", "-wal", "-shm"].map(|ending| with_ending(&self.path, ending))
    }

    /// Removes the file and the two files beside it.
    ///
    /// # Errors
    /// If one of them can't be removed.
    pub fn remove(&self) -> Result<()> {
        for file in self.files().iter().filter(|file| file.exists()) {
            fs::remove_file(file).with_context(|| format!("cannot remove {}", file.display()))?;
        }
        Ok(())
    }

    /// Moves the file and the two files beside it into a folder.
    ///
    /// # Errors
    /// If one of them can't be moved.
    pub fn move_to(&self, folder: &Path) -> Result<Self> {
        fs::create_dir_all(folder)?;
        let moved = Self::in_folder(folder);
        for (from, to) in self.files().iter().zip(moved.files()).filter(|(from, _)| from.exists()) {
            fs::rename(from, to).with_context(|| format!("cannot move {}", from.display()))?;
        }
        Ok(moved)
    }

    /// Writes a complete copy while servers run, as `.backup` does.
    ///
    /// # Errors
    /// If it can't be written.
    pub fn back_up(&self, to: &Path) -> Result<()> {
        let _ = fs::remove_file(to);
        let to = to.to_str().context("a path is not text")?;
        self.open()?.execute("VACUUM INTO ?1", [to]).context("cannot write a backup")?;
        Ok(())
    }

    /// Returns the newest copy that a server wrote of a file that went away.
    #[must_use]
    pub fn rescued(&self) -> Option<PathBuf> {
        let name = self.path.file_name()?.to_str()?;
        let entries = fs::read_dir(self.path.parent()?).ok()?.flatten().map(|entry| entry.path());
        let is_copy = |path: &PathBuf| {
            let found = path.file_name().and_then(|found| found.to_str()).unwrap_or_default();
            found.starts_with(&format!("{name}.rescued-"))
                && !["-wal", "-shm", "-journal", ".partial"].iter().any(|end| found.ends_with(end))
        };
        entries.filter(is_copy).max_by_key(|path| path.metadata().and_then(|metadata| metadata.modified()).ok())
    }

    /// Puts a copy in the place of the file.
    ///
    /// # Errors
    /// If it can't be moved.
    pub fn restore(&self, copy: &Path) -> Result<()> {
        self.remove()?;
        fs::rename(copy, &self.path).with_context(|| format!("cannot restore {}", copy.display()))
    }

    /// Takes the write lock, and holds it until the connection is dropped.
    ///
    /// # Errors
    /// If it can't be had.
    pub fn lock(&self) -> Result<Connection> {
        let connection = Connection::open_with_flags(&self.path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        connection.busy_timeout(BUSY_TIMEOUT)?;
        connection.execute_batch("BEGIN IMMEDIATE")?;
        Ok(connection)
    }

    fn open(&self) -> Result<Connection> {
        // Read and write: with a read-only file SQLite can't recover the log of a process that was killed.
        let connection = Connection::open_with_flags(&self.path, OpenFlags::SQLITE_OPEN_READ_WRITE)
            .with_context(|| format!("cannot open {}", self.path.display()))?;
        connection.busy_timeout(BUSY_TIMEOUT)?;
        Ok(connection)
    }

    /// Reads the log.
    ///
    /// # Errors
    /// If it can't be read.
    pub fn log(&self) -> Result<Vec<LoggedEvent>> {
        let connection = self.open()?;
        let mut statement = connection.prepare(EVENTS)?;
        let rows = statement.query_map([], |row| {
            let event = Event {
                user_id: row.get(2)?,
                agent_account: row.get(3)?,
                user_name: row.get(4)?,
                number: row.get(5)?,
                name: row.get(6)?,
                status: row.get(7)?,
                source: row.get(8)?,
                country: row.get(9)?,
                detail_status: row.get(10)?,
                at: row.get(11)?,
                event_id: row.get::<_, Option<String>>(12)?.unwrap_or_default(),
            };
            Ok(LoggedEvent { seq: row.get(0)?, tenant: row.get::<_, i64>(1)?.cast_unsigned(), event })
        })?;
        rows.collect::<Result<_, _>>().context("cannot read the log")
    }
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut path = OsString::from(path);
    path.push(ending);
    path.into()
}

/// A small file system in memory, which can be filled.
#[derive(Debug)]
pub struct SmallDisk {
    folder: PathBuf,
}

impl SmallDisk {
    /// Mounts one, if it is not mounted already by a run that was killed.
    ///
    /// # Errors
    /// If this user may not mount.
    pub fn mount(folder: &Path, megabytes: usize) -> Result<Self> {
        fs::create_dir_all(folder)?;
        let folder = folder.canonicalize()?;
        if !is_mounted(&folder) {
            let size = format!("size={megabytes}m");
            run(Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(&folder))?;
        }
        Ok(Self { folder })
    }

    /// Unmounts the one that a killed run left.
    ///
    /// # Errors
    /// If it can't be unmounted.
    pub fn unmount_left(folder: &Path) -> Result<()> {
        match folder.canonicalize() {
            Ok(folder) => unmount(&folder),
            Err(_) => Ok(()),
        }
    }

    /// Unmounts it while files are open.
    ///
    /// # Errors
    /// If it can't be unmounted.
    pub fn unmount(self) -> Result<()> {
        unmount(&self.folder)
    }

    fn ballast(&self) -> PathBuf {
        self.folder.join("ballast")
    }

    /// Fills the disk to the last byte.
    ///
    /// # Errors
    /// If the file can't be created.
    pub fn fill(&self) -> Result<()> {
        use std::io::Write;
        let mut file = fs::File::create(self.ballast())?;
        let (block, byte) = ([0; 64 * 1024], [0; 512]);
        while file.write_all(&block).is_ok() {}
        while file.write_all(&byte).is_ok() {}
        Ok(())
    }

    /// Frees what [`fill`](Self::fill) took.
    ///
    /// # Errors
    /// If the file can't be removed.
    pub fn free(&self) -> Result<()> {
        fs::remove_file(self.ballast()).context("cannot free the small disk")
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = unmount(&self.folder);
    }
}

/// Lazily: a process may still have a file open.
fn unmount(folder: &Path) -> Result<()> {
    if is_mounted(folder) { run(Command::new("umount").arg("--lazy").arg(folder)).map(drop) } else { Ok(()) }
}

fn is_mounted(folder: &Path) -> bool {
    let mounts = fs::read_to_string("/proc/mounts").unwrap_or_default();
    mounts.lines().any(|line| line.split(' ').nth(1).is_some_and(|place| Path::new(place) == folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_complete_copy_is_found_without_the_files_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = SqliteFile::in_folder(folder.path());
        assert_eq!(file.rescued(), None);
        let copy = folder.path().join("group-dispatch.db.rescued-1");
        fs::write(&copy, "").unwrap();
        fs::write(folder.path().join("group-dispatch.db.rescued-1-wal"), "").unwrap();
        fs::write(folder.path().join("group-dispatch.db.rescued-2.partial"), "").unwrap();
        assert_eq!(file.rescued(), Some(copy.clone()));
        file.restore(&copy).unwrap();
        assert!(file.path.exists());
    }

    #[test]
    fn the_log_is_read_with_every_member() {
        let folder = tempfile::tempdir().unwrap();
        let file = SqliteFile::in_folder(folder.path());
        let connection = Connection::open(&file.path).unwrap();
        connection
            .execute_batch(
                "CREATE TABLE tenant (number INTEGER, id INTEGER);
                 CREATE TABLE status_event (seq, tenant, at, source, user_id, whatsapp, status, detail_status, event_id,
                                            agent_account, user_name, name, country_code);
                 INSERT INTO tenant VALUES (1, 71);
                 INSERT INTO status_event VALUES (5, 1, 1000, 2, 3, 4, 10, 12, 'chaos-0-0-0', 'a', NULL, 'n', 'c');",
            )
            .unwrap();
        let event = Event {
            event_id: "chaos-0-0-0".to_owned(),
            user_id: 3,
            agent_account: "a".to_owned(),
            user_name: None,
            number: 4,
            name: Some("n".to_owned()),
            status: 10,
            source: 2,
            country: "c".to_owned(),
            detail_status: 12,
            at: 1_000,
        };
        assert_eq!(file.log().unwrap(), [LoggedEvent { seq: 5, tenant: 71, event }]);
    }
}
