//! Serves over TCP, until it is stopped or the file of the database is gone.

use std::{future::Future, io, sync::Arc, time::Duration};

use axum::Router;
use futures_util::future::FutureExt;
use tokio::{net::TcpListener, task::JoinSet, time::timeout};
use tower::Service;

use super::{
    body::ResponseBody,
    config::{Config, Limits, WebhookOptions},
    handlers::operator,
    listener::{Listener, Respond},
    metrics::Metrics,
    refusal::Refusals,
    router::service,
    state::AppState,
    webhook_dispatcher::Dispatcher,
    webhook_sender::{SendOptions, WebhookSender},
};
use crate::{store::Store, webhooks::destination::PlainHttp};

/// How long a stop waits for the attempts of webhooks that have begun.
const DISPATCHER_LIMIT: Duration = Duration::from_secs(20);

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
    // Its tasks end when it is dropped.
    let mut background = JoinSet::new();
    if let Some(mut metrics) = listen_for_metrics(&state).await? {
        background.spawn(async move { match metrics.run().await {} });
    }
    background.spawn({
        let state = Arc::clone(&state);
        async move { state.admission.overload.watch().await }
    });
    let dispatcher = Dispatcher::new(store.clone(), sender(&state.config.webhooks)?, Arc::clone(&state.metrics));
    let mut dispatching = JoinSet::new();
    dispatching.spawn(dispatcher.run(Arc::clone(&state.stopping)));
    let mut listener = listen(listener, &state);
    tokio::select! {
        never = listener.run() => match never {},
        () = stop => {}
        _ = store.rescued() => tracing::error!("the server stops, because its database file is gone"),
    }
    let _ = state.stopping.set(());
    listener.shut_down().await;
    // Its attempts have a shorter time limit each, and begin no more.
    let _ = timeout(DISPATCHER_LIMIT, dispatching.join_next()).await;
    drop(dispatching);
    drop(background);
    store.close().await.map_err(io::Error::other)
}

/// Returns what sends the messages of webhooks.
fn sender(WebhookOptions { networks, allow_http }: &WebhookOptions) -> io::Result<WebhookSender> {
    let plain_http = if *allow_http { PlainHttp::Allowed } else { PlainHttp::Refused };
    let options = SendOptions { allowed: networks.clone().into(), plain_http, ..SendOptions::default() };
    WebhookSender::new(options).map_err(io::Error::other)
}

/// Returns the listener for everything.
fn listen(listener: TcpListener, state: &Arc<AppState>) -> Listener {
    let service = Arc::new(service(Arc::clone(state)));
    let refusals = Refusals::new(Arc::clone(&service));
    let respond: Respond = Arc::new(move |mut request, client| {
        let service = Arc::clone(&service);
        async move { service.respond(&mut request, Some(client)).await }.boxed()
    });
    Listener::new(listener, &state.config, respond, Some(refusals), Arc::clone(&state.metrics))
}

/// Returns the listener for metrics, if they have an address of their own. What reads them is not counted in them.
async fn listen_for_metrics(state: &Arc<AppState>) -> io::Result<Option<Listener>> {
    let Some(address) = state.config.metrics_listen else { return Ok(None) };
    let listener = TcpListener::bind(address)
        .await
        .map_err(|error| io::Error::new(error.kind(), format!("cannot listen on {address} for metrics: {error}")))?;
    tracing::info!(address = %listener.local_addr()?, "metrics");
    let limits = Limits { connections: Limits::METRICS_CONNECTIONS, connections_per_address: 0, ..state.config.limits };
    let metrics = Arc::new(Metrics::new(state.store.clone(), None));
    let router: Router = operator::metrics().with_state(Arc::clone(state));
    let respond: Respond = Arc::new(move |request, _| {
        let mut router = router.clone();
        async move {
            match router.call(request).await {
                Ok(response) => response.map(ResponseBody::Axum),
                Err(error) => match error {},
            }
        }
        .boxed()
    });
    let config = Config { limits, ..Config::default() };
    Ok(Some(Listener::new(listener, &config, respond, None, metrics)))
}
