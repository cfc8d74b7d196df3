//! The question of a request, read from its JSON body.

use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
    http::{HeaderMap, header::CONTENT_TYPE},
};
use group_dispatch_types::{BusinessCode, NoParameters};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::de::DeserializeOwned;

use crate::{
    answer::Failure,
    json,
    notes::{Call, Notes},
};

/// A body that has to be there.
pub struct Body<T>(pub T);

impl<T: DeserializeOwned> FromRequest<Call> for Body<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, call: &Call) -> Result<Self, Failure> {
        require_json(request.headers())?;
        read(request, call.app.settings.body_limit, &call.notes).await.and_then(|bytes| parse(&bytes)).map(Self)
    }
}

/// A body that asks for nothing and so may be left out (D13).
pub struct EmptyBody;

impl FromRequest<Call> for EmptyBody {
    type Rejection = Failure;

    async fn from_request(request: Request, call: &Call) -> Result<Self, Failure> {
        let json = require_json(request.headers());
        let bytes = read(request, call.app.settings.body_limit, &call.notes).await?;
        if bytes.iter().any(|byte| !byte.is_ascii_whitespace()) {
            json?;
            parse::<NoParameters>(&bytes)?;
        }
        Ok(Self)
    }
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

/// The whole body, which may be `limit` bytes long.
pub async fn read(request: Request, limit: usize, notes: &Notes) -> Result<Bytes, Failure> {
    match Limited::new(request.into_body(), limit).collect().await {
        Ok(body) => {
            notes.set_arrived();
            Ok(body.to_bytes())
        }
        Err(error) if error.is::<LengthLimitError>() => {
            Err(Failure::new(BusinessCode::BodyTooLarge, format!("body: expected at most {limit} bytes")))
        }
        Err(_) => Err(Failure::bad_request("body: it broke off")),
    }
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Failure> {
    json::read(bytes, "body").map_err(Failure::bad_request)
}
