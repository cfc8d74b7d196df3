//! The contracts that were released: `openapi/released/1.0.0.yaml` and its successors.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail, ensure};
use semver::Version;

use super::{judge, version_of};
use crate::contract::{self, Contract};

const FOLDER: &str = "openapi/released";
/// Where the contract's changelog stands, from the workspace's root.
pub const CHANGELOG: &str = "openapi/CHANGELOG.md";

/// The contract's changelog.
pub fn changelog(root: &Path) -> Result<String> {
    fs::read_to_string(root.join(CHANGELOG)).with_context(|| format!("cannot read {CHANGELOG}"))
}

/// The released contract with the highest version.
pub fn latest(root: &Path) -> Result<Contract> {
    let version = versions(root)?.into_iter().max().with_context(|| format!("{FOLDER} holds no contract"))?;
    let path = file(root, &version);
    let contract = Contract::read(&path)?;
    let inside = version_of(&contract.json)?;
    ensure!(inside == version, "{}: info.version is {inside}; it has to be as the file's name", path.display());
    Ok(contract)
}

/// Copies the contract to the released ones, and says where.
///
/// # Errors
/// When something is wrong with its version, or that version is released already and was another contract.
pub fn release(root: &Path) -> Result<PathBuf> {
    let source = root.join(contract::PATH);
    let current = Contract::read(&source)?.json;
    let released = if versions(root)?.is_empty() { current.clone() } else { latest(root)?.json };
    let verdict = judge(&released, &current, &changelog(root)?)?;
    if !verdict.errors.is_empty() {
        bail!("the contract can't be released:\n{verdict}");
    }
    let (path, text) = (file(root, &verdict.current), fs::read_to_string(&source)?);
    if path.exists() && fs::read_to_string(&path)? != text {
        bail!("{} is released and stays as it is; give the contract a new version", path.display());
    }
    fs::create_dir_all(root.join(FOLDER))?;
    fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(path)
}

fn file(root: &Path, version: &Version) -> PathBuf {
    root.join(FOLDER).join(format!("{version}.yaml"))
}

/// The versions that are released, by the names of the files.
fn versions(root: &Path) -> Result<Vec<Version>> {
    let folder = root.join(FOLDER);
    if !folder.exists() {
        return Ok(Vec::new());
    }
    fs::read_dir(&folder)?
        .map(|entry| {
            let path = entry?.path();
            let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
            let version = (path.extension().is_some_and(|extension| extension == "yaml")).then(|| Version::parse(stem));
            version.and_then(Result::ok).with_context(|| format!("{}: name it as 1.2.3.yaml", path.display()))
        })
        .collect()
}
