use std::ops::Index;

use super::{
    chunked_vec::ChunkedVec,
    event_time::EventTime,
    ids::{AccountIndex, AgentIndex, EventIndex, KindIndex},
};

/// How many events are kept of an account with each agent, and of an agent (page: "latest 50 records"; D15).
pub const EVENTS_PER_RING: usize = 50;

/// An event of an account, as far as answers tell of it. There are more of these than of all else: 32 bytes each.
pub struct RingEvent {
    pub time: EventTime,
    pub account: AccountIndex,
    pub agent: AgentIndex,
    pub content: Content,
    /// The next newer one of the chain; of the newest one, the oldest.
    next: EventIndex,
}

/// What an event says: of which kind it is, and where the name is that it gave the account.
#[derive(Clone, Copy)]
pub struct Content(u32);

/// Where the name is that an event gave an account.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Naming {
    /// Nowhere, for it gave none.
    Nowhere,
    /// With the account.
    AtAccount,
    /// Apart, for the account has another one.
    Apart,
}

impl Content {
    pub fn new(kind: KindIndex, naming: Naming) -> Self {
        // A thousand million kinds would not fit into memory.
        Self(kind.0 << 2 | naming as u32)
    }

    pub fn kind(self) -> KindIndex {
        KindIndex(self.0 >> 2)
    }

    pub fn naming(self) -> Naming {
        match self.0 & 3 {
            0 => Naming::Nowhere,
            1 => Naming::AtAccount,
            _ => Naming::Apart,
        }
    }
}

impl RingEvent {
    /// One that gave the account no name, as far as is known yet.
    pub fn new(time: EventTime, account: AccountIndex, agent: AgentIndex, kind: KindIndex) -> Self {
        let content = Content::new(kind, Naming::Nowhere);
        Self { time, account, agent, content, next: EventIndex(0) }
    }
}

/// At least one record and at most [`EVENTS_PER_RING`], by time.
#[derive(Clone, Copy)]
pub struct EventRing {
    pub newest: EventIndex,
    length: u8,
}

impl EventRing {
    pub fn length(self) -> u8 {
        self.length
    }
}

/// Every record that is kept, each in one chain.
#[derive(Default)]
pub struct EventRings(ChunkedVec<RingEvent>);

impl Index<EventIndex> for EventRings {
    type Output = RingEvent;

    fn index(&self, place: EventIndex) -> &RingEvent {
        &self.0[place.0]
    }
}

impl EventRings {
    pub fn len(&self) -> usize {
        self.0.len()
    }

    fn add(&mut self, record: RingEvent) -> EventIndex {
        EventIndex(self.0.add(record))
    }

    /// A chain of one.
    pub fn begin(&mut self, record: RingEvent) -> EventRing {
        let newest = self.add(record);
        self.0[newest.0].next = newest;
        EventRing { newest, length: 1 }
    }

    /// A chain of a record and of older ones, newest first, in number no more than are kept; `places` is told where they all
    /// are.
    pub fn begin_with(
        &mut self,
        newest: RingEvent,
        older: impl Iterator<Item = RingEvent>,
        places: &mut Vec<(EventTime, EventIndex)>,
    ) -> EventRing {
        let time = newest.time;
        let mut chain = self.begin(newest);
        places.push((time, chain.newest));
        let mut oldest = chain.newest;
        for record in older {
            let time = record.time;
            oldest = self.add(RingEvent { next: oldest, ..record });
            places.push((time, oldest));
            chain.length += 1;
        }
        self.0[chain.newest.0].next = oldest;
        chain
    }

    /// Puts a record into a chain. If the chain is full, the oldest falls out: it is the last that is given. None if the
    /// record is there, or is older than all of a full chain.
    pub fn put(&mut self, chain: EventRing, record: RingEvent) -> Option<(EventIndex, EventRing, Option<EventIndex>)> {
        let time = record.time;
        let mut before = chain.newest;
        if time <= self[before].time {
            while self[self[before].next].time < time {
                before = self[before].next;
            }
            let is_oldest = before == chain.newest;
            let is_known = self[self[before].next].time == time;
            if is_known || is_oldest && usize::from(chain.length) == EVENTS_PER_RING {
                return None;
            }
        }
        let is_newest = before == chain.newest && time > self[before].time;
        let place = self.add(record);
        self.0[place.0].next = self[before].next;
        self.0[before.0].next = place;
        let newest = if is_newest { place } else { chain.newest };
        let chain = EventRing { newest, length: chain.length + 1 };
        if usize::from(chain.length) <= EVENTS_PER_RING {
            return Some((place, chain, None));
        }
        let oldest = self.oldest(chain);
        Some((place, self.unlink_oldest(chain)?, Some(oldest)))
    }

    pub fn oldest(&self, chain: EventRing) -> EventIndex {
        self[chain.newest].next
    }

    /// What is left of a chain without its oldest record, if anything is. The record itself is still to be freed.
    pub fn unlink_oldest(&mut self, chain: EventRing) -> Option<EventRing> {
        self.0[chain.newest.0].next = self[self.oldest(chain)].next;
        (chain.length > 1).then_some(EventRing { length: chain.length - 1, ..chain })
    }

    /// Lets go of a record that is in no chain.
    pub fn free(&mut self, place: EventIndex) {
        self.0.free(place.0);
    }

    pub fn set_naming(&mut self, place: EventIndex, naming: Naming) {
        let content = &mut self.0[place.0].content;
        *content = Content::new(content.kind(), naming);
    }

    /// The events of a chain.
    pub fn oldest_first(&self, chain: EventRing) -> impl Iterator<Item = &RingEvent> {
        let first = self.oldest(chain);
        let places = std::iter::successors(Some(first), |place| Some(self[*place].next));
        places.take(chain.length.into()).map(|place| &self[place])
    }

    pub fn newest_first(&self, chain: EventRing) -> Vec<EventIndex> {
        let mut records = Vec::with_capacity(chain.length.into());
        let mut place = self.oldest(chain);
        for _ in 0..chain.length {
            records.push(place);
            place = self[place].next;
        }
        records.reverse();
        records
    }
}
