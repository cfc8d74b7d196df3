//! `group-dispatch watch`: shows who comes online, moves and leaves, on a screen or as lines.

mod change_text;
mod lines;
mod observer;
mod screen;
mod view;

use std::{
    io::{self, IsTerminal},
    time::Duration,
};

use clap::Args;
use clap_complete::ArgValueCandidates;
use group_dispatch_types::{Source, history::ChangePosition};

use self::{lines::LineFormat, observer::Observer};
use crate::{
    arguments::{
        connection::{ServiceArguments, TimeoutArguments},
        heading::OUTPUT,
        source::{complete_watched_source, parse_watched_source},
        value::{duration, position},
    },
    signals::Signals,
};

const EXAMPLES: &str = "\
Examples:
  group-dispatch watch
  group-dispatch watch --source mobile --interval 30s
  group-dispatch watch --output ndjson > changes.ndjson
  group-dispatch watch --output ndjson --since 4712.9c8b7a60.4712 >> changes.ndjson";

/// Watch who comes online, moves and leaves, until q or Ctrl-C.
///
/// A group-dispatch-server says what happened as it is stored; another service, such as the vendor's, is queried again and again.
///
/// On a terminal, shows a screen with all accounts that are online and the latest changes; elsewhere, prints a line for
/// each change. If the service fails later, watch continues and reports when the failure begins and when it ends. If
/// the service rejects the first query, watch exits with an error.
#[derive(Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Watch {
    /// How often to query a service that has no changes: seconds, or a duration such as 500ms or 2m.
    #[arg(long, default_value = "5s", value_name = "TIME", value_parser = duration)]
    pub interval: Duration,
    #[command(flatten)]
    pub timeout: TimeoutArguments,
    /// How long an account must be missing before it is reported as offline. Shorter absences are not reported.
    #[arg(long, default_value = "10s", value_name = "TIME", value_parser = duration)]
    pub settle: Duration,
    /// Watch only this source: pc or mobile, or 1 or 2.
    #[arg(long, value_parser = parse_watched_source, add = ArgValueCandidates::new(complete_watched_source))]
    pub source: Option<Source>,
    /// Go on behind the `position` of a line instead of beginning with who is online. If the server has lost the position, that
    /// is reported, and who is online comes again.
    #[arg(long, value_name = "POSITION", value_parser = position)]
    pub since: Option<ChangePosition>,
    /// Print lines in this format, also on a terminal.
    #[arg(long, value_name = "FORM", help_heading = OUTPUT)]
    pub output: Option<LineFormat>,
    /// Print times in UTC instead of this machine's time zone.
    #[arg(long, help_heading = OUTPUT)]
    pub utc: bool,
    #[command(flatten)]
    pub service: ServiceArguments,
}

pub async fn run(arguments: &Watch) -> anyhow::Result<()> {
    let mut signals = Signals::listen()?;
    let watching = async {
        let Watch { interval, timeout, settle, source, since, output, utc, service } = arguments;
        let observer = Observer::new(service, timeout.timeout, [*interval, *settle], *source, since.clone(), *utc)?;
        match *output {
            Some(format) => lines::run(observer, format).await,
            None if io::stdout().is_terminal() => screen::run(observer).await,
            None => lines::run(observer, LineFormat::Text).await,
        }
    };
    tokio::select! {
        ended = watching => ended,
        () = signals.next() => Ok(()),
    }
}
