//! `group-dispatch mirror`: mirrors the vendor's service into a group-dispatch-server until a signal stops it.

pub mod status;

use std::{net::SocketAddr, num::NonZeroU32, process::ExitCode, time::Duration};

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use clap_complete::ArgValueCandidates;
use group_dispatch_mirror::HttpStore;
use group_dispatch_server::serve_mirror;
use tokio::{net::TcpListener, task::JoinSet};

use super::serve::log::{self, LogFormat};
use crate::{
    arguments::{
        callback::CallbackArguments,
        connection::{complete_profile_name, parse_profile_name},
        value::{listen_address, mirror_interval},
    },
    mirroring::{Vendor, service_of},
    signals::Signals,
    usage_error::UsageError,
};

/// The timeout of a request to the server that stores.
const STORE_TIMEOUT: Duration = Duration::from_secs(60);

const EXAMPLES: &str = "\
Examples:
  group-dispatch mirror --from vendor --to server
  group-dispatch mirror --from vendor --to server --listen 127.0.0.1:9090
  group-dispatch mirror status --profile server
  group-dispatch mirror status --profile server --max-age 2m";

/// Mirror the vendor's service into a server, until Ctrl-C or SIGTERM.
///
/// The mirror asks every 1 to 60 seconds who is online, and reads the log of each source. The server stores what changed and
/// how it is known, and answers the queries from it. What is stored is the only memory of the mirror: it can be
/// stopped at any time, and two of them store nothing twice. `serve --mirror` does the same within a server.
#[derive(Args)]
#[command(after_long_help = EXAMPLES, args_conflicts_with_subcommands = true, arg_required_else_help = true)]
pub struct Mirror {
    #[command(subcommand)]
    command: Option<MirrorCommand>,
    #[command(flatten)]
    service: Option<MirrorService>,
    // Not within `service`: clap finds no argument of an optional group that has another group in it.
    #[command(flatten)]
    callbacks: CallbackArguments,
}

#[derive(Subcommand)]
pub enum MirrorCommand {
    Status(status::Status),
}

/// What is mirrored into what.
#[derive(Args)]
pub struct MirrorService {
    /// The profile of the service that is mirrored; `group-dispatch login` creates it.
    #[arg(long, value_name = "PROFILE", value_parser = parse_profile_name, add = ArgValueCandidates::new(complete_profile_name))]
    from: String,
    /// The profile of the group-dispatch-server that stores. Its key has to be one that may feed.
    #[arg(long, value_name = "PROFILE", value_parser = parse_profile_name, add = ArgValueCandidates::new(complete_profile_name))]
    to: String,
    /// Maximum requests per second to each endpoint of the vendor, which allows 50 in all.
    #[arg(long, env = "GROUP_DISPATCH_MIRROR_REQUESTS_PER_SECOND", default_value = "25", value_name = "REQUESTS",
          value_parser = clap::value_parser!(NonZeroU32))]
    requests_per_second: NonZeroU32,
    /// Maximum time between two rounds of requests, 1 to 60 seconds. A mirror asks more often where much changes; a
    /// shorter maximum shows a single change sooner, and costs the vendor and this machine more.
    #[arg(long, env = "GROUP_DISPATCH_MIRROR_MAX_INTERVAL", default_value = "60s", value_name = "TIME",
          value_parser = mirror_interval)]
    max_interval: Duration,
    /// Serve `/metrics` and `/healthz` at this address, and receive the vendor's callbacks with --callback-secret-file. Default:
    /// nothing is served.
    #[arg(long, env = "GROUP_DISPATCH_MIRROR_LISTEN", value_name = "LISTEN", value_parser = listen_address)]
    listen: Option<SocketAddr>,
    /// The format of log lines on standard error. Default: text on a terminal, JSON elsewhere.
    #[arg(long, env = "GROUP_DISPATCH_LOG_FORMAT")]
    log_format: Option<LogFormat>,
    /// Which log lines are written, such as `info`, `warn` or `group_dispatch_mirror=debug`.
    #[arg(long, env = "GROUP_DISPATCH_LOG", default_value = "info", value_name = "FILTER", value_parser = log::parse_filter)]
    log: String,
}

pub async fn run(mirror: &Mirror) -> anyhow::Result<ExitCode> {
    match (&mirror.command, &mirror.service) {
        (Some(MirrorCommand::Status(status)), _) => status::run(status).await,
        (None, Some(service)) => mirror_until_stopped(service, &mirror.callbacks).await.map(|()| ExitCode::SUCCESS),
        (None, None) => bail!("expected --from and --to, or a subcommand"),
    }
}

async fn mirror_until_stopped(service: &MirrorService, callbacks: &CallbackArguments) -> anyhow::Result<()> {
    let _log = log::start(&service.log, service.log_format.unwrap_or_else(log::default_format))?;
    let mut signals = Signals::listen()?;
    let vendor = Vendor::of_profile("--from", &service.from, service.requests_per_second, service.max_interval)?;
    let server = service_of("--to", &service.to)?;
    let app_secret = callbacks.read()?;
    if app_secret.is_some() && service.listen.is_none() {
        let needed = "--callback-secret-file needs --listen: the address at which callbacks are received";
        return Err(UsageError::new(needed).into());
    }
    let client = server.build_client(STORE_TIMEOUT)?;
    // Early, because a service without a history can't be a store, and a key may be wrong.
    client.freshness().await.map_err(|error| server.explain_history(&error))?;
    tracing::info!(from = %vendor.tenant_id, to = %server.credentials.tenant_id(), "mirroring the vendor");
    let mirror = vendor.mirror(HttpStore::new(client.clone()));
    let (hint, progress) = (mirror.hint(), mirror.progress());
    // The mirror ends when this is dropped.
    let mut mirroring = JoinSet::new();
    mirroring.spawn(mirror.run());
    let Some(address) = service.listen else {
        signals.next().await;
        tracing::info!("stopped");
        return Ok(());
    };
    let listener = TcpListener::bind(address).await;
    let listener = listener.with_context(|| format!("cannot listen on {address} (--listen)"))?;
    tracing::info!(address = %listener.local_addr()?, "listening");
    let callbacks = app_secret.map(|secret| vendor.receive_for(client, secret, hint));
    serve_mirror(listener, vendor.reporter(progress), callbacks, async move { signals.next().await }).await;
    tracing::info!("stopped");
    Ok(())
}
