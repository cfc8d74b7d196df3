//! The operator's endpoints and the published documents: contracts, docs, health, readiness and metrics.

use std::{borrow::Cow, fmt, sync::Arc};

use axum::{
    Json, Router,
    body::Bytes,
    extract::{RawQuery, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use group_dispatch_docs::Served;
use group_dispatch_types::{StatusTime, UtcOffset};
use serde_json::json;

use super::docs;
use crate::{
    http::{error::ApiError, metrics::Format, public_url::PublicUrl, state::AppState},
    store::{Condition, Readiness},
};

pub fn routes(public_url: Option<&PublicUrl>) -> Router<Arc<AppState>> {
    let document = |media_type: &'static str, text: Cow<'static, str>| {
        let text = Bytes::from(text.into_owned());
        get(async move || ([(header::CONTENT_TYPE, media_type)], text.clone()))
    };
    let contracts = Served::of_server(public_url.map(PublicUrl::as_str)).into_iter();
    let router = contracts.fold(Router::new(), |router, Served { contract, yaml, json }| {
        let [yaml_path, json_path] = contract.paths;
        let router = router.route(yaml_path, document("application/yaml", yaml));
        router.route(json_path, document("application/json", json))
    });
    router
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
    metrics_response(&headers, |format| state.metrics.render(format))
}

/// Returns a response with metrics, in the format that the request asks for.
pub fn metrics_response(request: &HeaderMap, render: impl FnOnce(Format) -> Result<String, fmt::Error>) -> Response {
    let format = Format::requested(request);
    match render(format) {
        Ok(text) => ([(header::CONTENT_TYPE, format.media_type()), (header::VARY, "Accept")], text).into_response(),
        Err(_) => IntoResponse::into_response(ApiError::internal()),
    }
}

/// Says what works. Without `?feeds` only queries have to.
async fn ready(State(state): State<Arc<AppState>>, RawQuery(query): RawQuery) -> (StatusCode, Json<serde_json::Value>) {
    let Readiness { queries, feeds } = state.store.readiness().await;
    let is_parameter = |parameter: &str| parameter.split('=').next() == Some("feeds");
    let needs_feeds = query.is_some_and(|query| query.split('&').any(is_parameter));
    let (status, text) = if state.config.draining.has_begun() {
        (StatusCode::SERVICE_UNAVAILABLE, "draining")
    } else if queries.works() && (feeds.works() || !needs_feeds) {
        (StatusCode::OK, "ready")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "not ready")
    };
    (status, Json(json!({ "status": text, "queries": condition_json(&queries), "feeds": condition_json(&feeds) })))
}

fn condition_json(condition: &Condition) -> serde_json::Value {
    let since = StatusTime::from_system_time(condition.since, UtcOffset::UTC);
    let since = since.map(|since| format!("{}Z", since.to_string().replace(' ', "T"))).ok();
    match &condition.failure {
        None => json!({ "works": true, "since": since }),
        Some(failure) => json!({ "works": false, "since": since, "reason": failure }),
    }
}
