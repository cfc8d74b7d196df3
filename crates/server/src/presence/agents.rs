//! The agents of a tenant, found by id and by login account.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::RangeBounds,
};

use group_dispatch_types::{Source, UserId};
use hashbrown::HashMap;
use smallvec::SmallVec;
use smol_str::SmolStr;

use super::{
    agent_presence::AgentPresence, agent_query::AgentFilter, chunked_vec::ChunkedVec, event_stamp::EventStamp,
    slots::AgentSlot,
};

/// An agent, as the latest events name it.
pub struct Agent {
    pub id: UserId,
    /// The login account.
    pub account: DatedText,
    pub name: Option<DatedText>,
    /// What the agent has at each source. Inline, so that a query of one agent waits for memory once less.
    presence: SmallVec<[(Source, AgentPresence); 2]>,
}

/// A text and the time of the latest event that had it.
pub struct DatedText {
    pub text: SmolStr,
    pub time: EventStamp,
}

impl DatedText {
    fn new((text, time): (&str, EventStamp)) -> Self {
        Self { text: text.into(), time }
    }
}

impl Agent {
    /// Returns the agent's name. An agent without one goes by its login account.
    pub fn name(&self) -> &str {
        &self.name.as_ref().unwrap_or(&self.account).text
    }

    /// Returns the sources at which the agent had events.
    pub fn sources(&self) -> impl Iterator<Item = Source> {
        self.presence.iter().map(|(source, _)| *source)
    }

    /// Returns what the agent has at a source.
    pub fn at(&self, source: Source) -> Option<&AgentPresence> {
        self.presence.iter().find(|(other, _)| *other == source).map(|(_, presence)| presence)
    }
}

/// All agents that events were about. None is ever removed.
#[derive(Default)]
pub struct Agents {
    agents: ChunkedVec<Agent>,
    by_id: HashMap<UserId, AgentSlot>,
    in_order: BTreeMap<UserId, AgentSlot>,
    by_account: HashMap<SmolStr, BTreeSet<(UserId, AgentSlot)>>,
}

impl Agents {
    pub fn len(&self) -> usize {
        self.agents.len()
    }

    pub fn get(&self, slot: AgentSlot) -> &Agent {
        &self.agents[slot.0]
    }

    /// Returns what an agent has at a source, to be changed.
    pub fn at_mut(&mut self, slot: AgentSlot, source: Source) -> &mut AgentPresence {
        let presence = &mut self.agents[slot.0].presence;
        let found = presence.iter().position(|(other, _)| *other == source).unwrap_or_else(|| {
            presence.push((source, AgentPresence::default()));
            presence.len() - 1
        });
        &mut presence[found].1
    }

    pub fn find(&self, id: UserId) -> Option<AgentSlot> {
        self.by_id.get(&id).copied()
    }

    /// Returns the agents whose ids are in a range, by id.
    pub fn range(&self, ids: impl RangeBounds<UserId>) -> impl Iterator<Item = AgentSlot> {
        self.in_order.range(ids).map(|(_, agent)| *agent)
    }

    /// Returns the agents that a filter selects, by id.
    pub fn matching(&self, filter: &AgentFilter) -> impl Iterator<Item = AgentSlot> {
        let all = (filter.user_id.is_none() && filter.agent_account.is_none()).then(|| self.in_order.values());
        let by_id = filter.user_id.and_then(|id| self.find(id)).filter(|agent| self.matches(*agent, filter));
        let account = filter.agent_account.as_deref().filter(|_| filter.user_id.is_none());
        let by_account = account.and_then(|account| self.by_account.get(account)).into_iter().flatten();
        all.into_iter().flatten().copied().chain(by_id).chain(by_account.map(|(_, agent)| *agent))
    }

    /// Returns whether a filter selects an agent.
    pub fn matches(&self, agent: AgentSlot, filter: &AgentFilter) -> bool {
        let Agent { id, account, .. } = self.get(agent);
        filter.user_id.is_none_or(|expected| expected == *id)
            && filter.agent_account.as_ref().is_none_or(|expected| *expected == account.text)
    }

    /// Applies what an event says about an agent, which is added if it is new: its login account and name, each with the
    /// time of the event. An empty account is no news, so that any other outweighs it. Returns the agent, and whether it is
    /// named differently now.
    pub fn apply(
        &mut self,
        id: UserId,
        account: (&str, EventStamp),
        name: Option<(&str, EventStamp)>,
    ) -> (AgentSlot, bool) {
        let account = if account.0.is_empty() { ("", EventStamp::UNKNOWN) } else { account };
        let Some(slot) = self.find(id) else {
            let account = DatedText::new(account);
            let by_account = self.by_account.entry(account.text.clone()).or_default();
            let slot = AgentSlot(self.agents.add(Agent {
                id,
                account,
                name: name.map(DatedText::new),
                presence: SmallVec::new(),
            }));
            by_account.insert((id, slot));
            self.by_id.insert(id, slot);
            self.in_order.insert(id, slot);
            return (slot, false);
        };
        let agent = &mut self.agents[slot.0];
        let mut is_renamed = false;
        if account.1 >= agent.account.time {
            let before = std::mem::replace(&mut agent.account, DatedText::new(account));
            if before.text != agent.account.text {
                self.by_account.entry(agent.account.text.clone()).or_default().insert((id, slot));
                if let Some(namesakes) = self.by_account.get_mut(&before.text) {
                    namesakes.remove(&(id, slot));
                    if namesakes.is_empty() {
                        self.by_account.remove(&before.text);
                    }
                }
                is_renamed = true;
            }
        }
        if let Some(name) = name
            && agent.name.as_ref().is_none_or(|before| name.1 >= before.time)
        {
            let before = agent.name.replace(DatedText::new(name));
            is_renamed |= before.is_none_or(|before| before.text != name.0);
        }
        (slot, is_renamed)
    }
}
