//! What one agent has at one source: the accounts that are online, those that came online last, and the latest events.
//!
//! All three are sorted lists of slots. The functions that insert and remove get the accounts or events that are in
//! the slots.

use super::{
    accounts::Accounts,
    event_ring::{EVENTS_PER_RING, EventRings},
    event_stamp::EventStamp,
    slots::{AccountSlot, EventSlot},
};

/// Accounts that are stored of those that came online last (D15).
pub const RECENT_ACCOUNTS: usize = 10;

/// See the [module](self).
#[derive(Default)]
pub struct AgentPresence {
    online: Vec<AccountSlot>,
    recent: Vec<(EventStamp, AccountSlot)>,
    events: Vec<EventSlot>,
}

impl AgentPresence {
    /// Returns the accounts that are online, by number.
    pub fn online(&self) -> &[AccountSlot] {
        &self.online
    }

    /// Inserts an account that came online. It moves the accounts after it, which takes 20 microseconds if these are
    /// 100,000.
    pub fn add_online(&mut self, account: AccountSlot, accounts: &Accounts) {
        if let Err(rank) = self.find_online(account, accounts) {
            self.online.insert(rank, account);
        }
    }

    /// Removes an account that went offline.
    pub fn remove_online(&mut self, account: AccountSlot, accounts: &Accounts) {
        if let Ok(rank) = self.find_online(account, accounts) {
            self.online.remove(rank);
        }
    }

    fn find_online(&self, account: AccountSlot, accounts: &Accounts) -> Result<usize, usize> {
        let number = accounts.number(account);
        self.online.binary_search_by_key(&number, |other| accounts.number(*other))
    }

    /// Returns the accounts that came online last, and when, newest first.
    pub fn recent(&self) -> &[(EventStamp, AccountSlot)] {
        &self.recent
    }

    /// Inserts an account among those that came online last, unless it did so again later.
    pub fn add_recent(&mut self, account: AccountSlot, time: EventStamp) {
        if let Some(rank) = self.recent.iter().position(|(_, other)| *other == account) {
            if self.recent[rank].0 >= time {
                return;
            }
            self.recent.remove(rank);
        }
        let rank = self.recent.partition_point(|(other, _)| *other > time);
        if rank < RECENT_ACCOUNTS {
            self.recent.truncate(RECENT_ACCOUNTS - 1);
            insert(&mut self.recent, rank, (time, account), RECENT_ACCOUNTS);
        }
    }

    /// Returns the latest events, oldest first.
    pub fn events(&self) -> &[EventSlot] {
        &self.events
    }

    /// Inserts an event of the agent, unless it is older than all of a full list.
    pub fn add_event(&mut self, event: EventSlot, rings: &EventRings) {
        let time = rings[event].time;
        let is_before = |other: &EventSlot| rings[*other].time < time;
        // Most events are the latest.
        let is_latest = self.events.last().is_none_or(is_before);
        let rank = if is_latest { self.events.len() } else { self.events.partition_point(is_before) };
        if self.events.len() < EVENTS_PER_RING {
            insert(&mut self.events, rank, event, EVENTS_PER_RING);
        } else if rank > 0 {
            self.events[..rank].rotate_left(1);
            self.events[rank - 1] = event;
        }
    }

    /// Inserts many events of the agent at once, in any order.
    ///
    /// Pays for: a start within 4 times the bare load of a snapshot, together with
    /// [`TenantState::load`](super::state::TenantState::load). Loading takes 4 times as long if each event is applied by
    /// itself (measured apart from the server); `cargo xtask bench --only start` measures the goal.
    pub fn add_events(&mut self, mut events: Vec<(EventStamp, EventSlot)>, rings: &EventRings) {
        let time = |(time, _): &(EventStamp, EventSlot)| *time;
        events.extend(self.events.iter().map(|event| (rings[*event].time, *event)));
        if events.len() > EVENTS_PER_RING {
            let older = events.len() - EVENTS_PER_RING;
            events.select_nth_unstable_by_key(older, time);
            events.drain(..older);
        }
        events.sort_unstable_by_key(time);
        // `collect` would keep the allocation of `events`, which is several times as large.
        self.events = Vec::with_capacity(events.len());
        self.events.extend(events.into_iter().map(|(_, event)| event));
    }

    /// Removes an event that is about to be freed.
    pub fn remove_event(&mut self, event: EventSlot, rings: &EventRings) {
        if self.events.first().is_some_and(|first| rings[*first].time <= rings[event].time) {
            self.events.retain(|other| *other != event);
        }
    }
}

/// Inserts into a list that never has more than `max` values, without memory for more.
///
/// Pays for: at most 130 bytes per account. With `Vec::insert` alone `cargo test -p group-dispatch-server --test memory`
/// measures 115 bytes per account instead of 111.
fn insert<T>(list: &mut Vec<T>, rank: usize, value: T, max: usize) {
    if list.len() == list.capacity() {
        list.reserve_exact(list.len().max(4).min(max - list.len()));
    }
    list.insert(rank, value);
}
