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
//! A checkpoint also changes the time of the file, but never decreases the number. While it writes, the file alone may be
//! unreadable. A file that can't be opened or read, because of a limit of the process or a fault of the disk, says nothing: the
//! change fails, and the next one looks again. A backup that SQLite itself restores into the open files (`.restore`) is noticed
//! by the number that a connection reads. What can't be noticed: a copy that is written over the file and has at least the
//! events of the last checkpoint, and a write-ahead log that was cut.
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

use super::{file, path};
use crate::error::{StoreError, chain};

/// How long a file has fewer events, without a change, before it counts as overwritten.
const SMALLER_LIMIT: Duration = Duration::from_millis(50);
/// How long a file may change or be unreadable: the checkpoint after a `VACUUM` writes all of it.
const UNREADABLE_LIMIT: Duration = Duration::from_secs(10);
const READ_DELAY: Duration = Duration::from_millis(10);

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
    /// The number of the last event; `None` before the first checkpoint, when even the tables are in the write-ahead log alone.
    last_seq: Option<i64>,
}

type Stamp = (Option<SystemTime>, u64);

#[cfg(unix)]
type FileId = (u64, u64);
#[cfg(not(unix))]
type FileId = ();

impl OpenFiles {
    /// Remembers the files of `path`, which a connection has open and has read.
    pub fn new(path: &Path) -> Result<Self, StoreError> {
        let target = path::target(path)?;
        let paths = [path.to_owned(), path::beside(&target, "-wal"), path::beside(&target, "-shm")].into_iter();
        let files = paths.map(|path| Ok((fs::metadata(&path).map(|found| id(&found))?, path)));
        let files: Vec<_> = files.map(|file| file.map(|(id, path)| (path, id))).collect::<io::Result<_>>()?;
        let stamp = stamp(&fs::metadata(path)?);
        let content = Content { stamp, last_seq: file::last_seq_without_log(path)? };
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

    /// Fails with [`StoreError::FileGone`] if the path no longer names the open files. Blocks the thread: for microseconds, or
    /// as long as somebody writes to the file, up to ten seconds.
    ///
    /// # Errors
    /// Also if the files can't be looked at.
    pub fn check(&self) -> Result<(), StoreError> {
        if self.loss().is_none()
            && let Some(found) = self.find_loss()?
        {
            self.loss.lock().get_or_insert(found);
        }
        if self.loss().is_some() { Err(StoreError::FileGone) } else { Ok(()) }
    }

    /// Returns how the files went away, if they did.
    pub fn loss(&self) -> Option<Loss> {
        *self.loss.lock()
    }

    /// Removes the write-ahead log and its index if the path names another database now: SQLite would apply them to it. They
    /// stay if the file is back, or can't be read: then they may be needed.
    pub fn remove_stale_log(&self) {
        if !matches!(self.loss(), Some(Loss::Moved | Loss::Overwritten)) {
            return;
        }
        let is_stale = self.is_log_stale();
        for (path, _) in self.files.iter().skip(1).filter(|(path, known)| is_there(path, *known).unwrap_or(false)) {
            let removed = match &is_stale {
                Ok(true) => fs::remove_file(path),
                Ok(false) => Err(io::Error::other("the database is back, or is unreadable")),
                Err(error) => Err(io::Error::other(chain(error))),
            };
            if let Err(error) = removed {
                tracing::error!(
                    path = %path.display(), %error,
                    "this file was not removed: remove it before a copy takes the place of the database"
                );
            }
        }
    }

    fn is_log_stale(&self) -> Result<bool, StoreError> {
        let Some((path, known)) = self.files.first() else { return Ok(false) };
        match self.loss() {
            Some(Loss::Overwritten) => {
                let found = file::last_seq_without_log(path)?;
                Ok(found.is_some() && found < self.content.lock().last_seq)
            }
            _ => Ok(!is_there(path, *known)?),
        }
    }

    fn find_loss(&self) -> Result<Option<Loss>, StoreError> {
        for (index, (path, known)) in self.files.iter().enumerate() {
            if !is_there(path, *known)? {
                return Ok(Some(if index == 0 { Loss::Moved } else { Loss::LogMoved }));
            }
        }
        let Some((path, _)) = self.files.first() else { return Ok(None) };
        Ok(if self.is_overwritten(path)? { Some(Loss::Overwritten) } else { None })
    }

    fn is_overwritten(&self, path: &Path) -> Result<bool, StoreError> {
        let mut content = self.content.lock();
        let start = Instant::now();
        let mut seen = None;
        loop {
            let stamp = stamp(&fs::metadata(path)?);
            if stamp == content.stamp {
                return Ok(false);
            }
            let since = match seen {
                None => start,
                Some((before, since)) if before == stamp => since,
                Some(_) => Instant::now(),
            };
            seen = Some((stamp, since));
            let last_seq = file::last_seq_without_log(path)?;
            if last_seq >= content.last_seq {
                *content = Content { stamp, last_seq };
                return Ok(false);
            }
            // Somebody may still be writing: a checkpoint, or the program that overwrites it.
            let limit = if last_seq.is_some() { SMALLER_LIMIT } else { UNREADABLE_LIMIT };
            if since.elapsed() >= limit {
                return Ok(true);
            }
            if start.elapsed() >= UNREADABLE_LIMIT {
                return Err(StoreError::database("another program writes to the database file"));
            }
            thread::sleep(READ_DELAY);
        }
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

#[cfg(all(test, unix))]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// SQLite opens no file whose path has more than 512 bytes, while the system finds it.
    #[test]
    fn a_file_that_can_t_be_opened_fails_the_check_and_does_not_count_as_overwritten() {
        let directory = tempfile::tempdir().unwrap();
        let path = file::prepare(&directory.path().join("store.db"), true, None).unwrap();
        let writer = file::open_writer(&path).unwrap();
        let append = || {
            writer.execute("UPDATE log SET last_seq = last_seq + 1", []).unwrap();
            assert!(file::empty_write_ahead_log(&writer).unwrap());
        };
        append();
        let mut files = OpenFiles::new(&path).unwrap();
        append();

        let far = ["d"; 3].iter().fold(directory.path().to_owned(), |far, name| far.join(name.repeat(200)));
        fs::create_dir_all(&far).unwrap();
        fs::hard_link(&path, far.join("store.db")).unwrap();
        files.files[0].0 = far.join("store.db");
        for _ in 0..2 {
            assert!(matches!(files.check(), Err(StoreError::Database(_))));
        }
        files.files[0].0 = path;
        files.check().unwrap();
    }
}
