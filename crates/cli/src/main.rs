//! The `group-dispatch` command: ask who is online, serve the answers, feed the server.
// `eprintln!` panics when nobody reads standard error; `terminal::remark` does not.
#![warn(clippy::print_stderr)]

mod address;
mod answers;
mod arguments;
mod clock;
mod database;
mod demo;
mod doctor;
mod documents;
mod exported;
mod faults;
mod history;
mod import;
mod json;
mod login;
mod otlp;
mod output;
mod profile;
mod profiles;
mod questions;
mod redact;
mod repair_order;
mod rows;
mod secret;
mod serve;
mod service;
mod signals;
mod spreadsheet;
mod table;
mod tenant;
mod terminal;
mod watch;

use std::{io, process::ExitCode};

use mimalloc::MiMalloc;
use tokio::runtime::{Builder, Runtime};

use crate::{
    arguments::{Arguments, Command, UsageError},
    terminal::ReaderGone,
};

/// A server frees what it allocated for many answers, in many threads; glibc would keep much of it.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    documents::complete();
    let arguments = Arguments::given();
    arguments.color.write_global();
    let outcome = match runtime() {
        Ok(runtime) => runtime.block_on(run(arguments.command)),
        Err(error) => Err(error.into()),
    };
    match outcome {
        Ok(code) => code,
        Err(error) if error.is::<ReaderGone>() => ExitCode::SUCCESS,
        Err(error) if error.is::<UsageError>() => {
            // As clap does it.
            terminal::remark(&format!("error: {error:#}"));
            terminal::remark("");
            terminal::remark("For more information, try '--help'.");
            ExitCode::from(2)
        }
        Err(error) => {
            terminal::remark(&format!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

/// With its threads' common queue looked at before each one's own: where there are more connections than fit into that
/// one, the others would be overtaken by whoever comes, and wait for several times as long.
fn runtime() -> io::Result<Runtime> {
    Builder::new_multi_thread().enable_all().global_queue_interval(1).build()
}

async fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Demo(demo) => demo::run(&demo).await?,
        Command::Serve(serve) => return serve::run(&serve).await,
        Command::Tenant(tenant) => tenant::run(&tenant).await?,
        Command::Import(import) => return import::run(&import).await,
        Command::RepairOrder(repair) => repair_order::run(&repair).await?,
        Command::Question(question) => return questions::run(&question).await,
        Command::Watch(watch) => watch::run(&watch).await?,
        Command::Doctor(doctor) => doctor::run(&doctor).await?,
        Command::Login(login) => login::login(&login).await?,
        Command::Logout(logout) => login::logout(&logout)?,
        Command::Profile(profile) => profile::run(&profile)?,
        Command::Completions(completions) => documents::completions(&completions)?,
        Command::Man(man) => documents::man(&man)?,
    }
    Ok(ExitCode::SUCCESS)
}
