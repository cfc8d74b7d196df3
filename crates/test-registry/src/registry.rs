//! What was published, in memory.

use std::collections::BTreeMap;

use anyhow::{Result, ensure};
use semver::Version;
use sha2::{Digest, Sha256};

use crate::publication::Publication;

/// The crates of a registry.
#[derive(Default)]
pub struct Registry {
    crates: BTreeMap<String, Versions>,
}

#[derive(Default)]
struct Versions {
    /// The file of the index.
    lines: String,
    packages: BTreeMap<Version, Vec<u8>>,
}

impl Registry {
    /// Adds a version of a crate.
    ///
    /// # Errors
    /// If it was published before, or a dependency is not in the registry.
    pub fn publish(&mut self, publication: Publication) -> Result<()> {
        let Publication { metadata, package } = publication;
        let own = metadata.dependencies.iter().filter(|dependency| dependency.registry.is_none());
        for dependency in own {
            ensure!(self.crates.contains_key(&dependency.name), "no known crate named `{}`", dependency.name);
        }
        let versions = self.crates.entry(metadata.name.clone()).or_default();
        let version = &metadata.version;
        ensure!(!versions.packages.contains_key(version), "crate version `{version}` is already uploaded");
        versions.lines += &serde_json::to_string(&metadata.index_line(&checksum(&package)))?;
        versions.lines += "\n";
        versions.packages.insert(metadata.version, package);
        Ok(())
    }

    /// Returns the file of the index for a crate.
    pub fn index(&self, name: &str) -> Option<String> {
        self.crates.get(name).map(|versions| versions.lines.clone())
    }

    /// Returns the file of a version of a crate.
    pub fn package(&self, name: &str, version: &str) -> Option<Vec<u8>> {
        self.crates.get(name)?.packages.get(&version.parse().ok()?).cloned()
    }
}

/// Returns the SHA-256 of `bytes`, in hexadecimal.
pub fn checksum(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Returns the path of a crate in the index, by the rules of the Cargo book.
pub fn index_path(name: &str) -> String {
    let name = name.to_ascii_lowercase();
    match name.len() {
        0..=2 => format!("{}/{name}", name.len()),
        3 => format!("3/{}/{name}", &name[..1]),
        _ => format!("{}/{}/{name}", &name[..2], &name[2..4]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_in_the_index_follows_from_the_length_of_the_name() {
        for (name, path) in [("a", "1/a"), ("ab", "2/ab"), ("abc", "3/a/abc"), ("Cargo", "ca/rg/cargo")] {
            assert_eq!(index_path(name), path);
        }
    }
}
