//! What is known of a source: the accounts that were met there, and what each agent has there.

use super::{
    accounts::Accounts,
    event_ring::{EVENTS_PER_RING, EventRings},
    event_time::EventTime,
    ids::{AgentIndex, EventIndex},
    online::Online,
    recent::Recent,
    short_list,
    sparse_vec::SparseVec,
    versions::Versions,
};

#[derive(Default)]
pub struct PerSource {
    pub accounts: Accounts,
    /// At the places that they have among all agents.
    agents: SparseVec<AgentPerSource>,
    /// They change with who is online with an agent.
    versions: Versions,
}

impl PerSource {
    pub fn agent(&self, agent: AgentIndex) -> Option<&AgentPerSource> {
        self.agents.get(agent.0)
    }

    /// An agent, and the accounts, which may be told from their indices.
    pub fn agent_mut(&mut self, agent: AgentIndex) -> (&mut AgentPerSource, &Accounts) {
        (self.agents.get_or_default(agent.0), &self.accounts)
    }

    pub fn version(&self, agent: AgentIndex) -> u32 {
        self.versions.of(agent)
    }

    /// Who is online with an agent is another.
    pub fn changed(&mut self, agent: AgentIndex) {
        self.versions.change(agent);
    }
}

/// What is known of an agent at a source.
#[derive(Default)]
pub struct AgentPerSource {
    pub online: Online,
    pub recent: Recent,
    /// The latest events, oldest first.
    log: Vec<EventIndex>,
}

impl AgentPerSource {
    /// Oldest first.
    pub fn log(&self) -> &[EventIndex] {
        &self.log
    }

    /// Many of the agent's events, in any order.
    pub fn all_happened(&mut self, mut events: Vec<(EventTime, EventIndex)>, records: &EventRings) {
        let time = |(time, _): &(EventTime, EventIndex)| *time;
        events.extend(self.log.iter().map(|event| (records[*event].time, *event)));
        if let Some(too_many) = events.len().checked_sub(EVENTS_PER_RING).filter(|too_many| *too_many > 0) {
            events.select_nth_unstable_by_key(too_many, time);
            events.drain(..too_many);
        }
        events.sort_unstable_by_key(time);
        // Collected, they would keep the memory of these, which is several times as much.
        self.log.clear();
        self.log.reserve_exact(events.len());
        self.log.extend(events.into_iter().map(|(_, event)| event));
    }

    pub fn happened(&mut self, record: EventIndex, records: &EventRings) {
        let time = records[record].time;
        let is_before = |other: &EventIndex| records[*other].time < time;
        let is_full = self.log.len() == EVENTS_PER_RING;
        if is_full && !self.log.first().is_some_and(is_before) {
            return;
        }
        // Most events are the newest.
        let is_newest = self.log.last().is_none_or(is_before);
        let place = if is_newest { self.log.len() } else { self.log.partition_point(is_before) };
        if is_full {
            self.log[..place].rotate_left(1);
            self.log[place - 1] = record;
        } else {
            short_list::insert(&mut self.log, place, record, EVENTS_PER_RING);
        }
    }

    /// A record is about to be let go of.
    pub fn expire(&mut self, record: EventIndex, records: &EventRings) {
        let time = records[record].time;
        if self.log.first().is_some_and(|first| records[*first].time <= time) {
            self.log.retain(|other| *other != record);
        }
    }
}
