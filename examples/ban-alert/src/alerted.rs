//! The bans that were alerted, in a file with a line for each.

use std::{
    collections::BTreeSet,
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::Path,
};

use anyhow::{Context, Result};

/// The bans that were alerted.
pub struct Alerted {
    keys: BTreeSet<String>,
    file: File,
    is_first_run: bool,
}

impl Alerted {
    /// Reads the file, or creates it.
    ///
    /// # Errors
    /// If it can't be read or created.
    pub fn open(path: &Path) -> Result<Self> {
        let text = match fs::read_to_string(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            text => Some(text.with_context(|| format!("cannot read {}", path.display()))?),
        };
        let mut options = OpenOptions::new();
        options.append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(path).with_context(|| format!("cannot write {}", path.display()))?;
        // A line without its end was cut when the program was killed: its alert is sent again.
        let whole = text.as_deref().unwrap_or_default().split_inclusive('\n').filter(|line| line.ends_with('\n'));
        let keys: BTreeSet<_> = whole.map(|line| line.trim_end().to_owned()).filter(|line| !line.is_empty()).collect();
        // The first line says that the first run is over.
        let mut alerted = Self { is_first_run: !keys.contains(BEGUN), keys, file };
        if text.is_some_and(|text| !text.is_empty() && !text.ends_with('\n')) {
            alerted.write("\n")?;
        }
        Ok(alerted)
    }

    pub fn is_first_run(&self) -> bool {
        self.is_first_run
    }

    pub fn contains(&self, key: &str) -> bool {
        self.keys.contains(key)
    }

    /// Notes the bans that are older than this program.
    ///
    /// # Errors
    /// If they can't be written.
    pub fn begin(&mut self, keys: impl Iterator<Item = String>) -> Result<()> {
        for key in keys {
            self.add(key)?;
        }
        self.add(BEGUN.to_owned())?;
        self.is_first_run = false;
        Ok(())
    }

    /// Notes that a ban was alerted.
    ///
    /// # Errors
    /// If it can't be written.
    pub fn add(&mut self, key: String) -> Result<()> {
        self.write(&format!("{key}\n"))?;
        self.keys.insert(key);
        Ok(())
    }

    fn write(&mut self, text: &str) -> Result<()> {
        let written = self.file.write_all(text.as_bytes()).and_then(|()| self.file.sync_data());
        written.context("cannot note what was alerted")
    }
}

/// The line that ends the first run.
const BEGUN: &str = "# begun";
