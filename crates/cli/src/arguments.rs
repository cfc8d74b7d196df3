//! What can be said on the command line.

use std::{
    net::{SocketAddr, ToSocketAddrs},
    path::PathBuf,
};

use clap::{Args, Parser, Subcommand, ValueEnum};
use group_dispatch_client::TenantId;
use group_dispatch_types::{AgentSource, Source, UserId, UtcOffset, WhatsAppNumber};

use crate::database::Database;

/// Ask which support agents and WhatsApp accounts are online, and serve the answers.
///
/// Exit status: 0 when all went well, 1 when it did not, 2 for a wrong command line, 3 when an import refused some lines.
#[derive(Parser)]
#[command(name = "group-dispatch", version, arg_required_else_help = true)]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand)]
pub enum Command {
    Demo(Demo),
    Serve(Serve),
    #[command(subcommand)]
    Tenant(Tenant),
    Import(Import),
    #[command(flatten)]
    Question(Question),
}

/// Show it all: a server with sample events on this machine, and the five questions asked of it.
///
/// The server stays up until Ctrl-C; nothing is left behind.
#[derive(Args)]
pub struct Demo {
    /// Leave after the tables.
    #[arg(long)]
    pub once: bool,
}

/// Serve the five queries from a database, until Ctrl-C or SIGTERM.
#[derive(Args)]
pub struct Serve {
    /// Address to listen on; port 0 takes a free one.
    #[arg(long, env = "GROUP_DISPATCH_LISTEN", default_value = "127.0.0.1:8080", value_parser = address)]
    pub listen: SocketAddr,
    #[command(flatten)]
    pub store: StoreArguments,
    #[command(flatten)]
    pub zone: ZoneArguments,
    /// How many seconds a request's timestamp may be from this machine's clock, either way.
    #[arg(long, env = "GROUP_DISPATCH_TIMESTAMP_WINDOW", default_value_t = 300, value_name = "SECONDS")]
    pub timestamp_window: u64,
    /// The largest request body, in bytes.
    #[arg(long, env = "GROUP_DISPATCH_BODY_LIMIT", default_value_t = 65_536, value_name = "BYTES")]
    pub body_limit: usize,
    /// How many seconds a request may take.
    #[arg(long, env = "GROUP_DISPATCH_REQUEST_TIMEOUT", default_value_t = 30, value_name = "SECONDS",
          value_parser = clap::value_parser!(u64).range(1..))]
    pub request_timeout: u64,
    /// How log lines are written on standard error.
    #[arg(long, env = "GROUP_DISPATCH_LOG_FORMAT", default_value = "json")]
    pub log_format: LogFormat,
    /// Which log lines are written, such as `info`, `warn` or `group_dispatch_server=debug`.
    #[arg(long, env = "GROUP_DISPATCH_LOG", default_value = "info", value_name = "FILTER")]
    pub log: String,
}

fn address(text: &str) -> Result<SocketAddr, &'static str> {
    const EXPECTED: &str = "expected an address and a port, such as 127.0.0.1:8080";
    text.to_socket_addrs().map_err(|_| EXPECTED)?.next().ok_or(EXPECTED)
}

/// Which store.
#[derive(Args)]
pub struct StoreArguments {
    /// The database: `sqlite://` and a file's path. `serve` and `tenant add` create the file when it is missing.
    #[arg(long, env = "GROUP_DISPATCH_DATABASE", default_value = "sqlite://group-dispatch.db", value_name = "URL")]
    pub database: Database,
}

/// How clock times are to be read and written.
#[derive(Args)]
pub struct ZoneArguments {
    /// The zone of the clock times on the wire, as its offset from UTC.
    #[arg(long, env = "GROUP_DISPATCH_UTC_OFFSET", default_value_t, value_name = "OFFSET", allow_hyphen_values = true)]
    pub utc_offset: UtcOffset,
}

#[derive(Clone, Copy, ValueEnum)]
pub enum LogFormat {
    /// One JSON object a line.
    Json,
    /// Text for people.
    Text,
}

/// Say which tenants a server knows.
#[derive(Subcommand)]
pub enum Tenant {
    /// Make a tenant known; prints its key when it makes one.
    Add {
        /// The tenant's id.
        id: TenantId,
        /// The key with which it signs; one is made when none is given.
        #[arg(long, value_name = "KEY")]
        api_key: Option<String>,
        /// Give a tenant that is known already another key.
        #[arg(long)]
        replace_key: bool,
        #[command(flatten)]
        store: StoreArguments,
    },
    /// List the tenants and how many events each has.
    List {
        #[command(flatten)]
        store: StoreArguments,
    },
    /// Remove a tenant and all its events.
    Remove {
        /// The tenant's id.
        id: TenantId,
        /// Do it even though it has events.
        #[arg(long)]
        yes: bool,
        #[command(flatten)]
        store: StoreArguments,
    },
}

