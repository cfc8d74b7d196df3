//! The flags of `log` that select and sort events. They apply to what the service returns.

use clap::{Args, ValueEnum};
use clap_complete::ArgValueCandidates;
use group_dispatch_types::AccountStatus;

use crate::arguments::{status::complete_status, time_range::TimeRangeArguments, value::at_least_one};

#[derive(Args, Default)]
pub struct Selection {
    #[command(flatten)]
    pub times: TimeRangeArguments,
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
    /// Returns whether events may be left out because of their time or status.
    pub fn is_filter(&self) -> bool {
        !self.times.is_empty() || !self.status.is_empty()
    }
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
