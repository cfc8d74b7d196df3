use super::{ids::AgentIndex, sparse_vec::SparseVec};

/// How often something about each agent changed. Apart from all else about agents, for these are asked for of all of them
/// after each change.
#[derive(Default)]
pub struct Versions(SparseVec<u32>);

impl Versions {
    pub fn of(&self, agent: AgentIndex) -> u32 {
        self.0.get(agent.0).copied().unwrap_or_default()
    }

    pub fn change(&mut self, agent: AgentIndex) {
        let version = self.0.get_or_default(agent.0);
        *version = version.wrapping_add(1);
    }
}
