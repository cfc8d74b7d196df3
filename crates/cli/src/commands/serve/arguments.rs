//! The arguments of `serve`, and what they mean for the server.

use std::{fmt, io, net::SocketAddr, num::NonZeroU32, path::PathBuf, time::Duration};

use clap::{Args, ValueEnum, builder::BoolishValueParser};
use clap_complete::ArgValueCandidates;
use group_dispatch_server::{
    AddressRange, CallbackReceiver, Config, Draining, Limits, MirrorReporter, PublicUrl, RequestObserver,
    WebhookOptions,
};

use super::{
    limits::LimitArguments,
    log::{self, LogFormat},
    spans::{CollectorUrl, SpanExport},
};
use crate::{
    arguments::{
        callback::CallbackArguments,
        connection::{complete_profile_name, parse_profile_name},
        store::{AheadArguments, StoreArguments, ZoneArguments},
        value::{at_least_one, listen_address, longer_than_zero, mirror_interval, trimmed},
    },
    mirroring::Vendor,
    settings::Settings,
    terminal,
    usage_error::UsageError,
};

/// How many files are kept open for other things than connections, such as the database.
const OTHER_OPEN_FILES: usize = 128;

const EXAMPLES: &str = "\
Examples:
  group-dispatch serve
  group-dispatch serve --create --listen 0.0.0.0:8080 --database sqlite:///var/lib/group-dispatch.db
  group-dispatch serve --metrics-listen 127.0.0.1:9090 --otlp http://127.0.0.1:4318
  group-dispatch serve --config group-dispatch.toml --check-config
  group-dispatch serve --create --mirror vendor
  GROUP_DISPATCH_DATABASE=postgres://USER:PASSWORD@HOST/DATABASE group-dispatch serve

Exit status:
  0  a signal stopped the server
  1  failure; the log says why
  2  the command line, a variable or the configuration file is invalid
  5  the SQLite file was removed, moved, replaced or overwritten; the log says where a copy is";

