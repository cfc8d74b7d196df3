//! Notices that the path of the database no longer names the files that are open.
//!
//! SQLite does not notice when its files are removed, moved, replaced or overwritten: it goes on with those that it has
//! open, and what it commits to them is not there at the next start. So every change of the database checks the files
//! before it begins, and again before it is acknowledged:
//!
//! ```text
//! store.db      -.
//! store.db-wal   }- removed, moved, replaced: the path names no file, or another one (device and inode)
//! store.db-shm  -'
//! store.db      --- overwritten in place: its time or length has changed, and the event number in it has gone back
//! ```
//!
//! A checkpoint also changes the time of the file, but never decreases the number. A backup that SQLite itself restores into
//! the open files (`.restore`) is noticed by the number that a connection reads. What can't be noticed: a copy that is
//! written over the file and has at least the events of the last checkpoint, and a write-ahead log that was cut.
//!
//! On Windows, open files can be neither removed nor replaced.

use std::{
    fs::{self, Metadata},
    io,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
    thread,
    time::{Duration, Instant, SystemTime},
};

use parking_lot::Mutex;

use super::file;
use crate::error::StoreError;

/// How often a file that looks overwritten is read, without a change in between, before that is believed.
const READS: u32 = 5;
const READ_DELAY: Duration = Duration::from_millis(10);
/// How long a file may change and be unreadable: the checkpoint after a `VACUUM` writes all of it.
const UNREADABLE_LIMIT: Duration = Duration::from_secs(10);

/// The files of a database as they were when it was opened.
pub struct OpenFiles {
    files: Vec<(PathBuf, FileId)>,
    content: Mutex<Content>,
    /// The greatest event number that any connection has read or written.
    last_seq: AtomicU64,
    /// Once they are gone, they stay gone: nothing is written to them any more.
    loss: Mutex<Option<Loss>>,
}

/// How the files went away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    /// The path names no file, or another one.
    Moved,
    /// Another program has written over the file.
    Overwritten,
    /// The write-ahead log or its index were removed; the file is there.
    LogMoved,
    /// SQLite has restored a backup that lacks events.
    Restored,
}

/// What was last seen in the file without its write-ahead log.
struct Content {
    stamp: Stamp,
    /// The number of the last event; 0 before the first checkpoint, when even the tables are in the write-ahead log alone.
    last_seq: i64,
}

type Stamp = (Option<SystemTime>, u64);

#[cfg(unix)]
type FileId = (u64, u64);
#[cfg(not(unix))]
type FileId = ();

impl OpenFiles {
    /// Remembers the files of `path`, which a connection has open and has read.
    pub fn new(path: &Path) -> Result<Self, StoreError> {
        // SQLite names the other files after the file that a symbolic link points to.
        let target = fs::canonicalize(path)?.into_os_string();
        let beside = ["-wal", "-shm"].map(|suffix| {
            let mut name = target.clone();
            name.push(suffix);
            PathBuf::from(name)
        });
        let paths = [path.to_owned()].into_iter().chain(beside);
        let files = paths.map(|path| Ok((fs::metadata(&path).map(|found| id(&found))?, path)));
        let files: Vec<_> = files.map(|file| file.map(|(id, path)| (path, id))).collect::<io::Result<_>>()?;
        let stamp = stamp(&fs::metadata(path)?);
        let content = Content { stamp, last_seq: file::last_seq_without_log(path).unwrap_or_default() };
        Ok(Self { files, content: Mutex::new(content), last_seq: AtomicU64::default(), loss: Mutex::default() })
    }

    /// Returns the greatest event number that is known to be in the log.
    pub fn last_seq(&self) -> u64 {
        self.last_seq.load(Ordering::Relaxed)
    }

    /// Compares the last event number that a transaction has found with the one that was known before it began.
    pub fn check_last_seq(&self, known: u64, found: u64) -> Result<(), StoreError> {
        if found < known {
            self.loss.lock().get_or_insert(Loss::Restored);
            return Err(StoreError::FileGone);
        }
        self.last_seq.fetch_max(found, Ordering::Relaxed);
        Ok(())
    }

    /// Fails with [`StoreError::FileGone`] if the path no longer names the open files. Blocks the thread for
    /// microseconds.
    pub fn check(&self) -> Result<(), StoreError> {
        let mut loss = self.loss.lock();
        if loss.is_none() {
            *loss = self.find_loss()?;
        }
        if loss.is_some() { Err(StoreError::FileGone) } else { Ok(()) }
    }

    /// Returns how the files went away, if they did.
    pub fn loss(&self) -> Option<Loss> {
        *self.loss.lock()
    }

    /// Removes the write-ahead log and its index if the path names another database now: SQLite would apply them to it.
    pub fn remove_stale_log(&self) {
        if !matches!(self.loss(), Some(Loss::Moved | Loss::Overwritten)) {
            return;
        }
        for (path, known) in self.files.iter().skip(1) {
            if is_there(path, *known).unwrap_or(false)
                && let Err(error) = fs::remove_file(path)
            {
                tracing::error!(path = %path.display(), %error, "remove this file before the next start");
            }
        }
    }

    fn find_loss(&self) -> io::Result<Option<Loss>> {
        for (index, (path, known)) in self.files.iter().enumerate() {
            if !is_there(path, *known)? {
                return Ok(Some(if index == 0 { Loss::Moved } else { Loss::LogMoved }));
            }
        }
        let Some((path, _)) = self.files.first() else { return Ok(None) };
        Ok(if self.is_overwritten(path)? { Some(Loss::Overwritten) } else { None })
    }

    fn is_overwritten(&self, path: &Path) -> io::Result<bool> {
        let mut content = self.content.lock();
        let (start, mut seen, mut reads) = (Instant::now(), None, 0);
        while reads < READS {
            let stamp = stamp(&fs::metadata(path)?);
            if stamp == content.stamp {
                return Ok(false);
            }
            let last_seq = file::last_seq_without_log(path).unwrap_or_default();
            if last_seq >= content.last_seq {
                *content = Content { stamp, last_seq };
                return Ok(false);
            }
            // Somebody still writes: a checkpoint, or the program that overwrites it.
            reads = if seen.replace(stamp) == Some(stamp) { reads + 1 } else { 0 };
            if start.elapsed() > UNREADABLE_LIMIT {
                return Err(io::Error::new(io::ErrorKind::TimedOut, "another program writes to the database file"));
            }
            thread::sleep(READ_DELAY);
        }
        Ok(true)
    }
}

fn is_there(path: &Path, known: FileId) -> io::Result<bool> {
    match fs::metadata(path) {
        Ok(found) => Ok(id(&found) == known),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(false),
        Err(error) => Err(error),
    }
}

fn stamp(metadata: &Metadata) -> Stamp {
    (metadata.modified().ok(), metadata.len())
}

#[cfg(unix)]
fn id(metadata: &Metadata) -> FileId {
    use std::os::unix::fs::MetadataExt as _;
    (metadata.dev(), metadata.ino())
}

#[cfg(not(unix))]
fn id(_: &Metadata) -> FileId {}
