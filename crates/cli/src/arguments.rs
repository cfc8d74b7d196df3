//! What can be said on the command line.

use std::{
    env,
    ffi::OsString,
    net::{SocketAddr, ToSocketAddrs},
    path::PathBuf,
    str::FromStr,
    time::Duration,
};

use clap::{Arg, Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum, builder::Resettable};
use clap_complete::Shell;
use colorchoice_clap::Color;
use group_dispatch_client::TenantId;
use group_dispatch_server::{Config, PublicUrl};
use group_dispatch_types::UtcOffset;
use jiff::SignedDuration;
use tracing_subscriber::EnvFilter;

use crate::{database::Database, otlp::Collector};
use database::{DATABASE, DEFAULT_DATABASE};
use limits::LimitArguments;

pub use database::{Doctor, RepairOrder, ReportForm};
pub use log::{Bounds, Selection, Sort};
pub use profiles::{Login, Logout, Profile};
pub use questions::{Asking, CONNECTION, OUTPUT, Output, Question, Reading};
pub use service::{PROFILE, SERVICE_VARIABLES, Said, ServiceArguments, TimeoutArguments};
pub use usage::UsageError;
pub use watch::{Form, Watch};

mod blame;
mod database;
mod examples;
mod limits;
mod log;
mod profiles;
mod questions;
mod service;
mod usage;
mod watch;

const EXIT_STATUS: &str = "\
Exit status:
  0  all went well, also where nobody is online
  1  it did not; standard error says why
  2  the command line is wrong
  3  an import refused some lines; the others are stored
  4  with --exit-code alone: the answer is empty, so that nobody is online or nothing happened";

/// Ask which support agents and WhatsApp accounts are online, and serve the answers.
#[derive(Parser)]
#[command(name = "group-dispatch", version, arg_required_else_help = true, after_help = EXIT_STATUS,
          after_long_help = format!("{}\n\n{EXIT_STATUS}", examples::ROOT))]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Command,
    #[command(flatten, next_help_heading = OUTPUT)]
    pub color: Color,
}

impl Arguments {
    /// Returns the command with all its subcommands.
    pub fn parser() -> clap::Command {
        without_values_of_variables(Self::command())
    }

    /// What this process was started with, or its end where that is wrong or help was asked for.
    pub fn given() -> Self {
        let command = without_empty_variables(Self::parser());
        let matches =
            command.clone().try_get_matches().unwrap_or_else(|error| blame::explained(error, &command).exit());
        Self::from_arg_matches(&matches).unwrap_or_else(|error| error.exit())
    }
}

/// Makes `--help` name the variables without their values, of which any may be a secret in the wrong place.
fn without_values_of_variables(command: clap::Command) -> clap::Command {
    command.mut_args(|arg| arg.hide_env_values(true)).mut_subcommands(without_values_of_variables)
}

/// A variable that is empty counts as one that is not set.
fn without_empty_variables(command: clap::Command) -> clap::Command {
    let is_empty = |value: &OsString| value.to_str().is_some_and(|text| text.trim().is_empty());
    let spared = |arg: Arg| match arg.get_env().and_then(env::var_os) {
        Some(value) if is_empty(&value) => arg.env(Resettable::Reset),
        _ => arg,
    };
    command.mut_args(spared).mut_subcommands(without_empty_variables)
}

/// A variable that was read from a file may come with the end of its line.
fn trimmed<T: FromStr>(text: &str) -> Result<T, T::Err> {
    text.trim().parse()
}

/// Seconds, or a number of any unit.
fn duration(text: &str) -> Result<Duration, &'static str> {
    let seconds = text.parse().map(Duration::from_secs).ok();
    let spelt = || Duration::try_from(text.parse::<SignedDuration>().ok()?).ok();
    seconds.or_else(spelt).ok_or("expected a time such as 10, 10s, 500ms or 2m")
}

