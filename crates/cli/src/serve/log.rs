//! The log of `serve`, on standard error.

use std::io::{self, BufWriter, IsTerminal};

use anstream::{AutoStream, ColorChoice};
use anyhow::Context;
use log::{Log, Metadata, Record};
use tracing::{level_filters::LevelFilter, subscriber::set_global_default};
use tracing_appender::non_blocking::{NonBlockingBuilder, WorkerGuard};
use tracing_log::{AsLog, LogTracer};
use tracing_subscriber::EnvFilter;

use crate::arguments::{LogFormat, Serve};

/// How many log lines wait to be written. Those beyond are lost: a log that is read too slowly is no reason to answer slowly.
const LINES_WAITING: usize = 16 * 1024;

/// Text for people, who look at a terminal; JSON for programs.
pub fn format_for_standard_error() -> LogFormat {
    if io::stderr().is_terminal() { LogFormat::Text } else { LogFormat::Json }
}

/// Starts the log. A thread of its own writes the lines, many at a time; dropping the guard writes the last ones.
pub fn start(arguments: &Serve, format: LogFormat) -> anyhow::Result<WorkerGuard> {
    let filter: EnvFilter = arguments.log.parse().context("--log: expected a filter such as info")?;
    let lines = NonBlockingBuilder::default().buffered_lines_limit(LINES_WAITING);
    let (writer, guard) = lines.finish(BufWriter::new(io::stderr()));
    // A log that nobody reads is no reason to stop: the subscriber would report lines that can't be written with
    // `eprintln!`, which panics.
    let in_color = AutoStream::choice(&io::stderr()) != ColorChoice::Never;
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(writer).with_ansi(in_color);
    let log = log.log_internal_errors(false);
    match format {
        LogFormat::Json => set_global_default(log.json().flatten_event(true).finish()),
        LogFormat::Text => set_global_default(log.finish()),
    }
    .context("cannot start the log")?;
    log::set_boxed_logger(Box::new(WithoutPaths(LogTracer::new()))).context("cannot start the log")?;
    log::set_max_level(LevelFilter::current().as_log());
    Ok(guard)
}

/// Passes on records of crates that use `log`, without the source file that they come from: its path is one of the machine
/// that the program was built on.
struct WithoutPaths(LogTracer);

impl Log for WithoutPaths {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        self.0.enabled(metadata)
    }

    fn log(&self, record: &Record<'_>) {
        let metadata = record.metadata().clone();
        self.0.log(&Record::builder().metadata(metadata).args(*record.args()).build());
    }

    fn flush(&self) {
        self.0.flush();
    }
}
