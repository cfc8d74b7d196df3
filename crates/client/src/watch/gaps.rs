//! Which accounts of an answer can't be judged, because elements were left out of it.

use std::collections::{BTreeMap, BTreeSet};

use group_dispatch_types::{Source, SourceGroup, UserId};

/// What is missing of an answer, by source.
#[derive(Debug, Default)]
pub struct Gaps(BTreeMap<Source, Gap>);

/// What is missing of one source's group.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Gap {
    /// Whether agents are missing: any that is not listed may be one of them.
    pub lacks_agents: bool,
    /// The agents whose accounts are missing in part.
    pub agents: BTreeSet<UserId>,
}

impl Gaps {
    /// The lists of an answer that are not whole, each by the indexes that lead to it: a group, and an agent in it. A group
    /// that is missing itself needs no more: its source is not answered.
    pub fn new(answer: &[SourceGroup], lists: &[Vec<usize>]) -> Self {
        let mut gaps = Self::default();
        for list in lists {
            let mut indexes = list.iter().copied();
            let Some(group) = indexes.next().and_then(|group| answer.get(group)) else { continue };
            let gap = gaps.0.entry(group.source).or_default();
            match indexes.next().and_then(|agent| group.list.get(agent)) {
                Some(agent) => {
                    gap.agents.insert(agent.user_id);
                }
                None => gap.lacks_agents = true,
            }
        }
        gaps
    }

    pub fn at(&self, source: Source) -> Option<&Gap> {
        self.0.get(&source)
    }
}
