//! Makes the package by cargo-deb, from the files in a folder: `crates/cli/Cargo.toml` says which file goes where.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, Result};
use test_support::workspace_root;

use crate::{
    dist::{
        binary::{Binary, NAME},
        licenses,
        report::Report,
    },
    process::output,
    tools::cargo_tool,
};

const CARGO_DEB: &str = "3.8.0";
/// The shells whose completions have a place in Debian.
const SHELLS: [&str; 3] = ["bash", "zsh", "fish"];

/// Writes what the package contains and is not in the repository, to the folder that the manifest names.
pub fn stage(report: &Report, binary: &Binary) -> Result<()> {
    let stage = report.folder().join("stage");
    let make = |folder: &Path| fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()));
    make(&stage)?;
    let program = stage.join(NAME);
    fs::copy(&binary.path, &program).with_context(|| format!("cannot copy {}", binary.path.display()))?;
    // By its name alone, because a script of completions calls the program as it was called.
    let run = |arguments: &[&str]| output(Command::new(NAME).args(arguments).env("PATH", &stage));
    let pages = stage.join("man");
    run(&["man", "--dir", &pages.display().to_string()])?;
    for shell in SHELLS {
        let script = run(&["completions", shell])?;
        fs::write(stage.join(shell), script).with_context(|| format!("cannot write {}", stage.display()))?;
    }
    fs::write(stage.join(licenses::FILE), licenses::collect(binary)?).context("cannot write the licenses")?;
    fs::write(stage.join("changelog"), changelog(&binary.version)?).context("cannot write the changelog")
}

/// Returns the changelog in Debian's form: an entry for this version, at the time of the latest commit.
fn changelog(version: &str) -> Result<String> {
    let date = output(Command::new("git").args(["log", "-1", "--format=%cD"]).current_dir(workspace_root()))
        .unwrap_or_default();
    let date = if date.trim().is_empty() { "Thu, 1 Jan 2026 00:00:00 +0000" } else { date.trim() };
    Ok(format!(
        "{NAME} ({version}-1) unstable; urgency=medium\n\n  * Version {version}: see changelog.gz.\n\n -- {}  {date}\n",
        maintainer()?
    ))
}

/// Returns the maintainer that the manifest names.
fn maintainer() -> Result<String> {
    let manifest = fs::read_to_string(workspace_root().join("crates/cli/Cargo.toml")).context("no manifest")?;
    let line = manifest.lines().find_map(|line| line.strip_prefix("maintainer = "));
    Ok(line.context("crates/cli/Cargo.toml names no maintainer")?.trim_matches('"').to_owned())
}

/// Builds the package with this number behind its version.
pub fn build(report: &Report, binary: &Binary, revision: u32) -> Result<PathBuf> {
    let version = format!("{}-{revision}", binary.version);
    let package = report.folder().join(format!("{NAME}_{version}_{}.deb", architecture()));
    let mut cargo_deb = Command::new(cargo_tool("cargo-deb", CARGO_DEB)?);
    cargo_deb
        .args(["deb", "--quiet", "--no-build", "--no-strip", "--package", NAME, "--deb-version", &version, "--output"])
        .arg(&package)
        .current_dir(workspace_root())
        .stdin(Stdio::null());
    output(&mut cargo_deb).context("cargo-deb")?;
    Ok(package)
}

/// Returns Debian's name of this machine's architecture.
fn architecture() -> &'static str {
    match env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    }
}