/// A time in which something can happen.
fn wait(text: &str) -> Result<Duration, &'static str> {
    match duration(text)? {
        Duration::ZERO => Err("expected a time that is longer than nothing"),
        wait if wait > Config::LONGEST_TIMEOUT => Err("expected a time of a day at most, 24h"),
        wait => Ok(wait),
    }
}

#[derive(Subcommand)]
pub enum Command {
    Demo(Demo),
    Serve(Serve),
    #[command(subcommand)]
    Tenant(Tenant),
    Import(Import),
    RepairOrder(RepairOrder),
    #[command(flatten)]
    Question(Question),
    Watch(Watch),
    Doctor(Doctor),
    Login(Login),
    Logout(Logout),
    #[command(subcommand)]
    Profile(Profile),
    Completions(Completions),
    Man(Man),
}

/// Show it all: a server with sample events on this machine, and the five questions asked of it.
///
/// The server stays up until Ctrl-C; nothing is left behind.
#[derive(Args)]
#[command(after_long_help = examples::DEMO)]
pub struct Demo {
    /// Leave after the tables.
    #[arg(long)]
    pub once: bool,
}

/// Serve the five queries from a database, until Ctrl-C or SIGTERM.
#[derive(Args)]
#[command(after_long_help = examples::SERVE)]
pub struct Serve {
    /// Address to listen on; port 0 takes a free one.
    #[arg(long, env = "GROUP_DISPATCH_LISTEN", default_value = "127.0.0.1:8080", value_parser = address)]
    pub listen: SocketAddr,
    #[command(flatten)]
    pub store: StoreArguments,
    #[command(flatten)]
    pub zone: ZoneArguments,
    /// How many days an event is kept after it happened; when it is not given, for ever. Where accounts are, which came
    /// online last and who the agents are is kept all the same.
    #[arg(long, env = "GROUP_DISPATCH_KEEP_DAYS", value_name = "DAYS", value_parser = clap::value_parser!(u32).range(1..))]
    pub keep_days: Option<u32>,
    /// How many seconds a request's timestamp may be from this machine's clock, either way.
    #[arg(long, env = "GROUP_DISPATCH_TIMESTAMP_WINDOW", default_value_t = 300, value_name = "SECONDS")]
    pub timestamp_window: u64,
    /// The largest request body, in bytes.
    #[arg(long, env = "GROUP_DISPATCH_BODY_LIMIT", default_value_t = 65_536, value_name = "BYTES",
          value_parser = limits::at_least_one)]
    pub body_limit: usize,
    /// The largest body of status events, in bytes.
    #[arg(long, env = "GROUP_DISPATCH_INGEST_BODY_LIMIT", default_value_t = 8_388_608, value_name = "BYTES",
          value_parser = limits::at_least_one)]
    pub ingest_body_limit: usize,
    /// How many seconds a request may take, a day at most.
    #[arg(long, env = "GROUP_DISPATCH_REQUEST_TIMEOUT", default_value_t = 30, value_name = "SECONDS",
          value_parser = clap::value_parser!(u64).range(1..=Config::LONGEST_TIMEOUT.as_secs()))]
    pub request_timeout: u64,
    /// The HTTP status of errors that the five queries return; `code` and `message` in the body are the same either way.
    #[arg(long, env = "GROUP_DISPATCH_HTTP_STATUS", default_value = "mirrored", value_name = "STATUS")]
    pub http_status: HttpStatus,
    /// The address that callers reach this server by, where it is another one than `--listen`: behind a reverse proxy, such
    /// as `https://example.com` or `https://example.com/scrm`. The contracts that the server shows name it, and the log does.
    #[arg(long, env = "GROUP_DISPATCH_PUBLIC_URL", value_name = "URL",
          value_parser = trimmed::<PublicUrl>)]
    pub public_url: Option<PublicUrl>,
    /// Serve the metrics, `/metrics`, at this address and nowhere else; without it they are at the address of the queries,
    /// for everybody who can reach it.
    #[arg(long, env = "GROUP_DISPATCH_METRICS_LISTEN", value_name = "LISTEN", value_parser = address)]
    pub metrics_listen: Option<SocketAddr>,
    /// Send a span for each request to an OpenTelemetry collector, by OTLP over HTTP, such as http://127.0.0.1:4318;
    /// metrics are fetched at `/metrics`. `/v1/traces` is appended unless it is there. Variables such as OTEL_SERVICE_NAME,
    /// OTEL_RESOURCE_ATTRIBUTES and OTEL_EXPORTER_OTLP_HEADERS are heeded, and with OTEL_SDK_DISABLED=true nothing is sent.
    /// A request whose `traceparent` says that it is not sampled has no span.
    #[arg(long, env = "GROUP_DISPATCH_OTLP", value_name = "URL")]
    pub otlp: Option<Collector>,
    /// How log lines are written on standard error; when it is not given, as text on a terminal and as JSON elsewhere.
    #[arg(long, env = "GROUP_DISPATCH_LOG_FORMAT")]
    pub log_format: Option<LogFormat>,
    /// Which log lines are written, such as `info`, `warn` or `group_dispatch_server=debug`.
    #[arg(long, env = "GROUP_DISPATCH_LOG", default_value = "info", value_name = "FILTER", value_parser = log_filter)]
    pub log: String,
    #[command(flatten)]
    pub limits: LimitArguments,
}