/// Append status events to a database, also while a server runs on it.
///
/// The file holds one JSON object a line, with the members of a queryUserStatusLog record (whatsApp, name, status,
/// source, countryCode, detailStatus, createTime) and userId, agentAccount, userName and, if there is one, eventId.
/// Importing a file twice changes nothing: an event is known by its eventId or, without one, by all its members, its time
/// included, for which the same --utc-offset has to be given. Of two events with one eventId the first stays. Events at
/// sources other than 1, 2 and 3 are kept, but no question shows them. Lines that are wrong are reported with their number
/// and left out.
#[derive(Args)]
pub struct Import {
    /// The file; `-` is standard input.
    pub file: PathBuf,
    /// The tenant whose events they are.
    #[arg(long, visible_alias = "tenant-id", env = "GROUP_DISPATCH_TENANT_ID", value_name = "ID")]
    pub tenant: TenantId,
    /// Print the number of the last line that is stored, on standard output, each time more of them are.
    #[arg(long)]
    pub acknowledge: bool,
    #[command(flatten)]
    pub store: StoreArguments,
    #[command(flatten)]
    pub zone: ZoneArguments,
}

#[derive(Subcommand)]
pub enum Question {
    /// Which agents have WhatsApp accounts online at a source, and which ones.
    Online {
        #[arg(long, help = SOURCE_HELP)]
        source: AgentSource,
        /// Only the agent with this id.
        #[arg(long, value_name = "ID")]
        user_id: Option<UserId>,
        /// Only the agent with this login account.
        #[arg(long, visible_alias = "agent-account", value_name = "ACCOUNT")]
        user_name: Option<String>,
        #[command(flatten)]
        asking: Asking,
    },
    /// All that are online, by source.
    All {
        #[command(flatten)]
        asking: Asking,
    },
    /// Where one WhatsApp account is online.
    Account {
        /// The account: a phone number with its country calling code, such as 8618217331411 or "+86 182-1733-1411".
        #[arg(allow_hyphen_values = true)]
        number: WhatsAppNumber,
        /// Where to look: pc, mobile, cloud, or 1, 2, 3; PC and mobile when it is not given.
        #[arg(long)]
        source: Option<Source>,
        #[command(flatten)]
        asking: Asking,
    },
    /// What happened to each agent's accounts at a source: the latest 50 events.
    ///
    /// Times are those of the service's clock: UTC+8, unless its operator chose another zone.
    Log {
        #[arg(long, help = SOURCE_HELP)]
        source: AgentSource,
        /// Only the agent with this login account.
        #[arg(long, visible_alias = "user-name", value_name = "ACCOUNT")]
        agent_account: Option<String>,
        /// Only this WhatsApp account.
        #[arg(long, value_name = "NUMBER")]
        whatsapp: Option<WhatsAppNumber>,
        #[command(flatten)]
        asking: Asking,
    },
    /// Which ten accounts of each agent came online last at a source, and how they are now.
    Recent {
        #[arg(long, help = SOURCE_HELP)]
        source: AgentSource,
        /// Only the agent with this id.
        #[arg(long, value_name = "ID")]
        user_id: Option<UserId>,
        #[command(flatten)]
        asking: Asking,
    },
}

const SOURCE_HELP: &str = "Where to look: pc or mobile, or 1 or 2";

/// Whom to ask, as whom, and how to print the answer.
#[derive(Args)]
pub struct Asking {
    /// The service's address, such as http://127.0.0.1:8080.
    #[arg(long, env = "GROUP_DISPATCH_URL")]
    pub url: String,
    /// The tenant.
    #[arg(long, visible_alias = "tenant", env = "GROUP_DISPATCH_TENANT_ID", value_name = "ID")]
    pub tenant_id: TenantId,
    /// The tenant's key. Others can see it in the list of processes; the variable is safer.
    #[arg(long, env = "GROUP_DISPATCH_API_KEY", hide_env_values = true, value_name = "KEY")]
    pub api_key: String,
    /// How to print the answer.
    #[arg(long, default_value = "table")]
    pub output: Output,
}

#[derive(Clone, Copy, ValueEnum)]
pub enum Output {
    /// A table for people.
    Table,
    /// The data of the answer as JSON, each member in the contract's form; members that it does not have are left out.
    Json,
}
