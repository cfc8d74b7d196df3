//! The header `Link` of an error: where this server's docs have a page on its code (RFC 8288, relation `help`). The client
//! and the command print the address.

use axum::http::{
    HeaderValue, Response,
    header::{Entry, LINK},
};
use group_dispatch_types::BusinessCode;

/// Folders of the deepest path that gets a link. A longer one is not a path of this server.
const MAX_DEPTH: usize = 8;

/// The way from the path of a request to the docs. It is relative, so that it also leads there through a proxy that serves
/// this server below another path.
#[derive(Clone, Copy)]
pub struct HelpLink {
    /// The folders of the request's path.
    depth: usize,
}

impl HelpLink {
    pub fn from(path: &str) -> Self {
        Self { depth: path.matches('/').count().saturating_sub(1) }
    }

    /// Adds the header if the response is an error.
    pub fn insert<B>(self, response: &mut Response<B>) {
        let code = response.extensions().get::<BusinessCode>().copied();
        let Some(code) = code.filter(|code| !code.is_success() && self.depth <= MAX_DEPTH) else { return };
        let link = format!("<{}docs/{}>; rel=\"help\"", "../".repeat(self.depth), code.docs_page());
        if let (Ok(link), Entry::Vacant(place)) = (HeaderValue::try_from(link), response.headers_mut().entry(LINK)) {
            place.insert(link);
        }
    }
}
