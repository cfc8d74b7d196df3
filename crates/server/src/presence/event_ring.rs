//! The latest events of an account with an agent: records, which are fed or logged events, and at most one observed event.
//!
//! An observed event is stored only as the newest one of its ring, and gives way to the next event. So what a ring has does
//! not depend on the order in which its events arrive.
//!
//! All events of a source are in one [`ChunkedVec`]. Those of an account with one agent form a ring by time: each names the
//! next newer one, and the newest names the oldest. So the account stores one slot and a length, and both the next event,
//! which is mostly the newest, and the oldest, which goes first, are found in one step.
//!
//! ```text
//!   EventRing { newest: 7, length: 3 }
//!                       |
//!                       v
//!     +--> 2 ---> 5 ---> 7 ---+        by time; 2 is the oldest
//!     +-----------------------+
//! ```
//!
//! Pays for: at most 130 bytes per account. With the header of a `Vec` for each account and agent, 24 bytes instead of 8,
//! `cargo test -p group-dispatch-server --test memory` measures 127 bytes per account instead of 111. The allocation of each
//! such `Vec` comes on top, and an agent's latest events could not be slots of four bytes.

use std::{iter, mem, ops::Index};

use super::{
    chunked_vec::ChunkedVec,
    event_stamp::EventStamp,
    slots::{AccountSlot, AgentSlot, EventSlot, KindSlot},
};

/// Records that are stored of an account with each agent, and of an agent (D15).
pub const EVENTS_PER_RING: usize = 50;

/// An event without its name. There are more of these than of anything else: 32 bytes each.
pub struct RingEvent {
    pub time: EventStamp,
    pub account: AccountSlot,
    pub agent: AgentSlot,
    pub kind: KindSlot,
    /// The next newer event of the ring; of the newest one, the oldest.
    next: EventSlot,
}

impl RingEvent {
    pub fn new(time: EventStamp, account: AccountSlot, agent: AgentSlot, kind: KindSlot) -> Self {
        Self { time, account, agent, kind, next: EventSlot(0) }
    }
}

/// At least one event, and at most [`EVENTS_PER_RING`] records.
#[derive(Clone, Copy)]
pub struct EventRing {
    pub newest: EventSlot,
    pub length: u8,
    /// Whether the newest event is an observed one.
    pub is_observed: bool,
}

impl EventRing {
    /// Returns how many records it has.
    pub fn records(self) -> usize {
        usize::from(self.length) - usize::from(self.is_observed)
    }

    pub fn is_full(self) -> bool {
        self.records() == EVENTS_PER_RING
    }
}

/// What [`EventRings::insert`] changed.
pub struct Inserted {
    pub event: EventSlot,
    pub ring: EventRing,
    /// The oldest event, if the ring was full. It is in no ring now, and still to be freed.
    pub removed: Option<EventSlot>,
    /// The observed event that gave way. The new event has its slot.
    pub replaced: Option<RingEvent>,
}

/// All rings of a source.
#[derive(Default)]
pub struct EventRings(ChunkedVec<RingEvent>);

impl Index<EventSlot> for EventRings {
    type Output = RingEvent;

    fn index(&self, event: EventSlot) -> &RingEvent {
        &self.0[event.0]
    }
}

impl EventRings {
    /// Returns how many events all rings have.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Makes a ring of an event and of older records, newest first. `is_observed`: whether the newest is an observed event.
    pub fn create(
        &mut self,
        newest: RingEvent,
        older: impl Iterator<Item = RingEvent>,
        is_observed: bool,
    ) -> EventRing {
        let newest = EventSlot(self.0.add(newest));
        let (mut oldest, mut length) = (newest, 1);
        for event in older {
            oldest = EventSlot(self.0.add(RingEvent { next: oldest, ..event }));
            length += 1;
        }
        self.0[newest.0].next = oldest;
        EventRing { newest, length, is_observed }
    }

    /// Inserts an event by its time. Returns `None` if the ring has it, or is full of newer ones, or if it is an observed
    /// event and the ring has a newer one.
    pub fn insert(&mut self, ring: EventRing, event: RingEvent, is_observed: bool) -> Option<Inserted> {
        let time = event.time;
        if time > self[ring.newest].time {
            return Some(self.insert_newest(ring, event, is_observed));
        }
        let mut before = ring.newest;
        while self[self[before].next].time < time {
            before = self[before].next;
        }
        let is_oldest = before == ring.newest;
        if is_observed || self[self[before].next].time == time || is_oldest && ring.is_full() {
            return None;
        }
        let event = EventSlot(self.0.add(RingEvent { next: self[before].next, ..event }));
        self.0[before.0].next = event;
        let (ring, removed) = self.without_excess(EventRing { length: ring.length + 1, ..ring });
        Some(Inserted { event, ring, removed, replaced: None })
    }

    fn insert_newest(&mut self, ring: EventRing, event: RingEvent, is_observed: bool) -> Inserted {
        let event = RingEvent { next: self.oldest(ring), ..event };
        let (ring, replaced) = if ring.is_observed {
            let replaced = mem::replace(&mut self.0[ring.newest.0], event);
            (EventRing { is_observed, ..ring }, Some(replaced))
        } else {
            let newest = EventSlot(self.0.add(event));
            self.0[ring.newest.0].next = newest;
            (EventRing { newest, length: ring.length + 1, is_observed }, None)
        };
        let (ring, removed) = self.without_excess(ring);
        Inserted { event: ring.newest, ring, removed, replaced }
    }

    /// Removes the oldest event of a ring that has one record too many.
    fn without_excess(&mut self, ring: EventRing) -> (EventRing, Option<EventSlot>) {
        if ring.records() <= EVENTS_PER_RING {
            return (ring, None);
        }
        let oldest = self.oldest(ring);
        self.0[ring.newest.0].next = self[oldest].next;
        (EventRing { length: ring.length - 1, ..ring }, Some(oldest))
    }

    /// Returns the oldest event of a ring.
    pub fn oldest(&self, ring: EventRing) -> EventSlot {
        self[ring.newest].next
    }

    /// Removes the oldest event, which is still to be freed, and returns the rest of the ring, if there is any.
    pub fn remove_oldest(&mut self, ring: EventRing) -> Option<EventRing> {
        self.0[ring.newest.0].next = self[self.oldest(ring)].next;
        (ring.length > 1).then_some(EventRing { length: ring.length - 1, ..ring })
    }

    /// Frees an event that is in no ring.
    pub fn free(&mut self, event: EventSlot) {
        self.0.free(event.0);
    }

    /// Returns the events of a ring.
    pub fn oldest_first(&self, ring: EventRing) -> impl Iterator<Item = (EventSlot, &RingEvent)> {
        let events = iter::successors(Some(self.oldest(ring)), |event| Some(self[*event].next));
        events.take(ring.length.into()).map(|event| (event, &self[event]))
    }

    /// Returns the records of a ring.
    pub fn records_oldest_first(&self, ring: EventRing) -> impl Iterator<Item = (EventSlot, &RingEvent)> {
        self.oldest_first(ring).take(ring.records())
    }
}
