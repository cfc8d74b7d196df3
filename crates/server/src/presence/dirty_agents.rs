//! Marks the agents whose part of a cached answer is out of date.

use super::ids::AgentIndex;

/// A set of agents, of one bit each.
#[derive(Default)]
pub struct DirtyAgents(Vec<u64>);

impl DirtyAgents {
    /// Adds an agent.
    pub fn mark(&mut self, agent: AgentIndex) {
        let word = (agent.0 / u64::BITS) as usize;
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        self.0[word] |= 1 << (agent.0 % u64::BITS);
    }

    /// Empties the set and returns the agents that were in it.
    pub fn take(&mut self) -> Vec<AgentIndex> {
        let mut agents = Vec::new();
        for (word, first) in self.0.iter_mut().zip((0..).step_by(u64::BITS as usize)) {
            let mut bits = std::mem::take(word);
            while bits != 0 {
                agents.push(AgentIndex(first + bits.trailing_zeros()));
                bits &= bits - 1;
            }
        }
        agents
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_marked_agent_is_taken_once() {
        let mut dirty = DirtyAgents::default();
        for agent in [64, 0, 63, 1_000, 64] {
            dirty.mark(AgentIndex(agent));
        }
        assert!(dirty.take() == [0, 63, 64, 1_000].map(AgentIndex));
        assert!(dirty.take().is_empty());
    }
}
