//! The lines of changes: what a reader gets, and how a stream writes it (D64).
//!
//! What real clients do decides the form. The type of a line is in its JSON and not in `event:`. `id:` is the last line of a
//! block, so that a connection that breaks within the block does not move the position of its reader. There is no block without
//! data and no comment, which some clients pass on as empty events.

use axum::http::{HeaderMap, HeaderValue};
use group_dispatch_types::{
    BusinessCode, Source, UserId, WhatsAppNumber,
    history::{self, ChangeLine, ChangeLineType, ChangePosition, ChangeReason, HeldBack, HistoryChangesRequest},
};

use super::{accept_header::Accept, error::ApiError, handlers::history::history_event};
use crate::{
    error::StoreError,
    store::{Lost, OnlineAccount, StreamEnd, StreamEvent, StreamPosition},
};

/// The form of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Server-Sent Events.
    Events,
    /// Lines of JSON.
    Lines,
}

impl Format {
    /// Returns the form that a request asks for; `None` if it asks for a page.
    pub fn of(headers: &HeaderMap) -> Option<Self> {
        let accept = Accept::of(headers);
        let (events, lines) =
            (accept.quality(&["text/event-stream"], None), accept.quality(&["application/x-ndjson"], None));
        if events <= 0.0 && lines <= 0.0 {
            None
        } else {
            Some(if events >= lines { Self::Events } else { Self::Lines })
        }
    }

    pub fn content_type(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Events => "text/event-stream",
            Self::Lines => "application/x-ndjson",
        })
    }

    pub fn write(self, line: &ChangeLine, out: &mut Vec<u8>) {
        if self == Self::Lines {
            // Neither a buffer nor such a line ever fails.
            let _ = serde_json::to_writer(&mut *out, line);
            return out.push(b'\n');
        }
        out.extend_from_slice(b"data: ");
        let _ = serde_json::to_writer(&mut *out, line);
        out.push(b'\n');
        match (&line.position, line.type_) {
            (Some(position), _) => {
                out.extend_from_slice(b"id: ");
                out.extend_from_slice(position.as_str().as_bytes());
                out.push(b'\n');
            }
            // The client forgets the position that is lost.
            (None, ChangeLineType::Reset) => out.extend_from_slice(b"id:\n"),
            (None, _) => {}
        }
        out.push(b'\n');
    }
}

/// Which changes a reader wants.
pub struct ChangeFilter {
    user_id: Option<UserId>,
    whatsapp: Option<WhatsAppNumber>,
    source: Option<Source>,
}

impl ChangeFilter {
    pub fn of(request: &HistoryChangesRequest) -> Self {
        Self { user_id: request.user_id, whatsapp: request.whats_app, source: request.source }
    }

    pub fn is_empty(&self) -> bool {
        self.user_id.is_none() && self.whatsapp.is_none() && self.source.is_none()
    }

    fn has(&self, user_id: UserId, whatsapp: WhatsAppNumber, source: Source) -> bool {
        self.user_id.is_none_or(|wanted| wanted == user_id)
            && self.whatsapp.is_none_or(|wanted| wanted == whatsapp)
            && self.source.is_none_or(|wanted| wanted == source)
    }

    pub fn selects(&self, event: &StreamEvent) -> bool {
        let event = &event.logged.event;
        self.has(event.user_id, event.whatsapp, event.source)
    }

    pub fn selects_account(&self, account: &OnlineAccount) -> bool {
        self.has(account.user_id, account.whatsapp, account.source)
    }
}

/// Returns why a stream ends or begins again.
pub const fn reason(end: &StreamEnd) -> ChangeReason {
    match end {
        StreamEnd::Lost(Lost::Expired) => ChangeReason::Expired,
        StreamEnd::Lost(Lost::Unknown) => ChangeReason::Unknown,
        StreamEnd::Recomputed => ChangeReason::Recomputed,
        StreamEnd::Slow => ChangeReason::Slow,
        StreamEnd::Removed => ChangeReason::Removed,
        StreamEnd::Failed(StoreError::Closed) => ChangeReason::Stopping,
        StreamEnd::Failed(_) => ChangeReason::Failed,
    }
}

/// Returns the reason in words.
pub const fn message(end: &StreamEnd) -> &'static str {
    match end {
        StreamEnd::Lost(Lost::Expired) => "what followed the position is not kept any more",
        StreamEnd::Lost(Lost::Unknown) => {
            "the log never gave the position out: it was restored from a backup, or is another one"
        }
        StreamEnd::Recomputed => "who is online was computed again",
        StreamEnd::Slow => "the reader did not keep up; come again with the last position",
        StreamEnd::Removed => "the tenant was removed",
        StreamEnd::Failed(StoreError::Closed) => "the server stops; come again with the last position",
        StreamEnd::Failed(_) => "the log can't be read now; come again with the last position",
    }
}

/// Returns a line that says nothing else.
pub fn line(type_: ChangeLineType) -> ChangeLine {
    ChangeLine {
        type_,
        position: None,
        account: None,
        event: None,
        online_with: None,
        held: None,
        freshness: None,
        reason: None,
        message: None,
    }
}

/// Returns a position as the contract has it.
pub fn shown(position: StreamPosition) -> ChangePosition {
    position.to_string().into()
}

/// Returns the line of an account that is online.
pub fn online_line(account: OnlineAccount) -> ChangeLine {
    let OnlineAccount { user_id, agent_account, user_name, whatsapp, name, source } = account;
    let non_empty = |text: Option<String>| text.filter(|text| !text.is_empty());
    let account = history::OnlineAccount {
        user_id,
        agent_account,
        user_name: non_empty(user_name),
        whats_app: whatsapp,
        name: non_empty(name),
        source,
    };
    ChangeLine { account: Some(account), ..line(ChangeLineType::Online) }
}

/// Returns the line of an event.
pub fn event_line(event: &StreamEvent, held: u32, online_with: Option<UserId>) -> ChangeLine {
    ChangeLine {
        position: Some(shown(event.position)),
        event: Some(history_event(event.logged.event.clone())),
        online_with,
        held: (held > 0).then(|| HeldBack::try_from(held).unwrap_or(HeldBack::MAX)),
        ..line(ChangeLineType::Event)
    }
}

/// Reads a position that a request names in `place`.
///
/// # Errors
/// When it is none.
pub fn position(place: &str, text: &str) -> Result<StreamPosition, ApiError> {
    text.parse().map_err(|error| ApiError::bad_request(format!("{place}: {error}")))
}

impl From<StreamEnd> for ApiError {
    fn from(end: StreamEnd) -> Self {
        match end {
            StreamEnd::Failed(error) => error.into(),
            StreamEnd::Lost(_) | StreamEnd::Recomputed => {
                let message = format!("since: {}; begin again without it", message(&end));
                Self::new(BusinessCode::PositionLost, message)
            }
            StreamEnd::Slow | StreamEnd::Removed => Self::busy(message(&end)),
        }
    }
}
