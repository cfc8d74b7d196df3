//! The addresses of the registry: index, downloads and publishing, each for requests with the token.

use std::sync::{Arc, Mutex, PoisonError};

use axum::{
    Json, Router,
    body::Bytes,
    extract::{DefaultBodyLimit, Path, Request, State},
    http::{
        HeaderMap, StatusCode,
        header::{AUTHORIZATION, CONTENT_TYPE, ETAG, IF_NONE_MATCH, WWW_AUTHENTICATE},
    },
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, put},
};
use serde_json::{Value, json};

use crate::{
    publication::Publication,
    registry::{Registry, checksum, index_path},
};

/// The limit of crates.io is 10 MiB.
const LARGEST_UPLOAD_BYTES: usize = 10 * 1024 * 1024;

struct Shared {
    origin: String,
    token: String,
    registry: Mutex<Registry>,
}

/// Returns the registry's service. `origin` is its own address, which `config.json` names.
pub fn router(origin: String, token: String) -> Router {
    let shared = Arc::new(Shared { origin, token, registry: Mutex::default() });
    Router::new()
        .route("/index/config.json", get(config))
        .route("/index/{*path}", get(index))
        .route("/api/v1/crates/new", put(publish))
        .route("/api/v1/crates/{name}/{version}/download", get(download))
        .layer(middleware::from_fn_with_state(Arc::clone(&shared), authenticate))
        .layer(DefaultBodyLimit::max(LARGEST_UPLOAD_BYTES))
        .with_state(shared)
}

/// Rejects requests without the token. On 401 cargo sends the request again with the token, if the user has one.
async fn authenticate(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    let token = request.headers().get(AUTHORIZATION).map(|value| value.as_bytes());
    if token == Some(shared.token.as_bytes()) {
        return next.run(request).await;
    }
    let errors = errors("expected the token of the registry in `authorization`");
    (StatusCode::UNAUTHORIZED, [(WWW_AUTHENTICATE, "Cargo")], errors).into_response()
}

async fn config(State(shared): State<Arc<Shared>>) -> Json<Value> {
    let origin = &shared.origin;
    Json(json!({ "dl": format!("{origin}/api/v1/crates"), "api": origin, "auth-required": true }))
}

/// Returns the file of the index at `path`: a line for each version of a crate.
async fn index(State(shared): State<Arc<Shared>>, Path(path): Path<String>, headers: HeaderMap) -> Response {
    let name = path.rsplit('/').next().unwrap_or_default();
    let registry = shared.registry.lock().unwrap_or_else(PoisonError::into_inner);
    let Some(lines) = registry.index(name).filter(|_| index_path(name) == path) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let etag = format!("\"{}\"", checksum(lines.as_bytes()));
    if headers.get(IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == etag.as_bytes()) {
        return StatusCode::NOT_MODIFIED.into_response();
    }
    ([(ETAG, etag.as_str()), (CONTENT_TYPE, "text/plain")], lines).into_response()
}

async fn download(State(shared): State<Arc<Shared>>, Path((name, version)): Path<(String, String)>) -> Response {
    let registry = shared.registry.lock().unwrap_or_else(PoisonError::into_inner);
    match registry.package(&name, &version) {
        Some(package) => ([(CONTENT_TYPE, "application/gzip")], package).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Takes what `cargo publish` sends. An error has the form that cargo prints.
async fn publish(State(shared): State<Arc<Shared>>, body: Bytes) -> Response {
    let published = Publication::parse(&body)
        .and_then(|publication| shared.registry.lock().unwrap_or_else(PoisonError::into_inner).publish(publication));
    match published {
        Ok(()) => {
            Json(json!({ "warnings": { "invalid_categories": [], "invalid_badges": [], "other": [] } })).into_response()
        }
        Err(error) => (StatusCode::BAD_REQUEST, errors(&format!("{error:#}"))).into_response(),
    }
}

fn errors(detail: &str) -> Json<Value> {
    Json(json!({ "errors": [{ "detail": detail }] }))
}
