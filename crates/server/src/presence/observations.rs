//! What observed events say beside their time: until when an account that went was there, and the claims of those that came.
//!
//! Only accounts with observed events take memory here. An entry goes when a later event makes it meaningless.

use hashbrown::HashMap;

use super::{
    event_stamp::EventStamp,
    slots::{AccountSlot, AgentSlot, EventSlot},
};

/// See the [module](self).
#[derive(Default)]
pub struct Observations {
    /// Of the observed events in rings that say that an account went: when it was last seen, in Unix epoch milliseconds.
    last_seen: HashMap<EventSlot, i64>,
    /// The latest claim of an observed event that is in no ring any more, unless the ring has a later one.
    claims: HashMap<(AccountSlot, AgentSlot), EventStamp>,
}

impl Observations {
    /// Returns when an account was last seen before an observed event.
    pub fn last_seen(&self, event: EventSlot) -> Option<i64> {
        self.last_seen.get(&event).copied()
    }

    /// Sets what the event in a slot says.
    pub fn set_last_seen(&mut self, event: EventSlot, time: Option<i64>) {
        match time {
            Some(time) => drop(self.last_seen.insert(event, time)),
            None => self.forget(event),
        }
    }

    /// Forgets an event that is freed or replaced.
    pub fn forget(&mut self, event: EventSlot) {
        if !self.last_seen.is_empty() {
            self.last_seen.remove(&event);
        }
    }

    /// Returns the latest claim of observed events that are in no ring.
    pub fn claim(&self, account: AccountSlot, agent: AgentSlot) -> Option<EventStamp> {
        // Most sources have none.
        if self.claims.is_empty() { None } else { self.claims.get(&(account, agent)).copied() }
    }

    /// Keeps the claim of an observed event that is in no ring.
    pub fn keep_claim(&mut self, account: AccountSlot, agent: AgentSlot, time: EventStamp) {
        let claim = self.claims.entry((account, agent)).or_insert(time);
        *claim = time.max(*claim);
    }

    /// Forgets the claim, because the ring has a later one or is gone.
    pub fn forget_claim(&mut self, account: AccountSlot, agent: AgentSlot) {
        self.claims.remove(&(account, agent));
    }
}
