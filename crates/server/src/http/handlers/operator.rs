//! What the server says of itself: the contract, the docs, and whether it is well.

use axum::{
    Json, Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use group_dispatch_types::BusinessCode;
use serde_json::json;

use super::docs;
use crate::{
    error::chain,
    http::{error::Failure, metrics::Format, state::App},
};

pub fn routes() -> Router<App> {
    let yaml = |document: Bytes| ([(header::CONTENT_TYPE, "application/yaml")], document);
    let json = |document: Bytes| ([(header::CONTENT_TYPE, "application/json")], document);
    Router::new()
        .route("/openapi.yaml", get(async move |State(app): State<App>| yaml(app.contracts.queries.yaml.clone())))
        .route("/openapi.json", get(async move |State(app): State<App>| json(app.contracts.queries.json.clone())))
        .route(
            "/ingest/v1/openapi.yaml",
            get(async move |State(app): State<App>| yaml(app.contracts.ingest.yaml.clone())),
        )
        .route(
            "/ingest/v1/openapi.json",
            get(async move |State(app): State<App>| json(app.contracts.ingest.json.clone())),
        )
        .route("/", get(docs::redirect))
        .merge(docs::routes())
        .route("/healthz", get(async || Json(serde_json::json!({ "status": "up" }))))
        .route("/readyz", get(ready))
}

/// For the operator. It needs no signature, and has nothing about tenants.
pub fn metrics() -> Router<App> {
    Router::new().route("/metrics", get(render_metrics))
}

async fn render_metrics(State(app): State<App>, headers: HeaderMap) -> Response {
    let format = Format::requested(&headers);
    match app.metrics.text(format) {
        Ok(text) => {
            let headers = [(header::CONTENT_TYPE, format.media_type()), (header::VARY, "Accept")];
            (headers, text).into_response()
        }
        Err(_) => Failure::of(BusinessCode::InternalError).into_response(),
    }
}

async fn ready(State(app): State<App>) -> (StatusCode, Json<serde_json::Value>) {
    match app.store.ready().await {
        Ok(()) => (StatusCode::OK, Json(json!({ "status": "ready" }))),
        Err(error) => {
            tracing::error!(error = chain(&error), "the store does not answer");
            (StatusCode::SERVICE_UNAVAILABLE, Json(json!({ "status": "the store does not answer" })))
        }
    }
}
