//! `cargo xtask <task>`.

use std::{
    io::{self, Write},
    process::ExitCode,
};

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};
use xtask::{cargo::cargo, check, lint, tools};

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
    /// Hold openapi/group-dispatch.yaml to its style guide.
    Lint {
        /// Print the style guide instead.
        #[arg(long)]
        rules: bool,
    },
    /// Install other people's tools that the tests hold to the contract: validators and generators, from PyPI and npm.
    Tools,
    /// Tell whether everything that follows from the contract still does.
    Check,
}

fn main() -> Result<ExitCode> {
    let out = &mut io::stdout();
    let is_well = match Arguments::parse().task {
        Task::Codegen => codegen()?,
        Task::Lint { rules: true } => style_guide(out)?,
        Task::Lint { rules: false } => lint(out)?,
        Task::Tools => tools::install()?,
        Task::Check => check::check(out)?,
    };
    Ok(if is_well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Runs the snapshot test in its writing mode, so that writing and comparing can't come apart.
fn codegen() -> Result<bool> {
    let status = cargo()
        .args(["test", "--quiet", "--package", "xtask", "--test", "codegen"])
        .env("INSTA_UPDATE", "always")
        .env("INSTA_FORCE_PASS", "1")
        .status()
        .context("cannot run cargo")?;
    Ok(status.success())
}

fn lint(out: &mut impl Write) -> Result<bool> {
    let findings = lint::findings(&lint::load()?);
    for finding in &findings {
        writeln!(out, "{finding}")?;
    }
    match findings.len() {
        0 => writeln!(out, "no findings")?,
        1 => writeln!(out, "1 finding")?,
        many => writeln!(out, "{many} findings")?,
    }
    Ok(findings.is_empty())
}

fn style_guide(out: &mut impl Write) -> Result<bool> {
    for lint::Rule { name, asks, why, .. } in lint::rules() {
        writeln!(out, "{name}\n    {asks}\n    Why: {why}\n")?;
    }
    Ok(true)
}
