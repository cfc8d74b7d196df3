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
    /// The base URL that its links have.
    base_url: Option<String>,
    /// The names of its pages, so that a page of another version can link to its own place in this one.
    pub pages: Vec<String>,
}

impl Version {
    pub fn new(edition: &Edition, files: &[File]) -> Result<Self, PublishError> {
        let Edition { contract, crates, base_url } = edition;
        for version in [contract, crates] {
            numbers(version).ok_or_else(|| PublishError::Version(version.clone()))?;
        }
        let pages = files.iter().map(|file| &file.path).filter(|path| path.ends_with(".html")).cloned();
        Ok(Self {
            version: edition.folder(),
            contract: contract.clone(),
            crates: crates.clone(),
            base_url: base_url.clone(),
            pages: pages.collect(),
        })
    }

    /// Returns whether its names are such as this module writes: they become paths.
    fn is_plain(&self) -> bool {
        let folder = numbers(&self.contract).map(|[major, minor, _]| format!("{major}.{minor}"));
        folder.as_ref() == Some(&self.version)
            && numbers(&self.crates).is_some()
            && self.pages.iter().all(|page| is_plain_page(page))
    }

    /// Returns what versions are ordered by.
    fn rank(&self) -> impl Ord + use<> {
        (numbers(&self.contract), numbers(&self.crates))
    }
}

/// Returns whether a page is below the folder of its version on all systems: `error-522.html`, `a/b.html`.
fn is_plain_page(page: &str) -> bool {
    let is_plain = |part: &str| {
        !part.is_empty()
            && !part.starts_with('.')
            && part.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_.".contains(letter))
    };
    page.ends_with(".html") && page.split('/').all(is_plain)
}

/// Reads three numbers. A prerelease is not read: its docs would take the place of its release's.
fn numbers(version: &str) -> Option<[u64; 3]> {
    let number = |part: &str| part.parse().ok().filter(|number: &u64| number.to_string() == part);
    let numbers: Vec<u64> = version.split('.').map(number).collect::<Option<_>>()?;
    numbers.try_into().ok()
}

/// What is published in a folder.
#[derive(Debug, Default, Deserialize, Serialize)]
pub struct State {
    pub versions: Vec<Version>,
}

impl State {
    /// Reads the list of a folder. It is empty if nothing was published there.
    pub fn read(folder: &Path) -> Result<Self, PublishError> {
        let path = folder.join(FILE);
        match fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes)
                .ok()
                .filter(|state: &Self| state.versions.iter().all(Version::is_plain))
                .ok_or(PublishError::List(path)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self::default()),
            Err(source) => Err(PublishError::File { path, source }),
        }
    }

    /// Adds a version, in place of the one with the same folder.
    pub fn add(&mut self, version: Version, edition: &Edition) -> Result<(), PublishError> {
        if let (Some(base), None) =
            (self.versions.iter().find_map(|listed| listed.base_url.as_ref()), &edition.base_url)
        {
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
        self.versions.retain(|listed| listed.version != version.version);
        self.versions.push(version);
        self.versions.sort_by_key(|version| std::cmp::Reverse(version.rank()));
        Ok(())
    }

    /// Returns the highest version.
    pub fn latest(&self) -> Option<&Version> {
        self.versions.first()
    }

    /// Returns the versions whose links have another base URL. Without one, links are relative and stay right.
    pub fn outdated(&self, edition: &Edition) -> Vec<String> {
        let is_outdated = |version: &&Version| version.base_url.is_some() && version.base_url != edition.base_url;
        self.versions.iter().filter(is_outdated).map(|version| version.version.clone()).collect()
    }

    /// Returns the list for programs, and the same as a script: a page from a disk may not fetch a file.
    pub fn files(&self) -> [File; 2] {
        let json = serde_json::to_string_pretty(self).unwrap_or_default();
        let script = serde_json::to_string(&self.versions).unwrap_or_default();
        [File::new(FILE, json + "\n"), File::new("versions.js", format!("window.publishedVersions = {script};\n"))]
    }
}
