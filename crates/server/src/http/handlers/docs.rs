//! Serves the docs site at `/docs/`.

use std::sync::Arc;

use axum::{
    Extension, Router,
    extract::State,
    http::{HeaderMap, StatusCode, Uri, header},
    response::{Html, IntoResponse, Redirect, Response},
    routing::get,
};
use group_dispatch_types::BusinessCode;

use crate::{
    error::chain,
    http::{accept_header::Accept, error::ApiError, state::AppState},
};

/// The docs load nothing from other hosts, and browsers enforce it.
const POLICY: &str = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; \
                      form-action 'none'; frame-ancestors 'none'";
/// The interactive reference adds styles to the page.
const REFERENCE_POLICY: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; \
                                   font-src 'self' data:; worker-src 'self' blob:; object-src 'none'; \
                                   base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Redirects `/` and `/docs` to the docs. The address is relative, for proxies that serve the server below a path.
pub async fn redirect() -> Redirect {
    Redirect::to("docs/")
}

pub fn routes() -> Router<Arc<AppState>> {
    Router::new().route("/docs", get(redirect)).route("/docs/", get(file)).route("/docs/{*path}", get(file))
}

/// Returns the file at a path. The path is not decoded: no file has a name with characters that need encoding.
async fn file(State(state): State<Arc<AppState>>, uri: Uri, headers: HeaderMap) -> Response {
    match uri.path().strip_prefix("/docs/") {
        None | Some("") => serve(&state, "index.html", &headers),
        Some(path) => serve(&state, path, &headers),
    }
}

/// Returns 404: a page for browsers, JSON for all others.
fn not_found(path: &str, headers: &HeaderMap) -> Response {
    let vary = [(header::VARY, "Accept")];
    if Accept::of(headers).prefers_html() {
        match group_dispatch_docs::not_found(path.matches('/').count()) {
            Ok(page) => {
                let headers = [(header::CONTENT_SECURITY_POLICY, POLICY), (header::X_CONTENT_TYPE_OPTIONS, "nosniff")];
                // The log line and the metrics have the code of the JSON.
                let code = Extension(BusinessCode::UnknownPath);
                return (StatusCode::NOT_FOUND, code, vary, headers, Html(page)).into_response();
            }
            Err(error) => tracing::error!(error = chain(&error), "the docs can't be rendered"),
        }
    }
    (vary, ApiError::new(BusinessCode::UnknownPath, "path: unknown; /docs/ lists the pages")).into_response()
}

fn serve(state: &AppState, path: &str, headers: &HeaderMap) -> Response {
    let file = match state.site.files(state.config.public_url.as_ref()) {
        Ok(files) => files.get(path),
        Err(error) => {
            tracing::error!(error = chain(error), "the docs can't be rendered");
            return IntoResponse::into_response(ApiError::internal());
        }
    };
    let Some(file) = file else {
        return not_found(path, headers);
    };
    let policy = if path == "reference.html" { REFERENCE_POLICY } else { POLICY };
    let common_headers = [
        (header::CONTENT_SECURITY_POLICY, policy),
        // Browsers revalidate each time: after an upgrade they show the new docs.
        (header::CACHE_CONTROL, "no-cache"),
        (header::ETAG, file.tag.as_str()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    let tags = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|tags| tags.to_str().ok());
    let mut cached = tags.flat_map(|tags| tags.split(',')).map(|tag| tag.trim().trim_start_matches("W/"));
    if cached.any(|tag| tag == "*" || tag == file.tag) {
        return (StatusCode::NOT_MODIFIED, common_headers).into_response();
    }
    (common_headers, [(header::CONTENT_TYPE, file.media_type)], file.bytes.clone()).into_response()
}
