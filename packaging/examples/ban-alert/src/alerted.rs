//! The bans that were alerted, in a file with a line for each.

use std::{
    collections::BTreeSet,
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use group_dispatch_client::Source;
use tempfile::NamedTempFile;

/// The bans that were alerted and are in the log. Each key begins with its source and a space.
pub struct Alerted {
    path: PathBuf,
    keys: BTreeSet<String>,
    is_saved: bool,
}

impl Alerted {
    /// Reads the file, or creates it.
    ///
    /// # Errors
    /// If it can't be read or written.
    pub fn open(path: &Path) -> Result<Self> {
        let text = match fs::read_to_string(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            text => text.with_context(|| format!("cannot read {}", path.display()))?,
        };
        let keys = text.lines().map(str::to_owned).collect();
        let mut alerted = Self { path: path.to_owned(), keys, is_saved: false };
        alerted.save()?;
        Ok(alerted)
    }

    pub fn contains(&self, key: &str) -> bool {
        self.keys.contains(key)
    }

    pub fn add(&mut self, key: String) {
        self.is_saved &= !self.keys.insert(key);
    }

    /// Forgets the bans of the source that are no longer in its log. The bans in the first log of a source are older than
    /// this program: they are noted as alerted.
    pub fn follow_log(&mut self, source: Source, in_log: BTreeSet<String>) {
        let (source, begun) = (format!("{source} "), format!("{source} begun"));
        if self.contains(&begun) {
            let count = self.keys.len();
            self.keys.retain(|key| !key.starts_with(&source) || *key == begun || in_log.contains(key));
            self.is_saved &= self.keys.len() == count;
        } else {
            self.keys.extend(in_log);
            self.add(begun);
        }
    }

    /// Replaces the file if something changed. Only its owner can read it, and a killed program leaves no part of it.
    ///
    /// # Errors
    /// If it can't be written. The next call tries again.
    pub fn save(&mut self) -> Result<()> {
        if !self.is_saved {
            self.write().with_context(|| format!("cannot write {}", self.path.display()))?;
            self.is_saved = true;
        }
        Ok(())
    }

    fn write(&self) -> io::Result<()> {
        let mut file = NamedTempFile::new_in(self.path.parent().unwrap_or(Path::new("")))?;
        let text: String = self.keys.iter().flat_map(|key| [key, "\n"]).collect();
        file.write_all(text.as_bytes())?;
        file.as_file().sync_all()?;
        file.persist(&self.path)?;
        Ok(())
    }
}
