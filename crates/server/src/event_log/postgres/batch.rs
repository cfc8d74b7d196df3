//! The events of one append, and which of them are alike.

use uuid::Uuid;

use crate::{
    error::StoreError,
    event::{LoggedEvent, StatusEvent},
    event_log::{AppendToken, LoggedBatch, event_key::event_key},
    tenant::TenantNumber,
};

pub struct Batch {
    events: Vec<StatusEvent>,
    /// By which each event is known.
    keys: Vec<Uuid>,
}

/// What became of a batch.
pub struct Written {
    pub tenant: TenantNumber,
    pub xact: i64,
    /// How many batches of its transaction have new events.
    pub appends: u64,
    /// The number that each event has now; none where it is a repeat.
    pub numbers: Vec<Option<i64>>,
}

impl Batch {
    pub fn new(events: Vec<StatusEvent>) -> Result<Self, StoreError> {
        if events.iter().any(|event| !StatusEvent::TIMES.contains(&event.at)) {
            return Err(StoreError::TimeOutOfRange);
        }
        let keys = events.iter().map(|event| Uuid::from_bytes(event_key(event))).collect();
        Ok(Self { events, keys })
    }

    pub fn len(&self) -> usize {
        self.events.len()
    }

    pub fn events(&self) -> &[StatusEvent] {
        &self.events
    }

    pub fn events_and_keys(&self) -> impl Iterator<Item = (&StatusEvent, Uuid)> {
        self.events.iter().zip(self.keys.iter().copied())
    }

    pub fn logged(self, written: Written) -> LoggedBatch {
        let events = written.numbers.iter().zip(self.events);
        let stored: Vec<_> = events
            .filter_map(|(number, event)| Some(LoggedEvent { seq: number.as_ref()?.cast_unsigned(), event }))
            .collect();
        let repeated = written.numbers.len() - stored.len();
        let token = AppendToken::Postgres { xact: written.xact, appends: written.appends };
        LoggedBatch { tenant: written.tenant, repeated, token: (!stored.is_empty()).then_some(token), stored }
    }
}
