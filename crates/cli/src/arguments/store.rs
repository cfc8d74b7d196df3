//! Arguments of the subcommands that open a database: which one, at which UTC offset its clock times are, and which
//! times its events may have.

use std::time::Duration;

use clap::Args;
use group_dispatch_types::UtcOffset;

use super::value::duration;
use crate::database::Database;

/// The variable that names the database.
pub const DATABASE: &str = "GROUP_DISPATCH_DATABASE";
/// The database if neither the flag nor the variable is set.
pub const DEFAULT_DATABASE: &str = "sqlite://group-dispatch.db";

#[derive(Args)]
pub struct StoreArguments {
    /// The database: `sqlite://` and the path of a file, which `tenant add` and `serve --create` create if it is missing; or
    /// `postgres://USER:PASSWORD@HOST:PORT/DATABASE`, which any number of servers can share. Percent-encode reserved
    /// characters in the password, such as @ as %40. Other users of this machine can see a password in the list of
    /// processes; the variable is safer, and `file://` and the path of a file that contains the address keeps it out of both.
    #[arg(long, env = DATABASE, default_value = DEFAULT_DATABASE, value_name = "URL")]
    pub database: Database,
}

#[derive(Args)]
pub struct ZoneArguments {
    /// The UTC offset of the clock times in requests and responses.
    #[arg(long, env = "GROUP_DISPATCH_UTC_OFFSET", default_value_t, value_name = "OFFSET", allow_hyphen_values = true)]
    pub utc_offset: UtcOffset,
}

#[derive(Args)]
pub struct AheadArguments {
    /// How far in the future the time of an event may be, such as 24h, 10m or 7d. Later events are refused: such an event
    /// would outweigh all events until its time.
    #[arg(long, env = "GROUP_DISPATCH_MAX_AHEAD", default_value = "24h", value_name = "TIME", value_parser = duration)]
    pub max_ahead: Duration,
}
