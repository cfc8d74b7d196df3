//! What the server says of itself: the contract, the docs, and whether it is well.

use axum::{
    Json, Router,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use group_dispatch_docs::contract::{self, ingest};
use group_dispatch_types::BusinessCode;
use serde_json::json;

use crate::{
    answer::{Failure, chain},
    docs,
    metrics::MEDIA_TYPE,
    router::App,
};

pub fn routes() -> Router<App> {
    Router::new()
        .route("/openapi.yaml", get(async || ([(header::CONTENT_TYPE, "application/yaml")], contract::YAML)))
        .route("/openapi.json", get(async || ([(header::CONTENT_TYPE, "application/json")], contract::JSON)))
        .route("/ingest/v1/openapi.yaml", get(async || ([(header::CONTENT_TYPE, "application/yaml")], ingest::YAML)))
        .route("/ingest/v1/openapi.json", get(async || ([(header::CONTENT_TYPE, "application/json")], ingest::JSON)))
        .route("/", get(docs::redirect))
        .merge(docs::routes())
        .route("/healthz", get(async || Json(json!({ "status": "up" }))))
        .route("/readyz", get(ready))
}

/// For the operator. It needs no signature, and tells nothing of tenants.
pub fn metrics() -> Router<App> {
    Router::new().route("/metrics", get(tell_metrics))
}

async fn tell_metrics(State(app): State<App>) -> Response {
    match app.metrics.text() {
        Ok(text) => ([(header::CONTENT_TYPE, MEDIA_TYPE)], text).into_response(),
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
