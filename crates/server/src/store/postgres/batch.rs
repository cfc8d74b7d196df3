//! The events of one append, and which of them are alike.

use uuid::Uuid;

use crate::{
    event::StatusEvent,
    store::{StoreError, event_key::event_key, log::LoggedEvent},
};

/// So many numbers the sequence gives at once.
const BLOCK: usize = 256;

pub struct Batch {
    events: Vec<StatusEvent>,
    /// Where each event that is not alike to one before it stands, by its key. All write keys in this order, so that
    /// two batches wait for each other one way only.
    first: Vec<(Uuid, usize)>,
}

impl Batch {
    pub fn new(events: Vec<StatusEvent>) -> Result<Self, StoreError> {
        if events.iter().any(|event| !StatusEvent::TIMES.contains(&event.at)) {
            return Err(StoreError::TimeOutOfRange);
        }
        let mut first: Vec<_> =
            events.iter().enumerate().map(|(place, event)| (Uuid::from_bytes(event_key(event)), place)).collect();
        first.sort_unstable();
        first.dedup_by_key(|(key, _)| *key);
        Ok(Self { events, first })
    }

    pub fn events(&self) -> &[StatusEvent] {
        &self.events
    }

    pub fn len(&self) -> usize {
        self.events.len()
    }

    pub fn keys(&self) -> Vec<Uuid> {
        self.first.iter().map(|(key, _)| *key).collect()
    }

    /// How many blocks of numbers are enough for all events.
    pub fn blocks(&self) -> i64 {
        i64::try_from(self.first.len().div_ceil(BLOCK)).unwrap_or(i64::MAX)
    }

    /// The events whose keys are new, in the order in which they came, with numbers from `blocks`.
    pub fn stored(&self, new: &[Uuid], blocks: &[i64]) -> Vec<LoggedEvent> {
        let mut places: Vec<usize> = if new.len() == self.first.len() {
            self.first.iter().map(|(_, place)| *place).collect()
        } else {
            let mut new = new.to_vec();
            new.sort_unstable();
            self.first.iter().filter(|(key, _)| new.binary_search(key).is_ok()).map(|(_, place)| *place).collect()
        };
        places.sort_unstable();
        let numbers = blocks.iter().flat_map(|block| (block.cast_unsigned()..).take(BLOCK));
        let events = places.into_iter().filter_map(|place| self.events.get(place).cloned());
        numbers.zip(events).map(|(seq, event)| LoggedEvent { seq, event }).collect()
    }
}
