//! What is promised about versions, licenses and dependencies: `cargo xtask policy`, cargo-deny, and no unused dependencies.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};
use test_support::workspace_root;
use toml_edit::{Array, DocumentMut, value};

use super::Report;
use crate::{
    cargo::cargo,
    policy,
    process::output,
    release::Manifest,
    tools::{cargo_tool, run},
};

/// The folder of a git checkout of an advisory database such as RustSec's.
const DATABASE: &str = "GROUP_DISPATCH_ADVISORY_DB";
/// The address of a database that does not exist, and the folder of its clone in this version of cargo-deny.
const CLONE: (&str, &str) = ("https://advisories.invalid/database", "database-1726700007e5ac09");

/// The files that it is made from.
pub const INPUTS: &[&str] = &["*.rs", "*.toml", "*.md", "Cargo.lock", "openapi", "packaging"];

pub fn build(report: &mut Report) -> Result<()> {
    if !report.is_checking() {
        return Ok(());
    }
    let root = workspace_root();
    let policy = policy::check(&root)?;
    ensure!(policy.findings.is_empty(), "{}", policy.findings.join("\n"));
    report.check(policy.summary);
    check_packages(&root)?;
    report.check("each package has its changelog");

    let deny = cargo_tool("cargo-deny", "0.20.2")?;
    run_deny(&deny, &root.join("deny.toml"), &["licenses", "bans", "sources"])?.map_err(anyhow::Error::msg)?;
    report.check("each license is allowed, each crate is there once or its second version has a reason, and all are of crates.io");
    check_advisories(report, &deny, &root)?;
    check_unused(report, &root)
}

/// Checks that users of one crate get its changelog.
fn check_packages(root: &Path) -> Result<()> {
    for (name, _) in Manifest::read(root)?.published() {
        let arguments = ["package", "--list", "--allow-dirty", "--offline", "--package", name];
        let output = cargo().args(arguments).current_dir(root).output().context("cannot run cargo")?;
        ensure!(output.status.success(), "cargo package: {}", String::from_utf8_lossy(&output.stderr));
        let has_changelog = String::from_utf8_lossy(&output.stdout).lines().any(|line| line == "CHANGELOG.md");
        ensure!(has_changelog, "the package {name} has no CHANGELOG.md: see include and exclude in its Cargo.toml");
    }
    Ok(())
}

/// Checks known vulnerabilities, if there is a database, and always that one would be noticed.
fn check_advisories(report: &mut Report, deny: &Path, root: &Path) -> Result<()> {
    if run(root, "git", &["--version"]).is_err() {
        report.skip(
            "known vulnerabilities of dependencies, because there is no git, as which cargo-deny has its databases",
        );
        return Ok(());
    }
    let folder = report.folder().join("advisories");
    let made_up = folder.join("made-up");
    fs::create_dir_all(made_up.join("crates/serde")).context("cannot make an advisory database")?;
    run(&made_up, "git", &["init", "--quiet"])?;
    for (patched, is_found) in [("999.0.0", true), ("0.1.0", false)] {
        fs::write(made_up.join("crates/serde/RUSTSEC-2000-9999.md"), advisory(patched))?;
        run(&made_up, "git", &["add", "--all"])?;
        let nobody = ["-c", "user.name=nobody", "-c", "user.email=nobody@localhost", "-c", "commit.gpgsign=false"];
        run(&made_up, "git", &[nobody.as_slice(), &["commit", "--quiet", "--message", patched]].concat())?;
        match advisories(deny, root, &made_up, &folder)? {
            Ok(()) => ensure!(!is_found, "cargo-deny overlooked an advisory that was made up"),
            Err(said) => {
                ensure!(is_found && said.contains("RUSTSEC-2000-9999"), "the advisories that were made up: {said}")
            }
        }
    }
    report.check(
        "an advisory that was made up against a dependency fails, and one against older versions of it does not",
    );
    match env::var_os(DATABASE).map(PathBuf::from) {
        Some(database) => {
            advisories(deny, root, &database, &folder)?.map_err(anyhow::Error::msg)?;
            report.check(format!("no dependency has an advisory in the database {}", database.display()));
            // The database changes while no file of the workspace does.
            report.do_not_keep();
        }
        None => report.skip(format!(
            "known vulnerabilities of dependencies, because {DATABASE} names no checkout of an advisory database"
        )),
    }
    fs::remove_dir_all(&folder).context("cannot remove the advisories that were made up")
}

/// Returns an advisory against serde, as advisory databases have them.
fn advisory(patched: &str) -> String {
    format!(
        "```toml\n[advisory]\nid = \"RUSTSEC-2000-9999\"\npackage = \"serde\"\ndate = \"2000-01-01\"\n\n[versions]\n\
         patched = [\">= {patched}\"]\n```\n\n# Made up\n\nThis advisory is only for a test.\n"
    )
}

/// Runs cargo-deny with this advisory database instead of the one that it would fetch.
fn advisories(deny: &Path, root: &Path, database: &Path, folder: &Path) -> Result<Outcome> {
    let database = fs::canonicalize(database).with_context(|| format!("cannot read {}", database.display()))?;
    let databases = folder.join("databases");
    let _ = fs::remove_dir_all(&databases);
    fs::create_dir_all(&databases).context("cannot make a folder for the database")?;
    // cargo-deny knows databases by their addresses, and takes none of a file: it finds this one where it would have cloned it.
    link(&database, &databases.join(CLONE.1))?;
    let path = root.join("deny.toml");
    let mut configuration: DocumentMut = fs::read_to_string(&path).context("cannot read deny.toml")?.parse()?;
    configuration["advisories"]["db-path"] = value(databases.display().to_string());
    configuration["advisories"]["db-urls"] = value([CLONE.0].into_iter().collect::<Array>());
    let path = folder.join("deny.toml");
    fs::write(&path, configuration.to_string()).context("cannot write a configuration of cargo-deny")?;
    run_deny(deny, &path, &["advisories"])
}

#[cfg(unix)]
fn link(database: &Path, clone: &Path) -> Result<()> {
    std::os::unix::fs::symlink(database, clone).context("cannot link the database")
}

#[cfg(not(unix))]
fn link(database: &Path, clone: &Path) -> Result<()> {
    run(database, "git", &["clone", "--quiet", ".", &clone.display().to_string()])
}

/// What cargo-deny prints if it finds something.
type Outcome = std::result::Result<(), String>;

fn run_deny(deny: &Path, configuration: &Path, checks: &[&str]) -> Result<Outcome> {
    let output = Command::new(deny)
        .args(["--locked", "--offline", "--color", "never", "--config"])
        .arg(configuration)
        .args([&["check", "--hide-inclusion-graph"], checks].concat())
        .current_dir(workspace_root())
        .output()
        .context("cannot run cargo-deny")?;
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    Ok(if output.status.success() { Ok(()) } else { Err(said) })
}

/// Checks that each dependency in a manifest is used, and that a dependency of tests is named as such.
fn check_unused(report: &mut Report, root: &Path) -> Result<()> {
    // In version 1.14.0, its own lock file needs Rust 1.98.
    let mut shear = Command::new(cargo_tool("cargo-shear", "1.13.0")?);
    output(shear.args(["shear", "--locked", "--color", "never"]).current_dir(root))?;
    report.check("no crate has a dependency that its code does not use");
    Ok(())
}
