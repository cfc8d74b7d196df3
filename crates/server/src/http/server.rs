//! Serves over TCP: the accept loop, its limits and timeouts, and graceful shutdown.

use std::{convert::Infallible, error::Error, future::Future, io, sync::Arc, time::Duration};

use axum::{Router, body::Body};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::{rt::TokioIo, server::graceful::GracefulShutdown};
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinSet,
    time::sleep,
};

use super::{
    config::Config,
    connection_limit::{Admitted, ConnectionLimit},
    error::ApiError,
    handlers::operator,
    head_timer::HeadTimer,
    metrics::Cut,
    refusal::Refusals,
    router::service,
    service::HttpService,
    state::AppState,
    write_timeout::WriteTimeout,
};
use crate::store::Store;

/// How long running requests may take after the stop.
const SHUTDOWN_GRACE: Duration = Duration::from_secs(30);
/// The delay after a connection could not be accepted, mostly because the process has too many open files.
const ACCEPT_RETRY_DELAY: Duration = Duration::from_millis(100);
/// The most that a connection buffers of a request that was not read, its head included, in bytes.
const READ_BUFFER_BYTES: usize = 64 * 1024;

/// Serves until `stop` completes. Then it accepts no connection, waits for running requests, for at most 30 seconds, and closes
/// the store. If the file of a SQLite database is gone, it does the same as soon as a copy is written
/// ([`Store::rescued`]).
///
/// # Errors
/// When the address for metrics can't be listened on, or the store can't be closed: with
/// [`StoreError::FileGone`](crate::store::StoreError::FileGone) in it if the file is gone.
pub async fn serve(
    listener: TcpListener,
    store: Store,
    config: Config,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let state = AppState::new(store.clone(), config);
    // Their tasks end when they are dropped.
    let (mut background, mut serving) = (JoinSet::new(), JoinSet::new());
    serve_metrics(&state, &mut background).await?;
    background.spawn({
        let state = Arc::clone(&state);
        async move { state.admission.overload.watch().await }
    });
    let service = Arc::new(service(Arc::clone(&state)));
    let connection_limit = ConnectionLimit::new(&state.config, Arc::clone(&state.metrics));
    let mut refusals = Refusals::new(Arc::clone(&service));
    let server = Server { connection_limit, service, state };
    let connections = GracefulShutdown::new();
    tokio::pin!(stop);
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, client)) => match server.connection_limit.admit(client.ip()) {
                    Ok(admitted) => server.serve(stream, admitted, &connections, &mut serving),
                    Err(why) => refusals.refuse(stream, why, &mut serving),
                },
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    sleep(ACCEPT_RETRY_DELAY).await;
                }
            },
            Some(_) = serving.join_next() => {}
            () = &mut stop => break,
            _ = store.rescued() => {
                tracing::error!("the server stops, because its database file is gone");
                break;
            }
        }
    }
    drop(listener);
    tokio::select! {
        () = connections.shutdown() => {}
        () = sleep(SHUTDOWN_GRACE) => tracing::warn!("requests were still running {} seconds after the stop", SHUTDOWN_GRACE.as_secs()),
    }
    drop((background, serving));
    store.close().await.map_err(io::Error::other)
}

/// Serves `/metrics` if it has an address of its own.
async fn serve_metrics(state: &Arc<AppState>, background: &mut JoinSet<()>) -> io::Result<()> {
    if let Some(address) = state.config.metrics_listen {
        let listener = TcpListener::bind(address).await.map_err(|error| {
            io::Error::new(error.kind(), format!("cannot listen on {address} for metrics: {error}"))
        })?;
        tracing::info!(address = %listener.local_addr()?, "metrics");
        let router: Router = operator::metrics().with_state(Arc::clone(state));
        background.spawn(async move {
            if let Err(error) = axum::serve(listener, router).await {
                tracing::warn!(%error, "the listener for metrics stopped");
            }
        });
    }
    Ok(())
}

struct Server {
    connection_limit: ConnectionLimit,
    service: Arc<HttpService>,
    state: Arc<AppState>,
}

impl Server {
    /// Serves one connection in a task of its own.
    fn serve(&self, stream: TcpStream, admitted: Admitted, connections: &GracefulShutdown, serving: &mut JoinSet<()>) {
        let (id, activity) = (admitted.id(), Arc::clone(admitted.activity()));
        let timer = HeadTimer::new(Arc::clone(&activity));
        // Responses are written whole, so Nagle's algorithm would only delay them.
        let _ = stream.set_nodelay(true);
        let limits = &self.state.config.limits;
        let stream = WriteTimeout::new(stream, limits.write_timeout);
        let service = Arc::clone(&self.service);
        let service = service_fn(move |request: hyper::Request<Incoming>| {
            let (service, is_evicted) = (Arc::clone(&service), activity.is_evicted());
            let mut request = request.map(Body::new);
            // Boxed, so that a connection without a request takes little memory.
            Box::pin(async move {
                Ok::<_, Infallible>(if is_evicted {
                    // The connection is closed before a response of any length is sent, so nothing is done for it.
                    ApiError::busy("the server is busy: too many connections").into_response()
                } else {
                    service.respond(&mut request).await
                })
            })
        });
        let connection = http1::Builder::new()
            .timer(timer)
            .header_read_timeout(limits.idle_timeout)
            .max_buf_size(READ_BUFFER_BYTES)
            .serve_connection(TokioIo::new(Box::pin(stream)), service);
        let connection = connections.watch(connection);
        let metrics = Arc::clone(&self.state.metrics);
        let task = serving.spawn(async move {
            if let Err(error) = connection.await {
                if let Some(why) = cut_reason(&error) {
                    metrics.count_cut(why);
                }
                tracing::debug!(%error, "a connection failed");
            }
            drop(admitted);
        });
        self.connection_limit.set_task(id, task);
    }
}

/// Returns why the server closed a connection, if it did.
fn cut_reason(error: &hyper::Error) -> Option<Cut> {
    let stream_error = error.source().and_then(|source| source.downcast_ref::<io::Error>()).map(io::Error::kind);
    if error.is_timeout() {
        Some(Cut::NoRequest)
    } else if stream_error == Some(io::ErrorKind::TimedOut) {
        Some(Cut::ResponseNotRead)
    } else {
        None
    }
}
