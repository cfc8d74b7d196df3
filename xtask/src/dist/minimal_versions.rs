//! The lower bounds in Cargo.toml: the crates that are published compile with the oldest dependencies that they allow.
//!
//! cargo resolves the direct dependencies of a copy of the workspace to their lowest versions, without the dependencies of tests
//! and of the tasks: users have neither, and they would ask for newer versions. Dependencies of dependencies are as new as they
//! are for users.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use test_support::{copy_workspace, workspace_root};
use toml_edit::{Array, DocumentMut, Item, Table};

use super::Report;
use crate::{cargo::cargo, process::output, release::Manifest, semver_check::features};

/// The files that it is made from.
pub const INPUTS: &[&str] = &["*.rs", "*.toml", "Cargo.lock"];

pub fn build(report: &mut Report) -> Result<()> {
    if !report.is_checking() {
        return Ok(());
    }
    let root = workspace_root();
    let manifest = Manifest::read(&root)?;
    let copy = root.join("target/minimal-versions");
    if copy.exists() {
        fs::remove_dir_all(&copy).context("cannot remove the old copy of the workspace")?;
    }
    copy_workspace(&copy).context("cannot copy the workspace")?;
    strip(&copy, &manifest)?;
    run(&copy, &["-Zdirect-minimal-versions", "update", "--quiet"])
        .context("a lower bound in Cargo.toml is below what another dependency needs, or has not the features")?;
    let mut arguments = vec!["check".to_owned(), "--locked".to_owned(), "--quiet".to_owned()];
    for (name, path) in manifest.published() {
        let text = fs::read_to_string(copy.join(path).join("Cargo.toml"))?;
        arguments.extend(features(&text)?.iter().map(|feature| format!("--features={name}/{feature}")));
        arguments.push(format!("--package={name}"));
    }
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    run(&copy, &arguments).context("raise the lower bound in Cargo.toml of the dependency that lacks something")?;
    report.check("the published crates compile with the lowest versions that Cargo.toml allows, with each feature but native-tls");
    Ok(())
}

/// Removes from a copy what users of the crates don't have: other members, and the dependencies of tests.
fn strip(copy: &Path, manifest: &Manifest) -> Result<()> {
    edit(&copy.join("Cargo.toml"), |workspace| {
        let members: Array = manifest.published().map(|(_, folder)| folder).collect();
        workspace["workspace"]["members"] = toml_edit::value(members);
    })?;
    for (_, folder) in manifest.published() {
        edit(&copy.join(folder).join("Cargo.toml"), |package| {
            package.remove("dev-dependencies");
            let targets = package.get_mut("target").and_then(Item::as_table_mut).into_iter().flat_map(Table::iter_mut);
            for (_, target) in targets {
                target.as_table_like_mut().map(|target| target.remove("dev-dependencies"));
            }
        })?;
    }
    Ok(())
}

fn edit(path: &Path, change: impl FnOnce(&mut DocumentMut)) -> Result<()> {
    let mut document: DocumentMut =
        fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?.parse()?;
    change(&mut document);
    fs::write(path, document.to_string()).with_context(|| format!("cannot write {}", path.display()))
}

/// Runs cargo in the copy. Its option is not stable, and a stable cargo takes it with this variable; the compiler does not see it.
fn run(copy: &Path, arguments: &[&str]) -> Result<()> {
    // Most dependencies are the same as in the workspace, and compiled already.
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| workspace_root().join("target"), PathBuf::from);
    let mut command = cargo();
    command.args(arguments).current_dir(copy).env("CARGO_TARGET_DIR", target);
    if arguments.iter().any(|argument| argument.starts_with("-Z")) {
        command.env("RUSTC_BOOTSTRAP", "1");
    }
    output(&mut command).map(drop)
}
