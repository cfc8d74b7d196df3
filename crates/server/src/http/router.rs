//! The routes that are not operations, and the service of all of them.

use axum::{Router, extract::Request};
use group_dispatch_types::BusinessCode;

use super::{
    config::Config, endpoint::Endpoint, error::ApiError, handlers::operator, service::HttpService, state::AppState,
};
use crate::store::Store;

/// Returns the HTTP service over a store, for a program that has an axum server of its own: the five queries, the feed of
/// events, `/openapi.yaml`, `/openapi.json`, `/docs`, `/healthz`, `/readyz`, and `/metrics` unless that has an address of
/// its own.
pub fn router(store: Store, config: Config) -> Router {
    Router::new().fallback_service(service(AppState::new(store, config)))
}

pub fn service(state: AppState) -> HttpService {
    let metrics = if state.config.metrics_listen.is_none() { operator::metrics() } else { Router::new() };
    let routes = operator::routes()
        .merge(metrics)
        .fallback(unknown_path)
        .method_not_allowed_fallback(method_not_allowed)
        .with_state(state.clone());
    HttpService::new(state, routes)
}

async fn unknown_path() -> ApiError {
    ApiError::unknown_path()
}

async fn method_not_allowed(request: Request) -> ApiError {
    let (endpoint, _) = Endpoint::from_path(request.uri().path());
    ApiError::new(BusinessCode::MethodNotAllowed, format!("method: expected {}", endpoint.method()))
}
