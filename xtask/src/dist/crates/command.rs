//! Runs commands for the checks of the crates.

use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::{cargo::cargo, publish::CRATES};

/// Returns the version that all crates have.
pub fn version() -> Result<String> {
    let metadata = run(cargo().args(["metadata", "--no-deps", "--format-version=1"]))?;
    let line = metadata.lines().find(|line| line.starts_with('{')).context("cargo metadata printed nothing")?;
    let metadata: serde_json::Value = serde_json::from_str(line)?;
    let packages = metadata["packages"].as_array().context("cargo metadata lists no packages")?;
    let types = packages.iter().find(|package| package["name"] == CRATES[0].name);
    let version = types.and_then(|package| package["version"].as_str()).context("cargo metadata lists no types")?;
    Ok(version.to_owned())
}

/// Runs a command, and returns what it prints. An error has the end of that.
pub fn run(command: &mut Command) -> Result<String> {
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
