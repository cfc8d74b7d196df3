//! The operation of mirrors: the facts of a call become those of the store, and its outcome becomes the receipt.

use axum::extract::Request;
use group_dispatch_types::{
    BusinessCode, UtcOffset,
    ingest::{MirroredFactsRequest, MirroredFactsResponse, StatusEventsRequest},
};

use crate::{
    http::{
        caller::Caller,
        error::ApiError,
        extract::{feed_body, json::check_content_type},
        json_body::JsonBody,
        request_context::IngestCounts,
    },
    json,
    store::MirroredFacts,
};

/// Logged and observed events of a call, at most.
const MAX_EVENTS: usize = StatusEventsRequest::MOST;

/// Stores the facts of a call.
pub async fn store(caller: Caller<'_>, request: &mut Request) -> Result<JsonBody<MirroredFactsResponse>, ApiError> {
    check_content_type(request.headers())?;
    let offset = caller.state.store.utc_offset();
    let (facts, _permit) = feed_body::receive(&caller, request, move |body| read(body, offset)).await?;
    let data = caller.state.store.receive_mirrored(caller.tenant_id, facts).await?;
    caller.count_events(IngestCounts { stored: data.stored.get(), repeated: data.repeated.get(), refused: 0 });
    JsonBody::of(&MirroredFactsResponse { code: BusinessCode::Success, message: "success".to_owned(), data })
}

/// Reads the facts of a call.
fn read(body: &[u8], offset: UtcOffset) -> Result<MirroredFacts, ApiError> {
    let request: MirroredFactsRequest = json::read(body, "body").map_err(ApiError::bad_request)?;
    if request.logged.len() + request.observed.len() > MAX_EVENTS || request.gaps.len() > MAX_EVENTS {
        let expected = format!("body: expected at most {MAX_EVENTS} events, and as many gaps");
        return Err(ApiError::new(BusinessCode::BodyTooLarge, expected));
    }
    MirroredFacts::from_request(request, offset)
        .map_err(|reason| ApiError::bad_request(format!("{reason}, so that nothing is stored")))
}
