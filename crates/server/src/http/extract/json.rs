//! Reads the JSON body of a request.

use std::{mem, sync::atomic::Ordering::Relaxed};

use axum::{
    body::Bytes,
    extract::Request,
    http::{HeaderMap, header::CONTENT_TYPE},
};
use group_dispatch_types::BusinessCode;
use serde::de::DeserializeOwned;

use super::content_coding::ContentCoding;
use crate::{
    http::{caller::Caller, error::ApiError},
    json,
};

/// Some editors and libraries write it at the beginning of a text.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

impl Caller<'_> {
    /// Reads a body that the operation needs.
    ///
    /// # Errors
    /// When the body is missing, not valid, too large, or not the one that was signed; the error names the member.
    pub async fn read_json<T: DeserializeOwned>(&self, request: &mut Request) -> Result<T, ApiError> {
        let is_json = is_json(request.headers());
        // A body that is declared as something else is not received.
        if !is_json && request.headers().contains_key(CONTENT_TYPE) {
            return Err(not_json());
        }
        match self.receive_json(request, is_json).await? {
            Some(bytes) => json::read(&bytes, "body").map_err(ApiError::bad_request),
            // An empty object says what is missing.
            None => {
                json::read(b"{}", "body").map_err(|missing| ApiError::bad_request(format!("body: missing; {missing}")))
            }
        }
    }

    /// Reads a body that may be left out (D13).
    ///
    /// # Errors
    /// When there is a body that is not valid, too large, or not the one that was signed.
    pub async fn read_optional_json<T: DeserializeOwned + Default>(
        &self,
        request: &mut Request,
    ) -> Result<T, ApiError> {
        let is_json = is_json(request.headers());
        match self.receive_json(request, is_json).await? {
            Some(bytes) => json::read(&bytes, "body").map_err(ApiError::bad_request),
            None => Ok(T::default()),
        }
    }

    /// Returns the JSON text of a request, which must be declared as JSON. `None` if the body is empty, blank or `null`
    /// (D13), which needs no content type.
    async fn receive_json(&self, request: &mut Request, is_json: bool) -> Result<Option<Bytes>, ApiError> {
        let limit = self.state.config.body_limit;
        let (encoded, coding) = self.receive(request, limit).await?;
        self.check_body(&encoded)?;
        let bytes = without_byte_order_mark(coding.decode(encoded, limit)?);
        if is_absent(&bytes) {
            Ok(None)
        } else if is_json {
            Ok(Some(bytes))
        } else {
            Err(not_json())
        }
    }

    /// Receives the whole body as it was sent, with its coding. Decoded it may have `limit` bytes.
    ///
    /// # Errors
    /// When the coding is not supported, the body is too large, or the connection broke.
    pub async fn receive(&self, request: &mut Request, limit: usize) -> Result<(Bytes, ContentCoding), ApiError> {
        let coding = ContentCoding::of(request.headers())?;
        let body = mem::take(request.body_mut());
        let body = coding.receive(body, limit).await?;
        self.context.has_arrived.store(true, Relaxed);
        Ok((body, coding))
    }
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

fn is_json(headers: &HeaderMap) -> bool {
    media_type(headers).eq_ignore_ascii_case("application/json")
}

/// Checks that a body is declared as JSON.
///
/// # Errors
/// When it is not.
pub fn check_content_type(headers: &HeaderMap) -> Result<(), ApiError> {
    if is_json(headers) { Ok(()) } else { Err(not_json()) }
}

fn not_json() -> ApiError {
    ApiError::new(BusinessCode::UnsupportedMediaType, "Content-Type: expected application/json")
}
