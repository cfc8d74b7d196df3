//! From successive answers to changes, without I/O and without a clock.

use std::{
    collections::{BTreeMap, BTreeSet, btree_map::Entry},
    time::Duration,
};

use group_dispatch_types::{NamedOnlineAgent, Source, SourceGroup, UserId, WhatsAppNumber};

use super::{
    Change,
    incomplete::{IncompleteGroup, IncompleteGroups},
    snapshot::Snapshot,
};

/// The groups that every answer has by the contract.
const ALWAYS_ANSWERED: [Source; 2] = [Source::Pc, Source::Mobile];

/// What was told of every source. Times are counted from any one moment.
#[derive(Default)]
pub struct Presence {
    settle: Duration,
    sources: BTreeMap<Source, SourceState>,
    doubted: BTreeSet<Source>,
}

/// What was told of one source.
struct SourceState {
    snapshot: Snapshot,
    /// Accounts that are no longer where they were told to be, and since when.
    astray: BTreeMap<WhatsAppNumber, Duration>,
    /// Whether the group was empty the last time it was answered.
    was_empty: bool,
}

impl Presence {
    pub fn set_settle(&mut self, settle: Duration) {
        self.settle = settle;
    }

    /// What the changes that were told so far add up to, ordered by source.
    pub fn groups(&self) -> Vec<SourceGroup> {
        self.sources.iter().map(|(source, state)| state.snapshot.to_group(*source)).collect()
    }

    /// The sources for which the latest answer had no group, or one that was not taken at its word.
    pub fn doubted(&self) -> impl Iterator<Item = Source> {
        self.doubted.iter().copied()
    }

    /// The changes that an answer brings, by source. What `incomplete` leaves open stays as it was.
    pub fn take(&mut self, now: Duration, answer: Vec<SourceGroup>, incomplete: &IncompleteGroups) -> Vec<Change> {
        let mut lists: BTreeMap<Source, Vec<NamedOnlineAgent>> = BTreeMap::new();
        for group in answer {
            lists.entry(group.source).or_default().extend(group.list);
        }
        let expected = self.sources.keys().copied().chain(ALWAYS_ANSWERED);
        self.doubted = expected.filter(|source| !lists.contains_key(source)).collect();

        let mut changes = Vec::new();
        for (source, list) in lists {
            let incomplete = incomplete.at(source);
            if incomplete.is_some() {
                self.doubted.insert(source);
            }
            match self.sources.entry(source) {
                Entry::Vacant(unknown) => {
                    let state = unknown.insert(SourceState::begin(list));
                    changes.push(Change::Began(state.snapshot.to_group(source)));
                }
                Entry::Occupied(known) => {
                    let state = known.into_mut();
                    let listed = Snapshot::read(list, &state.snapshot);
                    if state.suddenly_empty(&listed) {
                        self.doubted.insert(source);
                    }
                    let next = state.settled(now, self.settle, listed, incomplete);
                    changes.extend(state.snapshot.changes_to(&next, source));
                    state.snapshot = next;
                }
            }
        }
        changes
    }
}

impl SourceState {
    fn begin(list: Vec<NamedOnlineAgent>) -> Self {
        Self { snapshot: Snapshot::read(list, &Snapshot::default()), astray: BTreeMap::new(), was_empty: false }
    }

    /// Whether everyone seems to have left at once. That is what a fault of the service looks like, too.
    fn suddenly_empty(&self, listed: &Snapshot) -> bool {
        listed.is_empty() && !self.snapshot.is_empty() && !self.was_empty
    }

    /// Returns the next snapshot: what is listed, but for accounts that have not been astray for long enough, and those that may
    /// have been left out of the answer.
    fn settled(
        &mut self,
        now: Duration,
        settle: Duration,
        listed: Snapshot,
        incomplete: Option<&IncompleteGroup>,
    ) -> Snapshot {
        let doubted = self.suddenly_empty(&listed);
        // An empty group with something left out is not known to be empty.
        self.was_empty = listed.is_empty() && incomplete.is_none();
        let present: BTreeSet<_> = match incomplete {
            Some(incomplete) if incomplete.is_missing_agents => listed.agents().collect(),
            _ => BTreeSet::new(),
        };
        let may_be_left_out = |agent: Option<UserId>| {
            incomplete.zip(agent).is_some_and(|(incomplete, agent)| {
                incomplete.agents.contains(&agent) || incomplete.is_missing_agents && !present.contains(&agent)
            })
        };
        let mut next = listed;
        let mut astray = BTreeMap::new();
        for number in self.snapshot.numbers() {
            if next.agent_of(number) == self.snapshot.agent_of(number) {
                continue;
            }
            let since = self.astray.get(&number).copied().unwrap_or(now);
            if next.agent_of(number).is_none() && may_be_left_out(self.snapshot.agent_of(number)) {
                astray.extend(self.astray.get(&number).map(|since| (number, *since)));
                next.keep(number, &self.snapshot);
            } else if doubted || now.saturating_sub(since) < settle {
                astray.insert(number, since);
                next.keep(number, &self.snapshot);
            }
        }
        self.astray = astray;
        next
    }
}

#[cfg(test)]
mod notation;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
