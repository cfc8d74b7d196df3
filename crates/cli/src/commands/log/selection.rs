//! The flags of `log` that select and sort events. They apply to what the service returns.

use clap::{Args, ValueEnum};
use clap_complete::{ArgValueCandidates, CompletionCandidate};
use group_dispatch_types::{AccountStatus, UtcOffset};
use jiff::Timestamp;

use crate::{
    arguments::{time::TimeArgument, value::at_least_one},
    usage_error::UsageError,
};

#[derive(Args, Default)]
pub struct Selection {
    /// Only events at or after this time: RFC 3339 such as 2024-07-08T11:25:31Z; a clock time such as "2024-07-08
    /// 19:25:31" or a date at the service's UTC offset (--utc-offset); Unix epoch seconds or milliseconds; or how long
    /// ago, such as 2h, 90m or 7d.
    #[arg(long, value_name = "TIME")]
    pub since: Option<TimeArgument>,
    /// Only events at or before this time, in the same formats; a date includes the whole day.
    #[arg(long, value_name = "TIME")]
    pub until: Option<TimeArgument>,
    /// Only events with this status: online, disconnected, offline, banned, or its code. Separate several by commas, or
    /// repeat the flag.
    #[arg(long, value_name = "STATUS", value_delimiter = ',', add = ArgValueCandidates::new(complete_status))]
    pub status: Vec<AccountStatus>,
    /// Print at most this many events: the first ones that match, in the order of --sort.
    #[arg(long, value_name = "NUMBER", value_parser = at_least_one)]
    pub limit: Option<usize>,
    /// The order of the events.
    #[arg(long, value_name = "ORDER", value_enum, default_value_t)]
    pub sort: Sort,
}

impl Selection {
    /// Returns the range of time that --since and --until select.
    ///
    /// # Errors
    /// If one of them is out of range, or --since is later than --until.
    pub fn time_range(&self, now: Timestamp, offset: UtcOffset) -> Result<TimeRange, UsageError> {
        let in_range = |flag, time: anyhow::Result<Timestamp>| {
            time.map_err(|_| UsageError::new(format!("{flag}: expected a time within the years 0 to 9999")))
        };
        let since = self.since.map(|time| in_range("--since", time.first_instant(now, offset))).transpose()?;
        let until = self.until.map(|time| in_range("--until", time.last_instant(now, offset))).transpose()?;
        if let (Some(since), Some(until)) = (since, until)
            && since > until
        {
            return Err(UsageError::new("--since is later than --until, so that no event can match; swap them"));
        }
        Ok(TimeRange { since, until })
    }

    /// Checks the range of time. If the UTC offset of clock times is not known yet, checks what does not depend on it.
    ///
    /// # Errors
    /// As [`time_range`](Self::time_range).
    pub fn check(&self, now: Timestamp, offset: Option<UtcOffset>) -> Result<(), UsageError> {
        let is_comparable = match (self.since, self.until) {
            (Some(since), Some(until)) => since.needs_offset() == until.needs_offset(),
            _ => true,
        };
        match offset {
            None if !is_comparable => Ok(()),
            _ => self.time_range(now, offset.unwrap_or_default()).map(drop),
        }
    }

    /// Returns whether events may be left out because of their time or status.
    pub fn is_filter(&self) -> bool {
        self.since.is_some() || self.until.is_some() || !self.status.is_empty()
    }
}

/// A range of time, inclusive. `None` is no bound.
#[derive(Clone, Copy, Default)]
pub struct TimeRange {
    pub since: Option<Timestamp>,
    pub until: Option<Timestamp>,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Sort {
    /// As the service returns them: agent by agent, the newest event of each first.
    #[default]
    Agent,
    /// The newest event of all agents first. JSON groups events by agent, and the agent with the newest event comes
    /// first.
    Time,
}

fn complete_status() -> Vec<CompletionCandidate> {
    AccountStatus::ALL.iter().map(|status| CompletionCandidate::new(status.to_string())).collect()
}
