//! What is known at one source: its accounts, and what each agent has there.

use hashbrown::HashMap;
use parking_lot::Mutex;

use super::{accounts::Accounts, agent_presence::AgentPresence, dirty_agents::DirtyAgents, ids::AgentIndex};

/// See the [module](self).
#[derive(Default)]
pub struct PerSource {
    pub accounts: Accounts,
    /// Boxed, so that free places of the table take little memory.
    agents: HashMap<AgentIndex, Box<AgentPresence>>,
    /// The agents that changed since [all_online](super::all_online) was last rendered. The lock lets it take them while
    /// it only reads the rest.
    dirty: Mutex<DirtyAgents>,
}

impl PerSource {
    pub fn agent(&self, agent: AgentIndex) -> Option<&AgentPresence> {
        self.agents.get(&agent).map(Box::as_ref)
    }

    /// Returns what an agent has here, to be changed, and the accounts.
    pub fn agent_mut(&mut self, agent: AgentIndex) -> (&mut AgentPresence, &Accounts) {
        (self.agents.entry(agent).or_default(), &self.accounts)
    }

    /// Notes that an agent's part of all who are online is out of date.
    pub fn mark_dirty(&mut self, agent: AgentIndex) {
        self.dirty.get_mut().mark(agent);
    }

    /// Returns the agents that were marked since the last call.
    pub fn take_dirty(&self) -> Vec<AgentIndex> {
        self.dirty.lock().take()
    }
}
