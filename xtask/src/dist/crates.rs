//! The crates, as they are published: packages without a warning, to crates.io and to a private registry, and programs that take
//! them by registry, by git and from a vendor folder.
//!
//! The private registry is `crates/test-registry` on loopback. The programs are those in `packaging/examples`, copied out of the workspace.

mod consumers;
mod docs_rs;
mod files;
mod private_registry;
mod version;

use std::fs;

use anyhow::{Context, Result, ensure};

use self::{consumers::Outside, private_registry::PrivateRegistry, version::version};
use super::Report;
use crate::{
    process::all_output,
    publish::{CRATES, cargo_in, stage},
    tools::cargo_home,
};

/// The files that it is made from.
pub const INPUTS: &[&str] = &[
    ".cargo",
    "Cargo.lock",
    "Cargo.toml",
    "CHANGELOG.md",
    "LICENSE-*",
    "README.md",
    "crates",
    "openapi",
    "packaging/examples",
    "xtask/src/api.rs",
    "xtask/src/publish.rs",
    ":(exclude)crates/bench",
    ":(exclude)crates/chaos",
    ":(exclude)crates/fuzz",
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

/// Removes the packages that cargo unpacked before. Cargo 1.95 neither unpacks nor compiles a version a second time, so that it
/// would check a package against an earlier content of those that it depends on. So it builds in a new folder, too.
fn remove_unpacked() -> Result<()> {
    let version = version()?;
    let Ok(registries) = fs::read_dir(cargo_home()?.join("registry/src")) else { return Ok(()) };
    for registry in registries {
        let registry = registry?.path();
        for krate in CRATES {
            let unpacked = registry.join(format!("{}-{version}", krate.name));
            if unpacked.exists() {
                fs::remove_dir_all(&unpacked).with_context(|| format!("cannot remove {}", unpacked.display()))?;
            }
        }
    }
    Ok(())
}

/// Writes the packages for crates.io. With a check, cargo compiles each from its package alone.
fn package(report: &mut Report) -> Result<()> {
    let staged = report.folder().join("staged");
    stage(&staged, None)?;
    remove_unpacked()?;
    let built = report.folder().join("built");
    let mut command = cargo_in(&staged);
    command.args(["package", "--workspace", "--exclude", "test-support", "--allow-dirty", "--target-dir"]).arg(&built);
    command.args((!report.is_checking()).then_some("--no-verify"));
    let said = all_output(&mut command)?;
    let warnings: Vec<_> = said.lines().filter(|line| line.starts_with("warning")).collect();
    ensure!(warnings.is_empty(), "cargo package warns:\n{said}");
    let version = version()?;
    for krate in CRATES {
        let file = format!("{}-{version}.crate", krate.name);
        let (from, to) = (built.join("package").join(&file), report.folder().join(&file));
        let size_bytes = fs::copy(&from, &to).with_context(|| format!("cannot copy {}", from.display()))?;
        report.artifact(&to)?;
        files::check(report, &staged, krate, size_bytes)?;
    }
    if report.is_checking() {
        report.check("cargo packages the published crates and compiles each package, without a warning");
    }
    fs::remove_dir_all(&built).context("cannot remove what cargo built")?;
    fs::remove_dir_all(&staged).context("cannot remove the copy of the workspace")
}
