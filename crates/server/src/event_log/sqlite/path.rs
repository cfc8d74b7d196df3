//! What the path of a database names: the file, which may be missing, its write-ahead log, and copies that were rescued.
//! Creates the file.

use std::{
    fs::{self, OpenOptions},
    io,
    path::{Path, PathBuf},
};

use parking_lot::Mutex;

use crate::event_log::open_error::OpenError;

/// What follows the name of the database in the name of a rescued copy, before the time.
pub const COPY_INFIX: &str = ".rescued-";
/// How many symbolic links may follow each other, as for Linux.
const MAX_LINKS: usize = 40;

/// SQLite reads a path that begins with `file:` as a URI, and a relative one changes its meaning with the working
/// directory.
pub fn absolute(path: &Path) -> Result<PathBuf, OpenError> {
    let path = std::path::absolute(path)?;
    if path.is_dir() { Err(OpenError::Directory) } else { Ok(path) }
}

/// Returns the file that a path names, which may be missing: SQLite follows symbolic links, and names the write-ahead log
/// after the file behind them.
pub fn target(path: &Path) -> io::Result<PathBuf> {
    let mut target = path.to_owned();
    for _ in 0..MAX_LINKS {
        let (Some(directory), Some(name)) = (target.parent(), target.file_name()) else { break };
        let name = directory.canonicalize()?.join(name);
        // An error: it is no link.
        let Ok(link) = fs::read_link(&name) else { return Ok(name) };
        target = directory.join(link);
    }
    Err(io::Error::other("too many symbolic links"))
}

/// Returns a path with a suffix at its name.
pub fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// Checks that there is a file, and that it is not empty.
///
/// # Errors
/// If it is missing or empty: whether its write-ahead log is there, which holds events then, or not.
pub fn require(path: &Path) -> Result<(), OpenError> {
    let length = |path: &Path| match fs::metadata(path) {
        Ok(metadata) => Ok(metadata.len()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
        Err(error) => Err(error),
    };
    if length(path)? > 0 {
        Ok(())
    } else if length(&write_ahead_log(path)?)? > 0 {
        Err(OpenError::OrphanedLog)
    } else {
        Err(OpenError::NoFile)
    }
}

/// Returns the path of the write-ahead log of a database.
pub fn write_ahead_log(path: &Path) -> io::Result<PathBuf> {
    Ok(beside(&target(path)?, "-wal"))
}

/// Creates an empty file unless there is one. SQLite gives the write-ahead log its mode.
pub fn create(path: &Path) -> io::Result<()> {
    // On Unix, a process that closes a file releases all its locks on that file, even those of other handles. So nobody
    // in this process may open the new file before it is closed here, and an existing file is not opened at all.
    static CREATING: Mutex<()> = Mutex::new(());
    let _guard = CREATING.lock();
    match create_new(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

/// Creates an empty file that only its owner may read, because it will hold keys and phone numbers.
///
/// # Errors
/// If there is one already, or it can't be created.
pub fn create_new(path: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

/// Returns the newest complete copy of the database at `path`, beside it or in the directory for copies.
pub fn newest_copy(path: &Path, directory: Option<&Path>) -> io::Result<Option<PathBuf>> {
    let mut newest = None;
    for directory in path.parent().into_iter().chain(directory) {
        let entries = match fs::read_dir(directory) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            entries => entries?,
        };
        for entry in entries {
            let name = entry?.file_name();
            // What SQLite and an unfinished copy have at the end of their names has other letters.
            let time = name
                .as_encoded_bytes()
                .strip_prefix(path.file_name().unwrap_or_default().as_encoded_bytes())
                .and_then(|rest| rest.strip_prefix(COPY_INFIX.as_bytes()));
            if time.is_some_and(|time| time.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'T' | b'-'))) {
                newest = newest.max(Some((name, directory)));
            }
        }
    }
    Ok(newest.map(|(name, directory)| directory.join(name)))
}
