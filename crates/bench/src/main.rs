//! Measures the speed of the server against the limit of the machine: `cargo xtask bench`.
//!
//! The benchmark does not depend on the server crate. It measures the released command, on a database that the command
//! filled, over connections on this machine. The limit is a handler that only parses the same request and returns the
//! same bytes. Both take turns (see `comparison`), and a speed is a ratio within one run.
#![forbid(unsafe_code)]
#![allow(clippy::print_stdout)]

mod arguments;
mod bare;
mod baseline;
mod broadcast;
mod closed_loop;
mod cluster;
mod comparison;
mod connection;
mod core_time;
mod databases;
mod dataset;
mod environment;
mod event_table;
mod feeder;
mod goals;
mod limit;
mod machine;
mod memory;
mod open_loop;
mod plot;
mod poller;
mod process;
mod query;
mod readers;
mod report;
mod sections;
mod statistics;
mod table_file;

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
    environment::{Cores, Environment, Plan},
    report::number,
    sections::{Results, SECTIONS},
};

fn main() -> ExitCode {
    let Arguments { hidden, run } = Arguments::parse();
    let outcome = match hidden {
        Some(Hidden::Limit(limit)) => limit.run().map(|()| ExitCode::SUCCESS),
        Some(Hidden::Bare(bare)) => bare.run().map(|()| ExitCode::SUCCESS),
        Some(Hidden::Poller(poller)) => poller.run().map(|()| ExitCode::SUCCESS),
        Some(Hidden::TableServer(table)) => table.run().map(|()| ExitCode::SUCCESS),
        Some(Hidden::Broadcast(broadcast)) => broadcast.run().map(|()| ExitCode::SUCCESS),
        None => measure(&run),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::FAILURE
    })
}

fn measure(run: &Run) -> Result<ExitCode> {
    let began = Instant::now();
    let machine = machine::describe();
    // Before other threads start: each would have to be pinned by itself.
    let cores = if run.no_pin { None } else { Cores::take() };
    let environment = Environment::new(run.plan(), run.command()?, &run.into, cores)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut results = Results::default();
    for section in SECTIONS.iter().filter(|section| run.runs(section.name)) {
        eprintln!("{:4} s  {}", began.elapsed().as_secs(), section.name);
        runtime.block_on(results.add(section, &environment));
    }
    let text = written(&environment, &machine, &results, began.elapsed());
    for (name, content) in [
        ("report.md", &text),
        ("goals.svg", &plot::goals(&results.findings)),
        ("growth.svg", &plot::growth(&results.growth)),
    ] {
        let path = run.into.join(name);
        fs::write(&path, content).with_context(|| format!("cannot write {}", path.display()))?;
    }
    let _ = fs::remove_dir_all(&environment.work);
    println!("{}", report::table(&results.findings));
    println!("the full report with plots is in {}", run.into.join("report.md").display());
    let missed = report::missed(&results.findings).count();
    Ok(if run.gate && missed > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Renders the report as Markdown.
fn written(environment: &Environment, machine: &[(&str, String)], results: &Results, took: Duration) -> String {
    let Plan { dataset, query_turns, timed_turns, connections, .. } = &environment.plan;
    let mut text = format!(
        "# Benchmark\n\n{} accounts, {} of them online, and {} events; every request is signed, and every response checked. \
         The limit is an axum handler that parses the same request and returns the same bytes from memory. Both take \
         turns, and each begins every other round: {} rounds, {} s a turn ({} rounds and {} s while events arrive), with \
         {connections} concurrent requests. Rates of queries are per second of CPU time, so that neither the load \
         generator nor other processes limit them; the notes contain the rates per second of wall time. A ratio is the \
         median of the rounds' ratios; in parentheses the lowest and the highest.\n\n",
        number(dataset.accounts as f64),
        number(dataset.online() as f64),
        number(dataset.events as f64),
        query_turns.rounds,
        query_turns.length.as_secs_f64(),
        timed_turns.rounds,
        timed_turns.length.as_secs_f64(),
    );
    text += &report::table(&results.findings);
    text += "\n![How much of each goal is reached](goals.svg)\n";
    if !results.growth.is_empty() {
        text += "\n![Time against the number of events](growth.svg)\n";
    }
    text += "\n| | |\n| --- | --- |\n";
    for (name, value) in machine {
        let _ = writeln!(text, "| {name} | {value} |");
    }
    let placed = match environment.cores {
        Some(_) => "servers on core 0, the load generator on core 1",
        None => "not pinned: no `taskset`, no second core, or --no-pin",
    };
    let _ = writeln!(text, "| cores | {placed} |");
    let _ = writeln!(text, "| duration | {} s |", took.as_secs());
    text
}
