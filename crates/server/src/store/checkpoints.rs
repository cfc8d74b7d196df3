//! What was online at some earlier times, so that a report need not read all events before its first day.
//!
//! A report leaves behind what was online at its beginning and at its end. A later one begins with the latest state before its
//! first day. An event from before a state makes it wrong: the state is forgotten when the event is applied. While a report runs
//! it is watched which events come, for it may not have read them.
//!
//! Only accounts that are online then take memory: about 150 bytes each.

use std::sync::Arc;

use parking_lot::Mutex;

use crate::{
    event::LoggedEvent,
    report::{feed::State, timeline::Timeline},
    tenant::TenantNumber,
};

/// Accounts in all states together, unless the latest one alone has more: about 75 MB.
const MAX_ACCOUNTS: usize = 500_000;
/// States of all tenants.
const MAX_STATES: usize = 64;

/// See the [module](self).
#[derive(Default)]
pub struct Checkpoints(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    /// The one that was used last is the last one.
    states: Vec<Checkpoint>,
    watches: Vec<Watch>,
    next_watch: u64,
}

struct Checkpoint {
    tenant: TenantNumber,
    at: i64,
    timeline: Arc<Timeline>,
}

struct Watch {
    number: u64,
    tenant: TenantNumber,
    /// The earliest event that came.
    earliest: i64,
}

/// Watches which events come, until it is dropped.
pub struct Watched<'a> {
    checkpoints: &'a Checkpoints,
    number: u64,
    tenant: TenantNumber,
}

impl Checkpoints {
    /// Returns the latest state of a tenant between two times, inclusive.
    pub fn latest(&self, tenant: TenantNumber, from: i64, to: i64) -> Option<(i64, Arc<Timeline>)> {
        let states = &mut self.0.lock().states;
        let is_usable = |state: &Checkpoint| state.tenant == tenant && (from..=to).contains(&state.at);
        let usable = states.iter().enumerate().filter(|(_, state)| is_usable(state));
        let (place, _) = usable.max_by_key(|(_, state)| state.at)?;
        let state = states.remove(place);
        let found = (state.at, Arc::clone(&state.timeline));
        states.push(state);
        Some(found)
    }

    /// Begins to watch the events of a tenant.
    pub fn watch(&self, tenant: TenantNumber) -> Watched<'_> {
        let mut kept = self.0.lock();
        kept.next_watch += 1;
        let number = kept.next_watch;
        kept.watches.push(Watch { number, tenant, earliest: i64::MAX });
        Watched { checkpoints: self, number, tenant }
    }

    /// Forgets the states of a tenant that events make wrong.
    pub fn note<'a>(&self, tenant: TenantNumber, events: impl Iterator<Item = &'a LoggedEvent>) {
        let Some(earliest) = events.map(|logged| logged.event.at).min() else { return };
        self.forget(earliest, |other| other == tenant);
    }

    /// Forgets all states.
    pub fn clear(&self) {
        self.forget(i64::MIN, |_| true);
    }

    fn forget(&self, earliest: i64, of: impl Fn(TenantNumber) -> bool) {
        let mut kept = self.0.lock();
        kept.states.retain(|state| !of(state.tenant) || state.at <= earliest);
        for watch in kept.watches.iter_mut().filter(|watch| of(watch.tenant)) {
            watch.earliest = watch.earliest.min(earliest);
        }
    }
}

impl Watched<'_> {
    /// Keeps the states that no event made wrong that has come meanwhile.
    pub fn keep(&self, states: Vec<State>) {
        let mut kept = self.checkpoints.0.lock();
        let of_this = |watch: &&Watch| watch.number == self.number;
        let earliest = kept.watches.iter().find(of_this).map_or(i64::MIN, |watch| watch.earliest);
        for State { at, timeline } in states.into_iter().filter(|state| state.at <= earliest) {
            kept.states.retain(|state| (state.tenant, state.at) != (self.tenant, at));
            kept.states.push(Checkpoint { tenant: self.tenant, at, timeline: Arc::new(timeline) });
        }
        let accounts = |states: &[Checkpoint]| states.iter().map(|state| state.timeline.len()).sum::<usize>();
        while kept.states.len() > MAX_STATES || kept.states.len() > 1 && accounts(&kept.states) > MAX_ACCOUNTS {
            kept.states.remove(0);
        }
    }
}

impl Drop for Watched<'_> {
    fn drop(&mut self) {
        self.checkpoints.0.lock().watches.retain(|watch| watch.number != self.number);
    }
}
