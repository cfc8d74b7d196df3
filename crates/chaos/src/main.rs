//! Breaks the server and its database while events are fed, and compares what was acknowledged with what is there:
//! `cargo xtask chaos`.
//!
//! The server is a black box: the command as a process, HTTP, a real SQLite file, real PostgreSQL clusters. The program
//! does not depend on the server's crate, and has a model of presence of its own.
#![forbid(unsafe_code)]
#![allow(clippy::print_stdout)]

mod answers;
mod arguments;
mod campaign;
mod check;
mod cluster;
mod event;
mod faults;
mod feeding;
mod http;
mod journal;
mod model;
mod monitor;
mod outcome;
mod pair;
mod patroni;
mod plan;
mod process;
mod proxy;
mod readers;
mod report;
mod server;
mod sqlite;
mod standby;
mod world;

use std::{fs, process::ExitCode, time::Instant};

use anyhow::{Context, Result, bail};
use clap::Parser;

use crate::{arguments::Arguments, campaign::Campaign, outcome::Outcome, plan::legs, world::Setup};

fn main() -> ExitCode {
    run(&Arguments::parse()).unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::FAILURE
    })
}

fn run(arguments: &Arguments) -> Result<ExitCode> {
    let began = Instant::now();
    let command = arguments.command()?;
    if let Some(readers) = arguments.readers {
        let setup = Setup { command, postgres: cluster::programs(), seed: arguments.seed.unwrap_or(1) };
        fs::create_dir_all(&arguments.into)?;
        let is_right = readers::run(&setup, &campaign::worlds(&setup, &arguments.into)?, readers)?;
        return Ok(if is_right { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    let (choice, is_resumed) = arguments.choice()?;
    let setup = Setup { command, postgres: cluster::programs(), seed: choice.seed };
    let legs = legs(choice.seed, &choice.length());
    if legs.is_empty() {
        bail!("this campaign has none of these faults; without --quick it has all");
    }
    let mut campaign = Campaign::open(setup, &arguments.into, is_resumed, arguments.deadline())?;
    let is_whole = campaign.run(&legs)?;
    let text = report::render(choice.seed, &campaign.outcomes, &campaign.skipped, began.elapsed());
    let path = arguments.into.join("report.md");
    fs::write(&path, &text).with_context(|| format!("cannot write {}", path.display()))?;
    println!("{text}");
    println!("the report is in {}", path.display());
    if !is_whole {
        println!("the time has passed before the end; `cargo xtask chaos --resume` goes on");
    }
    let is_right = campaign.outcomes.iter().all(Outcome::is_right);
    Ok(if is_right { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
