//! The operation of mirrors: the facts of a call become those of the store, and its outcome becomes the receipt.

use std::collections::BTreeSet;

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
    store::{Mirrored, MirroredFacts},
};

/// Logged and observed events of a call, at most.
const MAX_EVENTS: usize = StatusEventsRequest::MOST;

/// Stores the facts of a call.
pub async fn store(caller: Caller<'_>, request: &mut Request) -> Result<JsonBody<MirroredFactsResponse>, ApiError> {
    check_content_type(request.headers())?;
    let offset = caller.state.store.utc_offset();
    let (facts, _permit) = feed_body::receive(&caller, request, move |body| read(body, offset)).await?;
    let accounts: BTreeSet<_> = facts.events.iter().map(|event| (event.source, event.whatsapp)).collect();
    let outcome = caller.state.store.append_mirrored(caller.tenant_id, facts).await?;
    if let Mirrored::Stored { events, .. } = outcome {
        caller.count_events(IngestCounts { stored: events.stored, repeated: events.repeated, refused: 0 });
    }
    let data = outcome.receipt(&caller.tenant, accounts);
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
