//! Arguments that the queries share: the service to query, and how the response is printed.

use clap::Args;
use group_dispatch_types::UtcOffset;

use super::{
    connection::{ServiceArguments, TimeoutArguments},
    heading::OUTPUT,
};
use crate::output::OutputFormat;

#[derive(Args, Default)]
pub struct QueryArguments {
    #[command(flatten)]
    pub service: ServiceArguments,
    #[command(flatten)]
    pub timeout: TimeoutArguments,
    /// The format of the response.
    #[arg(long, value_enum, default_value_t, help_heading = OUTPUT)]
    pub output: OutputFormat,
    /// Exit with status 4 if the response is empty: nobody is online, or nothing happened.
    #[arg(long, help_heading = OUTPUT)]
    pub exit_code: bool,
}

/// How clock times are read and printed.
#[derive(Args, Default)]
#[command(next_help_heading = OUTPUT)]
pub struct ClockArguments {
    /// The UTC offset of the service's clock times. Default: the profile's offset, or +08:00.
    #[arg(long, env = "GROUP_DISPATCH_UTC_OFFSET", value_name = "OFFSET", allow_hyphen_values = true)]
    pub utc_offset: Option<UtcOffset>,
    /// Print times in UTC instead of this machine's time zone.
    #[arg(long)]
    pub utc: bool,
}
