//! Striking: takes an event back. It stays in the log, but no reader gets it any more, and it still counts as stored if it is
//! fed again.

use std::ops::Range;

use group_dispatch_types::{Source, UserId, WhatsAppNumber};

use crate::event::StatusEvent;

/// Which event of a tenant is to be struck: the only one that has all of these.
#[derive(Clone)]
pub struct EventFilter {
    /// The feeder's id of the event.
    pub event_id: Option<String>,
    /// The agent.
    pub user_id: Option<UserId>,
    /// The WhatsApp account.
    pub whatsapp: Option<WhatsAppNumber>,
    /// The source.
    pub source: Option<Source>,
    /// Unix epoch milliseconds.
    pub times: Range<i64>,
}

/// The outcome of striking an event.
pub enum Strike {
    /// The event is struck; on a dry run, it would be.
    Struck(Box<StatusEvent>),
    /// No event is like that, or it is struck already. Nothing is changed.
    Missing,
    /// More than one event is like that. Nothing is changed.
    Ambiguous,
    /// Retention has deleted events, so that presence can't be computed again. Nothing is changed.
    EventsExpired,
}
