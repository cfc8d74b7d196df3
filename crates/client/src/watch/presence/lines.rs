//! Applies the changes that a server reports, one account at a time.
//!
//! A change that is held back for the settle time keeps the position before it. A reader that goes on at that position gets it
//! again, so that it is not lost if the program ends before it is reported.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use group_dispatch_types::{Source, SourceGroup, UserId, WhatsAppNumber, history::ChangePosition};

use super::{Change, Presence, REQUIRED_SOURCES, SourceState, held::Held};
use crate::watch::{Agent, snapshot::Online};

impl Presence {
    /// Replaces what is known by a list of who is online, and returns the groups: of the sources that every response has, of
    /// those that were known, and of those that are listed.
    pub fn replace(&mut self, groups: Vec<SourceGroup>) -> Vec<Change> {
        let known = std::mem::take(&mut self.sources);
        let listed: BTreeSet<_> = groups.iter().map(|group| group.source).collect();
        let expected: BTreeSet<_> = known.into_keys().chain(REQUIRED_SOURCES).collect();
        let empty = expected.difference(&listed).map(|source| SourceGroup { source: *source, list: Vec::new() });
        let groups = groups.into_iter().chain(empty).collect();
        self.apply(Duration::ZERO, groups, &Default::default())
    }

    /// Applies a line: the account is online with `next` now, or not online. `before` is the position before the line.
    pub fn observe(
        &mut self,
        now: Duration,
        source: Source,
        account: WhatsAppNumber,
        next: Option<Online>,
        before: Option<&ChangePosition>,
    ) -> Vec<Change> {
        let Some(state) = self.sources.get_mut(&source) else {
            return next.map(|next| self.begin(source, account, next)).unwrap_or_default();
        };
        let current = state.snapshot.agent_of(account);
        let is_away = current.is_some() && current != next.as_ref().map(|online| online.agent.user_id);
        if is_away && !self.settle.is_zero() {
            self.held += 1;
            let first = || Held { since: now, number: self.held, next: None, before: before.cloned() };
            state.held.entry(account).or_insert_with(first).next = next;
            return Vec::new();
        }
        state.held.remove(&account);
        state.snapshot.set(source, account, next)
    }

    fn begin(&mut self, source: Source, account: WhatsAppNumber, next: Online) -> Vec<Change> {
        let state = self.sources.entry(source).or_insert_with(|| SourceState::new(Vec::new()));
        state.snapshot.set(source, account, Some(next));
        vec![Change::Began(state.snapshot.to_group(source))]
    }

    /// Sets which agent an account was online with before the changes that follow.
    pub fn rewind(&mut self, source: Source, account: WhatsAppNumber, former: Option<Online>) {
        if let Some(state) = self.sources.get_mut(&source) {
            state.snapshot.set(source, account, former);
        }
    }

    /// Returns the changes that have lasted for the settle time.
    pub fn settle(&mut self, now: Duration) -> Vec<Change> {
        let mut changes = Vec::new();
        for (source, state) in &mut self.sources {
            let snapshot = &mut state.snapshot;
            state.held.retain(|account, held| {
                let lasts = now.saturating_sub(held.since) >= self.settle;
                if lasts {
                    changes.extend(snapshot.set(*source, *account, held.next.take()));
                }
                !lasts
            });
        }
        changes
    }

    /// Returns when the next change will have lasted for the settle time.
    pub fn next_settled(&self) -> Option<Duration> {
        self.held().map(|held| held.since.saturating_add(self.settle)).min()
    }

    /// Returns the change that has been held back longest: whether there is one, and the position before it.
    pub fn oldest_held(&self) -> Option<Option<&ChangePosition>> {
        self.held().min_by_key(|held| held.number).map(|held| held.before.as_ref())
    }

    fn held(&self) -> impl Iterator<Item = &Held> {
        self.sources.values().flat_map(|state| state.held.values())
    }

    /// Returns the agent with this id, if it is known.
    pub fn agent(&self, id: UserId) -> Option<&Arc<Agent>> {
        self.sources.values().find_map(|state| state.snapshot.agent(id))
    }

    /// Returns an account that is known to be online.
    pub fn online(&self, source: Source, account: WhatsAppNumber) -> Option<&Online> {
        self.sources.get(&source)?.snapshot.get(account)
    }
}
