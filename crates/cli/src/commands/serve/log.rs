//! The log of `serve` on standard error. It contains no personal data and no paths of the machine that built the
//! program.

use std::{
    io::{self, BufWriter, IsTerminal},
    panic::{self, PanicHookInfo},
};

use anstream::{AutoStream, ColorChoice};
use anyhow::Context;
use clap::ValueEnum;
use log::{Log, Metadata, Record};
use tracing::{level_filters::LevelFilter, subscriber::set_global_default};
use tracing_appender::non_blocking::{NonBlockingBuilder, WorkerGuard};
use tracing_log::{AsLog, LogTracer};
use tracing_subscriber::EnvFilter;

/// How many log lines can wait to be written. More lines are lost, so that a slow reader of the log does not delay
/// responses.
const MAX_BUFFERED_LINES: usize = 16 * 1024;

#[derive(Clone, Copy, ValueEnum)]
pub enum LogFormat {
    /// A JSON object per line.
    Json,
    /// Text for people.
    Text,
}

/// Checks a filter, which [`start`] parses again.
pub fn parse_filter(text: &str) -> Result<String, &'static str> {
    let filter: Result<EnvFilter, _> = text.parse();
    filter.map(|_| text.to_owned()).map_err(|_| "expected a filter such as info, warn or group_dispatch_server=debug")
}

/// Returns text for people on a terminal, and JSON for programs elsewhere.
pub fn default_format() -> LogFormat {
    if io::stderr().is_terminal() { LogFormat::Text } else { LogFormat::Json }
}

/// Starts the log. A separate thread writes lines in batches; dropping the guard writes the remaining lines.
pub fn start(filter: &str, format: LogFormat) -> anyhow::Result<WorkerGuard> {
    let filter: EnvFilter = filter.parse().context("--log: expected a filter such as info")?;
    let lines = NonBlockingBuilder::default().buffered_lines_limit(MAX_BUFFERED_LINES);
    let (writer, guard) = lines.finish(BufWriter::new(io::stderr()));
    let in_color = AutoStream::choice(&io::stderr()) != ColorChoice::Never;
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(writer).with_ansi(in_color);
    // The subscriber would report a failed write with `eprintln!`, which panics if standard error is closed.
    let log = log.log_internal_errors(false);
    match format {
        LogFormat::Json => set_global_default(log.json().flatten_event(true).finish()),
        LogFormat::Text => set_global_default(log.finish()),
    }
    .context("cannot start the log")?;
    log::set_boxed_logger(Box::new(WithoutPaths(LogTracer::new()))).context("cannot start the log")?;
    log::set_max_level(LevelFilter::current().as_log());
    panic::set_hook(Box::new(report_panic));
    Ok(guard)
}

/// Logs where a thread panicked, without the message, which may contain values of a request.
fn report_panic(panic: &PanicHookInfo<'_>) {
    let at = panic.location().map(|at| format!("{}:{}", without_folders(at.file()), at.line()));
    tracing::error!(at, "a thread panicked");
}

/// Returns the path of a source file without the folders of the machine that built the program: from the folder of its
/// crate or package on, such as `name-1.0.0/src/lib.rs`.
fn without_folders(path: &str) -> &str {
    let is_separator = |c| c == '/' || c == '\\';
    if !path.starts_with(is_separator) && path.as_bytes().get(1) != Some(&b':') {
        return path;
    }
    let parts: Vec<_> = path.split(is_separator).collect();
    let source = parts.iter().rposition(|part| *part == "src").filter(|source| *source > 0);
    let first = source.map_or(parts.len().saturating_sub(1), |source| source - 1);
    let skipped: usize = parts.iter().take(first).map(|part| part.len() + 1).sum();
    path.get(skipped..).unwrap_or_default()
}

/// Forwards records of crates that use `log`, without their source file, whose path is one of the machine that built
/// the program.
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

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use std::{
        io::Write,
        sync::{Arc, Mutex},
    };

    use super::*;

    #[test]
    fn paths_of_source_files_have_no_folders_of_the_build_machine() {
        for (path, shown) in [
            ("crates/server/src/http/middleware.rs", "crates/server/src/http/middleware.rs"),
            (
                "/root/.cargo/registry/src/index.crates.io-1949/tokio-1.48.0/src/task/mod.rs",
                "tokio-1.48.0/src/task/mod.rs",
            ),
            ("/rustc/0123/library/core/src/option.rs", "core/src/option.rs"),
            ("C:\\Users\\me\\.cargo\\registry\\src\\x\\log-0.4.0\\src\\lib.rs", "log-0.4.0\\src\\lib.rs"),
            ("/home/me/build.rs", "build.rs"),
            ("/build.rs", "build.rs"),
            ("", ""),
        ] {
            assert_eq!(without_folders(path), shown, "{path}");
        }
    }

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_panic_is_logged_without_its_message() {
        let lines = Lines::default();
        let writer = lines.clone();
        let log = tracing_subscriber::fmt().json().flatten_event(true).with_writer(move || writer.clone()).finish();
        let before = panic::take_hook();
        panic::set_hook(Box::new(report_panic));
        let panicked = tracing::subscriber::with_default(log, || panic::catch_unwind(|| panic!("8618217331411")));
        panic::set_hook(before);
        assert!(panicked.is_err());
        let text = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
        let line: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(line["message"], "a thread panicked");
        assert!(line["at"].as_str().unwrap().starts_with("crates/cli/src/commands/serve/log.rs:"), "{text}");
        assert!(!text.contains("8618217331411"), "{text}");
    }
}
