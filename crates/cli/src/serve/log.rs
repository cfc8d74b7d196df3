//! The log of `serve`, on standard error.

use std::{
    io::{self, BufWriter, IsTerminal},
    panic::{self, PanicHookInfo},
};

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
    panic::set_hook(Box::new(report_panic));
    Ok(guard)
}

/// Logs where a thread panicked. The message may repeat values of a request, and is left out.
fn report_panic(panic: &PanicHookInfo<'_>) {
    let at = panic.location().map(|at| format!("{}:{}", without_folders(at.file()), at.line()));
    tracing::error!(at, "a thread panicked");
}

/// Returns the path of a source file from its crate on, or from its package: `src/lib.rs` of the package `name-1.0.0` is
/// `name-1.0.0/src/lib.rs`. What comes before is a folder of the machine that the program was built on.
fn without_folders(path: &str) -> &str {
    let is_separator = |c| c == '/' || c == '\\';
    if !path.starts_with(is_separator) && path.as_bytes().get(1) != Some(&b':') {
        return path;
    }
    let parts: Vec<_> = path.split(is_separator).collect();
    let source = parts.iter().rposition(|part| *part == "src").filter(|source| *source > 0);
    let first = source.map_or(parts.len().saturating_sub(1), |source| source - 1);
    let left_out: usize = parts.iter().take(first).map(|part| part.len() + 1).sum();
    path.get(left_out..).unwrap_or_default()
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

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use std::{
        io::Write,
        sync::{Arc, Mutex},
    };

    use super::*;

    #[test]
    fn a_source_file_is_shown_without_the_folders_of_the_build_machine() {
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
    fn a_panic_is_a_log_line_without_its_message() {
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
        assert!(line["at"].as_str().unwrap().starts_with("crates/cli/src/serve/log.rs:"), "{text}");
        assert!(!text.contains("8618217331411"), "{text}");
    }
}
