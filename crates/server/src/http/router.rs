//! The routes that are not operations, and the service of all of them.

use std::sync::Arc;

use axum::{Router, body::Body, extract::Request};
use group_dispatch_types::BusinessCode;

use super::{
    callback::CallbackReceiver, config::Config, endpoint::Endpoint, error::ApiError, handlers::operator,
    service::HttpService, state::AppState,
};
use crate::store::Store;

/// Returns the HTTP service over a store, for a program that has an axum server of its own: the five queries, the feed of
/// events, `/openapi.yaml`, `/openapi.json`, `/docs`, `/healthz`, `/readyz`, `/metrics` unless that has an address of its own,
/// and [`CallbackReceiver::PATH`] if there is a receiver.
pub fn router(store: Store, config: Config) -> Router {
    let service = Arc::new(service(AppState::new(store, config)));
    Router::new().fallback(async move |mut request: Request| service.respond(&mut request, None).await.map(Body::from))
}

/// Returns the HTTP service over a state, with all routes.
pub fn service(state: Arc<AppState>) -> HttpService {
    let metrics = if state.config.metrics_listen.is_none() { operator::metrics() } else { Router::new() };
    let callbacks = state.config.callbacks.as_ref();
    let callbacks =
        callbacks.map_or_else(Router::new, |receiver| Router::new().route(CallbackReceiver::PATH, receiver.route()));
    let routes = operator::routes(state.config.public_url.as_ref())
        .merge(metrics)
        .merge(callbacks)
        .fallback(async || ApiError::unknown_path())
        .method_not_allowed_fallback(method_not_allowed)
        .with_state(Arc::clone(&state));
    HttpService::new(state, routes)
}

async fn method_not_allowed(request: Request) -> ApiError {
    let (endpoint, _) = Endpoint::from_path(request.uri().path());
    ApiError::new(BusinessCode::MethodNotAllowed, format!("method: expected {}", endpoint.method()))
}
