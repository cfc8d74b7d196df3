//! Serves what a mirror that is a program of its own has to serve: metrics, health, and the vendor's callbacks.

use std::{future::Future, sync::Arc};

use axum::{Json, Router, extract::Request, http::HeaderMap, routing::get};
use futures_util::future::FutureExt;
use prometheus_client::registry::Registry;
use serde_json::json;
use tokio::{net::TcpListener, time::timeout};
use tower::Service;

use super::{
    body::ResponseBody,
    callback::CallbackReceiver,
    config::{Config, Limits},
    error::ApiError,
    handlers::operator::metrics_response,
    listener::{Listener, Respond},
    metrics::{Metrics, Process, mirror::MirrorReporter, render},
};

/// Serves `/metrics` and `/healthz` of a mirror that runs in a process without a store, and receives the vendor's callbacks,
/// until `stop` completes. Then it accepts no connection, and waits for running requests, for at most 30 seconds.
pub async fn serve_mirror(
    listener: TcpListener,
    mirror: MirrorReporter,
    callbacks: Option<CallbackReceiver>,
    stop: impl Future<Output = ()> + Send + 'static,
) {
    let config = Config::default();
    // Metrics are asked for by few, from inside.
    let limits = match callbacks {
        Some(_) => config.limits,
        None => Limits { connections: Limits::METRICS_CONNECTIONS, connections_per_address: 0, ..config.limits },
    };
    let request_timeout = config.request_timeout;
    let router = router(mirror, callbacks);
    let respond: Respond = Arc::new(move |request, _| {
        let mut router = router.clone();
        async move {
            match timeout(request_timeout, router.call(request)).await {
                Ok(Ok(response)) => response.map(ResponseBody::Axum),
                Ok(Err(error)) => match error {},
                Err(_) => ApiError::internal().into_response(),
            }
        }
        .boxed()
    });
    let connections = Arc::new(Metrics::of_connections());
    let mut listener = Listener::new(listener, &Config { limits, ..config }, respond, None, connections);
    tokio::select! {
        never = listener.run() => match never {},
        () = stop => {}
    }
    listener.shut_down().await;
}

fn router(mirror: MirrorReporter, callbacks: Option<CallbackReceiver>) -> Router {
    let mut registry = Registry::default();
    registry.register_collector(Box::new(Process));
    registry.register_collector(Box::new(mirror));
    let registry = Arc::new(registry);
    let metrics = async move |headers: HeaderMap| metrics_response(&headers, |format| render(&registry, format));
    let router = Router::new()
        .route("/metrics", get(metrics))
        .route("/healthz", get(async || Json(json!({ "status": "up" }))))
        .fallback(async |_: Request| ApiError::unknown_path())
        .method_not_allowed_fallback(async |request: Request| {
            let is_callback = request.uri().path() == CallbackReceiver::PATH;
            ApiError::method_not_allowed(if is_callback { "POST" } else { "GET" })
        });
    match callbacks {
        Some(callbacks) => router.route(CallbackReceiver::PATH, callbacks.route()),
        None => router,
    }
}
