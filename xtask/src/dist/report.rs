//! What a part of a release built, checked and skipped, and where that is kept.

use std::{
    fmt, fs, io,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use test_support::workspace_root;

/// The report of a part while it is built.
pub struct Report {
    name: &'static str,
    packages: PathBuf,
    folder: PathBuf,
    is_checking: bool,
    is_kept: bool,
    stored: Stored,
}

impl Report {
    pub(super) fn begin(packages: &Path, name: &'static str, is_checking: bool) -> Result<Self> {
        let folder = packages.join(name);
        Stored::remove(packages, name)?;
        match fs::remove_dir_all(&folder) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(error).with_context(|| format!("cannot remove {}", folder.display()));
            }
            _ => fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?,
        }
        Ok(Self { name, packages: packages.to_owned(), folder, is_checking, is_kept: true, stored: Stored::default() })
    }

    /// The folder of this part, empty at its beginning.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Whether what is built has to be tried as well.
    #[must_use]
    pub fn is_checking(&self) -> bool {
        self.is_checking
    }

    /// Lists a file for users.
    ///
    /// # Errors
    /// If it is not there.
    pub fn artifact(&mut self, path: &Path) -> Result<()> {
        let size_bytes = fs::metadata(path).with_context(|| format!("{} was not built", path.display()))?.len();
        let path = path.strip_prefix(workspace_root()).unwrap_or(path).display().to_string();
        self.stored.artifacts.push(Artifact { path, size_bytes });
        Ok(())
    }

    /// Lists a check that succeeded. A check that fails is an error of the part.
    pub fn check(&mut self, what_holds: impl Into<String>) {
        self.stored.checks.push(what_holds.into());
    }

    /// Lists a check that this machine can't run: "WHAT, because WHY".
    pub fn skip(&mut self, what_and_why: impl Into<String>) {
        self.stored.skips.push(what_and_why.into());
    }

    /// Says that the next run has to build the part again: it depends on more than its inputs.
    pub fn do_not_keep(&mut self) {
        self.is_kept = false;
    }

    pub(super) fn store(self, key: Option<String>) -> Result<Stored> {
        let stored = Stored { key: key.filter(|_| self.is_kept), ..self.stored };
        let path = Stored::path(&self.packages, self.name);
        fs::write(&path, serde_json::to_vec_pretty(&stored)?)
            .with_context(|| format!("cannot write {}", path.display()))?;
        Ok(stored)
    }
}

/// The report of a part that was built.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Stored {
    /// The key of the files that it was built from. Without one it is not used again.
    key: Option<String>,
    artifacts: Vec<Artifact>,
    pub(super) checks: Vec<String>,
    pub(super) skips: Vec<String>,
}

#[derive(Serialize, Deserialize)]
struct Artifact {
    path: String,
    size_bytes: u64,
}

impl Stored {
    pub(super) fn load(packages: &Path, name: &str) -> Result<Option<Self>> {
        match fs::read(Self::path(packages, name)) {
            Ok(bytes) => Ok(serde_json::from_slice(&bytes).ok()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).with_context(|| format!("cannot read {}", Self::path(packages, name).display())),
        }
    }

    pub(super) fn remove(packages: &Path, name: &str) -> Result<()> {
        match fs::remove_file(Self::path(packages, name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(error).with_context(|| format!("cannot remove {}", Self::path(packages, name).display()))
            }
            _ => Ok(()),
        }
    }

    /// Returns whether it is of these files, complete and still there. What was skipped is tried again: the tool may be there
    /// now.
    pub(super) fn is_of(&self, key: Option<&str>) -> bool {
        let exists = |artifact: &Artifact| workspace_root().join(&artifact.path).exists();
        key.is_some() && self.key.as_deref() == key && self.skips.is_empty() && self.artifacts.iter().all(exists)
    }

    /// Returns the files for users, of all parts that were built in the checkout at `root`.
    ///
    /// # Errors
    /// If a report can't be read.
    pub(super) fn artifacts(root: &Path) -> Result<Vec<PathBuf>> {
        let folder = root.join("target/packages");
        let mut artifacts = Vec::new();
        let entries = fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))?;
        for path in entries.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()? {
            if path.extension().is_some_and(|extension| extension == "json") {
                let stored: Self = serde_json::from_slice(&fs::read(&path)?)?;
                artifacts.extend(stored.artifacts.iter().map(|artifact| root.join(&artifact.path)));
            }
        }
        Ok(artifacts)
    }

    fn path(packages: &Path, name: &str) -> PathBuf {
        packages.join(format!("{name}.json"))
    }
}

impl fmt::Display for Stored {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Artifact { path, size_bytes } in &self.artifacts {
            writeln!(formatter, "        built:   {path} ({size_bytes} bytes)")?;
        }
        for check in &self.checks {
            writeln!(formatter, "        checked: {check}")?;
        }
        for skip in &self.skips {
            writeln!(formatter, "        skipped: {skip}")?;
        }
        Ok(())
    }
}
