//! What can be said on the command line.

use std::{env, path::PathBuf, time::Duration};

use anyhow::{Context, Result};
use clap::{Args, Parser, Subcommand};

use crate::{
    bare::Bare,
    limit::Limit,
    sections::SECTIONS,
    stand::{Plan, Turns},
    world::World,
};

/// Measure the server, and write a table with plots to a folder.
#[derive(Parser)]
#[command(name = "cargo xtask bench", args_conflicts_with_subcommands = true)]
pub struct Arguments {
    #[command(subcommand)]
    pub hidden: Option<Hidden>,
    #[command(flatten)]
    pub run: Run,
}

#[derive(Subcommand)]
pub enum Hidden {
    #[command(hide = true)]
    Limit(Limit),
    #[command(hide = true)]
    Bare(Bare),
}

#[derive(Args)]
pub struct Run {
    /// Take about two minutes: a tenth of the accounts and events, and shorter turns. What is a matter of size, memory and
    /// the answer about all who are online, has its full size all the same.
    #[arg(long)]
    quick: bool,
    /// How many accounts; one in ten is online.
    #[arg(long)]
    accounts: Option<u64>,
    /// How many events.
    #[arg(long)]
    events: Option<u64>,
    /// How many seconds a turn takes.
    #[arg(long)]
    seconds: Option<f64>,
    /// How often all take their turns.
    #[arg(long)]
    rounds: Option<usize>,
    /// How many requests are on their way at a time.
    #[arg(long, default_value_t = 32)]
    connections: usize,
    /// Measure this part alone; may be given several times.
    #[arg(long, value_parser = SECTIONS.iter().map(|section| section.name).collect::<Vec<_>>())]
    only: Vec<String>,
    /// The folder for the report, and for databases that are made once.
    #[arg(long, default_value = "target/bench")]
    pub into: PathBuf,
    /// The command `group-dispatch`; the one beside this program when it is not given.
    #[arg(long)]
    server: Option<PathBuf>,
    /// The mock server Prism.
    #[arg(long, default_value = "target/tools/bench/node_modules/.bin/prism")]
    prism: PathBuf,
    /// Let the system choose the cores.
    #[arg(long)]
    pub no_pin: bool,
    /// Fail when a goal is missed.
    #[arg(long)]
    pub gate: bool,
}

impl Run {
    /// How much is measured, and for how long.
    pub fn plan(&self) -> Plan {
        let (accounts, events) = if self.quick { (100_000, 1_000_000) } else { (1_000_000, 10_000_000) };
        let turns = |quick, full| {
            let (seconds, rounds) = if self.quick { quick } else { full };
            Turns {
                length: Duration::from_secs_f64(self.seconds.unwrap_or(seconds)),
                rounds: self.rounds.unwrap_or(rounds).max(1),
            }
        };
        let world = World::of(self.accounts.unwrap_or(accounts), self.events.unwrap_or(events));
        // Smaller tenants are smaller in everything, so that the answers are equally long.
        let smaller = [10_000, 100_000, 1_000_000].into_iter().filter(|events| *events < world.events);
        let smaller = smaller.map(|events| World::of(world.accounts * events / world.events, events));
        let crowd = self.accounts.unwrap_or(1_000_000);
        Plan {
            world,
            crowd: World::of(crowd, crowd),
            growth: smaller.chain([world]).collect(),
            asking: turns((0.1, 15), (0.1, 81)),
            clocked: turns((0.2, 7), (0.2, 61)),
            feeding: turns((0.3, 3), (2.0, 9)),
            feeding_postgres: turns((0.2, 7), (0.5, 21)),
            starts: self.rounds.unwrap_or(if self.quick { 7 } else { 21 }).max(1),
            connections: self.connections.max(1),
            prism: self.prism.clone(),
        }
    }

    /// The command to measure.
    pub fn command(&self) -> Result<PathBuf> {
        if let Some(command) = &self.server {
            return Ok(command.clone());
        }
        let this = env::current_exe().context("cannot tell where this program is")?;
        Ok(this.with_file_name(format!("group-dispatch{}", env::consts::EXE_SUFFIX)))
    }

    pub fn wants(&self, section: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| only == section)
    }
}
