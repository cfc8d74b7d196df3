//! [`ApiError`]: an error as a response, `{code, message, data}` with an HTTP status that mirrors the code (D19).

use std::borrow::Cow;

use axum::{
    body::{Body, Bytes},
    http::{
        HeaderName, HeaderValue, Response, StatusCode,
        header::{ACCEPT_ENCODING, ALLOW, CONTENT_TYPE, RETRY_AFTER},
    },
    response::IntoResponse,
};
use group_dispatch_types::{
    BusinessCode,
    ingest::{ErrorResponse, Receipt},
};

use super::body::{Chunks, ResponseBody};
use crate::error::{StoreError, chain};

/// `Retry-After`, in seconds: at every rate limit a request is free again within one second.
pub const RETRY_AFTER_SECONDS: HeaderValue = HeaderValue::from_static("1");
/// `Retry-After` while a source is stale, in seconds: its mirror looks again after 1 to 60 seconds.
const STALE_RETRY_AFTER_SECONDS: &str = "5";

/// A request that failed.
#[derive(Debug)]
pub struct ApiError {
    status: StatusCode,
    code: BusinessCode,
    message: Cow<'static, str>,
    /// For status events that were refused: which, and why.
    receipt: Option<Box<Receipt>>,
    /// A header that the status asks for.
    header: Option<(HeaderName, &'static str)>,
    /// Why it failed, for the log, where the code does not say it.
    reason: Option<Reason>,
}

/// Why a request is refused, in a word of the log: operating.md lists them.
#[derive(Clone, Copy, Debug)]
pub struct Reason(pub &'static str);

impl ApiError {
    pub fn new(code: BusinessCode, message: impl Into<Cow<'static, str>>) -> Self {
        let status = StatusCode::from_u16(code.http_status()).ok().filter(|status| !status.is_success());
        let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Self { status, code, message: message.into(), receipt: None, header: None, reason: None }
    }

    /// Uses the code's own message.
    pub fn of(code: BusinessCode) -> Self {
        Self::new(code, code.message())
    }

    /// The server is at one of its limits (D18).
    pub fn busy(message: impl Into<Cow<'static, str>>) -> Self {
        Self { status: StatusCode::SERVICE_UNAVAILABLE, ..Self::new(BusinessCode::InternalError, message) }
    }

    /// The data of a source is older than the operator allows (D57).
    pub fn stale(message: String) -> Self {
        Self {
            status: StatusCode::SERVICE_UNAVAILABLE,
            header: Some((RETRY_AFTER, STALE_RETRY_AFTER_SECONDS)),
            ..Self::new(BusinessCode::DatabaseError, message)
        }
    }

    /// A body, or a member of it, is invalid; the message names it and says what was expected.
    pub fn bad_request(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(BusinessCode::BadRequest, message)
    }

    /// The key of the request may only query.
    pub fn may_not_feed() -> Self {
        Self::new(BusinessCode::NotAllowed, "this key may query, not feed; use another key of the tenant")
    }

    pub fn unknown_path() -> Self {
        Self::new(BusinessCode::UnknownPath, "path: unknown; /docs and /openapi.yaml list the paths of this server")
    }

    pub fn internal() -> Self {
        Self::new(BusinessCode::InternalError, "internal error")
    }

    pub fn method_not_allowed(expected: &'static str) -> Self {
        let error = Self::new(BusinessCode::MethodNotAllowed, format!("method: expected {expected}"));
        Self { header: Some((ALLOW, expected)), ..error }
    }

    /// The body has a content coding other than gzip; a header names those that are accepted (RFC 9110, 15.5.16).
    pub fn unsupported_coding(message: String) -> Self {
        Self {
            header: Some((ACCEPT_ENCODING, "gzip, identity")),
            ..Self::new(BusinessCode::UnsupportedMediaType, message)
        }
    }

    pub fn because(self, reason: &'static str) -> Self {
        Self { reason: Some(Reason(reason)), ..self }
    }

    pub fn with_receipt(self, receipt: Receipt) -> Self {
        Self { receipt: Some(Box::new(receipt)), ..self }
    }

    pub fn code(&self) -> BusinessCode {
        self.code
    }

    pub fn message(&self) -> &str {
        &self.message
    }

    /// Returns the body. Without a receipt, `data` is null, as in every error of the queries.
    pub fn into_json(self) -> String {
        let data = self.receipt.map(|receipt| *receipt);
        let body = ErrorResponse { code: self.code, message: self.message.into_owned(), data };
        serde_json::to_string(&body).unwrap_or_default()
    }

    pub fn into_response(mut self) -> Response<ResponseBody> {
        let (status, code, header, reason) = (self.status, self.code, self.header.take(), self.reason);
        let mut response = Response::new(Chunks::from_iter([Bytes::from(self.into_json())]).into());
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.extend(header.map(|(name, value)| (name, HeaderValue::from_static(value))));
        if matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE) {
            headers.entry(RETRY_AFTER).or_insert(RETRY_AFTER_SECONDS);
        }
        // For the log line and the metrics.
        response.extensions_mut().insert(code);
        if let Some(reason) = reason {
            response.extensions_mut().insert(reason);
        }
        response
    }
}

/// For axum's handlers.
impl IntoResponse for ApiError {
    fn into_response(self) -> Response<Body> {
        self.into_response().map(Body::from)
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        tracing::error!(error = chain(&error), "the store failed");
        Self::of(BusinessCode::DatabaseError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_its_http_status() {
        let statuses: Vec<_> = BusinessCode::ALL
            .iter()
            .map(|code| (code.code(), ApiError::new(*code, "").into_response().status().as_u16()))
            .filter(|(code, status)| i32::from(*status) != *code)
            .collect();
        let signing = [501, 502, 518, 519, 522, 523, 525].map(|code| (code, 401));
        let (of_signing, others): (Vec<_>, Vec<_>) = statuses.into_iter().partition(|(_, status)| *status == 401);
        assert_eq!(of_signing, signing);
        // An error never has a status of success.
        assert_eq!(others, [(0, 500), (200, 500), (517, 500), (530, 500)]);
    }
}
