//! The version of the workspace, in the manifests and lock files that name it.
//!
//! All crates that are published, and the programs of the benchmark and the campaign, have the version in `[workspace.package]`.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};
use semver::Version;
use toml_edit::{DocumentMut, Item, value};

use super::{git::Git, named};

/// What Cargo.toml and the manifests of the crates say.
#[derive(Debug)]
pub struct Manifest {
    /// The version in `[workspace.package]`.
    pub version: Version,
    /// The `rust-version` in `[workspace.package]`.
    pub rust: String,
    /// The crates with that version: the folder of each by its name, and whether it is published.
    crates: BTreeMap<String, (String, bool)>,
}

impl Manifest {
    /// Reads the manifests of a checkout.
    ///
    /// # Errors
    /// If one can't be read, or a published crate has a version of its own.
    pub fn read(root: &Path) -> Result<Self> {
        let workspace = document(&root.join("Cargo.toml"))?;
        let version = workspace["workspace"]["package"]["version"].as_str().context("Cargo.toml has no version")?;
        let mut crates = BTreeMap::new();
        let entries = fs::read_dir(root.join("crates")).context("cannot read crates")?;
        for folder in entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<PathBuf>>>()? {
            let Ok(manifest) = document(&folder.join("Cargo.toml")) else { continue };
            let package = &manifest["package"];
            let name = package["name"].as_str().with_context(|| format!("{} has no name", folder.display()))?;
            let is_published = package.get("publish").and_then(Item::as_bool) != Some(false);
            let has_workspace_version = package["version"].get("workspace").and_then(Item::as_bool) == Some(true);
            ensure!(has_workspace_version || !is_published, "{name}: expected version.workspace = true");
            if has_workspace_version {
                let folder = folder.strip_prefix(root).unwrap_or(&folder).display().to_string();
                crates.insert(name.to_owned(), (folder, is_published));
            }
        }
        let rust =
            workspace["workspace"]["package"]["rust-version"].as_str().context("Cargo.toml has no rust-version")?;
        Ok(Self { version: version.parse().context("the version in Cargo.toml")?, rust: rust.to_owned(), crates })
    }

    /// The crates that are published: the name and the folder of each.
    pub fn published(&self) -> impl Iterator<Item = (&str, &str)> {
        let published = self.crates.iter().filter(|(_, (_, is_published))| *is_published);
        published.map(|(name, (folder, _))| (name.as_str(), folder.as_str()))
    }

    /// The changelogs: that of the workspace, and one of each crate that is published.
    pub fn changelogs(&self) -> impl Iterator<Item = String> {
        let crates = self.published().map(|(_, folder)| format!("{folder}/CHANGELOG.md"));
        std::iter::once("CHANGELOG.md".to_owned()).chain(crates)
    }
}

/// Gives a checkout the version: in the manifest, in each lock file, and in files for users.
///
/// # Errors
/// If a file can't be read or written, or one for users does not have the version of the manifest.
pub fn set(git: &Git, manifest: &Manifest, version: &Version) -> Result<()> {
    if manifest.version == *version {
        return Ok(());
    }
    let path = git.root().join("Cargo.toml");
    let mut workspace = document(&path)?;
    workspace["workspace"]["package"]["version"] = value(version.to_string());
    let dependencies = workspace["workspace"]["dependencies"].as_table_mut().context("no [workspace.dependencies]")?;
    for (_, dependency) in dependencies.iter_mut() {
        // A dependency by its path alone is for tests, and stays so.
        if dependency.get("path").is_some() && dependency.get("version").is_some() {
            dependency["version"] = value(version.to_string());
        }
    }
    write(&path, &workspace.to_string())?;
    for path in git.run(&["ls-files", "Cargo.lock", "*/Cargo.lock"])?.lines().map(|path| git.root().join(path)) {
        let mut lock = document(&path)?;
        let packages =
            lock.get_mut("package").and_then(Item::as_array_of_tables_mut).into_iter().flat_map(|all| all.iter_mut());
        for package in packages.filter(|package| !package.contains_key("source")) {
            if package["name"].as_str().is_some_and(|name| manifest.crates.contains_key(name)) {
                package["version"] = value(version.to_string());
            }
        }
        write(&path, &lock.to_string())?;
    }
    named::set(git.root(), &manifest.version, version)
}

fn document(path: &Path) -> Result<DocumentMut> {
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    text.parse().with_context(|| format!("cannot read {}", path.display()))
}

fn write(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}