/// Serve the queries from a database, until Ctrl-C or SIGTERM.
#[derive(Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Serve {
    /// A configuration file: TOML with the names of these flags, such as `keep-days = 90`. Flags take precedence over
    /// variables, and these over the file.
    #[arg(long, env = "GROUP_DISPATCH_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Check flags, variables and the configuration file, print the settings and where each comes from, and exit. Opens
    /// neither the database nor an address. The exit status is 2 if something is invalid.
    #[arg(long)]
    pub check_config: bool,
    /// The address to listen on; port 0 selects a free port.
    #[arg(long, env = "GROUP_DISPATCH_LISTEN", default_value = "127.0.0.1:8080", value_parser = listen_address)]
    pub listen: SocketAddr,
    #[command(flatten)]
    pub store: StoreArguments,
    #[command(flatten)]
    pub zone: ZoneArguments,
    #[command(flatten)]
    pub ahead: AheadArguments,
    /// Remove events this many days after they happened. Default: never. Presence, the accounts that came online last,
    /// and the names of agents are kept.
    #[arg(long, env = "GROUP_DISPATCH_KEEP_DAYS", value_name = "DAYS", value_parser = clap::value_parser!(u32).range(1..))]
    pub keep_days: Option<u32>,
    /// Create the SQLite file if it is missing or empty. Without this flag a missing file is an error, because it is more
    /// often a mistyped path, or a disk that is not mounted.
    #[arg(long, env = "GROUP_DISPATCH_CREATE", value_parser = BoolishValueParser::new())]
    pub create: bool,
    /// The directory for a copy of the SQLite file, written when the file is removed, moved, replaced or overwritten while
    /// the server runs. It must exist when the server starts. Default: the directory of the file.
    #[arg(long, env = "GROUP_DISPATCH_RESCUE_DIR", value_name = "DIR")]
    pub rescue_dir: Option<PathBuf>,
    /// Maximum age of data that comes from a mirror of the vendor, such as 2m. If a mirror last looked at a source longer
    /// ago, queries for that source are rejected with 503 and code 517, so that callers retry. Sources that are only fed
    /// have no age. Choose at least 90s: a mirror looks once in 1 to 60 seconds. Default: no limit.
    #[arg(long, env = "GROUP_DISPATCH_MAX_AGE", value_name = "TIME", value_parser = longer_than_zero)]
    pub max_age: Option<Duration>,
    /// Mirror the service of this profile into this server: its accounts, and what happens to them, are stored for the
    /// tenant with the same id, and how it is known is stored as well. Run it in one server of a database.
    #[arg(long, env = "GROUP_DISPATCH_MIRROR", value_name = "PROFILE", value_parser = parse_profile_name,
          add = ArgValueCandidates::new(complete_profile_name))]
    pub mirror: Option<String>,
    /// Maximum requests per second that the mirror sends to each endpoint of the vendor, which allows 50 in all.
    #[arg(long, env = "GROUP_DISPATCH_MIRROR_REQUESTS_PER_SECOND", default_value = "25", value_name = "REQUESTS",
          value_parser = clap::value_parser!(NonZeroU32))]
    pub mirror_requests_per_second: NonZeroU32,
    /// Maximum time between two rounds of requests of the mirror, 1 to 60 seconds. A mirror asks more often where much
    /// changes; a shorter maximum shows a single change sooner, and costs the vendor and this machine more.
    #[arg(long, env = "GROUP_DISPATCH_MIRROR_MAX_INTERVAL", default_value = "60s", value_name = "TIME",
          value_parser = mirror_interval)]
    pub mirror_max_interval: Duration,
    #[command(flatten)]
    pub callbacks: CallbackArguments,
    /// A network that webhooks may reach beside the Internet: an address, or a range such as 10.1.2.0/24. By default they reach no
    /// network of this machine's own. Can be repeated, and separated by commas in the variable.
    #[arg(long, env = "GROUP_DISPATCH_WEBHOOK_ALLOW_NETWORK", value_name = "ADDRESS", value_delimiter = ',',
          value_parser = trimmed::<AddressRange>)]
    pub webhook_allow_network: Vec<AddressRange>,
    /// Let webhooks send messages to http addresses as well, which everybody on the way can read.
    #[arg(long, env = "GROUP_DISPATCH_WEBHOOK_ALLOW_HTTP", value_parser = BoolishValueParser::new())]
    pub webhook_allow_http: bool,
    /// Maximum difference between the timestamp of a request and this machine's clock, in seconds.
    #[arg(long, env = "GROUP_DISPATCH_TIMESTAMP_WINDOW", default_value_t = 300, value_name = "SECONDS")]
    pub timestamp_window: u64,
    /// How calls that feed events may be signed. `both` also accepts the token of the queries, which covers neither the
    /// address nor the events: whoever sees such a call can send others for some minutes.
    #[arg(long, env = "GROUP_DISPATCH_FEED_SIGNING", default_value = "both", value_name = "SIGNING")]
    pub feed_signing: FeedSigning,
    /// Maximum size of a request body, in bytes.
    #[arg(long, env = "GROUP_DISPATCH_BODY_LIMIT", default_value_t = 65_536, value_name = "BYTES",
          value_parser = at_least_one)]
    pub body_limit: usize,
    /// Maximum size of a request body with status events, in bytes.
    #[arg(long, env = "GROUP_DISPATCH_INGEST_BODY_LIMIT", default_value_t = 8_388_608, value_name = "BYTES",
          value_parser = at_least_one)]
    pub ingest_body_limit: usize,
    /// The timeout of a request, in seconds; at most a day.
    #[arg(long, env = "GROUP_DISPATCH_REQUEST_TIMEOUT", default_value_t = 30, value_name = "SECONDS",
          value_parser = clap::value_parser!(u64).range(1..=Config::LONGEST_TIMEOUT.as_secs()))]
    pub request_timeout: u64,
    /// How long `/readyz` fails after a stop signal while everything is still served, in seconds, so that load balancers
    /// send no new requests. A second signal ends the wait.
    #[arg(long, env = "GROUP_DISPATCH_DRAIN", default_value_t = 0, value_name = "SECONDS")]
    pub drain: u64,
    /// The HTTP status of errors of the queries. `code` and `message` in the body are the same in both cases.
    #[arg(long, env = "GROUP_DISPATCH_HTTP_STATUS", default_value = "mirrored", value_name = "STATUS")]
    pub http_status: HttpStatus,
    /// The address by which callers reach this server if it is not `--listen`, such as `https://example.com` or
    /// `https://example.com/scrm` behind a reverse proxy. It is used in the contracts that the server shows, and in the
    /// log.
    #[arg(long, env = "GROUP_DISPATCH_PUBLIC_URL", value_name = "URL",
          value_parser = trimmed::<PublicUrl>)]
    pub public_url: Option<PublicUrl>,
    /// Serve `/metrics` only at this address. Default: at the address of the queries, for all who can reach it.
    #[arg(long, env = "GROUP_DISPATCH_METRICS_LISTEN", value_name = "LISTEN", value_parser = listen_address)]
    pub metrics_listen: Option<SocketAddr>,
    /// Send a span for each request to an OpenTelemetry collector, by OTLP over HTTP, such as http://127.0.0.1:4318;
    /// metrics are at `/metrics`. `/v1/traces` is appended if it is missing. Variables such as OTEL_SERVICE_NAME,
    /// OTEL_RESOURCE_ATTRIBUTES and OTEL_EXPORTER_OTLP_HEADERS are supported; OTEL_SDK_DISABLED=true disables spans. A
    /// request whose `traceparent` is not sampled has no span.
    #[arg(long, env = "GROUP_DISPATCH_OTLP", value_name = "URL")]
    pub otlp: Option<CollectorUrl>,
    /// The format of log lines on standard error. Default: text on a terminal, JSON elsewhere.
    #[arg(long, env = "GROUP_DISPATCH_LOG_FORMAT")]
    pub log_format: Option<LogFormat>,
    /// Which log lines are written, such as `info`, `warn` or `group_dispatch_server=debug`.
    #[arg(long, env = "GROUP_DISPATCH_LOG", default_value = "info", value_name = "FILTER", value_parser = log::parse_filter)]
    pub log: String,
    #[command(flatten)]
    pub limits: LimitArguments,
    /// Where each value comes from.
    #[arg(skip)]
    pub settings: Settings,
    /// What is wrong with the configuration file but no error.
    #[arg(skip)]
    pub warning: Option<String>,
}

