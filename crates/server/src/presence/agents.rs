use std::collections::{BTreeMap, BTreeSet};

use compact_str::CompactString;
use group_dispatch_types::UserId;
use hashbrown::HashMap;

use super::{
    agent_query::AgentFilter, chunked_vec::ChunkedVec, event_time::EventTime, ids::AgentIndex, versions::Versions,
};
use crate::event::StatusEvent;

/// What is known of an agent.
pub struct Agent {
    pub id: UserId,
    pub account: DatedText,
    pub name: Option<DatedText>,
}

/// A text and the time of the event that told it.
pub struct DatedText {
    pub text: CompactString,
    pub time: EventTime,
}

impl Agent {
    /// An agent whose name was never told goes by its login account.
    pub fn name(&self) -> &CompactString {
        self.name.as_ref().map_or(&self.account.text, |name| &name.text)
    }
}

/// Every agent that was met. None is ever forgotten, so that an index stays good.
#[derive(Default)]
pub struct Agents {
    agents: ChunkedVec<Agent>,
    by_id: HashMap<UserId, AgentIndex>,
    in_order: BTreeMap<UserId, AgentIndex>,
    by_account: HashMap<CompactString, BTreeSet<(UserId, AgentIndex)>>,
    /// They change with what agents are called.
    versions: Versions,
}

impl Agents {
    pub fn len(&self) -> usize {
        self.agents.len()
    }

    pub fn get(&self, index: AgentIndex) -> &Agent {
        &self.agents[index.0]
    }

    pub fn version(&self, index: AgentIndex) -> u32 {
        self.versions.of(index)
    }

    pub fn find(&self, id: UserId) -> Option<AgentIndex> {
        self.by_id.get(&id).copied()
    }

    /// The agents that are meant, by id.
    pub fn matching(&self, filter: &AgentFilter) -> impl Iterator<Item = AgentIndex> {
        let all = filter.is_none().then(|| self.in_order.values()).into_iter().flatten();
        let one = filter.user_id.and_then(|id| self.by_id.get(&id));
        let one = one.filter(|agent| filter.agent_account.is_none() || self.matches(**agent, filter));
        let account = filter.agent_account.as_deref().filter(|_| filter.user_id.is_none());
        let namesakes = account.and_then(|account| self.by_account.get(account)).into_iter().flatten();
        all.chain(one).copied().chain(namesakes.map(|(_, agent)| *agent))
    }

    pub fn matches(&self, agent: AgentIndex, filter: &AgentFilter) -> bool {
        let Agent { id, account, .. } = self.get(agent);
        filter.user_id.is_none_or(|meant| meant == *id)
            && filter.agent_account.as_ref().is_none_or(|meant| *meant == account.text)
    }

    /// By id; the agents after `after`, if that is given.
    pub fn after(&self, after: Option<UserId>) -> impl Iterator<Item = AgentIndex> {
        use std::ops::Bound::{Excluded, Unbounded};
        let from = after.map_or(Unbounded, Excluded);
        self.in_order.range((from, Unbounded)).map(|(_, index)| *index)
    }

    /// Which agent an event is about, and whether it told something of the agent that was not known.
    pub fn apply(&mut self, event: &StatusEvent, seq: u64) -> (AgentIndex, bool) {
        let time = EventTime { at: event.at, seq };
        let name = event.user_name.as_deref().filter(|name| !name.is_empty());
        self.apply_names(event.user_id, (&event.agent_account, time), name.map(|name| (name, time)))
    }

    pub fn apply_names(
        &mut self,
        id: UserId,
        account: (&str, EventTime),
        name: Option<(&str, EventTime)>,
    ) -> (AgentIndex, bool) {
        let known = |(text, time): (&str, EventTime)| DatedText { text: text.into(), time };
        let Some(index) = self.find(id) else {
            let index = AgentIndex(self.agents.end());
            let agent = Agent { id, account: known(account), name: name.map(known) };
            self.by_account.entry(agent.account.text.clone()).or_default().insert((id, index));
            self.by_id.insert(id, index);
            self.in_order.insert(id, index);
            self.agents.add(agent);
            return (index, true);
        };
        let agent = &mut self.agents[index.0];
        let mut changed = false;
        if account.1 >= agent.account.time {
            agent.account.time = account.1;
            if agent.account.text != account.0 {
                let before = std::mem::replace(&mut agent.account, known(account));
                if let Some(namesakes) = self.by_account.get_mut(&before.text) {
                    namesakes.remove(&(id, index));
                    if namesakes.is_empty() {
                        self.by_account.remove(&before.text);
                    }
                }
                self.by_account.entry(agent.account.text.clone()).or_default().insert((id, index));
                changed = true;
            }
        }
        if let Some(name) = name
            && agent.name.as_ref().is_none_or(|before| name.1 >= before.time)
        {
            match &mut agent.name {
                Some(before) if before.text == name.0 => before.time = name.1,
                before => {
                    *before = Some(known(name));
                    changed = true;
                }
            }
        }
        if changed {
            self.versions.change(index);
        }
        (index, changed)
    }
}
