//! The question of a request, read from its JSON body.

use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
    http::{HeaderMap, header::CONTENT_TYPE},
};
use group_dispatch_types::{BusinessCode, NoParameters};
use http_body::Body as _;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::de::DeserializeOwned;
use smallvec::SmallVec;

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
    let mut body = Limited::new(request.into_body(), limit);
    // Nearly all bodies are of one piece, which is taken as it is, without asking whether another one follows.
    let mut pieces = SmallVec::<[Bytes; 1]>::new();
    while !body.is_end_stream()
        && let Some(frame) = body.frame().await
    {
        match frame {
            Ok(frame) => pieces.extend(frame.into_data()),
            Err(error) if error.is::<LengthLimitError>() => {
                return Err(Failure::new(BusinessCode::BodyTooLarge, format!("body: expected at most {limit} bytes")));
            }
            Err(_) => return Err(Failure::bad_request("body: it broke off")),
        }
    }
    notes.set_arrived();
    Ok(match &mut pieces[..] {
        [whole] => std::mem::take(whole),
        pieces => pieces.concat().into(),
    })
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Failure> {
    json::read(bytes, "body").map_err(Failure::bad_request)
}
