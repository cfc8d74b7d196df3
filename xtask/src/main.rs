//! `cargo xtask <task>`.

use std::process::{Command, ExitCode};

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};

/// The workspace's own tasks.
#[derive(Parser)]
#[command(name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Write the generated files anew: the code from openapi/group-dispatch.yaml, and the sample.
    Codegen,
    /// Write the docs as a site of plain files to target/site.
    Docs,
}

fn main() -> Result<ExitCode> {
    match Arguments::parse().task {
        Task::Codegen => codegen(),
        Task::Docs => docs(),
    }
}

/// Runs the snapshot test in its writing mode, so that writing and comparing can't come apart.
fn codegen() -> Result<ExitCode> {
    let status = Command::new(env!("CARGO"))
        .args(["test", "--quiet", "--package", "xtask", "--test", "codegen"])
        .env("INSTA_UPDATE", "always")
        .env("INSTA_FORCE_PASS", "1")
        .current_dir(xtask::contract::workspace_root())
        .status()
        .context("cannot run cargo")?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Runs the docs crate's program, because tasks need none of the workspace's crates: those may not even compile.
fn docs() -> Result<ExitCode> {
    let status = Command::new(env!("CARGO"))
        .args(["run", "--quiet", "--package", "group-dispatch-docs", "--", "target/site"])
        .current_dir(xtask::contract::workspace_root())
        .status()
        .context("cannot run cargo")?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
