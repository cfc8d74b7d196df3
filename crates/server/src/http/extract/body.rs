//! The body of a request, decoded, and the question in it, read from JSON.

use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
    http::{HeaderMap, header::CONTENT_TYPE},
};
use group_dispatch_types::{BusinessCode, NoParameters};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::de::DeserializeOwned;

use super::content_coding::{ContentCoding, too_large};
use crate::{
    http::{error::Failure, request_context::Notes, state::Call},
    json,
};

/// Some editors and libraries put it before a text.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// A body that has to be there.
pub struct Body<T>(pub T);

impl<T: DeserializeOwned> FromRequest<Call> for Body<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, call: &Call) -> Result<Self, Failure> {
        // What says that it is something else is not read.
        if request.headers().contains_key(CONTENT_TYPE) {
            require_json(request.headers())?;
        }
        match read_json(request, call).await? {
            Some(bytes) => parse(&bytes).map(Self),
            // An empty object says what is missing.
            None => json::read(b"{}", "body")
                .map(Self)
                .map_err(|missing| Failure::bad_request(format!("body: missing; {missing}"))),
        }
    }
}

/// A body that asks for nothing and so may be left out (D13).
pub struct EmptyBody;

impl FromRequest<Call> for EmptyBody {
    type Rejection = Failure;

    async fn from_request(request: Request, call: &Call) -> Result<Self, Failure> {
        if let Some(bytes) = read_json(request, call).await? {
            parse::<NoParameters>(&bytes)?;
        }
        Ok(Self)
    }
}

/// The JSON text of a request, if there is one: none where the body is empty, blank or `null` (D13), which needs no content
/// type.
async fn read_json(request: Request, call: &Call) -> Result<Option<Bytes>, Failure> {
    let (json, limit) = (require_json(request.headers()), call.app.settings.body_limit);
    let (encoded, coding) = read(request, limit, &call.notes).await?;
    let bytes = without_mark(coding.decode(encoded, limit)?);
    if is_absent(&bytes) { Ok(None) } else { json.map(|()| Some(bytes)) }
}

/// Whether a text of JSON is as good as none.
pub fn is_absent(bytes: &[u8]) -> bool {
    matches!(bytes.trim_ascii(), b"" | b"null")
}

/// A text without the mark that it may begin with.
pub fn without_mark(mut bytes: Bytes) -> Bytes {
    if bytes.starts_with(BYTE_ORDER_MARK) {
        bytes = bytes.slice(BYTE_ORDER_MARK.len()..);
    }
    bytes
}

/// The content type without its parameters; empty where there is none.
pub fn media_type(headers: &HeaderMap) -> &str {
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    content_type.split(';').next().unwrap_or_default().trim()
}

fn require_json(headers: &HeaderMap) -> Result<(), Failure> {
    if media_type(headers).eq_ignore_ascii_case("application/json") {
        Ok(())
    } else {
        Err(Failure::new(BusinessCode::UnsupportedMediaType, "Content-Type: expected application/json"))
    }
}

/// The whole body as it was sent, and how it is encoded. Decoded it may be `limit` bytes long.
pub async fn read(request: Request, limit: usize, notes: &Notes) -> Result<(Bytes, ContentCoding), Failure> {
    let coding = ContentCoding::of(request.headers())?;
    match Limited::new(request.into_body(), coding.encoded_limit(limit)).collect().await {
        Ok(body) => {
            notes.set_arrived();
            Ok((body.to_bytes(), coding))
        }
        Err(error) if error.is::<LengthLimitError>() => Err(too_large(limit)),
        Err(_) => Err(Failure::bad_request("body: it broke off")),
    }
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Failure> {
    json::read(bytes, "body").map_err(Failure::bad_request)
}
