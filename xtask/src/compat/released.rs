//! Finds the released contracts: `openapi/released/1.0.0.yaml` and later versions, and those of the other contracts in folders
//! of their own.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};
use semver::Version;

use super::version::version_of;
use crate::contract::{Contract, Entry};

impl Entry {
    /// Reads the version of the current contract.
    ///
    /// # Errors
    /// If it can't be read, or has no semantic version.
    pub fn version(&self, root: &Path) -> Result<Version> {
        version_of(&self.read(root)?.json)
    }

    /// Returns the files of the released contracts.
    ///
    /// # Errors
    /// If the name of a file is not a version.
    pub fn released_files(&self, root: &Path) -> Result<Vec<PathBuf>> {
        let folder = root.join(self.released);
        Ok(versions(&folder)?.iter().map(|version| file(&folder, version)).collect())
    }

    /// Reads the changelog.
    ///
    /// # Errors
    /// If it can't be read.
    pub fn changes(&self, root: &Path) -> Result<String> {
        fs::read_to_string(root.join(self.changelog)).with_context(|| format!("cannot read {}", self.changelog))
    }
}

/// Reads the released contract with the highest version, if one is released.
pub fn latest(entry: &Entry, root: &Path) -> Result<Option<Contract>> {
    let folder = root.join(entry.released);
    let Some(version) = versions(&folder)?.into_iter().max() else { return Ok(None) };
    let path = file(&folder, &version);
    let contract = Contract::read(&path)?;
    let inside = version_of(&contract.json)?;
    ensure!(
        inside == version,
        "{}: expected info.version {version}, as in the name of the file, found {inside}",
        path.display()
    );
    Ok(Some(contract))
}

/// Returns the path of a version.
pub fn file(folder: &Path, version: &Version) -> PathBuf {
    folder.join(format!("{version}.yaml"))
}

/// Returns the released versions, by the names of the files.
pub fn versions(folder: &Path) -> Result<Vec<Version>> {
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let entries = fs::read_dir(folder)?.collect::<io::Result<Vec<_>>>()?;
    entries
        .iter()
        .map(fs::DirEntry::path)
        .filter(|path| !path.is_dir())
        .map(|path| {
            let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
            let version = (path.extension().is_some_and(|extension| extension == "yaml")).then(|| Version::parse(stem));
            version
                .and_then(Result::ok)
                .with_context(|| format!("{}: expected a name such as 1.2.3.yaml", path.display()))
        })
        .collect()
}
