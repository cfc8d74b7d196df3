//! Arguments that several subcommands share. The arguments of one subcommand are beside its code in `commands`.

pub mod callback;
pub mod connection;
pub mod heading;
pub mod query;
pub mod source;
pub mod status;
pub mod store;
pub mod time;
pub mod time_range;
pub mod value;
