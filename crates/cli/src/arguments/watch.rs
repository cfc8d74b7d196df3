//! Watching who comes and goes.

use std::time::Duration;

use clap::{Args, ValueEnum};
use clap_complete::{ArgValueCandidates, CompletionCandidate};
use group_dispatch_types::Source;

use super::{OUTPUT, ServiceArguments, TimeoutArguments, duration, examples, questions::candidate};

/// Watch who comes, moves and leaves, until q or Ctrl-C.
///
/// On a terminal it is a screen with all that are online and the latest changes; elsewhere a line for each change. It goes
/// on when the service fails, and says when that begins and when it ends; but when the very first question is refused it
/// ends with what to do about it.
#[derive(Args)]
#[command(after_long_help = examples::WATCH)]
pub struct Watch {
    /// How often to ask: seconds, or a time such as 500ms or 2m.
    #[arg(long, default_value = "5s", value_name = "TIME", value_parser = duration)]
    pub interval: Duration,
    #[command(flatten)]
    pub time: TimeoutArguments,
    /// How long an account has to be away before it is told to have left; who is back earlier was never gone.
    #[arg(long, default_value = "10s", value_name = "TIME", value_parser = duration)]
    pub settle: Duration,
    /// Watch there alone: pc or mobile, or 1 or 2.
    #[arg(long, value_parser = watched_source, add = ArgValueCandidates::new(watched_sources))]
    pub source: Option<Source>,
    /// How to print changes, also on a terminal.
    #[arg(long, value_name = "FORM", help_heading = OUTPUT)]
    pub output: Option<Form>,
    /// Tell times in UTC, not in this machine's zone.
    #[arg(long, help_heading = OUTPUT)]
    pub utc: bool,
    #[command(flatten)]
    pub service: ServiceArguments,
}

/// Parses a source that queryAllOlWhatsAppInfo has a group for.
fn watched_source(text: &str) -> Result<Source, &'static str> {
    match text.parse() {
        Ok(source @ (Source::Pc | Source::Mobile)) => Ok(source),
        _ => Err("expected 1 (pc) or 2 (mobile), the sources that all online accounts are listed for"),
    }
}

/// The sources of [`watched_source`], for completions.
fn watched_sources() -> Vec<CompletionCandidate> {
    [Source::Pc, Source::Mobile].map(candidate).into()
}

#[derive(Clone, Copy, ValueEnum)]
pub enum Form {
    /// A line of text for each change.
    Text,
    /// A JSON object a line for each change: its time, `change`, and the contract's members. The first of each source is
    /// `began`, with all that are online there.
    Ndjson,
}
