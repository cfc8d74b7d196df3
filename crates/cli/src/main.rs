//! The `group-dispatch` command: the queries, a server for them, and the tools to feed and check it.
//!
//! `main` starts the runtime and turns the result of a subcommand into an exit status. [`cli`] defines the command
//! line; [`commands`] has a module for each subcommand, with its arguments beside its code.
// `eprintln!` panics when standard error is closed; `terminal::print_error_line` does not.
#![warn(clippy::print_stderr)]

mod api_key;
mod arguments;
mod cli;
mod commands;
mod database;
mod hidden_input;
mod mirroring;
mod output;
mod profiles;
mod redact;
mod service;
mod settings;
mod signals;
mod terminal;
mod usage_error;

use std::{io, process::ExitCode};

use mimalloc::MiMalloc;
use tokio::runtime::{Builder, Runtime};

use crate::{cli::Cli, commands::completions, terminal::StdoutClosed, usage_error::UsageError};

/// glibc's allocator keeps much of the memory that a server frees after large responses in many threads.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    completions::answer_shell(Cli::parser);
    let Cli { command, color } = Cli::parse_or_exit();
    color.write_global();
    let result = match build_runtime() {
        Ok(runtime) => {
            let result = runtime.block_on(command.run(Cli::parser));
            // A second signal must not wait for blocking work, such as a copy of the database.
            runtime.shutdown_background();
            result
        }
        Err(error) => Err(error.into()),
    };
    match result {
        Ok(code) => code,
        Err(error) if error.is::<StdoutClosed>() => ExitCode::SUCCESS,
        Err(error) => match error.downcast_ref::<UsageError>() {
            Some(usage) => {
                terminal::print_usage_error(usage);
                ExitCode::from(UsageError::STATUS)
            }
            None => {
                terminal::print_error_line(&format!("error: {error:#}"));
                ExitCode::FAILURE
            }
        },
    }
}

/// Builds the runtime. Its threads check the global queue before their own: with more connections than a local queue
/// holds, the connections in the global queue would otherwise wait several times as long as the others.
fn build_runtime() -> io::Result<Runtime> {
    Builder::new_multi_thread().enable_all().global_queue_interval(1).build()
}
