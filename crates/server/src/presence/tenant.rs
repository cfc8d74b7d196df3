//! The index of a tenant: its state behind a lock, and what is cached of it.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use bytes::Bytes;
use group_dispatch_types::Source;
use parking_lot::{RwLock, RwLockWriteGuard};

use super::{accounts::Walk, all_online::AllOnline, state::TenantState};
use crate::event::LoggedEvent;

/// So many events are learnt before readers get their turn.
const EVENTS_PER_LOCK: usize = 256;
/// And so many accounts are looked through.
const ACCOUNTS_PER_LOCK: usize = 1024;

/// What is known of a tenant's agents and accounts.
#[derive(Default)]
pub struct TenantIndex {
    state: RwLock<TenantState>,
    /// Changes whenever an answer about who is online may.
    presence: AtomicU64,
    /// The answer about all who are online.
    all_online: AllOnline,
}

impl TenantIndex {
    pub fn read(&self) -> impl std::ops::Deref<Target = TenantState> {
        self.state.read()
    }

    pub(super) fn write(&self) -> impl std::ops::DerefMut<Target = TenantState> {
        self.state.write()
    }

    /// Which presence this is: what was told of another one may be told no more.
    pub fn presence(&self) -> u64 {
        self.presence.load(Ordering::Acquire)
    }

    /// What [`all_online`](Self::all_online) made last, if nothing has changed since and nobody is about to make it anew.
    pub fn cached_all_online(&self) -> Option<Arc<[Bytes]>> {
        self.all_online.cached(self.presence())
    }

    /// All who are online at PC and mobile, at one moment, as JSON in pieces. What it made is kept for as long as nothing
    /// changes.
    pub fn all_online(&self) -> Arc<[Bytes]> {
        self.all_online.render(|| self.presence(), || self.state.read())
    }

    pub fn apply<'a>(&self, events: impl Iterator<Item = &'a LoggedEvent>) {
        let mut events = events.peekable();
        while events.peek().is_some() {
            let mut state = self.state.write();
            // Not a sum over all: `any` would stop at the first.
            let changed =
                events.by_ref().take(EVENTS_PER_LOCK).fold(false, |changed, event| state.apply_event(event) | changed);
            if changed {
                self.presence.fetch_add(1, Ordering::Release);
            }
            RwLockWriteGuard::unlock_fair(state);
        }
    }

    /// Forgets what happened before `before`, except for where accounts are, which came online last, and who the agents
    /// are.
    pub fn expire(&self, before: i64) {
        let sources: Vec<Source> = self.read().sources.keys().copied().collect();
        for source in sources {
            let mut walk = Walk::default();
            let mut more = true;
            while more {
                let mut state = self.state.write();
                more = (0..ACCOUNTS_PER_LOCK).all(|_| state.expire_next(source, before, &mut walk));
                RwLockWriteGuard::unlock_fair(state);
            }
        }
    }
}