#[derive(Clone, Copy, ValueEnum)]
pub enum FeedSigning {
    /// An HMAC of the whole call, or the token of the queries.
    Both,
    /// An HMAC of the whole call.
    Hmac,
}

#[derive(Clone, Copy, ValueEnum)]
pub enum HttpStatus {
    /// The status that fits the code, such as 400 or 401.
    Mirrored,
    /// 200, as the vendor's service returns it; 405, 429 and 503 are unchanged.
    Vendor,
}

impl Serve {
    /// Checks arguments that depend on each other.
    ///
    /// # Errors
    /// If the queries and the metrics would be served at the same address, or callbacks are to be received without a mirror.
    pub fn check(&self) -> Result<(), UsageError> {
        if self.callbacks.callback_secret_file.is_some() && self.mirror.is_none() {
            let [secret, mirror] = ["callback-secret-file", "mirror"].map(|flag| self.settings.name(flag));
            return Err(UsageError::new(format!(
                "{secret} needs {mirror}: a callback is only a hint to the mirror that it names"
            )));
        }
        let Some(metrics) = self.metrics_listen else { return Ok(()) };
        let (ip, other) = (self.listen.ip(), metrics.ip());
        let is_same = ip == other || ip.is_unspecified() || other.is_unspecified();
        if metrics.port() != 0 && metrics.port() == self.listen.port() && is_same {
            let name = |flag| self.settings.name(flag);
            return Err(UsageError::new(format!(
                "{} {metrics} and {} {} use the same port; choose another port, or omit {} to serve the metrics at the \
                 address of the queries",
                name("metrics-listen"),
                name("listen"),
                self.listen,
                name("metrics-listen")
            )));
        }
        Ok(())
    }

    /// Checks that files can be created in the directory for a rescued file: when it is needed, it is too late to mend it.
    /// The error does not name the directory, which may be another value in its place, such as an address with a password.
    pub fn check_rescue_dir(&self) -> Result<(), RescueDirError> {
        let Some(directory) = &self.rescue_dir else { return Ok(()) };
        let created = tempfile::tempfile_in(directory).map(drop);
        created.map_err(|error| RescueDirError { name: self.settings.name("rescue-dir"), kind: error.kind() })
    }

