//! What is missing from a response because elements were left out of it. The accounts that may be missing keep their state.

use std::collections::{BTreeMap, BTreeSet};

use group_dispatch_types::{Source, SourceGroup, UserId};

/// The groups of a response that are incomplete, by source.
#[derive(Debug, Default)]
pub struct IncompleteGroups(BTreeMap<Source, IncompleteGroup>);

/// What is missing from the group of a source.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct IncompleteGroup {
    /// Whether agents are missing: each agent that is not listed may be one of them.
    pub is_missing_agents: bool,
    /// The listed agents with missing accounts.
    pub agents: BTreeSet<UserId>,
}

impl IncompleteGroups {
    /// Translates the lists of a response that elements were left out of. Each list is given by the indexes that lead to it:
    /// of the group, and of the agent in it. The list of groups itself is ignored: the source of a missing group is not in
    /// the response.
    pub fn new(answer: &[SourceGroup], lists: &[Vec<usize>]) -> Self {
        let mut groups = Self::default();
        for list in lists {
            let mut indexes = list.iter().copied();
            let Some(group) = indexes.next().and_then(|group| answer.get(group)) else { continue };
            let incomplete = groups.0.entry(group.source).or_default();
            match indexes.next().and_then(|agent| group.list.get(agent)) {
                Some(agent) => {
                    incomplete.agents.insert(agent.user_id);
                }
                None => incomplete.is_missing_agents = true,
            }
        }
        groups
    }

    pub fn at(&self, source: Source) -> Option<&IncompleteGroup> {
        self.0.get(&source)
    }
}
