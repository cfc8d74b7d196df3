//! Which agent has an account, and which status the account has: what its rings and its observed events decide.

use super::{Account, Accounts};
use crate::presence::{
    event_kind::EventKinds,
    event_ring::{EventRing, RingEvent},
    event_stamp::EventStamp,
    slots::{AccountSlot, AgentSlot, EventSlot, KindSlot},
};

/// How far the vendor's clock may be off, in milliseconds: its times are whole seconds, and answers take time.
const CLOCK_UNCERTAINTY: i64 = 2_000;

impl Accounts {
    /// Stores the ring of an agent after a change, and lets the agent have the account if its events take it. `is_latest`
    /// says that the newest of them is later than the latest event.
    pub(super) fn settle(
        &mut self,
        account: AccountSlot,
        agent: AgentSlot,
        ring: EventRing,
        is_latest: bool,
        kinds: &EventKinds,
    ) {
        let Account { latest: held, agent: holder, .. } = self.accounts[account.0];
        if agent != holder {
            let takes_over =
                match (self.claimed(account, agent, ring, kinds), self.claimed(account, holder, held, kinds)) {
                    (Some(claimed), Some(before)) => claimed > before,
                    (Some(_), None) => true,
                    (None, Some(_)) => false,
                    (None, None) => is_latest,
                };
            if takes_over {
                self.earlier.remove(&(account, agent));
                self.earlier.insert((account, holder), held);
                self.accounts[account.0].agent = agent;
            }
        }
        self.set_ring(account, agent, ring);
        let observed = self.observations.claim(account, agent);
        if observed.is_some() && observed <= self.claimed_by_ring(ring, kinds) {
            self.observations.forget_claim(account, agent);
        }
    }

    /// Returns when the events with an agent last claimed their account, observed ones that gave way included.
    pub(super) fn claimed(
        &self,
        account: AccountSlot,
        agent: AgentSlot,
        ring: EventRing,
        kinds: &EventKinds,
    ) -> Option<EventStamp> {
        self.claimed_by_ring(ring, kinds).max(self.observations.claim(account, agent))
    }

    /// Returns when the events of a ring last claimed their account. In a full ring without a claim the oldest event stands
    /// for the claims that were removed before it. So the events alone decide which agent has an account, in whatever order
    /// they arrive.
    fn claimed_by_ring(&self, ring: EventRing, kinds: &EventKinds) -> Option<EventStamp> {
        let events = self.rings.oldest_first(ring).map(|(_, event)| event);
        let claim = events.filter(|event| kinds.get(event.kind).claims()).last().map(|event| event.time);
        claim.or_else(|| ring.is_full().then(|| self.rings[self.rings.oldest(ring)].time))
    }

    /// Returns the kind that says which status an account has, if a ring has its latest event.
    pub(super) fn status_kind(&self, ring: EventRing, kinds: &EventKinds) -> KindSlot {
        self.reason(ring, kinds).map_or(self.rings[ring.newest].kind, |(_, event)| event.kind)
    }

    /// Returns the record that says why an account went, if the latest event of a ring only says that it went: the newest
    /// one that is not online, and not older than when the account was last seen.
    pub(super) fn reason(&self, ring: EventRing, kinds: &EventKinds) -> Option<(EventSlot, &RingEvent)> {
        let since = self.last_seen(ring)?.saturating_sub(CLOCK_UNCERTAINTY);
        let is_reason = |event: &RingEvent| event.time.at >= since && !kinds.get(event.kind).is_online();
        self.rings.records_oldest_first(ring).filter(|(_, event)| is_reason(event)).last()
    }
}
