//! The crates, as they are published: packages without a warning, to crates.io and to a private registry, and programs that take
//! them by registry, by git and from a vendor folder.
//!
//! The private registry is `crates/test-registry` on loopback. The programs are those in `examples`, copied out of the workspace.

mod consumers;
mod docs_rs;
mod files;
mod private_registry;

use std::{fs, process::Command};

use anyhow::{Context, Result, bail, ensure};

use self::{consumers::Outside, private_registry::PrivateRegistry};
use super::Report;
use crate::publish::{CRATES, cargo_in, stage, target};

/// The files that the part is made from.
pub const INPUTS: &[&str] = &[
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE-*",
    "README.md",
    "crates",
    "examples",
    "openapi",
    "xtask/src/dist.rs",
    "xtask/src/dist/crates*",
    "xtask/src/publish.rs",
    ":!crates/bench",
    ":!crates/chaos",
    ":!crates/fuzz",
];

/// Packages the crates. With a check, publishes them to a private registry, and takes them from there.
///
/// # Errors
/// If a package has a warning, does not compile, or can't be used as it is documented.
pub fn build(report: &mut Report) -> Result<()> {
    package(report)?;
    if !report.is_checking() {
        return Ok(());
    }
    docs_rs::check(report)?;
    let registry = PrivateRegistry::start()?;
    registry.publish(report)?;
    let outside = Outside::new()?;
    outside.by_registry(report, &registry)?;
    outside.install_command(report, &registry)?;
    outside.by_git(report)?;
    outside.vendored(report, registry)
}

/// Writes the packages for crates.io. With a check, cargo compiles each from its package alone.
fn package(report: &mut Report) -> Result<()> {
    let staged = report.folder().join("staged");
    stage(&staged, None)?;
    let mut command = cargo_in(&staged);
    command.args(["package", "--workspace", "--exclude", "test-support", "--allow-dirty"]);
    command.args((!report.is_checking()).then_some("--no-verify"));
    let said = run(&mut command)?;
    let warnings: Vec<_> = said.lines().filter(|line| line.starts_with("warning")).collect();
    ensure!(warnings.is_empty(), "cargo package warns:\n{said}");
    let version = version()?;
    for krate in CRATES {
        let file = format!("{}-{version}.crate", krate.name);
        let (from, to) = (target().join("package").join(&file), report.folder().join(&file));
        let size_bytes = fs::copy(&from, &to).with_context(|| format!("cannot copy {}", from.display()))?;
        report.artifact(&to)?;
        files::check(report, &staged, krate, size_bytes)?;
    }
    if report.is_checking() {
        report.check("cargo packages the six crates and compiles each package, without a warning");
    }
    fs::remove_dir_all(&staged).context("cannot remove the copy of the workspace")
}

/// Returns the version that all crates have.
fn version() -> Result<String> {
    let metadata = run(crate::cargo::cargo().args(["metadata", "--no-deps", "--format-version=1"]))?;
    let line = metadata.lines().find(|line| line.starts_with('{')).context("cargo metadata printed nothing")?;
    let metadata: serde_json::Value = serde_json::from_str(line)?;
    let packages = metadata["packages"].as_array().context("cargo metadata lists no packages")?;
    let types = packages.iter().find(|package| package["name"] == CRATES[0].name);
    let version = types.and_then(|package| package["version"].as_str()).context("cargo metadata lists no types")?;
    Ok(version.to_owned())
}

/// Runs a command, and returns what it prints. An error has the end of that.
fn run(command: &mut Command) -> Result<String> {
    const LINES_OF_ERROR: usize = 60;
    let output = command.output().with_context(|| format!("cannot run {:?}", command.get_program()))?;
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    if !output.status.success() {
        let lines: Vec<_> = said.lines().collect();
        let end = lines[lines.len().saturating_sub(LINES_OF_ERROR)..].join("\n");
        let arguments: Vec<_> = command.get_args().map(|argument| argument.to_string_lossy()).collect();
        bail!("{} {} failed:\n{end}", command.get_program().to_string_lossy(), arguments.join(" "));
    }
    Ok(said)
}
