//! The index of a tenant: its state behind a lock, and the cached answer about all who are online.

use std::{
    ops::Deref,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use bytes::Bytes;
use group_dispatch_types::Source;
use parking_lot::{RwLock, RwLockWriteGuard};

use super::{all_online::AllOnline, state::TenantState};
use crate::event::LoggedEvent;

/// Events that are applied before readers get their turn.
const EVENTS_PER_LOCK: usize = 256;
/// Accounts whose old events are removed before readers get their turn.
const ACCOUNTS_PER_LOCK: u32 = 1024;

/// See the [module](self).
#[derive(Default)]
pub struct TenantIndex {
    state: RwLock<TenantState>,
    /// The state's, to be read without its lock.
    revision: AtomicU64,
    all_online: AllOnline,
}

impl TenantIndex {
    pub fn read(&self) -> impl Deref<Target = TenantState> {
        self.state.read()
    }

    /// Changes the state.
    pub fn update<T>(&self, change: impl FnOnce(&mut TenantState) -> T) -> T {
        let mut state = self.state.write();
        let result = change(&mut state);
        self.revision.store(state.revision, Ordering::Release);
        RwLockWriteGuard::unlock_fair(state);
        result
    }

    /// Applies events.
    pub fn apply<'a>(&self, events: impl Iterator<Item = &'a LoggedEvent>) {
        let mut events = events.peekable();
        while events.peek().is_some() {
            self.update(|state| events.by_ref().take(EVENTS_PER_LOCK).for_each(|event| state.apply(event)));
        }
    }

    /// Removes events that happened before `before`. What they decided stays: where accounts are, which came online last,
    /// and who the agents are.
    pub fn expire(&self, before: i64) {
        let sources: Vec<Source> = self.read().sources.keys().copied().collect();
        for source in sources {
            let mut accounts = (0..).step_by(ACCOUNTS_PER_LOCK as usize);
            while accounts
                .next()
                .is_some_and(|first| self.update(|state| state.expire(source, first, ACCOUNTS_PER_LOCK, before)))
            {
            }
        }
    }

    /// Returns the last answer of [`all_online`](Self::all_online), if it is up to date and can be had without waiting.
    pub fn cached_all_online(&self) -> Option<Arc<[Bytes]>> {
        self.all_online.cached(self.revision.load(Ordering::Acquire))
    }

    /// Returns all agents that are online at PC and mobile, as they are at one moment: JSON, in pieces. It is cached until
    /// somebody comes or goes.
    pub fn all_online(&self) -> Arc<[Bytes]> {
        self.all_online.render(|| self.state.read())
    }
}
