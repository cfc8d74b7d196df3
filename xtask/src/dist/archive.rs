//! The archive with the static command.

use anyhow::Result;

use super::{Report, binary};

pub const INPUTS: &[&str] = &["Cargo.lock", "Cargo.toml", "crates", "openapi", "packaging", "xtask/src/dist"];

pub fn build(report: &mut Report) -> Result<()> {
    let binary = binary::build(report)?;
    report.artifact(&binary.path)
}
