//! `cargo xtask policy`: what the README promises about versions, as far as files alone can show it, in a second.
//!
//! It needs no tool: the oldest Rust that works (clippy's `incompatible_msrv` checks our own code, this the dependencies), a
//! changelog of each crate, files for users that name the version of Cargo.toml, and released contracts that never change. What takes longer or needs tools is in
//! `cargo xtask dist --check`.

use std::{fs, path::Path};

use anyhow::{Context, Result, bail};
use semver::Version;
use serde_json::Value;

use crate::{
    cargo::cargo,
    release::{Manifest, immutability_faults, stale_versions, unreleased_entries},
};

/// The documents that name the oldest Rust that works.
const NAME_THE_RUST: [&str; 2] = ["README.md", "CONTRIBUTING.md"];

/// What was found.
#[derive(Debug, Default)]
pub struct Report {
    /// What breaks the policy, and what to do about it.
    pub findings: Vec<String>,
    /// What holds, for the last line.
    pub summary: String,
}

/// Checks the checkout at `root`.
///
/// # Errors
/// If a file can't be read, or cargo fails.
pub fn check(root: &Path) -> Result<Report> {
    let mut report = of_metadata(&metadata(root)?)?;
    report.findings.extend(immutability_faults(root)?);
    let manifest = Manifest::read(root)?;
    report.findings.extend(stale_versions(root, &manifest.version)?);
    for path in manifest.changelogs() {
        let text = fs::read_to_string(root.join(&path)).with_context(|| format!("cannot read {path}"))?;
        if let Err(fault) = unreleased_entries(&text) {
            report.findings.push(format!("{path} {fault}"));
        }
    }
    let named = format!("Rust {}", manifest.rust);
    for path in NAME_THE_RUST {
        let text = fs::read_to_string(root.join(path)).with_context(|| format!("cannot read {path}"))?;
        if !text.contains(&named) {
            report.findings.push(format!("{path} does not say {named:?}, which Cargo.toml says by rust-version"));
        }
    }
    Ok(report)
}

fn metadata(root: &Path) -> Result<Value> {
    let arguments = ["metadata", "--locked", "--all-features", "--format-version", "1"];
    let output = cargo().args(arguments).current_dir(root).output().context("cannot run cargo")?;
    if !output.status.success() {
        bail!("cargo metadata failed:\n{}", String::from_utf8_lossy(&output.stderr));
    }
    serde_json::from_slice(&output.stdout).context("what cargo metadata prints")
}

/// Compares the oldest Rust of each package in what `cargo metadata` prints with that of the workspace.
///
/// # Errors
/// If it is something else.
pub fn of_metadata(metadata: &Value) -> Result<Report> {
    let packages = metadata["packages"].as_array().context("cargo metadata lists no packages")?;
    let members = metadata["workspace_members"].as_array().context("cargo metadata lists no members")?;
    let (ours, others): (Vec<_>, Vec<_>) = packages.iter().partition(|package| members.contains(&package["id"]));
    let mut report = Report::default();
    let stated = |package: &Value| package["rust_version"].as_str().map(str::to_owned);
    let name = |package: &Value| format!("{} {}", text(package, "name"), text(package, "version"));
    let rust =
        ours.iter().find_map(|package| stated(package)).context("no crate of the workspace has a rust-version")?;
    // The examples are programs as other teams have them.
    let examples = Path::new(text(metadata, "workspace_root")).join("packaging/examples");
    let is_example = |package: &Value| Path::new(text(package, "manifest_path")).starts_with(&examples);
    for package in ours.iter().filter(|package| stated(package).as_ref() != Some(&rust) && !is_example(package)) {
        report.findings.push(format!("{}: expected rust-version.workspace = true", name(package)));
    }
    let mut silent_count = 0;
    for package in &others {
        match stated(package) {
            None => silent_count += 1,
            Some(needed) if full(&needed)? > full(&rust)? => report.findings.push(format!(
                "{} needs Rust {needed}, and the workspace promises {rust}: cargo update --package {} --precise an older one",
                name(package),
                text(package, "name")
            )),
            Some(_) => {}
        }
    }
    let stating_count = others.len() - silent_count;
    report.summary = format!("{stating_count} dependencies state Rust {rust} or older, and {silent_count} state none");
    Ok(report)
}

fn text<'a>(object: &'a Value, member: &str) -> &'a str {
    object[member].as_str().unwrap_or_default()
}

/// Returns a version of Rust with all its parts: `1.89` is `1.89.0`.
fn full(rust: &str) -> Result<Version> {
    let missing = 2_usize.saturating_sub(rust.matches('.').count());
    Version::parse(&format!("{rust}{}", ".0".repeat(missing))).with_context(|| format!("rust-version {rust:?}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn findings(of_member: Option<&str>, of_dependency: Option<&str>) -> Vec<String> {
        let package = |name: &str, rust: Option<&str>| json!({ "id": name, "name": name, "version": "1.2.3", "rust_version": rust });
        let packages = [package("a", Some("1.89")), package("b", of_member), package("other", of_dependency)];
        of_metadata(&json!({ "packages": packages, "workspace_members": ["a", "b"] })).unwrap().findings
    }

    #[test]
    fn a_dependency_that_needs_a_newer_rust_is_named() {
        let expected = "other 1.2.3 needs Rust 1.90.0, and the workspace promises 1.89: cargo update --package other --precise an \
                        older one";
        assert_eq!(findings(Some("1.89"), Some("1.90.0")), [expected]);
        for rust in [None, Some("1.89"), Some("1.89.0"), Some("1.9")] {
            assert!(findings(Some("1.89"), rust).is_empty(), "{rust:?}");
        }
    }

    #[test]
    fn an_example_may_state_another_rust_wherever_the_checkout_is() {
        let found = |path: &str| {
            let package =
                |id: &str, path: &str| json!({ "id": id, "name": id, "version": "1.2.3", "manifest_path": path });
            let mut first = package("a", "/packaging/examples/checkout/crates/a/Cargo.toml");
            first["rust_version"] = json!("1.89");
            let packages = [first, package("b", path)];
            let members = ["a", "b"];
            let metadata = json!({ "packages": packages, "workspace_members": members, "workspace_root": "/packaging/examples/checkout" });
            of_metadata(&metadata).unwrap().findings.len()
        };
        assert_eq!(found("/packaging/examples/checkout/packaging/examples/b/Cargo.toml"), 0);
        assert_eq!(found("/packaging/examples/checkout/crates/b/Cargo.toml"), 1);
    }

    #[test]
    fn each_crate_of_the_workspace_states_the_same_rust() {
        for rust in [None, Some("1.90")] {
            assert_eq!(findings(rust, None), ["b 1.2.3: expected rust-version.workspace = true"]);
        }
    }
}
