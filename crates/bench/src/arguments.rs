//! The command line of the benchmark.

use std::{env, path::PathBuf, time::Duration};

use anyhow::{Context, Result};
use clap::{Args, Parser, Subcommand};

use crate::{
    bare::Bare,
    broadcast::Broadcast,
    dataset::Dataset,
    environment::{FanoutTurns, Plan, Turns},
    event_table::TableServer,
    limit::Limit,
    poller::Poller,
    sections::SECTIONS,
};

/// Measure the server, and write a report with plots to a folder.
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
    #[command(hide = true)]
    Poller(Poller),
    #[command(hide = true)]
    TableServer(TableServer),
    #[command(hide = true)]
    Broadcast(Broadcast),
}

#[derive(Args)]
pub struct Run {
    /// Take about four minutes: a tenth of the accounts and events, and shorter turns. Memory, queryAllOlWhatsAppInfo and
    /// the mirror are still measured at full size.
    #[arg(long)]
    quick: bool,
    /// The number of accounts; one in ten is online.
    #[arg(long)]
    accounts: Option<u64>,
    /// The number of events.
    #[arg(long)]
    events: Option<u64>,
    /// The length of a turn, in seconds.
    #[arg(long)]
    seconds: Option<f64>,
    /// The number of rounds.
    #[arg(long)]
    rounds: Option<usize>,
    /// The number of concurrent requests.
    #[arg(long, default_value_t = 32)]
    connections: usize,
    /// Measure only this section; can be repeated.
    #[arg(long, value_parser = SECTIONS.iter().map(|section| section.name).collect::<Vec<_>>())]
    only: Vec<String>,
    /// The folder for the report, and for databases that later runs use again.
    #[arg(long, default_value = "target/bench")]
    pub into: PathBuf,
    /// The command `group-dispatch`. Default: the one in the folder of this program.
    #[arg(long)]
    server: Option<PathBuf>,
    /// The mock server Prism.
    #[arg(long, default_value = "target/tools/bench/node_modules/.bin/prism")]
    prism: PathBuf,
    /// Don't pin processes to cores.
    #[arg(long)]
    pub no_pin: bool,
    /// Fail if a goal is missed.
    #[arg(long)]
    pub gate: bool,
}

impl Run {
    /// The sizes and durations of the measurements.
    pub fn plan(&self) -> Plan {
        let (accounts, events) = if self.quick { (100_000, 1_000_000) } else { (1_000_000, 10_000_000) };
        let turns = |quick, full| {
            let (seconds, rounds) = if self.quick { quick } else { full };
            Turns {
                length: Duration::from_secs_f64(self.seconds.unwrap_or(seconds)),
                rounds: self.rounds.unwrap_or(rounds).max(1),
            }
        };
        let dataset = Dataset::of(self.accounts.unwrap_or(accounts), self.events.unwrap_or(events));
        // Accounts and events shrink alike, so that responses have the same length.
        let smaller = [10_000, 100_000, 1_000_000].into_iter().filter(|events| *events < dataset.events);
        let smaller = smaller.map(|events| Dataset::of(dataset.accounts * events / dataset.events, events));
        let crowd = self.accounts.unwrap_or(1_000_000);
        let mirrored = self.accounts.unwrap_or(100_000);
        Plan {
            dataset,
            crowd: Dataset::of(crowd, crowd),
            mirrored: Dataset::of(mirrored, mirrored),
            paged: Dataset::of(dataset.events / 1_000, dataset.events),
            reported: Dataset::of(dataset.accounts / 10, dataset.events),
            growth: smaller.chain([dataset]).collect(),
            query_turns: turns((0.1, 15), (0.1, 81)),
            timed_turns: turns((0.2, 7), (0.2, 61)),
            ingest_turns: turns((0.3, 3), (2.0, 9)),
            mirror_turns: turns((20.0, 3), (20.0, 30)),
            postgres_ingest_turns: turns((0.2, 7), (0.5, 21)),
            fanout_turns: FanoutTurns {
                changes: 20,
                readers: usize::try_from(dataset.accounts.min(1_000)).unwrap_or(1_000),
                rounds: self.rounds.unwrap_or(if self.quick { 5 } else { 21 }).max(1),
            },
            reports: self.rounds.unwrap_or(if self.quick { 5 } else { 15 }).clamp(1, 29),
            starts: self.rounds.unwrap_or(if self.quick { 7 } else { 21 }).max(1),
            connections: self.connections.max(1),
            prism: self.prism.clone(),
        }
    }

    /// Returns the command to measure.
    pub fn command(&self) -> Result<PathBuf> {
        if let Some(command) = &self.server {
            return Ok(command.clone());
        }
        let this = env::current_exe().context("cannot find the path of this program")?;
        Ok(this.with_file_name(format!("group-dispatch{}", env::consts::EXE_SUFFIX)))
    }

    pub fn runs(&self, section: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| only == section)
    }
}
