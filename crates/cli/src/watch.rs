//! `group-dispatch watch`: who comes, moves and leaves.

use std::io::{self, IsTerminal};

use group_dispatch_client::Change;
use group_dispatch_types::Source;
use jiff::{Timestamp, Zoned, tz::TimeZone};

use crate::{
    arguments::{Form, Watch},
    service::Service,
    signals::Signals,
};

mod lines;
mod screen;
mod view;
mod words;

pub async fn run(arguments: &Watch) -> anyhow::Result<()> {
    let mut signals = Signals::hear()?;
    let watching = async {
        let observer = Observer::new(arguments)?;
        match arguments.output {
            Some(form) => lines::run(observer, form).await,
            None if io::stdout().is_terminal() => screen::run(observer).await,
            None => lines::run(observer, Form::Text).await,
        }
    };
    tokio::select! {
        ended = watching => ended,
        () = signals.next() => Ok(()),
    }
}

/// Asks again and again.
struct Observer {
    service: Service,
    watch: group_dispatch_client::Watch,
    source: Option<Source>,
    zone: TimeZone,
    was_answered: bool,
}

impl Observer {
    fn new(arguments: &Watch) -> anyhow::Result<Self> {
        let service = Service::chosen(&arguments.service)?;
        let watch = service.client(arguments.time.timeout)?.watch(arguments.interval).settle(arguments.settle);
        let zone = if arguments.utc { TimeZone::UTC } else { TimeZone::system() };
        Ok(Self { service, watch, source: arguments.source, zone, was_answered: false })
    }

    /// Waits for the next answer, and gives the changes that it brings, or why there was none. Nothing is lost when the
    /// wait is dropped.
    ///
    /// # Errors
    /// Where nothing was answered yet and nothing will be, such as with a wrong key.
    async fn next(&mut self) -> anyhow::Result<Result<Vec<Change>, String>> {
        match self.watch.changes().await {
            Ok(mut changes) => {
                self.was_answered = true;
                changes.retain(|change| self.is_watched(change.source()));
                Ok(Ok(changes))
            }
            Err(error) if self.was_answered || error.is_retryable() => {
                Ok(Err(self.service.explain(&error).to_string()))
            }
            Err(error) => Err(self.service.explain_with_origin(&error)),
        }
    }

    fn is_watched(&self, source: Source) -> bool {
        self.source.is_none_or(|watched| watched == source)
    }

    fn now(&self) -> Zoned {
        Timestamp::now().to_zoned(self.zone.clone())
    }
}
