//! The events of a call, read from its body.

use std::fmt;

use axum::{
    extract::{FromRequest, Request},
    http::HeaderMap,
};
use group_dispatch_types::{
    BusinessCode, UtcOffset,
    ingest::{Refusal, StatusEventsRequest},
};
use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, SeqAccess, Visitor},
};
use serde_json::{error::Category, value::RawValue};
use tokio::task::spawn_blocking;

use super::body;
use crate::{
    event::StatusEvent,
    http::{
        error::Failure,
        handlers::ingest::outcome::{Failed, count},
        permits::Place,
        request_context::Fed,
        state::Call,
    },
    json,
};

const MOST: usize = StatusEventsRequest::MOST;

/// All events of a call, and its place among those that feed.
pub struct Events(pub Vec<StatusEvent>, pub Place);

impl FromRequest<Call> for Events {
    type Rejection = Failed;

    async fn from_request(request: Request, call: &Call) -> Result<Self, Failed> {
        let Call { app, notes } = call;
        let form = Form::of(request.headers())?;
        let place = app.load.begin_feed(notes.tenant()).await?;
        let limit = app.settings.ingest_body_limit;
        let (encoded, coding) = body::read(request, limit, notes).await?;
        let (offset, oldest) = (app.store.utc_offset(), app.store.oldest());
        let read = move || form.read(&body::without_mark(coding.decode(encoded, limit)?), offset, oldest);
        // Many events take milliseconds, for which no query should have to wait. It goes on when the client has gone.
        let read = spawn_blocking(move || (read(), place)).await;
        let (read, place) = read.map_err(|_| Failure::new(BusinessCode::InternalError, "internal error"))?;
        if let Err(Failed::Events { refusals, .. }) = &read {
            call.fed(Fed { refused: refusals.len(), ..Fed::default() });
        }
        read.map(|events| Self(events, place))
    }
}

/// How events are written down.
#[derive(Clone, Copy, Debug)]
enum Form {
    Array,
    Lines,
}

impl Form {
    fn of(headers: &HeaderMap) -> Result<Self, Failure> {
        let media_type = body::media_type(headers);
        [("application/json", Self::Array), ("application/x-ndjson", Self::Lines)]
            .into_iter()
            .find_map(|(name, form)| media_type.eq_ignore_ascii_case(name).then_some(form))
            .ok_or_else(|| {
                let expected = "Content-Type: expected application/json or application/x-ndjson";
                Failure::new(BusinessCode::UnsupportedMediaType, expected)
            })
    }

    /// Events that happened before `oldest` are refused: they would be cleared away at once, and could come again.
    fn read(self, bytes: &[u8], offset: UtcOffset, oldest: Option<i64>) -> Result<Vec<StatusEvent>, Failed> {
        let texts = match self {
            Self::Array => items(bytes)?,
            Self::Lines => lines(bytes),
        };
        let of = texts.len();
        if of > MOST {
            return Err(
                Failure::new(BusinessCode::BodyTooLarge, format!("body: expected at most {MOST} events")).into()
            );
        }
        let mut events = Vec::with_capacity(of);
        let mut refusals = Vec::new();
        for (index, text) in texts.into_iter().enumerate() {
            match StatusEvent::from_json(text, offset) {
                Ok(event) if oldest.is_some_and(|oldest| event.at < oldest) => {
                    let reason = "createTime: older than what this server keeps (--keep-days)".to_owned();
                    refusals.push(Refusal { index: count(index), reason });
                }
                Ok(event) => events.push(event),
                Err(reason) => refusals.push(Refusal { index: count(index), reason: reason.to_string() }),
            }
        }
        if refusals.is_empty() { Ok(events) } else { Err(Failed::Events { of, refusals }) }
    }
}

/// The lines that are not blank; of too many, one too many.
fn lines(bytes: &[u8]) -> Vec<&[u8]> {
    let lines = bytes.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    lines.filter(|line| !line.is_empty()).take(MOST + 1).collect()
}

/// The items of an array, none of them read yet; of too many, one too many.
fn items(bytes: &[u8]) -> Result<Vec<&[u8]>, Failure> {
    if body::is_absent(bytes) {
        return Err(Failure::bad_request("body: missing; expected a JSON array of events"));
    }
    let Items(items) = serde_json::from_slice(bytes).map_err(|error| {
        Failure::bad_request(match error.classify() {
            Category::Data => "body: expected a JSON array of events".to_owned(),
            Category::Syntax | Category::Eof | Category::Io => json::malformed(bytes, "body", &error),
        })
    })?;
    Ok(items)
}

struct Items<'a>(Vec<&'a [u8]>);

impl<'de: 'a, 'a> Deserialize<'de> for Items<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(ItemsVisitor).map(Items)
    }
}

struct ItemsVisitor;

impl<'de> Visitor<'de> for ItemsVisitor {
    type Value = Vec<&'de [u8]>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON array of events")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<Self::Value, A::Error> {
        let mut items = Vec::new();
        while items.len() <= MOST
            && let Some(item) = array.next_element::<&RawValue>()?
        {
            items.push(item.get().as_bytes());
        }
        while array.next_element::<IgnoredAny>()?.is_some() {}
        Ok(items)
    }
}
