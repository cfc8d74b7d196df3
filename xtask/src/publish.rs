//! `cargo xtask publish`: publishes the crates, to crates.io or to a private registry.
//!
//! Cargo alone can't: it warns of each test that a package leaves out, and a private registry needs dependencies that name it,
//! which crates.io rejects. So the crates are published from a copy of the workspace in which both is settled, [`stage`].

use std::{
    env, fs, io,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};
use test_support::workspace_root;
use toml_edit::{Array, DocumentMut, Item, TableLike, value};

use crate::{
    cargo::cargo,
    release::{Git, Manifest},
    tools::run,
};

/// A crate that is published.
#[derive(Clone, Copy, Debug)]
pub struct Published {
    /// Its name.
    pub name: &'static str,
    /// Its folder below `crates`.
    pub folder: &'static str,
}

/// The crates that are published, each after those that it depends on.
pub const CRATES: [Published; 8] = [
    Published { name: "group-dispatch-types", folder: "types" },
    Published { name: "group-dispatch-client", folder: "client" },
    Published { name: "group-dispatch-httpmock", folder: "httpmock" },
    Published { name: "group-dispatch-docs", folder: "docs" },
    Published { name: "group-dispatch-server", folder: "server" },
    Published { name: "group-dispatch-mirror", folder: "mirror" },
    Published { name: "group-dispatch-simulated-vendor", folder: "simulated-vendor" },
    Published { name: "group-dispatch", folder: "cli" },
];

/// Publishes all crates to the registry of this name in cargo's configuration, or to crates.io. A dry run packages and compiles
/// them. Returns whether cargo succeeds.
///
/// # Errors
/// If a file is not committed, the commit is not the release that crates.io would get, the repository's address is missing that
/// crates.io shows, or the copy can't be made.
pub fn publish(registry: Option<&str>, dry_run: bool) -> Result<bool> {
    if !dry_run {
        let changes = Git::of(&workspace_root())?.run(&["status", "--porcelain"])?;
        ensure!(changes.is_empty(), "commit first: what is published has to be there later");
        ensure!(
            registry.is_some() || is_released()?,
            "HEAD does not have the tag of the version in Cargo.toml: cargo xtask release makes it, and crates.io keeps a version forever"
        );
        ensure!(
            registry.is_some() || repository()?.is_some(),
            "set `repository` in Cargo.toml first: the packages of crates.io name it"
        );
    }
    let staged = workspace_root().join("target/packages/staged");
    stage(&staged, registry)?;
    let mut command = cargo_in(&staged);
    command.args(["publish", "--workspace", "--exclude", "test-support", "--allow-dirty"]);
    command.args(registry.map(|name| format!("--registry={name}")));
    command.args(dry_run.then_some("--dry-run"));
    Ok(command.status().context("cannot run cargo")?.success())
}

/// Returns cargo, to be run in a folder that is not this workspace, but shares what is built of the dependencies.
pub fn cargo_in(folder: &Path) -> Command {
    let mut command = cargo();
    command.current_dir(folder).env("CARGO_TARGET_DIR", target());
    // As in this workspace. Otherwise, all dependencies would be compiled once more.
    command.env("CARGO_PROFILE_DEV_DEBUG", "line-tables-only").env("CARGO_INCREMENTAL", "0");
    command
}

/// Returns the folder of what cargo builds of this workspace.
pub fn target() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| workspace_root().join("target"), |target| workspace_root().join(target))
}

/// Copies what is published to an empty folder: without tests and benchmarks, with files in the place of links, and with
/// dependencies that name the registry.
///
/// # Errors
/// If a file can't be read, parsed or written.
pub fn stage(to: &Path, registry: Option<&str>) -> Result<()> {
    match fs::remove_dir_all(to) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(error).with_context(|| format!("cannot remove {}", to.display()));
        }
        _ => {}
    }
    let root = workspace_root();
    if root.join(".git").exists() {
        // A clone without files, so that the packages name the commit that they are made from.
        run(&root, "git", &["clone", "--quiet", "--shared", "--no-checkout", ".", &to.display().to_string()])?;
        run(to, "git", &["reset", "--quiet"])?;
    }
    for name in ["Cargo.toml", "Cargo.lock", "crates/test-support"] {
        copy(&root.join(name), &to.join(name), &[])?;
    }
    for Published { folder, .. } in CRATES {
        copy(&root.join("crates").join(folder), &to.join("crates").join(folder), &["tests", "benches", "target"])?;
    }
    let has_repository = repository()?.is_some();
    edit(&to.join("Cargo.toml"), |manifest| {
        let members: Array = CRATES.iter().map(|krate| format!("crates/{}", krate.folder)).collect();
        manifest["workspace"]["members"] = value(members);
        if !has_repository {
            remove(&mut manifest["workspace"]["package"], "repository");
        }
        for Published { name, .. } in CRATES {
            if let (Some(registry), Some(dependency)) =
                (registry, manifest["workspace"]["dependencies"].get_mut(name).and_then(Item::as_table_like_mut))
            {
                dependency.insert("registry", value(registry));
            }
        }
    })?;
    for Published { folder, .. } in CRATES {
        edit(&to.join("crates").join(folder).join("Cargo.toml"), |manifest| {
            manifest.remove("bench");
            manifest.remove("test");
            if !has_repository {
                remove(&mut manifest["package"], "repository");
            }
        })?;
    }
    Ok(())
}

/// Returns whether HEAD is the release of the version in Cargo.toml.
fn is_released() -> Result<bool> {
    let root = workspace_root();
    let tags = Git::of(&root)?.run(&["tag", "--points-at", "HEAD"])?;
    let tag = format!("v{}", Manifest::read(&root)?.version);
    Ok(tags.lines().any(|line| line == tag))
}

/// Returns the address of the repository, if it is known.
fn repository() -> Result<Option<String>> {
    let path = workspace_root().join("Cargo.toml");
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let manifest: DocumentMut = text.parse().context("in Cargo.toml")?;
    let repository = manifest["workspace"]["package"].get("repository").and_then(Item::as_str);
    Ok(repository.filter(|address| !address.is_empty()).map(str::to_owned))
}

/// Edits a file in TOML.
///
/// # Errors
/// If it can't be read, parsed or written.
pub fn edit(path: &Path, change: impl FnOnce(&mut DocumentMut)) -> Result<()> {
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut document: DocumentMut = text.parse().with_context(|| format!("in {}", path.display()))?;
    change(&mut document);
    fs::write(path, document.to_string()).with_context(|| format!("cannot write {}", path.display()))
}

fn remove(table: &mut Item, key: &str) {
    if let Some(table) = table.as_table_like_mut() {
        TableLike::remove(table, key);
    }
}

/// Copies a file or a folder, without some of its entries. Links are followed.
///
/// # Errors
/// If a file can't be read or written.
pub fn copy(from: &Path, to: &Path, without: &[&str]) -> Result<()> {
    if !from.is_dir() {
        let folder = to.parent().unwrap_or(to);
        return fs::create_dir_all(folder)
            .and_then(|()| fs::copy(from, to))
            .map(drop)
            .with_context(|| format!("cannot copy {} to {}", from.display(), to.display()));
    }
    for entry in fs::read_dir(from).with_context(|| format!("cannot read {}", from.display()))? {
        let name = entry?.file_name();
        if !without.iter().any(|without| name == *without) {
            copy(&from.join(&name), &to.join(&name), &[])?;
        }
    }
    Ok(())
}
