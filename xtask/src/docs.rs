//! `cargo xtask docs`: runs the program of the docs crate.

use std::path::{Path, absolute};

use anyhow::{Context, Result};

use crate::cargo::cargo;

/// Writes the site to `target/site`, or publishes it into a folder as a version beside others. Returns whether it succeeds; the
/// program prints why not.
///
/// # Errors
/// If cargo can't be run.
pub fn write(publish: Option<&Path>, base_url: Option<&str>) -> Result<bool> {
    let mut command = cargo();
    command.args(["run", "--quiet", "--package", "group-dispatch-docs", "--"]);
    match publish {
        None => command.arg("target/site"),
        // cargo runs in the workspace, and the folder is the caller's.
        Some(folder) => command.arg("--publish").arg(absolute(folder)?),
    };
    if let Some(url) = base_url {
        command.args(["--base-url", url]);
    }
    Ok(command.status().context("cannot run cargo")?.success())
}
