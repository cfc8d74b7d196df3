//! `group-dispatch serve`.

use std::{io, time::Duration};

use anyhow::{Context, bail};
use group_dispatch_server::Settings;
use tokio::{net::TcpListener, sync::oneshot};
use tracing_subscriber::EnvFilter;

use crate::{
    arguments::{LogFormat, Serve},
    signals::Signals,
};

pub async fn run(arguments: &Serve) -> anyhow::Result<()> {
    start_log(arguments)?;
    let database = &arguments.store.database;
    let store = database.open_or_create(arguments.zone.utc_offset)?;
    if store.tenants().await?.is_empty() {
        tracing::warn!("no tenant is known yet; `group-dispatch tenant add ID --database {database}` makes one known");
    }
    let listener = TcpListener::bind(arguments.listen)
        .await
        .with_context(|| format!("cannot listen on {}; is another server there?", arguments.listen))?;
    let mut signals = Signals::hear()?;
    tracing::info!(address = %listener.local_addr()?, %database, "listening");
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = group_dispatch_server::serve(listener, store, settings(arguments), async {
        let _ = stopped.await;
    });
    let told_twice = async {
        signals.next().await;
        tracing::info!("stopping after the running requests; told again, at once");
        let _ = stop.send(());
        signals.next().await;
    };
    tokio::select! {
        served = serving => served?,
        () = told_twice => bail!("told twice to stop; running requests were broken off"),
    }
    tracing::info!("stopped");
    Ok(())
}

fn settings(arguments: &Serve) -> Settings {
    Settings {
        timestamp_window: Duration::from_secs(arguments.timestamp_window),
        body_limit: arguments.body_limit,
        ingest_body_limit: arguments.ingest_body_limit,
        utc_offset: arguments.zone.utc_offset,
        request_timeout: Duration::from_secs(arguments.request_timeout),
    }
}

fn start_log(arguments: &Serve) -> anyhow::Result<()> {
    let filter: EnvFilter = arguments.log.parse().context("--log: expected a filter such as info")?;
    // A log that nobody reads is no reason to stop: told of a line that can't be written, the subscriber would say so
    // with `eprintln!`, which panics.
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).log_internal_errors(false);
    match arguments.log_format {
        LogFormat::Json => log.json().flatten_event(true).init(),
        LogFormat::Text => log.init(),
    }
    Ok(())
}
