//! `cargo xtask <task>`.

use std::{
    io::Write,
    path::PathBuf,
    process::{Command, ExitCode},
};

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};
use xtask::{api, compat, contract::workspace_root};

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
    /// Say what the contract changes since it was last released, whom it breaks, and which version it has to be.
    #[command(after_help = compat::HELP)]
    Compat {
        /// Compare with this contract instead of the highest version in openapi/released.
        #[arg(long, value_name = "FILE")]
        against: Option<PathBuf>,
    },
    /// Compare what the published crates offer with their public-api.txt, a line for each item.
    Api {
        /// The crates, by their folders; all of them when none is named.
        #[arg(value_parser = api::CRATES, default_values = api::CRATES)]
        crates: Vec<String>,
        /// Write the files anew instead.
        #[arg(long)]
        write: bool,
    },
    /// Copy the contract to openapi/released, if `compat` is content with it.
    ReleaseContract,
}

fn main() -> Result<ExitCode> {
    if let Some(ended) = api::in_place_of_rustdoc()? {
        return Ok(ended);
    }
    match Arguments::parse().task {
        Task::Codegen => codegen(),
        Task::Compat { against } => {
            let verdict = compat::of_workspace(against.as_deref())?;
            write!(std::io::stdout(), "{verdict}")?;
            Ok(if verdict.errors.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
        Task::Api { crates, write } => {
            let outcome = if write { api::write(&crates)? } else { api::compare(&crates)? };
            writeln!(std::io::stdout(), "{outcome}")?;
            Ok(if matches!(outcome, api::Outcome::Changed(_)) { ExitCode::FAILURE } else { ExitCode::SUCCESS })
        }
        Task::ReleaseContract => {
            let path = compat::release(&workspace_root())?;
            writeln!(std::io::stdout(), "{} holds the contract", path.display())?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// Runs the snapshot test in its writing mode, so that writing and comparing can't come apart.
fn codegen() -> Result<ExitCode> {
    let status = Command::new(env!("CARGO"))
        .args(["test", "--quiet", "--package", "xtask", "--test", "codegen"])
        .env("INSTA_UPDATE", "always")
        .env("INSTA_FORCE_PASS", "1")
        .current_dir(workspace_root())
        .status()
        .context("cannot run cargo")?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
