//! `group-dispatch serve`: runs a server on a database until it is stopped by a signal.

mod limits;
mod log;
mod spans;

use std::{
    io,
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use anyhow::{Context, bail};
use clap::{Args, ValueEnum, builder::BoolishValueParser};
use group_dispatch_server::{
    Config, Draining, Limits, PublicUrl, RequestObserver,
    store::{Retention, StoreError, StoreOptions},
};
use tokio::{net::TcpListener, sync::oneshot, time::sleep};
use tracing::Level;

use self::{
    limits::LimitArguments,
    log::LogFormat,
    spans::{CollectorUrl, SpanExport},
};
use crate::{
    arguments::{
        store::{AheadArguments, StoreArguments, ZoneArguments},
        value::{at_least_one, listen_address, trimmed},
    },
    signals::Signals,
    terminal,
    usage_error::UsageError,
};

/// How many files are kept open for other things than connections, such as the database.
const OTHER_OPEN_FILES: usize = 128;

/// The exit status if the database file was removed, moved, replaced or overwritten while the server ran.
const FILE_GONE_STATUS: u8 = 5;

const EXAMPLES: &str = "\
Examples:
  group-dispatch serve
  group-dispatch serve --create --listen 0.0.0.0:8080 --database sqlite:///var/lib/group-dispatch.db
  group-dispatch serve --metrics-listen 127.0.0.1:9090 --otlp http://127.0.0.1:4318
  GROUP_DISPATCH_DATABASE=postgres://USER:PASSWORD@HOST/DATABASE group-dispatch serve

Exit status:
  0  a signal stopped the server
  1  failure; the log says why
  2  the command line is invalid
  5  the SQLite file was removed, moved, replaced or overwritten; the log says where a copy is";

/// Serve the queries from a database, until Ctrl-C or SIGTERM.
#[derive(Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Serve {
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
    /// If the queries and the metrics would be served at the same address.
    fn check(&self) -> Result<(), UsageError> {
        let Some(metrics) = self.metrics_listen else { return Ok(()) };
        let (ip, other) = (self.listen.ip(), metrics.ip());
        let is_same = ip == other || ip.is_unspecified() || other.is_unspecified();
        if metrics.port() != 0 && metrics.port() == self.listen.port() && is_same {
            return Err(UsageError::new(format!(
                "--metrics-listen {metrics} and --listen {} use the same port; choose another port, or omit \
                 --metrics-listen to serve the metrics at the address of the queries",
                self.listen
            )));
        }
        Ok(())
    }

    fn config(&self, spans: Option<&'static SpanExport>) -> Config {
        let mut limits = self.limits.limits();
        limits.connections = raise_open_file_limit(limits.connections);
        Config {
            timestamp_window: Duration::from_secs(self.timestamp_window),
            body_limit: self.body_limit,
            ingest_body_limit: self.ingest_body_limit,
            max_ahead: self.ahead.max_ahead,
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
            draining: Draining::default(),
            observer: spans.map(|spans| spans as &dyn RequestObserver),
        }
    }
}

pub async fn run(arguments: &Serve) -> anyhow::Result<ExitCode> {
    arguments.check()?;
    let format = arguments.log_format.unwrap_or_else(log::default_format);
    let _log = log::start(&arguments.log, format)?;
    match serve(arguments).await {
        Ok(()) => Ok(ExitCode::SUCCESS),
        // Programs that read a JSON log expect nothing else on standard error.
        Err(error) if matches!(format, LogFormat::Json) && tracing::enabled!(Level::ERROR) => {
            tracing::error!(error = format!("{error:#}"), "ended by an error");
            Ok(status(&error))
        }
        Err(error) => {
            terminal::print_error_line(&format!("error: {error:#}"));
            Ok(status(&error))
        }
    }
}

/// Returns the exit status of an error.
fn status(error: &anyhow::Error) -> ExitCode {
    let cause = error.downcast_ref::<io::Error>().and_then(|error| error.get_ref()?.downcast_ref());
    match cause {
        Some(StoreError::FileGone) => ExitCode::from(FILE_GONE_STATUS),
        _ => ExitCode::FAILURE,
    }
}

async fn serve(arguments: &Serve) -> anyhow::Result<()> {
    let spans = arguments.otlp.as_ref().map(SpanExport::start).transpose()?.flatten();
    let config = arguments.config(spans);
    let database = &arguments.store.database;
    arguments.rescue_dir.as_deref().map(check_rescue_dir).transpose()?;
    let retention = arguments.keep_days.map(|days| Retention { days });
    let options = StoreOptions {
        utc_offset: arguments.zone.utc_offset,
        retention,
        create: arguments.create,
        rescue_directory: arguments.rescue_dir.clone(),
    };
    // A start may wait for the database. The first process of a container would ignore a signal that it doesn't receive.
    let mut signals = Signals::listen()?;
    let store = tokio::select! {
        store = database.open_store(options) => store?,
        () = signals.next() => {
            tracing::info!("stopped by a signal before the database was open");
            return Ok(());
        }
    };
    if store.tenants().await?.is_empty() {
        tracing::warn!("there are no tenants yet; `group-dispatch tenant add ID --database {database}` adds one");
    }
    let listener = TcpListener::bind(arguments.listen)
        .await
        .with_context(|| format!("cannot listen on {}; check that no other server listens there", arguments.listen))?;
    let address = listener.local_addr()?;
    let docs = match &arguments.public_url {
        Some(url) => format!("{url}/docs/"),
        None => format!("http://{}/docs/", reachable_address(address)),
    };
    tracing::info!(%address, %database, docs, "listening");
    let (stop, stopped) = oneshot::channel::<()>();
    let draining = config.draining.clone();
    let serving = group_dispatch_server::serve(listener, store, config, async {
        let _ = stopped.await;
    });
    let last_signal = async {
        signals.next().await;
        if arguments.drain > 0 {
            draining.begin();
            tracing::info!(
                seconds = arguments.drain,
                "draining: /readyz fails, and everything is still served; send the signal again to end this"
            );
            tokio::select! {
                () = sleep(Duration::from_secs(arguments.drain)) => {}
                () = signals.next() => {}
            }
        }
        tracing::info!("stopping after the running requests; send the signal again to stop at once");
        let _ = stop.send(());
        signals.next().await;
    };
    let served = tokio::select! {
        served = serving => served,
        () = last_signal => bail!("stopped by a second signal; running requests were aborted"),
    };
    if let Some(spans) = spans {
        tokio::select! {
            () = spans.shut_down() => {}
            () = signals.next() => {}
        }
    }
    served?;
    tracing::info!("stopped");
    Ok(())
}

/// Checks that files can be created in the directory for a rescued file: when it is needed, it is too late to mend it. The
/// error does not name the directory, which may be another value in its place, such as an address with a password.
fn check_rescue_dir(directory: &Path) -> anyhow::Result<()> {
    let created = tempfile::tempfile_in(directory).map(drop).map_err(|error| io::Error::from(error.kind()));
    created
        .context("--rescue-dir: no file can be created in it; expected a directory in which this user may create files")
}

/// Returns an address by which this machine reaches a server that listens on all addresses.
pub fn reachable_address(address: SocketAddr) -> SocketAddr {
    match address {
        SocketAddr::V4(all) if all.ip().is_unspecified() => (Ipv4Addr::LOCALHOST, all.port()).into(),
        SocketAddr::V6(all) if all.ip().is_unspecified() => (Ipv6Addr::LOCALHOST, all.port()).into(),
        one => one,
    }
}

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
