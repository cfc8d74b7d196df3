//! The version that is published.

use anyhow::{Context, Result};

use crate::{cargo::cargo, process::output, publish::CRATES};

/// Returns the version that all crates have.
pub fn version() -> Result<String> {
    let metadata = output(cargo().args(["metadata", "--no-deps", "--format-version=1"]))?;
    let metadata: serde_json::Value = serde_json::from_str(&metadata)?;
    let packages = metadata["packages"].as_array().context("cargo metadata lists no packages")?;
    let types = packages.iter().find(|package| package["name"] == CRATES[0].name);
    let version = types.and_then(|package| package["version"].as_str()).context("cargo metadata lists no types")?;
    Ok(version.to_owned())
}
