//! Asks the service again and again, and returns what changed. Used by the screen and by lines.

use std::time::Duration;

use group_dispatch_client::Change;
use group_dispatch_types::{Source, SourceGroup, history::ChangePosition};
use jiff::{Timestamp, Zoned, tz::TimeZone};

use crate::{
    arguments::connection::ServiceArguments,
    service::{Service, age},
};

pub struct Observer {
    service: Service,
    watch: group_dispatch_client::Watch,
    source: Option<Source>,
    zone: TimeZone,
    /// Whether it began at a position.
    goes_on: bool,
    has_succeeded: bool,
}

impl Observer {
    pub fn new(
        service: &ServiceArguments,
        timeout: Duration,
        [interval, settle]: [Duration; 2],
        source: Option<Source>,
        since: Option<ChangePosition>,
        utc: bool,
    ) -> anyhow::Result<Self> {
        let service = Service::from_arguments(service)?;
        let mut watch = service.build_client(timeout)?.watch(interval).settle(settle);
        let goes_on = since.is_some();
        if let Some(since) = since {
            watch = watch.since(since);
        }
        let zone = if utc { TimeZone::UTC } else { TimeZone::system() };
        Ok(Self { service, watch, source, zone, goes_on, has_succeeded: false })
    }

    /// Waits for the next response, and returns the changes in it with their positions, or why the query failed. Cancel-safe:
    /// no change is lost if the future is dropped.
    ///
    /// # Errors
    /// If no query has succeeded yet and a retry can't help, such as with a wrong key.
    pub async fn next(&mut self) -> anyhow::Result<Result<Vec<(Change, Option<ChangePosition>)>, String>> {
        match self.watch.positioned_changes().await {
            Ok(mut changes) => {
                self.has_succeeded = true;
                changes.retain(|(change, _)| self.is_watched(change.source()));
                Ok(Ok(changes))
            }
            Err(error) if self.has_succeeded || error.is_retryable() => {
                Ok(Err(self.service.explain(&error).to_string()))
            }
            Err(error) => {
                let explained = self.service.explain_with_origin(&error);
                Err(if self.goes_on {
                    explained.context("cannot go on at --since, which needs a server that has changes")
                } else {
                    explained
                })
            }
        }
    }

    /// Returns why who is online begins again, once.
    pub fn take_reset(&mut self) -> Option<String> {
        self.watch.take_reset()
    }

    /// Returns who is online according to all responses so far.
    pub fn online(&self) -> Vec<SourceGroup> {
        self.watch.present().into_iter().filter(|group| self.is_watched(group.source)).collect()
    }

    /// Returns the sources whose part of the latest response is implausible, such as an empty group after accounts were
    /// online. Their previous accounts are still shown.
    pub fn doubted(&self) -> Vec<Source> {
        self.watch.doubted().collect()
    }

    /// Returns how old the data of the latest response is, if it is not fresh.
    pub fn stale_age(&self) -> Option<Duration> {
        age::stale(self.watch.age())
    }

    pub fn address(&self) -> String {
        self.service.display_url()
    }

    pub fn now(&self) -> Zoned {
        Timestamp::now().to_zoned(self.zone.clone())
    }

    fn is_watched(&self, source: Source) -> bool {
        self.source.is_none_or(|watched| watched == source)
    }
}
