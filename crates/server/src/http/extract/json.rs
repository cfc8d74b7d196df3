//! Reads the JSON body of a request.

use axum::{
    body::Bytes,
    extract::Request,
    http::{HeaderMap, header::CONTENT_TYPE},
};
use group_dispatch_types::BusinessCode;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::de::DeserializeOwned;

use super::content_coding::{ContentCoding, too_large};
use crate::{
    http::{error::ApiError, request_context::RequestContext},
    json,
};

/// Some editors and libraries write it at the beginning of a text.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// Reads a body that has to be there.
///
/// # Errors
/// When the body is missing or not valid; the error names the member.
pub async fn read<T: DeserializeOwned>(
    request: Request,
    limit: usize,
    context: &RequestContext,
) -> Result<T, ApiError> {
    // A body that is declared as something else is not received.
    if request.headers().contains_key(CONTENT_TYPE) {
        require_json(request.headers())?;
    }
    match receive_json(request, limit, context).await? {
        Some(bytes) => json::read(&bytes, "body").map_err(ApiError::bad_request),
        // An empty object says what is missing.
        None => json::read(b"{}", "body").map_err(|missing| ApiError::bad_request(format!("body: missing; {missing}"))),
    }
}

/// Reads a body that may be left out (D13).
///
/// # Errors
/// When there is a body that is not valid.
pub async fn read_optional<T: DeserializeOwned + Default>(
    request: Request,
    limit: usize,
    context: &RequestContext,
) -> Result<T, ApiError> {
    match receive_json(request, limit, context).await? {
        Some(bytes) => json::read(&bytes, "body").map_err(ApiError::bad_request),
        None => Ok(T::default()),
    }
}

/// Returns the JSON text of a request. `None` if the body is empty, blank or `null` (D13), which needs no content type.
async fn receive_json(request: Request, limit: usize, context: &RequestContext) -> Result<Option<Bytes>, ApiError> {
    let is_json = require_json(request.headers());
    let (encoded, coding) = receive(request, limit, context).await?;
    let bytes = without_byte_order_mark(coding.decode(encoded, limit)?);
    if is_absent(&bytes) { Ok(None) } else { is_json.map(|()| Some(bytes)) }
}

/// Whether a JSON text is as good as none.
pub fn is_absent(bytes: &[u8]) -> bool {
    matches!(bytes.trim_ascii(), b"" | b"null")
}

pub fn without_byte_order_mark(mut bytes: Bytes) -> Bytes {
    if bytes.starts_with(BYTE_ORDER_MARK) {
        bytes = bytes.slice(BYTE_ORDER_MARK.len()..);
    }
    bytes
}

/// Returns the content type without its parameters; an empty text if there is none.
pub fn media_type(headers: &HeaderMap) -> &str {
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    content_type.split(';').next().unwrap_or_default().trim()
}

fn require_json(headers: &HeaderMap) -> Result<(), ApiError> {
    if media_type(headers).eq_ignore_ascii_case("application/json") {
        Ok(())
    } else {
        Err(ApiError::new(BusinessCode::UnsupportedMediaType, "Content-Type: expected application/json"))
    }
}

/// Receives the whole body as it was sent, with its coding. Decoded it may have `limit` bytes.
///
/// # Errors
/// When the coding is not supported, the body is too large, or the connection broke.
pub async fn receive(
    request: Request,
    limit: usize,
    context: &RequestContext,
) -> Result<(Bytes, ContentCoding), ApiError> {
    let coding = ContentCoding::of(request.headers())?;
    match Limited::new(request.into_body(), coding.encoded_limit(limit)).collect().await {
        Ok(body) => {
            context.set_arrived();
            Ok((body.to_bytes(), coding))
        }
        Err(error) if error.is::<LengthLimitError>() => Err(too_large(limit)),
        Err(_) => Err(ApiError::bad_request("body: the connection broke before its end")),
    }
}
