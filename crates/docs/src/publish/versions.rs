//! The list of versions that are published in a folder, the highest first.

use std::{fs, io, path::Path};

use serde::{Deserialize, Serialize};

use super::error::PublishError;
use crate::{Edition, File};

/// The file with the list, for programs.
pub const FILE: &str = "versions.json";

/// A version that is published.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Version {
    /// The name of its folder.
    pub version: String,
    pub contract: String,
    pub crates: String,
    /// The names of its pages, so that a page of another version can link to its own place in this one.
    pub pages: Vec<String>,
}

impl Version {
    pub fn new(edition: &Edition, files: &[File]) -> Result<Self, PublishError> {
        let Edition { contract, crates, .. } = edition;
        for version in [contract, crates] {
            numbers(version).ok_or_else(|| PublishError::Version(version.clone()))?;
        }
        let pages = files.iter().map(|file| &file.path).filter(|path| path.ends_with(".html")).cloned();
        Ok(Self {
            version: edition.folder(),
            contract: contract.clone(),
            crates: crates.clone(),
            pages: pages.collect(),
        })
    }

    /// Returns what versions are ordered by.
    fn rank(&self) -> impl Ord + use<> {
        (numbers(&self.contract), numbers(&self.crates))
    }
}

/// Reads three numbers; what follows a hyphen is left out.
fn numbers(version: &str) -> Option<[u64; 3]> {
    let plain = version.split('-').next()?;
    let numbers: Vec<u64> = plain.split('.').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    numbers.try_into().ok()
}

/// What is published in a folder.
#[derive(Debug, Default, Deserialize, Serialize)]
pub struct State {
    base_url: Option<String>,
    pub versions: Vec<Version>,
}

impl State {
    /// Reads the list of a folder. It is empty if nothing was published there.
    pub fn read(folder: &Path) -> Result<Self, PublishError> {
        let path = folder.join(FILE);
        match fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|_| PublishError::List(path)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self::default()),
            Err(source) => Err(PublishError::File { path, source }),
        }
    }

    /// Adds a version, in place of the one with the same folder.
    pub fn add(&mut self, version: Version, edition: &Edition) -> Result<(), PublishError> {
        if let (Some(base), None) = (&self.base_url, &edition.base_url) {
            return Err(PublishError::BaseUrl(base.clone()));
        }
        let same = self.versions.iter().find(|listed| listed.version == version.version);
        if let Some(Version { version, contract, crates, .. }) = same.filter(|listed| listed.rank() > version.rank()) {
            return Err(PublishError::Later {
                version: version.clone(),
                contract: contract.clone(),
                crates: crates.clone(),
            });
        }
        self.base_url.clone_from(&edition.base_url);
        self.versions.retain(|listed| listed.version != version.version);
        self.versions.push(version);
        self.versions.sort_by_key(|version| std::cmp::Reverse(version.rank()));
        Ok(())
    }

    /// Returns the highest version.
    pub fn latest(&self) -> Option<&Version> {
        self.versions.first()
    }

    /// Returns the list for programs, and the same as a script: a page from a disk may not fetch a file.
    pub fn files(&self) -> [File; 2] {
        let json = serde_json::to_string_pretty(self).unwrap_or_default();
        let script = serde_json::to_string(&self.versions).unwrap_or_default();
        [File::new(FILE, json + "\n"), File::new("versions.js", format!("window.publishedVersions = {script};\n"))]
    }
}
