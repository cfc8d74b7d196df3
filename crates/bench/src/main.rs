//! How fast the server is, against what the machine can give: `cargo xtask bench`.
//!
//! Nothing here knows the server's insides. What is measured is the command as it is released, on a database that the
//! command itself has filled, over connections on this machine, beside a handler that does nothing but read the same
//! request and give the same bytes. Both take turns (see `versus`), and a speed is told as a ratio within one run.
#![forbid(unsafe_code)]
#![allow(clippy::print_stdout)]

mod arguments;
mod arrivals;
mod bare;
mod baseline;
mod cluster;
mod connection;
mod core_time;
mod feeder;
mod fill;
mod goals;
mod limit;
mod load;
mod machine;
mod memory;
mod plot;
mod process;
mod question;
mod report;
mod sections;
mod stand;
mod statistics;
mod versus;
mod world;

use std::{
    fmt::Write,
    fs,
    process::ExitCode,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use clap::Parser;

use crate::{
    arguments::{Arguments, Hidden, Run},
    report::number,
    sections::{Found, SECTIONS},
    stand::{Cores, Plan, Stand},
};

fn main() -> ExitCode {
    let Arguments { hidden, run } = Arguments::parse();
    let outcome = match hidden {
        Some(Hidden::Limit(limit)) => limit.run().map(|()| ExitCode::SUCCESS),
        Some(Hidden::Bare(bare)) => bare.run().map(|()| ExitCode::SUCCESS),
        None => measure(&run),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::FAILURE
    })
}

fn measure(run: &Run) -> Result<ExitCode> {
    let began = Instant::now();
    let machine = machine::described();
    // Before there are other threads: each would have to be moved by itself.
    let cores = if run.no_pin { None } else { Cores::take() };
    let stand = Stand::new(run.plan(), run.command()?, &run.into, cores)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut found = Found::default();
    for section in SECTIONS.iter().filter(|section| run.wants(section.name)) {
        eprintln!("{:4} s  {}", began.elapsed().as_secs(), section.name);
        runtime.block_on(found.add(section, &stand));
    }
    let text = written(&stand, &machine, &found, began.elapsed());
    for (name, content) in [
        ("report.md", &text),
        ("goals.svg", &plot::goals(&found.findings)),
        ("growth.svg", &plot::growth(&found.growth)),
    ] {
        let path = run.into.join(name);
        fs::write(&path, content).with_context(|| format!("cannot write {}", path.display()))?;
    }
    let _ = fs::remove_dir_all(&stand.work);
    println!("{}", report::table(&found.findings));
    println!("{} tells all of it, with plots", run.into.join("report.md").display());
    let missed = report::missed(&found.findings).count();
    Ok(if run.gate && missed > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// The report in Markdown.
fn written(stand: &Stand, machine: &[(&str, String)], found: &Found, took: Duration) -> String {
    let Plan { world, asking, clocked, connections, .. } = &stand.plan;
    let mut text = format!(
        "# How fast the server is\n\n{} accounts, {} of them online, and {} events; every request signed and checked. The \
         limit is an axum handler that reads the same request and gives the same bytes from memory. Both take turns, \
         another one first in each of {} rounds, {} s a turn ({} and {} s where events arrive, or may meanwhile), with \
         {connections} requests on their way at a time. Queries are counted by the time that a core is at work for them, \
         so that neither who asks nor what else the machine does limits them; the notes tell what the clock says. A ratio \
         is the median of the rounds' ratios; in brackets the lowest and the highest.\n\n",
        number(world.accounts as f64),
        number(world.online() as f64),
        number(world.events as f64),
        asking.rounds,
        asking.length.as_secs_f64(),
        clocked.rounds,
        clocked.length.as_secs_f64(),
    );
    text += &report::table(&found.findings);
    text += "\n![How much of each goal is reached](goals.svg)\n";
    if !found.growth.is_empty() {
        text += "\n![Time against the number of events](growth.svg)\n";
    }
    text += "\n| | |\n| --- | --- |\n";
    for (name, value) in machine {
        let _ = writeln!(text, "| {name} | {value} |");
    }
    let placed = match stand.cores {
        Some(_) => "who answers has core 0, who asks core 1",
        None => "not kept apart, for there is no `taskset`, no second core, or --no-pin",
    };
    let _ = writeln!(text, "| cores | {placed} |");
    let _ = writeln!(text, "| it took | {} s |", took.as_secs());
    text
}
