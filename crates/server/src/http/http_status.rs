//! The HTTP status of the queries' errors (D19).

use axum::http::{Response, StatusCode};
use group_dispatch_types::BusinessCode;

use super::endpoint::Endpoint;

/// The HTTP status of an error that a query returns. Its body, with `code` and `message`, is the same either way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HttpStatus {
    /// The one that fits the code, such as 400, 401 or 500.
    #[default]
    Mirrored,
    /// 200, as the vendor's service returns it, for programs that read `code` under no other status. 405, 429 and 503 stay:
    /// a request with another method is no query, and 429 and 503 are meant for proxies too.
    Vendor,
}

impl HttpStatus {
    /// Sets the status of a response. An error has its code in the extensions.
    pub fn apply<B>(self, endpoint: Endpoint, response: &mut Response<B>) {
        let is_error = response.extensions().get::<BusinessCode>().is_some();
        let stays = matches!(response.status().as_u16(), 405 | 429 | 503);
        if self == Self::Vendor && is_error && endpoint.is_query() && !stays {
            *response.status_mut() = StatusCode::OK;
        }
    }
}
