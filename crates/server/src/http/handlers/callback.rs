//! The operation that keeps a callback of the vendor: the mirror that sends it is a program of its own.

use axum::extract::Request;
use base64::{Engine, engine::general_purpose::STANDARD};
use group_dispatch_types::{
    BusinessCode, UtcOffset,
    ingest::{EventCount, VendorCallbackReceipt, VendorCallbackRequest, VendorCallbackResponse},
};

use crate::{
    event::{self, StatusEvent},
    http::{
        callback::MAX_BODY_BYTES,
        caller::Caller,
        error::ApiError,
        extract::{content_coding::too_large, feed_body, json::check_content_type},
        json_body::JsonBody,
    },
    json,
    store::VendorCallback,
};

/// Keeps the callback of a call.
pub async fn keep(caller: Caller<'_>, request: &mut Request) -> Result<JsonBody<VendorCallbackResponse>, ApiError> {
    check_content_type(request.headers())?;
    let offset = caller.state.store.utc_offset();
    let (callback, _permit) = feed_body::receive(&caller, request, move |body| read(body, offset)).await?;
    let callbacks = caller.state.store.keep_callback(caller.tenant_id, callback).await?;
    let callbacks = usize::try_from(callbacks).ok().and_then(|number| EventCount::try_from(number).ok());
    let data = VendorCallbackReceipt { callbacks: callbacks.unwrap_or(EventCount::MAX) };
    JsonBody::of(&VendorCallbackResponse { code: BusinessCode::Success, message: "success".to_owned(), data })
}

/// Reads the callback of a call. It arrives now: the clock of the mirror does not decide how long it is kept.
fn read(body: &[u8], offset: UtcOffset) -> Result<VendorCallback, ApiError> {
    let VendorCallbackRequest { timestamp, body } = json::read(body, "body").map_err(ApiError::bad_request)?;
    let body = STANDARD.decode(body).map_err(|_| ApiError::bad_request("body: expected Base64 with padding"))?;
    if body.len() > MAX_BODY_BYTES {
        return Err(too_large(MAX_BODY_BYTES));
    }
    let timestamp = timestamp.epoch_milliseconds(offset);
    if !StatusEvent::TIMES.contains(&timestamp) {
        return Err(ApiError::bad_request("timestamp: expected a time within the years 0 to 9999"));
    }
    Ok(VendorCallback { received: event::now(), timestamp, body })
}
