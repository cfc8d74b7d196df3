//! Runs a server from the opening of its database to its stop by a signal.

use std::{
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::{Arc, atomic::AtomicU64},
    time::Duration,
};

use anyhow::{Context, bail};
use group_dispatch_mirror::Driver;
use group_dispatch_server::store::{LocalStore, Retention, Store, StoreOptions};
use tokio::{net::TcpListener, sync::oneshot, task::JoinSet, time::sleep};

use super::{arguments::Serve, service_manager::ServiceManager, spans::SpanExport};
use crate::{database::Database, mirroring::Vendor, signals::Signals};

/// Serves until a signal stops the server, or the database file is gone.
pub async fn serve(arguments: &Serve, manager: &ServiceManager) -> anyhow::Result<()> {
    let spans = arguments.otlp.as_ref().map(SpanExport::start).transpose()?.flatten();
    let vendor = arguments.vendor()?;
    let app_secret = arguments.callbacks.read()?;
    let database = &arguments.store.database;
    arguments.check_rescue_dir()?;
    let retention = arguments.keep_days.map(|days| Retention { days });
    let options = StoreOptions {
        utc_offset: arguments.zone.utc_offset,
        retention,
        create: arguments.create,
        rescue_directory: arguments.rescue_dir.clone(),
    };
    // A start may wait for the database. The first process of a container would ignore a signal that it doesn't receive.
    let mut signals = Signals::listen()?;
    let events_read = Arc::<AtomicU64>::default();
    let opening = database.open_store(options, Arc::clone(&events_read));
    let opening = manager.extend_while(opening, &events_read, |events| match events {
        0 => "opening the database".to_owned(),
        events => format!("reading the log: {events} events"),
    });
    let store = tokio::select! {
        store = opening => store?,
        () = signals.next() => {
            manager.announce_stop("stopped before the database was open");
            tracing::info!("stopped by a signal before the database was open");
            return Ok(());
        }
    };
    if store.tenants().await?.is_empty() {
        tracing::warn!("there are no tenants yet; `group-dispatch tenant add ID --database {database}` adds one");
    }
    let mirror = vendor.as_ref().map(|vendor| mirror_into(vendor, &store, database)).transpose()?;
    let reporter = vendor.as_ref().zip(mirror.as_ref()).map(|(vendor, mirror)| vendor.reporter(mirror.progress()));
    let receiver = vendor.as_ref().zip(mirror.as_ref()).zip(app_secret);
    let receiver = receiver.map(|((vendor, mirror), secret)| vendor.receive_into(store.clone(), secret, mirror.hint()));
    let config = arguments.config(spans, reporter, receiver);
    let listener = TcpListener::bind(arguments.listen)
        .await
        .with_context(|| format!("cannot listen on {}; check that no other server listens there", arguments.listen))?;
    let address = listener.local_addr()?;
    let reachable = reachable_address(address);
    let docs = match &arguments.public_url {
        Some(url) => format!("{url}/docs/"),
        None => format!("http://{reachable}/docs/"),
    };
    tracing::info!(%address, %database, docs, "listening");
    // The mirror ends when this is dropped.
    let mut mirroring = JoinSet::new();
    if let Some(mirror) = mirror {
        mirroring.spawn(mirror.run());
    }
    let (stop, stopped) = oneshot::channel::<()>();
    let draining = config.draining.clone();
    let serving = group_dispatch_server::serve(listener, store.clone(), config, async {
        let _ = stopped.await;
    });
    let stopping = async {
        tokio::select! {
            () = signals.next() => {}
            _ = store.rescued() => {
                // The server stops by itself. Until then, its supervisor has to wait.
                manager.announce_stop("the database file is gone");
                signals.next().await;
            }
        }
        if arguments.drain > 0 {
            manager.announce_stop("draining");
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
        manager.announce_stop("stopping");
        tracing::info!("stopping after the running requests; send the signal again to stop at once");
        drop(mirroring);
        let _ = stop.send(());
        signals.next().await;
    };
    let served = tokio::select! {
        served = serving => served,
        () = stopping => bail!("stopped by a second signal; running requests were aborted"),
        never = manager.report_health(reachable) => match never {},
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

/// Returns a mirror of the vendor in a store.
///
/// # Errors
/// If the database does not have the tenant.
fn mirror_into(vendor: &Vendor, store: &Store, database: &Database) -> anyhow::Result<Driver<LocalStore>> {
    let tenant = vendor.tenant_id;
    if store.tenant(tenant).is_none() {
        bail!(
            "the tenant {tenant} of the profile of --mirror is not in the database; \
             `group-dispatch tenant add {tenant} --database {database}` adds it"
        );
    }
    tracing::info!(%tenant, "mirroring the vendor");
    Ok(vendor.mirror(LocalStore::new(store.clone(), tenant)))
}

/// Returns an address by which this machine reaches a server that listens on all addresses.
pub fn reachable_address(address: SocketAddr) -> SocketAddr {
    match address {
        SocketAddr::V4(all) if all.ip().is_unspecified() => (Ipv4Addr::LOCALHOST, all.port()).into(),
        SocketAddr::V6(all) if all.ip().is_unspecified() => (Ipv6Addr::LOCALHOST, all.port()).into(),
        one => one,
    }
}
