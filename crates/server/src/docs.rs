//! The docs site, served at `/docs/`.

use std::{borrow::Cow, collections::HashMap, sync::OnceLock};

use axum::{
    Router,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use group_dispatch_docs::{Error, File, Place, site};
use group_dispatch_types::BusinessCode;
use md5::{Digest, Md5};

use crate::{
    answer::{Failure, chain},
    public_url::PublicUrl,
    router::App,
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
    Router::new()
        .route("/docs", get(redirect))
        .route("/docs/", get(async |State(app): State<App>, headers: HeaderMap| answer(&app, "index.html", &headers)))
        .route("/docs/{*path}", get(file))
}

async fn file(State(app): State<App>, Path(path): Path<String>, headers: HeaderMap) -> Response {
    answer(&app, &path, &headers)
}

/// A file as it is sent.
struct Served {
    media_type: &'static str,
    /// Changes with the file, so that a browser need not load again what it has.
    tag: String,
    bytes: Bytes,
}

impl Served {
    fn new(file: File) -> (String, Self) {
        let media_type = file.media_type();
        let tag = format!("\"{:x}\"", u128::from_be_bytes(Md5::digest(&file.bytes).into()));
        (file.path, Self { media_type, tag, bytes: Bytes::from(file.bytes.into_owned()) })
    }
}

/// The files by their paths. They are made when one is asked for first: a server whose docs nobody reads has no need of
/// them.
#[derive(Default)]
pub struct Site(OnceLock<Result<HashMap<String, Served>, Error>>);

impl Site {
    fn files(&self, public_url: Option<&PublicUrl>) -> Result<&HashMap<String, Served>, &Error> {
        let named = |mut file: File| {
            if let Some(url) = public_url.filter(|_| file.path.ends_with(".html")) {
                name_address(&mut file, url);
            }
            Served::new(file)
        };
        self.0.get_or_init(|| Ok(site(Place::Server)?.into_iter().map(named).collect())).as_ref()
    }
}

/// Names a server's public address where a page of the site lists the contract's servers: one on this machine is no help
/// to whoever reads the docs from another.
fn name_address(file: &mut File, url: &PublicUrl) {
    const ON_THIS_MACHINE: &str =
        "<dt><code>http:&#x2f;&#x2f;127.0.0.1:8080</code></dt><dd>A group-dispatch-server on this machine</dd>";
    let escaped = url.as_str().replace('&', "&amp;").replace('\'', "&#39;");
    let named = format!("<dt><code>{escaped}</code></dt><dd>This server</dd>");
    let text = String::from_utf8_lossy(&file.bytes).replace(ON_THIS_MACHINE, &named);
    file.bytes = Cow::Owned(text.into_bytes());
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
        return Failure::new(BusinessCode::UnknownPath, "path: unknown; /docs/ has the pages that there are")
            .into_response();
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
