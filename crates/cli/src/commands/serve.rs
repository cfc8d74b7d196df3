//! `group-dispatch serve`: runs a server on a database until it is stopped by a signal.

mod arguments;
mod limits;
pub mod log;
mod running;
mod service_manager;
mod spans;

use std::{io, process::ExitCode};

use group_dispatch_server::store::StoreError;
use tracing::Level;

pub use self::{arguments::Serve, running::reachable_address};
use self::{log::LogFormat, service_manager::ServiceManager};
use crate::terminal;

/// The exit status if the database file was removed, moved, replaced or overwritten while the server ran.
const FILE_GONE_STATUS: u8 = 5;

pub async fn run(arguments: &Serve) -> anyhow::Result<ExitCode> {
    arguments.check()?;
    if arguments.check_config {
        arguments.check_config()?;
        return Ok(ExitCode::SUCCESS);
    }
    let format = arguments.log_format.unwrap_or_else(log::default_format);
    let _log = log::start(&arguments.log, format)?;
    if let Some(warning) = &arguments.warning {
        tracing::warn!("{warning}");
    }
    let manager = ServiceManager::from_env();
    let Err(error) = running::serve(arguments, &manager).await else { return Ok(ExitCode::SUCCESS) };
    manager.report_failure(&error);
    // Programs that read a JSON log expect nothing else on standard error.
    if matches!(format, LogFormat::Json) && tracing::enabled!(Level::ERROR) {
        tracing::error!(error = format!("{error:#}"), "ended by an error");
    } else {
        terminal::print_error_line(&format!("error: {error:#}"));
    }
    Ok(status(&error))
}

/// Returns the exit status of an error.
fn status(error: &anyhow::Error) -> ExitCode {
    let cause = error.downcast_ref::<io::Error>().and_then(|error| error.get_ref()?.downcast_ref());
    match cause {
        Some(StoreError::FileGone) => ExitCode::from(FILE_GONE_STATUS),
        _ => ExitCode::FAILURE,
    }
}
