//! What every answer is wrapped in: `{code, message, data}`, with an HTTP status that mirrors the kind of error (D19).

use std::borrow::Cow;

use axum::{
    Json,
    http::{
        HeaderValue, StatusCode,
        header::{ACCEPT_ENCODING, RETRY_AFTER},
    },
    response::{IntoResponse, Response},
};
use group_dispatch_types::{BusinessCode, ErrorResponse, NoData};

use crate::error::{StoreError, chain};

/// When who is refused may come again: at every rate a request is free within a second.
pub const A_SECOND: HeaderValue = HeaderValue::from_static("1");

/// A request that was not answered.
#[derive(Debug)]
pub struct Failure {
    status: StatusCode,
    code: BusinessCode,
    message: Cow<'static, str>,
    names_encodings: bool,
}

impl Failure {
    pub fn new(code: BusinessCode, message: impl Into<Cow<'static, str>>) -> Self {
        let status = StatusCode::from_u16(code.http_status()).ok().filter(|status| !status.is_success());
        let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Self { status, code, message: message.into(), names_encodings: false }
    }

    /// A request that there is no room for now (D18).
    pub fn busy(message: impl Into<Cow<'static, str>>) -> Self {
        Self { status: StatusCode::SERVICE_UNAVAILABLE, ..Self::new(BusinessCode::InternalError, message) }
    }

    /// Says in a header as well which encodings of a body are accepted (RFC 9110, 15.5.16).
    pub fn with_accept_encoding(self) -> Self {
        Self { names_encodings: true, ..self }
    }

    #[cfg(test)]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// In the code's own words.
    pub fn of(code: BusinessCode) -> Self {
        Self::new(code, code.message())
    }

    /// A body, or a member of it, that can't be used; the message names it and says what was expected.
    pub fn bad_request(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(BusinessCode::BadRequest, message)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        tracing::error!(error = chain(&error), "the store failed");
        Self::of(BusinessCode::DatabaseError)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let body = ErrorResponse { code: self.code, message: self.message.into_owned(), data: NoData };
        let mut response = (self.status, Json(body)).into_response();
        if matches!(self.status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE) {
            response.headers_mut().insert(RETRY_AFTER, A_SECOND);
        }
        if self.names_encodings {
            response.headers_mut().insert(ACCEPT_ENCODING, HeaderValue::from_static("gzip, identity"));
        }
        // For the request's log line.
        response.extensions_mut().insert(self.code);
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_its_http_status() {
        let statuses: Vec<_> = BusinessCode::ALL
            .iter()
            .map(|code| (code.code(), Failure::new(*code, "").into_response().status().as_u16()))
            .filter(|(code, status)| i32::from(*status) != *code)
            .collect();
        let signing = [501, 502, 518, 519, 522, 523, 525].map(|code| (code, 401));
        let (of_signing, others): (Vec<_>, Vec<_>) = statuses.into_iter().partition(|(_, status)| *status == 401);
        assert_eq!(of_signing, signing);
        // A failure is never told with a status of success.
        assert_eq!(others, [(0, 500), (200, 500), (517, 500), (530, 500)]);
    }
}
