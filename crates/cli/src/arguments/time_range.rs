//! `--since` and `--until`, which `log` and `history` share.

use clap::Args;
use group_dispatch_types::UtcOffset;
use jiff::Timestamp;

use super::time::TimeArgument;
use crate::usage_error::UsageError;

#[derive(Args, Default)]
pub struct TimeRangeArguments {
    /// Only events at or after this time: RFC 3339 such as 2024-07-08T11:25:31Z; a clock time such as "2024-07-08
    /// 19:25:31" or a date at the service's UTC offset (--utc-offset); Unix epoch seconds or milliseconds; or how long
    /// ago, such as 2h, 90m or 7d.
    #[arg(long, visible_alias = "from", value_name = "TIME")]
    pub since: Option<TimeArgument>,
    /// Only events at or before this time, in the same formats; a date includes the whole day.
    #[arg(long, visible_alias = "to", value_name = "TIME")]
    pub until: Option<TimeArgument>,
}

/// A range of time, inclusive. `None` is no bound.
#[derive(Clone, Copy, Default)]
pub struct TimeRange {
    pub since: Option<Timestamp>,
    pub until: Option<Timestamp>,
}

impl TimeRangeArguments {
    /// Returns the range of time.
    ///
    /// # Errors
    /// If one of the times is out of range, or --since is later than --until.
    pub fn resolve(&self, now: Timestamp, offset: UtcOffset) -> Result<TimeRange, UsageError> {
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
    /// As [`resolve`](Self::resolve).
    pub fn check(&self, now: Timestamp, offset: Option<UtcOffset>) -> Result<(), UsageError> {
        let is_comparable = match (self.since, self.until) {
            (Some(since), Some(until)) => since.needs_offset() == until.needs_offset(),
            _ => true,
        };
        match offset {
            None if !is_comparable => Ok(()),
            _ => self.resolve(now, offset.unwrap_or_default()).map(drop),
        }
    }

    /// Returns whether neither time is given.
    pub fn is_empty(&self) -> bool {
        self.since.is_none() && self.until.is_none()
    }
}