impl Serve {
    /// # Errors
    /// When the queries and the metrics are to be served at the same address.
    pub fn check(&self) -> Result<(), UsageError> {
        let Some(metrics) = self.metrics_listen else { return Ok(()) };
        let (ip, other) = (self.listen.ip(), metrics.ip());
        let is_same = ip == other || ip.is_unspecified() || other.is_unspecified();
        if metrics.port() != 0 && metrics.port() == self.listen.port() && is_same {
            return Err(UsageError::new(format!(
                "--metrics-listen {metrics} and --listen {} take the same port; expected another port, or no \
                 --metrics-listen, and the metrics are at the address of the queries",
                self.listen
            )));
        }
        Ok(())
    }
}

/// A filter for log lines, which is parsed again where the log is started.
fn log_filter(text: &str) -> Result<String, &'static str> {
    let filter: Result<EnvFilter, _> = text.parse();
    filter.map(|_| text.to_owned()).map_err(|_| "expected a filter such as info, warn or group_dispatch_server=debug")
}

fn address(text: &str) -> Result<SocketAddr, &'static str> {
    const EXPECTED: &str = "expected an address and a port, such as 127.0.0.1:8080";
    text.to_socket_addrs().map_err(|_| EXPECTED)?.next().ok_or(EXPECTED)
}

