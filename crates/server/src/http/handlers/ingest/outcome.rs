//! What became of the events of a call.

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use group_dispatch_types::{
    BusinessCode,
    ingest::{ErrorResponse, EventCount, Receipt, Refusal},
};
use utoipa::ToResponse;

use crate::{error::StoreError, http::error::Failure, store::Appended};

/// The request was wrong, and nothing is stored: 400 for a malformed body, for a query parameter other than `order`, or for events that are refused, which `data` then lists; 401 for a signature, 404 for an unknown path, 405 for a method other than POST, 408 for a request that was too slow, 413 for more than 10,000 events or a body over the limit, 415 for another content type or a `Content-Encoding` other than gzip (D43), 429 for too many requests.
#[derive(ToResponse)]
#[response(examples(
    ("refused" = (
        summary = "An event that is refused, with HTTP status 400",
        value = json!({
            "code": 400,
            "message": "events refused: 1 of 4, so that none is stored; event 3: source: missing",
            "data": { "stored": 0, "repeated": 0, "refused": 1, "refusals": [{ "index": 3, "reason": "source: missing" }] },
        }),
    )),
    ("wrongToken" = (
        summary = "A wrong token, with HTTP status 401",
        value = json!({ "code": 522, "message": "accessToken is error", "data": null }),
    )),
))]
pub struct ClientError(#[expect(dead_code, reason = "it stands for the schema")] ErrorResponse);

/// The service failed, with 500, and whether the events are stored is not known; where it is but busy, `Retry-After` says when to come again, and nothing is stored. The same request may be sent again.
#[derive(ToResponse)]
#[response(examples(
    ("database" = (
        summary = "The database did not answer, with HTTP status 500",
        value = json!({ "code": 517, "message": "database error", "data": null }),
    )),
))]
pub struct ServerError(#[expect(dead_code, reason = "it stands for the schema")] ErrorResponse);

/// Why nothing is stored.
#[derive(Debug)]
pub enum Failed {
    /// The request failed as any other may.
    Request(Failure),
    /// Some of its events can't be used.
    Events { of: usize, refusals: Vec<Refusal> },
}

impl From<Failure> for Failed {
    fn from(failure: Failure) -> Self {
        Self::Request(failure)
    }
}

impl From<StoreError> for Failed {
    fn from(error: StoreError) -> Self {
        Self::Request(error.into())
    }
}

impl IntoResponse for Failed {
    fn into_response(self) -> Response {
        let (of, refusals) = match self {
            Self::Request(failure) => return failure.into_response(),
            Self::Events { of, refusals } => (of, refusals),
        };
        let first = refusals.first().map(|Refusal { index, reason }| format!("; event {index}: {reason}"));
        let message = format!(
            "events refused: {} of {of}, so that none is stored{}",
            refusals.len(),
            first.as_deref().unwrap_or_default()
        );
        let code = BusinessCode::BadRequest;
        let body = ErrorResponse { code, message, data: Some(receipt(Appended::default(), refusals)) };
        let mut response = (StatusCode::BAD_REQUEST, Json(body)).into_response();
        // For the request's log line.
        response.extensions_mut().insert(code);
        response
    }
}

pub fn receipt(Appended { stored, repeated }: Appended, refusals: Vec<Refusal>) -> Receipt {
    Receipt { stored: count(stored), repeated: count(repeated), refused: count(refusals.len()), refusals }
}

/// No call has more events than can be counted.
pub fn count(number: usize) -> EventCount {
    EventCount::try_from(number).unwrap_or(EventCount::MAX)
}
