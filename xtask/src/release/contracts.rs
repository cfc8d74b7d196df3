//! The contracts in a release: a copy in `openapi/released`, a tag, and that no copy ever changes.
//!
//! `openapi/released.sha256` has the sum of each released contract, in the format of `sha256sum`. A released contract that is
//! edited no longer has its sum, in every checkout and without git's history. A release also compares with the tags.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use semver::Version;
use sha2::{Digest, Sha256};

use super::git::Git;
use crate::{
    compat,
    contract::{CONTRACTS, Entry},
};

/// The file with the sums, from the workspace's root. Its paths are relative to its folder.
pub const SUMS: &str = "openapi/released.sha256";

/// A contract whose version has no tag yet.
#[derive(Debug)]
pub struct NewContract {
    /// Its files.
    pub entry: &'static Entry,
    /// Its version.
    pub version: Version,
}

impl NewContract {
    /// The name of its tag.
    pub fn tag(&self) -> String {
        tag(self.entry, &self.version)
    }

    /// Its copy.
    pub fn released(&self) -> PathBuf {
        Path::new(self.entry.released).join(format!("{}.yaml", self.version))
    }
}

fn tag(entry: &Entry, version: &Version) -> String {
    format!("{}-{version}", entry.name)
}

/// Returns the contracts whose version has no tag.
pub fn without_tag(git: &Git) -> Result<Vec<NewContract>> {
    let mut contracts = Vec::new();
    for entry in CONTRACTS {
        let contract = NewContract { entry, version: entry.version(git.root())? };
        if !git.has_tag(&contract.tag()) {
            contracts.push(contract);
        }
    }
    Ok(contracts)
}

/// Copies the contracts to the released ones, and adds their sums. Returns the paths of the copies.
///
/// # Errors
/// If a version does not fit the changes, or another contract of that version is released already.
pub fn record(root: &Path) -> Result<Vec<PathBuf>> {
    let copies = CONTRACTS.iter().map(|entry| compat::release(entry, root)).collect::<Result<Vec<_>>>()?;
    let mut sums = sums(root)?;
    for copy in &copies {
        let text = fs::read(copy).with_context(|| format!("cannot read {}", copy.display()))?;
        sums.entry(relative(root, copy)).or_insert_with(|| sum(&text));
    }
    let text = sums.iter().fold(String::new(), |mut text, (path, sum)| {
        // Writing to a text can't fail.
        let _ = writeln!(text, "{sum}  {path}");
        text
    });
    fs::write(root.join(SUMS), text).with_context(|| format!("cannot write {SUMS}"))?;
    Ok(copies)
}

/// Returns each reason why the contracts can't be part of a release.
pub fn faults(git: &Git) -> Result<Vec<String>> {
    let mut faults = immutability_faults(git.root())?;
    for entry in CONTRACTS {
        let verdict = compat::of_checkout(entry, git.root())?;
        faults.extend(verdict.errors.iter().map(|error| format!("{}: {error}", entry.path)));
        let tag = tag(entry, &verdict.current);
        if git.has_tag(&tag) {
            let tagged = git.bytes(&["show", &format!("{tag}:{}", entry.path)])?;
            if fs::read(git.root().join(entry.path))? != tagged {
                faults.push(format!("{} is not what the tag {tag} has: give it a new version", entry.path));
            }
        }
        // What was released once is in the sums of all later releases.
        for tag in git.run(&["tag", "--list", &format!("{}-*", entry.name), "--merged", "HEAD"])?.lines() {
            let before = git.run(&["show", &format!("{tag}:{SUMS}")])?;
            let now = fs::read_to_string(git.root().join(SUMS)).unwrap_or_default();
            let gone = before.lines().filter(|sum| !now.lines().any(|line| line == *sum));
            faults.extend(gone.map(|sum| format!("{SUMS}: the line {sum:?} of the tag {tag} is gone")));
        }
    }
    Ok(faults)
}

/// Returns each released contract that has no sum, another content, or that is gone.
///
/// # Errors
/// If a file can't be read.
pub fn immutability_faults(root: &Path) -> Result<Vec<String>> {
    let mut faults = Vec::new();
    let mut sums = sums(root)?;
    for entry in CONTRACTS {
        for path in entry.released_files(root)? {
            let text = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
            let path = relative(root, &path);
            match sums.remove(&path) {
                Some(released) if released == sum(&text) => {}
                Some(_) => faults.push(format!("openapi/{path} has changed: a released contract stays as it is")),
                None => faults.push(format!("{SUMS} does not have {path}: cargo xtask release-contract adds it")),
            }
        }
    }
    faults.extend(sums.keys().map(|path| format!("openapi/{path} is gone: a released contract stays")));
    Ok(faults)
}

/// Returns the recorded sums by their paths.
fn sums(root: &Path) -> Result<BTreeMap<String, String>> {
    let text = fs::read_to_string(root.join(SUMS)).with_context(|| format!("cannot read {SUMS}"))?;
    let line = |line: &str| line.split_once("  ").map(|(sum, path)| (path.to_owned(), sum.to_owned()));
    text.lines().map(|text| line(text).with_context(|| format!("{SUMS}: expected SUM  PATH, found {text:?}"))).collect()
}

fn relative(root: &Path, path: &Path) -> String {
    path.strip_prefix(root.join("openapi")).unwrap_or(path).display().to_string()
}

/// Returns the SHA-256 of a text, in hexadecimal digits.
pub fn sum(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |mut digits, byte| {
        // Writing to a text can't fail.
        let _ = write!(digits, "{byte:02x}");
        digits
    })
}
