//! The `group-dispatch` command: ask who is online, serve the answers, feed the server.

mod arguments;
mod database;
mod demo;
mod import;
mod questions;
mod serve;
mod tables;
mod tenant;

use std::{io, process::ExitCode};

use clap::Parser;

use crate::arguments::{Arguments, Command};

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let outcome = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime.block_on(run(arguments.command)),
        Err(error) => Err(error.into()),
    };
    match outcome {
        Ok(code) => code,
        // Whoever read our output has had enough of it, as `head` does.
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Demo(demo) => demo::run(&demo).await?,
        Command::Serve(serve) => serve::run(&serve).await?,
        Command::Tenant(tenant) => tenant::run(&tenant).await?,
        Command::Import(import) => return import::run(&import).await,
        Command::Question(question) => questions::run(&question).await?,
    }
    Ok(ExitCode::SUCCESS)
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}
