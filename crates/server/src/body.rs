//! The question of a request, read from its JSON body. What is wrong with it is said by naming the member and what was
//! expected there, never by repeating the value, which may be personal data.

use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
    http::{HeaderMap, StatusCode, header::CONTENT_TYPE},
};
use group_dispatch_types::{BusinessCode, NoParameters};
use serde::de::DeserializeOwned;
use serde_json::{Value, error::Category};

use crate::{answer::Failure, router::App};

/// A body that has to be there.
pub struct Body<T>(pub T);

impl<T: DeserializeOwned> FromRequest<App> for Body<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, app: &App) -> Result<Self, Failure> {
        require_json(request.headers())?;
        read(request, app).await.and_then(|bytes| parse(&bytes)).map(Self)
    }
}

/// A body that asks for nothing and so may be left out (D13).
pub struct EmptyBody;

impl FromRequest<App> for EmptyBody {
    type Rejection = Failure;

    async fn from_request(request: Request, app: &App) -> Result<Self, Failure> {
        let json = require_json(request.headers());
        let bytes = read(request, app).await?;
        if bytes.iter().any(|byte| !byte.is_ascii_whitespace()) {
            json?;
            parse::<NoParameters>(&bytes)?;
        }
        Ok(Self)
    }
}

fn require_json(headers: &HeaderMap) -> Result<(), Failure> {
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    if media_type.eq_ignore_ascii_case("application/json") {
        Ok(())
    } else {
        Err(Failure::new(BusinessCode::UnsupportedMediaType, "Content-Type: expected application/json"))
    }
}

async fn read(request: Request, app: &App) -> Result<Bytes, Failure> {
    Bytes::from_request(request, app).await.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Failure::new(
            BusinessCode::BodyTooLarge,
            format!("body: expected at most {} bytes", app.settings.body_limit),
        ),
        _ => Failure::bad_request("body: it broke off"),
    })
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Failure> {
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut json)
        .map_err(|error| Failure::bad_request(complaint::<T>(bytes, &error)))?;
    json.end().map_err(|error| Failure::bad_request(malformed(&error)))?;
    Ok(value)
}

fn malformed(error: &serde_json::Error) -> String {
    format!("body: expected JSON, but it is malformed at line {} column {}", error.line(), error.column())
}

fn complaint<T: DeserializeOwned>(bytes: &[u8], error: &serde_path_to_error::Error<serde_json::Error>) -> String {
    let reason = error.inner();
    match reason.classify() {
        Category::Syntax | Category::Eof | Category::Io => malformed(reason),
        Category::Data => {
            let text = reason.to_string();
            match missing_member(&text) {
                Some(member) => missing_complaint::<T>(bytes, member),
                None => format!("{}: {}", place(error.path()), expectation(&text)),
            }
        }
    }
}

fn place(path: &serde_path_to_error::Path) -> String {
    if path.iter().next().is_some() { path.to_string() } else { "body".to_owned() }
}

/// What serde expected, without the value that it found and without its place in the text.
fn expectation(text: &str) -> &str {
    let text = text.rfind(" at line ").map_or(text, |end| &text[..end]);
    match text.find("expected ") {
        Some(start) if text[start..].starts_with("expected struct ") => "expected a JSON object",
        Some(start) => &text[start..],
        None if text.starts_with("duplicate field") => "expected each member once",
        None => "expected another value",
    }
}

fn missing_member(text: &str) -> Option<&str> {
    text.strip_prefix("missing field `")?.split('`').next()
}

/// serde doesn't say what a missing member should have been, but of a null in its place it does.
fn missing_complaint<T: DeserializeOwned>(bytes: &[u8], member: &str) -> String {
    let with_null = serde_json::from_slice(bytes).ok().and_then(|mut body: Value| {
        body.as_object_mut()?.insert(member.to_owned(), Value::Null);
        serde_json::from_value::<T>(body).err()
    });
    match with_null.map(|error| error.to_string()) {
        Some(text) if missing_member(&text).is_none() => format!("{member}: missing, {}", expectation(&text)),
        _ => format!("{member}: missing"),
    }
}
