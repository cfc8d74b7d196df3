//! The docs site, served at `/docs/`.

use axum::{
    Router,
    body::Body,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use group_dispatch_types::BusinessCode;

use crate::{
    error::chain,
    http::{accept_header::Accept, error::Failure, state::App},
};

/// The docs load nothing from another host, and the browser holds them to it.
const POLICY: &str = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; \
                      form-action 'none'; frame-ancestors 'none'";
/// The interactive reference writes styles of its own into the page.
const POLICY_OF_REFERENCE: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; \
                                   font-src 'self' data:; worker-src 'self' blob:; object-src 'none'; \
                                   base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Leads to the docs from `/` and `/docs` alike, also where a proxy has put the server below a folder of its own.
pub async fn redirect() -> Redirect {
    Redirect::to("docs/")
}

pub fn routes() -> Router<App> {
    Router::new().route("/docs", get(redirect)).route("/docs/", get(file)).route("/docs/{*path}", get(file))
}

/// Answers with the file at a path. The path is taken as it stands, because no file's name has characters to be encoded.
async fn file(State(app): State<App>, uri: Uri, headers: HeaderMap) -> Response {
    match uri.path().strip_prefix("/docs/") {
        None | Some("") => answer(&app, "index.html", &headers),
        Some(path) => answer(&app, path, &headers),
    }
}

/// Answers that there is no file at a path: with a page for browsers, and with JSON for all others.
fn not_found(path: &str, headers: &HeaderMap) -> Response {
    let json = Failure::new(BusinessCode::UnknownPath, "path: unknown; /docs/ has the pages that there are");
    let mut response = json.into_response();
    if Accept::of(headers).prefers_html() {
        match group_dispatch_docs::not_found(path.matches('/').count()) {
            Ok(page) => {
                // The code is noted in the extensions.
                *response.body_mut() = Body::from(page);
                let headers = response.headers_mut();
                headers.remove(header::CONTENT_LENGTH);
                headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
                headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
                headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
            }
            Err(error) => tracing::error!(error = chain(&error), "the docs can't be made"),
        }
    }
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("Accept"));
    response
}

fn answer(app: &App, path: &str, headers: &HeaderMap) -> Response {
    let file = match app.site.files(app.settings.public_url.as_ref()) {
        Ok(files) => files.get(path),
        Err(error) => {
            tracing::error!(error = chain(error), "the docs can't be made");
            return Failure::new(BusinessCode::InternalError, "internal error").into_response();
        }
    };
    let Some(file) = file else {
        return not_found(path, headers);
    };
    let policy = if path == "reference.html" { POLICY_OF_REFERENCE } else { POLICY };
    let headers_of_all = [
        (header::CONTENT_SECURITY_POLICY, policy),
        // Kept, but asked after each time: a server that is replaced shows its own docs.
        (header::CACHE_CONTROL, "no-cache"),
        (header::ETAG, file.tag.as_str()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    let known = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|tags| tags.to_str().ok());
    let mut known = known.flat_map(|tags| tags.split(',')).map(|tag| tag.trim().trim_start_matches("W/"));
    if known.any(|tag| tag == "*" || tag == file.tag) {
        return (StatusCode::NOT_MODIFIED, headers_of_all).into_response();
    }
    (headers_of_all, [(header::CONTENT_TYPE, file.media_type)], file.bytes.clone()).into_response()
}
