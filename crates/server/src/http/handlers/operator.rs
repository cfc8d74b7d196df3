//! The operator's endpoints and the published documents: contracts, docs, health, readiness and metrics.

use std::{borrow::Cow, sync::Arc};

use axum::{
    Json, Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use group_dispatch_docs::Contracts;
use serde_json::json;

use super::docs;
use crate::{
    error::chain,
    http::{error::ApiError, metrics::Format, public_url::PublicUrl, state::AppState},
};

pub fn routes(public_url: Option<&PublicUrl>) -> Router<Arc<AppState>> {
    let Contracts { queries, ingest } = Contracts::of_server(public_url.map(PublicUrl::as_str));
    let document = |media_type: &'static str, text: Cow<'static, str>| {
        let text = Bytes::from(text.into_owned());
        get(async move || ([(header::CONTENT_TYPE, media_type)], text.clone()))
    };
    Router::new()
        .route("/openapi.yaml", document("application/yaml", queries.yaml))
        .route("/openapi.json", document("application/json", queries.json))
        .route("/ingest/v1/openapi.yaml", document("application/yaml", ingest.yaml))
        .route("/ingest/v1/openapi.json", document("application/json", ingest.json))
        .route("/", get(docs::redirect))
        .merge(docs::routes())
        .route("/healthz", get(async || Json(json!({ "status": "up" }))))
        .route("/readyz", get(ready))
}

/// Needs no signature: it shows nothing about tenants.
pub fn metrics() -> Router<Arc<AppState>> {
    Router::new().route("/metrics", get(render_metrics))
}

async fn render_metrics(State(state): State<Arc<AppState>>, headers: HeaderMap) -> Response {
    let format = Format::requested(&headers);
    match state.metrics.render(format) {
        Ok(text) => {
            let headers = [(header::CONTENT_TYPE, format.media_type()), (header::VARY, "Accept")];
            (headers, text).into_response()
        }
        Err(_) => IntoResponse::into_response(ApiError::internal()),
    }
}

async fn ready(State(state): State<Arc<AppState>>) -> (StatusCode, Json<serde_json::Value>) {
    match state.store.ready().await {
        Ok(()) => (StatusCode::OK, Json(json!({ "status": "ready" }))),
        Err(error) => {
            tracing::error!(error = chain(&error), "the store does not answer");
            (StatusCode::SERVICE_UNAVAILABLE, Json(json!({ "status": "the store does not answer" })))
        }
    }
}
