//! Which accounts of an answer can't be judged, because elements were left out of it.

use std::collections::{BTreeMap, BTreeSet};

use group_dispatch_types::{Source, SourceGroup, UserId};

/// What is missing of an answer, by source.
#[derive(Debug, Default)]
pub struct IncompleteGroups(BTreeMap<Source, IncompleteGroup>);

/// What is missing of one source's group.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct IncompleteGroup {
    /// Whether agents are missing: any that is not listed may be one of them.
    pub is_missing_agents: bool,
    /// The agents whose accounts are missing in part.
    pub agents: BTreeSet<UserId>,
}

impl IncompleteGroups {
    /// The lists of an answer that are not whole, each by the indexes that lead to it: a group, and an agent in it. A group
    /// that is missing itself needs no more: its source is not answered.
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