/// Which store.
#[derive(Args)]
pub struct StoreArguments {
    /// The database: `sqlite://` and a file's path, which `serve` and `tenant add` create when it is missing; or
    /// `postgres://USER:PASSWORD@HOST:PORT/DATABASE`, which any number of servers may share, with reserved characters of the
    /// password percent-encoded, such as @ as %40. A password in it can be seen in the list of processes; the variable is
    /// safer.
    #[arg(long, env = DATABASE, default_value = DEFAULT_DATABASE, value_name = "URL")]
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
pub enum HttpStatus {
    /// The one that fits the code, such as 400 or 401.
    Mirrored,
    /// 200, as the vendor's service returns it; 405, 429 and 503 stay.
    Vendor,
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
#[command(after_long_help = examples::TENANT)]
pub enum Tenant {
    /// Make a tenant known. A key that it makes is printed alone on standard output, and what was done on standard error.
    #[command(after_long_help = examples::TENANT_ADD)]
    Add {
        /// The tenant's id.
        id: TenantId,
        /// The key with which it signs; one is made when none is given. Other users of this machine can see it in the list
        /// of processes and in the shell's history; --api-key-stdin is safer.
        #[arg(long, value_name = "KEY")]
        api_key: Option<String>,
        /// Read the key from the first line of standard input; on a terminal, ask for it.
        #[arg(long, conflicts_with = "api_key")]
        api_key_stdin: bool,
        /// Give a tenant that is known already another key.
        #[arg(long)]
        replace_key: bool,
        #[command(flatten)]
        store: StoreArguments,
    },
    /// List the tenants and how many events each has.
    #[command(after_long_help = examples::TENANT_LIST)]
    List {
        #[command(flatten)]
        store: StoreArguments,
    },
    /// Remove a tenant and all its events.
    #[command(after_long_help = examples::TENANT_REMOVE)]
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
/// A JSON array of such objects, a queryUserStatusLog answer, what `log` prints with --output ndjson, json or csv, other CSV
/// with these columns, and gzip of any of them are recognized by their content. In CSV an empty field is an absent member,
/// and "" is a name that is empty. A file that holds something else is one error, which says what it holds.
///
/// Importing a file twice changes nothing: an event is known by its eventId or, without one, by all its members, its time
/// included, for which the same --utc-offset has to be given. Of two events with one eventId the first stays. Events at
/// sources other than 1, 2 and 3 are kept, but no question shows them. Lines that are wrong are reported with their number
/// and left out; of many the first 20 are. The exit status is 3 then. A CSV record has at most 64 KiB; after a longer one,
/// which usually has a quote that is not closed, nothing is read, and the exit status is 1.
///
/// Of the events of one account at one source and one time, the order of the input decides which is the latest: times have
/// whole seconds. A log is newest first, and then the input is stored from its end. A file is read twice to find out its
/// order. A pipe is judged by what it holds, up to its first 10,000 lines; one that pauses for 2 seconds before that is
/// stored as it comes, unless it is newest first with several events of an account at one time and no --acknowledge: then it
/// is stored when it ends. If such events come later in a newest-first pipe, that is reported, and the exit status is 3. A
/// newest-first input is acknowledged when all of it is stored, and a line of a JSON document when all its events are.
#[derive(Args)]
#[command(after_long_help = examples::IMPORT)]
pub struct Import {
    /// The file; `-` is standard input.
    pub file: PathBuf,
    /// The tenant whose events they are.
    #[arg(long, visible_alias = "tenant-id", env = "GROUP_DISPATCH_TENANT_ID", value_name = "ID",
          value_parser = trimmed::<TenantId>)]
    pub tenant: TenantId,
    /// Print the number of the last line that is stored, on standard output, each time more of them are.
    #[arg(long)]
    pub acknowledge: bool,
    /// Whether the events of one second stand in the file as they happened or the other way round.
    #[arg(long, value_enum, default_value = "auto")]
    pub order: Order,
    #[command(flatten)]
    pub store: StoreArguments,
    #[command(flatten)]
    pub zone: ZoneArguments,
}

/// The order of an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Order {
    /// By the content: an answer is newest first; otherwise the times of each agent's events decide.
    Auto,
    /// Later events stand later.
    OldestFirst,
    /// Later events stand earlier, as in a log.
    NewestFirst,
}

/// Print what a shell needs to complete this command, with the names of your profiles.
///
/// The shell asks the command itself for what fits, so the script has to be printed again only when the changelog of a new
/// version says so, or when the command moved to another folder.
#[derive(Args)]
#[command(after_long_help = examples::COMPLETIONS)]
pub struct Completions {
    pub shell: Shell,
}

/// Print the manual page, as roff.
#[derive(Args)]
#[command(after_long_help = examples::MAN)]
pub struct Man {
    /// Write a page for this command and each of its subcommands into this folder instead.
    #[arg(long)]
    pub dir: Option<PathBuf>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_units_or_are_seconds() {
        for (text, milliseconds) in
            [("10", 10_000), ("10s", 10_000), ("500ms", 500), ("2m", 120_000), ("1m 30s", 90_000), ("0", 0)]
        {
            assert_eq!(duration(text), Ok(Duration::from_millis(milliseconds)), "{text}");
        }
        for text in ["", "-1", "-1s", "1.5", "5x", "99999999999999999999"] {
            assert!(duration(text).is_err(), "{text}");
        }
    }
}
