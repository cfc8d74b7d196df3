//! Reads the status events of a call from its body.

use std::{fmt, time::Duration};

use axum::{extract::Request, http::HeaderMap};
use group_dispatch_types::{
    BusinessCode, UtcOffset,
    ingest::{EventCount, Receipt, Refusal, StatusEventsRequest},
};
use serde::{
    Deserializer,
    de::{IgnoredAny, SeqAccess, Visitor},
};
use serde_json::{error::Category, value::RawValue};

use super::{
    feed_body,
    json::{is_absent, media_type},
};
use crate::{
    event::StatusEvent,
    http::{caller::Caller, error::ApiError, permits::Permit, request_context::IngestCounts},
    json,
};

const MAX_EVENTS: usize = StatusEventsRequest::MOST;
const ARRAY_AS_LINES: &str =
    "body: expected one event a line, found a JSON array; send it with Content-Type: application/json";

/// Reads all events of a request, and returns them with its permit.
///
/// # Errors
/// When the body can't be read or is not the one that was signed, or one of its events is refused: then the error lists all
/// that are.
pub async fn read(caller: &Caller<'_>, request: &mut Request) -> Result<(Vec<StatusEvent>, Permit), ApiError> {
    let format = Format::of(request.headers())?;
    let (offset, oldest) = (caller.state.store.utc_offset(), caller.state.store.kept_since());
    let times = Times { offset, oldest, max_ahead: caller.state.config.max_ahead };
    let parse = move |body: &[u8]| format.parse(body, times);
    let ((events, refusals), permit) = feed_body::receive(caller, request, parse).await?;
    if refusals.is_empty() {
        return Ok((events, permit));
    }
    caller.count_events(IngestCounts { refused: refusals.len(), ..IngestCounts::default() });
    Err(refused(events.len() + refusals.len(), refusals))
}

/// How times are read, and which are accepted.
#[derive(Clone, Copy)]
struct Times {
    offset: UtcOffset,
    /// Retention would remove earlier events at once, and they could be fed again.
    oldest: Option<i64>,
    max_ahead: Duration,
}

impl Times {
    fn parse(self, json: &[u8]) -> Result<StatusEvent, String> {
        let event = StatusEvent::from_json(json, self.offset).map_err(|reason| reason.to_string())?;
        if self.oldest.is_some_and(|oldest| event.at < oldest) {
            return Err("createTime: older than what this server keeps (--keep-days)".to_owned());
        }
        event.check_ahead(self.max_ahead).map_err(|reason| reason.to_string())?;
        Ok(event)
    }
}

/// How events are written.
#[derive(Clone, Copy, Debug)]
enum Format {
    JsonArray,
    JsonLines,
}

impl Format {
    fn of(headers: &HeaderMap) -> Result<Self, ApiError> {
        match media_type(headers).to_ascii_lowercase().as_str() {
            "application/json" => Ok(Self::JsonArray),
            "application/x-ndjson" => Ok(Self::JsonLines),
            _ => Err(ApiError::new(
                BusinessCode::UnsupportedMediaType,
                "Content-Type: expected application/json or application/x-ndjson",
            )),
        }
    }

    /// Returns the events, and why others are refused.
    fn parse(self, bytes: &[u8], times: Times) -> Result<(Vec<StatusEvent>, Vec<Refusal>), ApiError> {
        let texts = match self {
            Self::JsonArray => items(bytes)?,
            Self::JsonLines if is_array(bytes) => return Err(ApiError::bad_request(ARRAY_AS_LINES)),
            Self::JsonLines => lines(bytes),
        };
        if texts.len() > MAX_EVENTS {
            let expected = format!("body: expected at most {MAX_EVENTS} events");
            return Err(ApiError::new(BusinessCode::BodyTooLarge, expected));
        }
        let (mut events, mut refusals) = (Vec::with_capacity(texts.len()), Vec::new());
        for (index, text) in texts.into_iter().enumerate() {
            match times.parse(text) {
                Ok(event) => events.push(event),
                Err(reason) => refusals.push(Refusal { index: count(index), reason }),
            }
        }
        Ok((events, refusals))
    }
}

fn refused(of: usize, refusals: Vec<Refusal>) -> ApiError {
    let first = refusals.first().map(|Refusal { index, reason }| format!("; event {index}: {reason}"));
    let first = first.as_deref().unwrap_or_default();
    let message = format!("events refused: {} of {of}, so that none is stored{first}", refusals.len());
    ApiError::bad_request(message).with_receipt(receipt(0, 0, refusals))
}

/// Makes the `data` of the response.
pub fn receipt(stored: usize, repeated: usize, refusals: Vec<Refusal>) -> Receipt {
    Receipt { stored: count(stored), repeated: count(repeated), refused: count(refusals.len()), refusals }
}

/// A call never has more events than an [`EventCount`] can say.
fn count(number: usize) -> EventCount {
    EventCount::try_from(number).unwrap_or(EventCount::MAX)
}

/// Returns the lines that are not blank, but at most one more than a call may have.
fn lines(bytes: &[u8]) -> Vec<&[u8]> {
    let lines = bytes.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    lines.filter(|line| !line.is_empty()).take(MAX_EVENTS + 1).collect()
}

fn is_array(bytes: &[u8]) -> bool {
    let bytes = bytes.trim_ascii();
    bytes.starts_with(b"[") && bytes.ends_with(b"]")
}

/// Returns the items of an array, not parsed, but at most one more than a call may have.
fn items(bytes: &[u8]) -> Result<Vec<&[u8]>, ApiError> {
    if is_absent(bytes) {
        return Err(ApiError::bad_request("body: missing; expected a JSON array of events"));
    }
    let mut json = serde_json::Deserializer::from_slice(bytes);
    json.deserialize_seq(ItemsVisitor).and_then(|items| json.end().map(|()| items)).map_err(|error| {
        ApiError::bad_request(match error.classify() {
            Category::Data => {
                "body: expected a JSON array of events; send one event a line with Content-Type: application/x-ndjson"
                    .to_owned()
            }
            Category::Syntax | Category::Eof | Category::Io => json::malformed(bytes, "body", &error),
        })
    })
}

struct ItemsVisitor;

impl<'de> Visitor<'de> for ItemsVisitor {
    type Value = Vec<&'de [u8]>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON array of events")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<Self::Value, A::Error> {
        let mut items = Vec::new();
        while items.len() <= MAX_EVENTS
            && let Some(item) = array.next_element::<&RawValue>()?
        {
            items.push(item.get().as_bytes());
        }
        while array.next_element::<IgnoredAny>()?.is_some() {}
        Ok(items)
    }
}