    /// Checks what a start checks, except for the database and the addresses, and prints the settings.
    pub fn check_config(&self) -> anyhow::Result<()> {
        self.check_rescue_dir().map_err(|error| UsageError::new(error.to_string()))?;
        if let Some(collector) = &self.otlp {
            SpanExport::check(collector)
                .map_err(|error| UsageError::new(format!("{}: {error:#}", self.settings.name("otlp"))))?;
        }
        self.vendor().map_err(|error| UsageError::new(format!("{}: {error:#}", self.settings.name("mirror"))))?;
        self.callbacks
            .read()
            .map_err(|error| UsageError::new(format!("{}: {error:#}", self.settings.name("callback-secret-file"))))?;
        if let Some(warning) = &self.warning {
            terminal::print_error_line(&format!("warning: {warning}"));
        }
        terminal::print(&self.settings.to_string())
    }

    /// Returns the service that is mirrored.
    ///
    /// # Errors
    /// If there is no such profile, or it lacks a part.
    pub fn vendor(&self) -> anyhow::Result<Option<Vendor>> {
        let (rate, interval) = (self.mirror_requests_per_second, self.mirror_max_interval);
        let vendor = |profile: &String| Vendor::of_profile("--mirror", profile, rate, interval);
        self.mirror.as_ref().map(vendor).transpose()
    }

    pub fn config(
        &self,
        spans: Option<&'static SpanExport>,
        mirror: Option<MirrorReporter>,
        callbacks: Option<CallbackReceiver>,
    ) -> Config {
        let mut limits = self.limits.limits();
        limits.connections = raise_open_file_limit(limits.connections);
        Config {
            timestamp_window: Duration::from_secs(self.timestamp_window),
            body_limit: self.body_limit,
            ingest_body_limit: self.ingest_body_limit,
            max_ahead: self.ahead.max_ahead,
            max_age: self.max_age,
            request_timeout: Duration::from_secs(self.request_timeout),
            feed_signing: match self.feed_signing {
                FeedSigning::Both => group_dispatch_server::FeedSigning::Both,
                FeedSigning::Hmac => group_dispatch_server::FeedSigning::Hmac,
            },
            http_status: match self.http_status {
                HttpStatus::Mirrored => group_dispatch_server::HttpStatus::Mirrored,
                HttpStatus::Vendor => group_dispatch_server::HttpStatus::Vendor,
            },
            public_url: self.public_url.clone(),
            limits,
            trusted_proxies: self.limits.trusted_proxies(),
            metrics_listen: self.metrics_listen,
            callbacks,
            webhooks: WebhookOptions {
                networks: self.webhook_allow_network.clone(),
                allow_http: self.webhook_allow_http,
            },
            mirror,
            draining: Draining::default(),
            observer: spans.map(|spans| spans as &dyn RequestObserver),
        }
    }
}

/// The directory for a rescued file takes no files.
#[derive(Debug)]
pub struct RescueDirError {
    name: String,
    kind: io::ErrorKind,
}

impl fmt::Display for RescueDirError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: no file can be created in it; expected a directory in which this user may create files: {}",
            self.name, self.kind
        )
    }
}

impl std::error::Error for RescueDirError {}

/// Raises the limit of open files for this many connections, and returns how many connections it allows. Each
/// connection is an open file, also one that is being refused; the database must not run out of files because clients
/// have all of them.
fn raise_open_file_limit(connections: usize) -> usize {
    const EXTRA: usize = Limits::EXTRA_CONNECTIONS;
    let files = u64::try_from(connections.saturating_add(EXTRA + OTHER_OPEN_FILES)).unwrap_or(u64::MAX);
    let files = rlimit::increase_nofile_limit(files).ok().and_then(|files| usize::try_from(files).ok());
    let allowed = files.map_or(connections, |files| {
        let of_connections = files.saturating_sub(OTHER_OPEN_FILES);
        (of_connections - EXTRA.min(of_connections / 2)).clamp(1, connections)
    });
    if allowed < connections {
        tracing::warn!("at most {allowed} connections: the system limits the number of open files (ulimit -n)");
    }
    allowed
}
