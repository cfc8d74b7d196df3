//! What the server says of itself: the contract, the docs, and whether it is well.

use axum::{
    Json, Router,
    body::Bytes,
    extract::State,
    http::{HeaderName, StatusCode, header},
    response::{Html, IntoResponse, Redirect},
    routing::get,
};
use group_dispatch_docs::contract;
use serde_json::{Value, json};

use crate::{answer::chain, router::App};

/// The docs load nothing from another host, and the browser holds them to it.
const ONLY_THIS_HOST: (HeaderName, &str) = (
    header::CONTENT_SECURITY_POLICY,
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; \
     img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:",
);

pub fn routes() -> Router<App> {
    Router::new()
        .route("/openapi.yaml", get(async || ([(header::CONTENT_TYPE, "application/yaml")], contract::YAML)))
        .route("/openapi.json", get(async || ([(header::CONTENT_TYPE, "application/json")], contract::JSON)))
        .route("/", get(async || Redirect::to("/docs")))
        .route("/docs", get(docs))
        .route("/docs/", get(async || Redirect::to("/docs")))
        .route("/docs/scalar.js", get(docs_script))
        .route("/healthz", get(async || Json(json!({ "status": "up" }))))
        .route("/readyz", get(ready))
}

async fn docs() -> impl IntoResponse {
    let page = scalar_api_reference::scalar_html(&docs_configuration(), Some("/docs/scalar.js"));
    ([ONLY_THIS_HOST], Html(page))
}

fn docs_configuration() -> Value {
    json!({
        "url": "/openapi.json",
        "metaData": { "title": "WA-SCRM account queries" },
        // "Try it" asks this very server, whatever servers the contract names.
        "servers": [{ "url": "/", "description": "This server" }],
        "withDefaultFonts": false,
        "telemetry": false,
        "agent": { "disabled": true },
        "mcp": { "disabled": true },
        "hideClientButton": true,
        "showDeveloperTools": "never",
    })
}

async fn docs_script() -> impl IntoResponse {
    match scalar_api_reference::get_asset("scalar.js") {
        Some(script) => ([(header::CONTENT_TYPE, "text/javascript")], Bytes::from(script)).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn ready(State(app): State<App>) -> impl IntoResponse {
    match app.store.ready().await {
        Ok(()) => (StatusCode::OK, Json(json!({ "status": "ready" }))),
        Err(error) => {
            tracing::error!(error = chain(&error), "the store does not answer");
            (StatusCode::SERVICE_UNAVAILABLE, Json(json!({ "status": "the store does not answer" })))
        }
    }
}
