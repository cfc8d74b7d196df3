//! `group-dispatch serve`.

mod log;

use std::{
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    process::ExitCode,
    time::Duration,
};

use anyhow::{Context, bail};
use group_dispatch_server::{
    Config, RequestObserver,
    store::{Retention, StoreOptions},
};
use tokio::{net::TcpListener, sync::oneshot};
use tracing::Level;

use crate::{
    arguments::{HttpStatus, LogFormat, Serve},
    otlp::Spans,
    signals::Signals,
};

pub async fn run(arguments: &Serve) -> anyhow::Result<ExitCode> {
    arguments.check()?;
    let format = arguments.log_format.unwrap_or_else(log::format_for_standard_error);
    let _log = log::start(arguments, format)?;
    match serve(arguments).await {
        Ok(()) => Ok(ExitCode::SUCCESS),
        // Who reads the log expects nothing but JSON.
        Err(error) if matches!(format, LogFormat::Json) && tracing::enabled!(Level::ERROR) => {
            tracing::error!(error = format!("{error:#}"), "ended by an error");
            Ok(ExitCode::FAILURE)
        }
        Err(error) => Err(error),
    }
}

async fn serve(arguments: &Serve) -> anyhow::Result<()> {
    let spans = arguments.otlp.as_ref().map(Spans::to).transpose()?.flatten();
    let mut settings = settings(arguments, spans);
    settings.limits.connections = connections_allowed(settings.limits.connections);
    let database = &arguments.store.database;
    let retention = arguments.keep_days.map(|days| Retention { days });
    let options = StoreOptions { utc_offset: arguments.zone.utc_offset, retention };
    let store = database.open_store(options).await?;
    if store.tenants().await?.is_empty() {
        tracing::warn!("no tenant is known yet; `group-dispatch tenant add ID --database {database}` makes one known");
    }
    let listener = TcpListener::bind(arguments.listen)
        .await
        .with_context(|| format!("cannot listen on {}; is another server there?", arguments.listen))?;
    let mut signals = Signals::hear()?;
    let address = listener.local_addr()?;
    let docs = match &arguments.public_url {
        Some(url) => format!("{url}/docs/"),
        None => format!("http://{}/docs/", reachable(address)),
    };
    tracing::info!(%address, %database, docs, "listening");
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = group_dispatch_server::serve(listener, store, settings, async {
        let _ = stopped.await;
    });
    let told_twice = async {
        signals.next().await;
        tracing::info!("stopping after the running requests; told again, at once");
        let _ = stop.send(());
        signals.next().await;
    };
    let served = tokio::select! {
        served = serving => served,
        () = told_twice => bail!("told twice to stop; running requests were broken off"),
    };
    if let Some(spans) = spans {
        tokio::select! {
            () = spans.end() => {}
            () = signals.next() => {}
        }
    }
    served?;
    tracing::info!("stopped");
    Ok(())
}

fn settings(arguments: &Serve, spans: Option<&'static Spans>) -> Config {
    Config {
        timestamp_window: Duration::from_secs(arguments.timestamp_window),
        body_limit: arguments.body_limit,
        ingest_body_limit: arguments.ingest_body_limit,
        request_timeout: Duration::from_secs(arguments.request_timeout),
        http_status: match arguments.http_status {
            HttpStatus::Mirrored => group_dispatch_server::HttpStatus::Mirrored,
            HttpStatus::Vendor => group_dispatch_server::HttpStatus::Vendor,
        },
        public_url: arguments.public_url.clone(),
        limits: arguments.limits.limits(),
        metrics_listen: arguments.metrics_listen,
        observer: spans.map(|spans| spans as &dyn RequestObserver),
    }
}

/// The address to reach a server by that listens on all of a machine's addresses: this machine's own.
fn reachable(address: SocketAddr) -> SocketAddr {
    match address {
        SocketAddr::V4(all) if all.ip().is_unspecified() => (Ipv4Addr::LOCALHOST, all.port()).into(),
        SocketAddr::V6(all) if all.ip().is_unspecified() => (Ipv6Addr::LOCALHOST, all.port()).into(),
        one => one,
    }
}

/// How many connections there can be: each is an open file, of which a process may have so many. The server asks the system
/// for as many as it needs, and takes what it gets: the store must not lack files because clients have them all.
fn connections_allowed(wanted: usize) -> usize {
    /// For the store and all else.
    const OTHER_FILES: usize = 128;
    let files = u64::try_from(wanted.saturating_add(OTHER_FILES)).unwrap_or(u64::MAX);
    let files = rlimit::increase_nofile_limit(files).ok().and_then(|files| usize::try_from(files).ok());
    let allowed = files.map_or(wanted, |files| files.saturating_sub(OTHER_FILES).clamp(1, wanted));
    if allowed < wanted {
        tracing::warn!(
            "no more than {allowed} connections at a time: the system allows no more open files (ulimit -n)"
        );
    }
    allowed
}
