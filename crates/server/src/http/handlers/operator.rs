//! The operator's endpoints and the published documents: contracts, docs, health, readiness and metrics.

use axum::{
    Json, Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use serde_json::json;

use super::docs;
use crate::{
    error::chain,
    http::{error::ApiError, metrics::Format, state::AppState},
};

pub fn routes() -> Router<AppState> {
    let yaml = |document: Bytes| ([(header::CONTENT_TYPE, "application/yaml")], document);
    let json = |document: Bytes| ([(header::CONTENT_TYPE, "application/json")], document);
    Router::new()
        .route(
            "/openapi.yaml",
            get(async move |State(state): State<AppState>| yaml(state.contracts.queries.yaml.clone())),
        )
        .route(
            "/openapi.json",
            get(async move |State(state): State<AppState>| json(state.contracts.queries.json.clone())),
        )
        .route(
            "/ingest/v1/openapi.yaml",
            get(async move |State(state): State<AppState>| yaml(state.contracts.ingest.yaml.clone())),
        )
        .route(
            "/ingest/v1/openapi.json",
            get(async move |State(state): State<AppState>| json(state.contracts.ingest.json.clone())),
        )
        .route("/", get(docs::redirect))
        .merge(docs::routes())
        .route("/healthz", get(async || Json(serde_json::json!({ "status": "up" }))))
        .route("/readyz", get(ready))
}

/// Needs no signature: it shows nothing about tenants.
pub fn metrics() -> Router<AppState> {
    Router::new().route("/metrics", get(render_metrics))
}

async fn render_metrics(State(state): State<AppState>, headers: HeaderMap) -> Response {
    let format = Format::requested(&headers);
    match state.metrics.render(format) {
        Ok(text) => {
            let headers = [(header::CONTENT_TYPE, format.media_type()), (header::VARY, "Accept")];
            (headers, text).into_response()
        }
        Err(_) => IntoResponse::into_response(ApiError::internal()),
    }
}

async fn ready(State(state): State<AppState>) -> (StatusCode, Json<serde_json::Value>) {
    match state.store.ready().await {
        Ok(()) => (StatusCode::OK, Json(json!({ "status": "ready" }))),
        Err(error) => {
            tracing::error!(error = chain(&error), "the store does not answer");
            (StatusCode::SERVICE_UNAVAILABLE, Json(json!({ "status": "the store does not answer" })))
        }
    }
}
