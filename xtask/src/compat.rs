//! `cargo xtask compat`: lists the changes of a contract since its last release, which programs each of them breaks, and the
//! version that the contract needs.
//!
//! A change passes `shape` (makes lists comparable), `diff` (finds the places that differ), `reach` (the operations that a
//! place is part of), `meaning` (what the place is), `rules` (the table that judges) and `version` (the lowest version).

mod diff;
mod meaning;
mod place;
mod reach;
mod released;
mod report;
pub mod rules;
mod shape;
mod version;

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};
use semver::Version;
use serde_json::Value;
use test_support::workspace_root;

use crate::contract::{Contract, Entry};
use diff::{Difference, differences};
use reach::Reach;
pub use report::{Change, Verdict};
use version::version_of;

/// The text of `cargo xtask compat --help` below the options.
pub const HELP: &str = "\
Each change is a line: its severity, the programs that it breaks, its rule, and what changed where.

  breaking    a program that was not changed (caller, server, program in Rust) stops working: a new major version
  compatible  something new that breaks no program: a new minor version
  words       descriptions and examples: a new patch version

The version is info.version of the contract, and its changelog in openapi needs a heading for it. Released contracts are \
in openapi/released. The files of each contract are listed in xtask/src/contract.rs, and the rules are the table in \
xtask/src/compat/rules.rs. The exit status is 1 if a version is too low, goes down, or has no heading.";

/// Compares one of the workspace's contracts with a file, or else with its last release.
///
/// # Errors
/// If one of the files can't be read or is not a contract with a version.
pub fn of_workspace(entry: &Entry, against: Option<&Path>) -> Result<Verdict> {
    let root = workspace_root();
    match against {
        Some(path) => judge(entry, &Contract::read(path)?.json, &entry.read(&root)?.json, &entry.changes(&root)?),
        None => of_checkout(entry, &root),
    }
}

/// Compares the contract of a checkout with its last release; with itself, if it has none.
///
/// # Errors
/// If one of the files can't be read or is not a contract with a version.
pub fn of_checkout(entry: &Entry, root: &Path) -> Result<Verdict> {
    let current = entry.read(root)?.json;
    let released = released::latest(entry, root)?.map_or_else(|| current.clone(), |released| released.json);
    judge(entry, &released, &current, &entry.changes(root)?)
}

/// Copies the contract to the released ones, and returns the path of the copy.
///
/// # Errors
/// If its version doesn't fit its changes, or another contract of that version is released already.
pub fn release(entry: &Entry, root: &Path) -> Result<PathBuf> {
    let folder = root.join(entry.released);
    let verdict = of_checkout(entry, root)?;
    if !verdict.errors.is_empty() {
        bail!("the contract can't be released:\n{verdict}");
    }
    let (path, text) = (released::file(&folder, &verdict.current), fs::read_to_string(root.join(entry.path))?);
    if path.exists() && fs::read_to_string(&path)? != text {
        bail!("{} is released and stays as it is; give the contract a new version", path.display());
    }
    fs::create_dir_all(&folder)?;
    fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(path)
}

/// Compares a contract with the one that was released before it, and reads its changelog.
///
/// # Errors
/// If a contract has no semantic version.
pub fn judge(entry: &Entry, released: &Value, current: &Value, changelog: &str) -> Result<Verdict> {
    let reach = Reach::of([released, current]);
    let mut changes = Vec::new();
    for difference in differences(released, current) {
        judge_difference(&difference, &reach, &mut changes);
    }
    changes.sort_by_key(|change| change.rule.effect.severity);
    let (released, current) = (version_of(released)?, version_of(current)?);
    let errors = errors(entry, &released, &current, &changes, changelog);
    Ok(Verdict { released, current, changes, errors, operation_count: reach.operation_count() })
}

/// Adds the changes of a difference. A difference in a component can break other programs in a request than in a response.
/// If one rule applies to both, it is a single change.
fn judge_difference(difference: &Difference, reach: &Reach, changes: &mut Vec<Change>) {
    let reached = reach.reached(&difference.place);
    let subject = meaning::subject(difference, &reached);
    let first = changes.len();
    for (side, operations) in &reached {
        let rule = rules::rule(subject, meaning::step(difference, subject), *side);
        if let Some(said) = changes[first..].iter_mut().find(|change| std::ptr::eq(change.rule, rule)) {
            said.operations.extend(operations.iter().cloned());
        } else {
            let what = place::describe(difference, subject, reach);
            changes.push(Change { rule, what, operations: operations.clone() });
        }
    }
}

fn errors(entry: &Entry, released: &Version, current: &Version, changes: &[Change], changelog: &str) -> Vec<String> {
    let lowest = version::lowest(released, changes.iter().map(|change| change.rule.effect.severity).min());
    let mut errors = Vec::new();
    if current < released {
        errors.push(format!("version {current} is below {released}, which is released; versions never go down"));
    } else if *current < lowest {
        errors.push(format!("this needs version {lowest}: set info.version in {} to it", entry.path));
    }
    let next = current.max(&lowest);
    if !version::has_heading(changelog, next) {
        errors.push(format!("{} has no heading \"## {next} - <date>\": add it, and say what is new", entry.changelog));
    }
    errors
}
