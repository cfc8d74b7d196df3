//! Derives changes from successive responses. Has no I/O and no clock: the caller passes the time of each response.
//!
//! For each source it keeps the snapshot that the reported changes add up to. A response is taken over into it with three
//! exceptions: accounts that have not been away for the settle time, accounts that may have been left out of the response,
//! and a group that is suddenly empty, until the next response confirms it.
//!
//! [`lines`] does the same with the changes that a server reports.

mod held;
mod lines;

use std::{
    collections::{BTreeMap, BTreeSet, btree_map::Entry},
    time::Duration,
};

use group_dispatch_types::{NamedOnlineAgent, Source, SourceGroup, UserId, WhatsAppNumber};

use self::held::Held;
use super::{
    Change,
    incomplete::{IncompleteGroup, IncompleteGroups},
    snapshot::Snapshot,
};

/// The sources of the groups that every response has by the contract.
const REQUIRED_SOURCES: [Source; 2] = [Source::Pc, Source::Mobile];

/// The reported state of all sources. Times are counted from the same moment.
#[derive(Default)]
pub struct Presence {
    settle: Duration,
    sources: BTreeMap<Source, SourceState>,
    doubted: BTreeSet<Source>,
    /// How many changes were held back so far.
    held: u64,
}

/// The reported state of a source.
struct SourceState {
    snapshot: Snapshot,
    /// Accounts that are no longer with their agent in the snapshot, and since when.
    away_since: BTreeMap<WhatsAppNumber, Duration>,
    /// The changes of accounts that are no longer with their agent, if the server reports changes.
    held: BTreeMap<WhatsAppNumber, Held>,
    /// Whether the group was empty in the last response that had it.
    was_empty: bool,
}

impl Presence {
    pub fn set_settle(&mut self, settle: Duration) {
        self.settle = settle;
    }

    /// Returns what the reported changes add up to, ordered by source.
    pub fn groups(&self) -> Vec<SourceGroup> {
        self.sources.iter().map(|(source, state)| state.snapshot.to_group(*source)).collect()
    }

    /// Returns the sources whose group in the latest response was missing or doubtful.
    pub fn doubted(&self) -> impl Iterator<Item = Source> {
        self.doubted.iter().copied()
    }

    /// Applies a response, and returns its changes by source. Accounts that may be missing by `incomplete` keep their state.
    pub fn apply(&mut self, now: Duration, groups: Vec<SourceGroup>, incomplete: &IncompleteGroups) -> Vec<Change> {
        let mut lists: BTreeMap<Source, Vec<NamedOnlineAgent>> = BTreeMap::new();
        for group in groups {
            lists.entry(group.source).or_default().extend(group.list);
        }
        let expected = self.sources.keys().copied().chain(REQUIRED_SOURCES);
        self.doubted = expected.filter(|source| !lists.contains_key(source)).collect();

        let mut changes = Vec::new();
        for (source, list) in lists {
            let incomplete = incomplete.at(source);
            if incomplete.is_some() {
                self.doubted.insert(source);
            }
            match self.sources.entry(source) {
                Entry::Vacant(unknown) => {
                    let state = unknown.insert(SourceState::new(list));
                    changes.push(Change::Began(state.snapshot.to_group(source)));
                }
                Entry::Occupied(known) => {
                    let state = known.into_mut();
                    let listed = Snapshot::new(list, &state.snapshot);
                    if state.is_suddenly_empty(&listed) {
                        self.doubted.insert(source);
                    }
                    let next = state.next_snapshot(now, self.settle, listed, incomplete);
                    changes.extend(state.snapshot.changes_to(&next, source));
                    state.snapshot = next;
                }
            }
        }
        changes
    }
}

impl SourceState {
    fn new(list: Vec<NamedOnlineAgent>) -> Self {
        Self {
            snapshot: Snapshot::new(list, &Snapshot::default()),
            away_since: BTreeMap::new(),
            held: BTreeMap::new(),
            was_empty: false,
        }
    }

    /// Returns whether all accounts seem to have left at once. A fault of the service looks the same.
    fn is_suddenly_empty(&self, listed: &Snapshot) -> bool {
        listed.is_empty() && !self.snapshot.is_empty() && !self.was_empty
    }

    /// Returns the next snapshot: what is listed, except for accounts that have not been away for the settle time and
    /// accounts that may have been left out of the response.
    fn next_snapshot(
        &mut self,
        now: Duration,
        settle: Duration,
        listed: Snapshot,
        incomplete: Option<&IncompleteGroup>,
    ) -> Snapshot {
        let doubted = self.is_suddenly_empty(&listed);
        // If something was left out of an empty group, it may not be empty.
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
        let mut away_since = BTreeMap::new();
        for number in self.snapshot.numbers() {
            if next.agent_of(number) == self.snapshot.agent_of(number) {
                continue;
            }
            let since = self.away_since.get(&number).copied().unwrap_or(now);
            if next.agent_of(number).is_none() && may_be_left_out(self.snapshot.agent_of(number)) {
                away_since.extend(self.away_since.get(&number).map(|since| (number, *since)));
                next.keep(number, &self.snapshot);
            } else if doubted || now.saturating_sub(since) < settle {
                away_since.insert(number, since);
                next.keep(number, &self.snapshot);
            }
        }
        self.away_since = away_since;
        next
    }
}

#[cfg(test)]
mod notation;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
