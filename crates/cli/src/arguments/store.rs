//! Arguments of the subcommands that open a database: which one, and at which UTC offset its clock times are.

use clap::Args;
use group_dispatch_types::UtcOffset;

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
    /// processes; the variable is safer.
    #[arg(long, env = DATABASE, default_value = DEFAULT_DATABASE, value_name = "URL")]
    pub database: Database,
}

#[derive(Args)]
pub struct ZoneArguments {
    /// The UTC offset of the clock times in requests and responses.
    #[arg(long, env = "GROUP_DISPATCH_UTC_OFFSET", default_value_t, value_name = "OFFSET", allow_hyphen_values = true)]
    pub utc_offset: UtcOffset,
}
