//! The command line of the campaign.

use std::{
    env, fs,
    path::PathBuf,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use clap::{Parser, ValueEnum, builder::PossibleValue};
use serde::{Deserialize, Serialize};

use crate::plan::{Fault, Length};

/// Break the server and its database while events are fed, and compare what was acknowledged with what is there.
#[derive(Parser)]
#[command(name = "cargo xtask chaos", bin_name = "cargo xtask chaos")]
pub struct Arguments {
    /// Take about three minutes: the most important faults only. In full it takes 20 minutes to an hour.
    #[arg(long)]
    quick: bool,
    /// The number that everything follows from by which campaigns differ: faults, their times, and events.
    #[arg(long)]
    pub seed: Option<u64>,
    /// No faults but kills of servers, while this many readers of changes read: a minute for 1,000 of them.
    #[arg(long, conflicts_with_all = ["quick", "resume", "minutes", "patroni", "failovers", "only"])]
    pub readers: Option<usize>,
    /// Go on with the campaign that was stopped or killed, with its seed and its faults.
    #[arg(long, conflicts_with_all = ["quick", "seed", "patroni", "failovers", "only"])]
    resume: bool,
    /// Begin no fault after this time; `--resume` goes on.
    #[arg(long)]
    minutes: Option<f64>,
    /// Only failovers of three PostgreSQL nodes under Patroni and etcd.
    #[arg(long, conflicts_with = "quick")]
    patroni: bool,
    /// The number of failovers of PostgreSQL.
    #[arg(long)]
    failovers: Option<usize>,
    /// Only this kind of fault; can be repeated.
    #[arg(long, value_name = "FAULT")]
    only: Vec<Fault>,
    /// The folder for the report and for what the next run needs to go on.
    #[arg(long, default_value = "target/chaos")]
    pub into: PathBuf,
    /// The command `group-dispatch`. Default: the one in the folder of this program.
    #[arg(long)]
    server: Option<PathBuf>,
}

impl ValueEnum for Fault {
    fn value_variants<'a>() -> &'a [Self] {
        Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name()).help(self.about()))
    }
}

/// What a campaign follows from, on the disk for `--resume`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Choice {
    pub seed: u64,
    quick: bool,
    patroni: bool,
    failovers: Option<usize>,
    only: Vec<String>,
}

impl Arguments {
    /// Returns what the campaign follows from, and whether it goes on.
    ///
    /// # Errors
    /// If there is no campaign to go on with.
    pub fn choice(&self) -> Result<(Choice, bool)> {
        let file = self.into.join("campaign.json");
        if self.resume {
            let text = fs::read_to_string(&file)
                .with_context(|| format!("no campaign to go on with in {}", file.display()))?;
            return Ok((serde_json::from_str(&text)?, true));
        }
        let choice = Choice {
            seed: self.seed.unwrap_or(1),
            quick: self.quick,
            patroni: self.patroni,
            failovers: self.failovers,
            only: self.only.iter().map(|fault| fault.name().to_owned()).collect(),
        };
        fs::create_dir_all(&self.into).with_context(|| format!("cannot create {}", self.into.display()))?;
        fs::write(&file, serde_json::to_string(&choice)?)
            .with_context(|| format!("cannot write {}", file.display()))?;
        Ok((choice, false))
    }

    /// Returns when no more faults begin.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        self.minutes.map(|minutes| Instant::now() + Duration::from_secs_f64(minutes * 60.0))
    }

    /// Returns the command under test.
    ///
    /// # Errors
    /// If it does not exist.
    pub fn command(&self) -> Result<PathBuf> {
        let this = env::current_exe().context("cannot find the path of this program")?;
        let beside = this.with_file_name(format!("group-dispatch{}", env::consts::EXE_SUFFIX));
        let command = self.server.clone().unwrap_or(beside);
        command
            .canonicalize()
            .with_context(|| format!("cannot find {}; `cargo xtask chaos` builds both programs", command.display()))
    }
}

impl Choice {
    /// Returns how long the campaign is.
    #[must_use]
    pub fn length(&self) -> Length {
        let only = self.only.iter().filter_map(|name| Fault::ALL.iter().copied().find(|fault| fault.name() == name));
        Length { is_quick: self.quick, is_of_patroni: self.patroni, failovers: self.failovers, only: only.collect() }
    }
}
