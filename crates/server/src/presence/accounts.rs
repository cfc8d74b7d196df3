//! The WhatsApp accounts of a source: which agent has each, what it is called, and its latest events with each agent.
//!
//! The events of an account with one agent are a ring. One of its agents has the account: the one whose event claimed it
//! last or, if no event did, the one with the latest event (D16). The newest event of that agent's ring decides whether
//! the account is online and what its name is. These are stored with the account as well, so that an answer reads memory
//! once for each account. Rings with other agents, names of events that differ from the account's, and what observed events
//! say are rare and lie in maps of their own.
//!
//! Pays for: at most 130 bytes per account. The index by number stores slots only. With a `HashMap`, which would store each
//! number a second time, `cargo test -p group-dispatch-server --test memory` measures 138 bytes per account instead of 111.
//!
//! ```text
//!   by_number --> Account { name, kind, agent, latest } ---> ring with the agent that has the account
//!                     |
//!   earlier[account, agent] -------------------------------> rings with other agents
//!   names[event] ------------------------------------------> names that differ from the account's
//! ```

use std::{collections::BTreeMap, hash::BuildHasher};

use group_dispatch_types::{AccountStatus, WhatsAppNumber};
use hashbrown::{DefaultHashBuilder, HashMap, HashTable};
use smol_str::SmolStr;

use super::{
    chunked_vec::ChunkedVec,
    event_kind::EventKinds,
    event_ring::{EventRing, EventRings, Inserted, RingEvent},
    event_stamp::EventStamp,
    observations::Observations,
    slots::{AccountSlot, AgentSlot, EventSlot, KindSlot},
};

mod holder;

/// All accounts that events of a source were about. None is ever removed.
#[derive(Default)]
pub struct Accounts {
    accounts: ChunkedVec<Account>,
    /// Slots only: the numbers are with the accounts.
    by_number: HashTable<AccountSlot>,
    hasher: DefaultHashBuilder,
    pub rings: EventRings,
    earlier: BTreeMap<(AccountSlot, AgentSlot), EventRing>,
    names: HashMap<EventSlot, Option<SmolStr>>,
    observations: Observations,
}

struct Account {
    number: WhatsAppNumber,
    /// The name that the latest event gave, [escaped](super::json::escape) as all names here.
    name: Option<SmolStr>,
    /// The kind of the latest event; if that only says that the account went, of the record that says why, if there is one.
    kind: KindSlot,
    /// The agent that has the account.
    agent: AgentSlot,
    /// The events with that agent.
    latest: EventRing,
}

/// An account as its latest event left it.
pub struct AccountState<'a> {
    pub number: WhatsAppNumber,
    pub name: Option<&'a str>,
    pub kind: KindSlot,
}

/// An event that is to be stored with an account.
#[derive(Clone, Copy)]
pub struct AccountEvent<'a> {
    pub time: EventStamp,
    pub agent: AgentSlot,
    pub kind: KindSlot,
    pub name: Option<&'a str>,
    /// Of an observed event.
    pub observed: Option<Observed>,
}

/// What an observed event says beside its time.
#[derive(Clone, Copy)]
pub struct Observed {
    /// As in [`Provenance::Observed`](crate::event::Provenance::Observed).
    pub not_before: Option<i64>,
}

/// What [`Accounts::apply`] changed.
#[derive(Default)]
pub struct Applied {
    /// The event, unless it was known or is older than all that are stored.
    pub stored: Option<EventSlot>,
    /// An event that is in no ring now, and still to be freed.
    pub removed: Option<EventSlot>,
    /// The kind of an observed event that gave way, still to be released.
    pub replaced: Option<KindSlot>,
    /// Whether the account has another name.
    pub is_renamed: bool,
}

impl Accounts {
    pub fn len(&self) -> usize {
        self.by_number.len()
    }

    /// Returns up to `count` accounts from a slot on. Accounts keep their slots, so that a walk over all of them may
    /// pause while events are applied.
    pub fn slots(&self, first: u32, count: u32) -> impl ExactSizeIterator<Item = AccountSlot> + use<> {
        (first..first.saturating_add(count).min(self.accounts.end())).map(AccountSlot)
    }

    pub fn find(&self, number: WhatsAppNumber) -> Option<AccountSlot> {
        let is_it = |account: &AccountSlot| self.number(*account) == number;
        self.by_number.find(self.hasher.hash_one(number), is_it).copied()
    }

    pub fn number(&self, account: AccountSlot) -> WhatsAppNumber {
        self.accounts[account.0].number
    }

    pub fn state(&self, account: AccountSlot) -> AccountState<'_> {
        let Account { number, ref name, kind, .. } = self.accounts[account.0];
        AccountState { number, name: name.as_deref(), kind }
    }

    /// Returns the status that the latest event gave an account.
    pub fn status(&self, account: AccountSlot, kinds: &EventKinds) -> AccountStatus {
        kinds.get(self.accounts[account.0].kind).status
    }

    /// Returns the agent with which an account is online.
    pub fn online_agent(&self, account: AccountSlot, kinds: &EventKinds) -> Option<AgentSlot> {
        let Account { agent, kind, .. } = self.accounts[account.0];
        kinds.get(kind).is_online().then_some(agent)
    }

    /// Returns the time of the latest event.
    pub fn latest_time(&self, account: AccountSlot) -> EventStamp {
        self.rings[self.accounts[account.0].latest.newest].time
    }

    /// Returns the name that an event gave its account.
    pub fn name(&self, slot: EventSlot, event: &RingEvent) -> Option<&str> {
        self.names.get(&slot).unwrap_or_else(|| &self.accounts[event.account.0].name).as_deref()
    }

    /// Returns the events of an account with an agent.
    pub fn ring(&self, account: AccountSlot, agent: AgentSlot) -> Option<EventRing> {
        let Account { agent: holder, latest, .. } = self.accounts[account.0];
        if agent == holder { Some(latest) } else { self.earlier.get(&(account, agent)).copied() }
    }

    /// Returns the agents with which an account has events, each once.
    pub fn agents_of(&self, account: AccountSlot) -> impl Iterator<Item = AgentSlot> {
        let all = (account, AgentSlot::FIRST)..=(account, AgentSlot::LAST);
        std::iter::once(self.accounts[account.0].agent).chain(self.earlier.range(all).map(|((_, agent), _)| *agent))
    }

    /// Makes room in the index by number for `count` accounts. Returns `None` if there is not enough memory.
    pub fn reserve(&mut self, count: usize) -> Option<()> {
        let hash = |account: &AccountSlot| self.hasher.hash_one(self.accounts[account.0].number);
        self.by_number.try_reserve(count.saturating_sub(self.by_number.len()), hash).ok()
    }

    /// Adds an account with its first event, and with older records of the same agent, newest first; all together they fit
    /// into a ring.
    pub fn add(
        &mut self,
        number: WhatsAppNumber,
        newest: AccountEvent<'_>,
        older: &[AccountEvent<'_>],
        kinds: &EventKinds,
    ) -> AccountSlot {
        let account = AccountSlot(self.accounts.end());
        let stored = |event: &AccountEvent<'_>| RingEvent::new(event.time, account, event.agent, event.kind);
        let latest = self.rings.create(stored(&newest), older.iter().map(stored), newest.observed.is_some());
        for (event, (slot, _)) in older.iter().rev().zip(self.rings.oldest_first(latest)) {
            if event.name != newest.name {
                self.names.insert(slot, event.name.map(SmolStr::from));
            }
        }
        self.set_observed(latest.newest, &newest, kinds);
        let AccountEvent { agent, name, .. } = newest;
        let kind = self.status_kind(latest, kinds);
        self.accounts.add(Account { number, name: name.map(SmolStr::from), latest, kind, agent });
        let hash = |account: &AccountSlot| self.hasher.hash_one(self.accounts[account.0].number);
        self.by_number.insert_unique(self.hasher.hash_one(number), account, hash);
        account
    }

    /// Applies one more event of an account.
    pub fn apply(&mut self, account: AccountSlot, event: AccountEvent<'_>, kinds: &EventKinds) -> Applied {
        let is_latest = event.time > self.latest_time(account);
        let new = RingEvent::new(event.time, account, event.agent, event.kind);
        let is_observed = event.observed.is_some();
        let inserted = match self.ring(account, event.agent) {
            Some(ring) => self.rings.insert(ring, new, is_observed),
            None => {
                let ring = self.rings.create(new, std::iter::empty(), is_observed);
                Some(Inserted { event: ring.newest, ring, removed: None, replaced: None })
            }
        };
        let Some(Inserted { event: stored, ring, removed, replaced }) = inserted else {
            let is_claim = is_observed && kinds.get(event.kind).claims();
            let is_renamed = is_claim && self.apply_claim(account, event.agent, event.time, kinds);
            return Applied { is_renamed, ..Applied::default() };
        };
        if let Some(replaced) = &replaced {
            self.names.remove(&stored);
            if kinds.get(replaced.kind).claims() {
                self.observations.keep_claim(account, event.agent, replaced.time);
            }
        }
        if is_observed || replaced.is_some() {
            self.set_observed(stored, &event, kinds);
        }
        self.settle(account, event.agent, ring, is_latest, kinds);
        if event.name != self.accounts[account.0].name.as_deref() {
            self.names.insert(stored, event.name.map(SmolStr::from));
        }
        let replaced = replaced.map(|replaced| replaced.kind);
        Applied { stored: Some(stored), removed, replaced, is_renamed: self.follow_latest(account, kinds) }
    }

    /// Applies the claim of an observed event that is in no ring. Returns whether the account has another name.
    pub fn apply_claim(
        &mut self,
        account: AccountSlot,
        agent: AgentSlot,
        time: EventStamp,
        kinds: &EventKinds,
    ) -> bool {
        let Some(ring) = self.ring(account, agent) else { return false };
        self.observations.keep_claim(account, agent, time);
        self.settle(account, agent, ring, false, kinds);
        self.follow_latest(account, kinds)
    }

    /// Returns the claim of observed events of an account with an agent that are in no ring.
    pub fn observed_claim(&self, account: AccountSlot, agent: AgentSlot) -> Option<EventStamp> {
        self.observations.claim(account, agent)
    }

    /// Returns when an account that went was last seen, if its latest event with an agent only says that it went.
    pub fn last_seen(&self, ring: EventRing) -> Option<i64> {
        if ring.is_observed { self.observations.last_seen(ring.newest) } else { None }
    }

    /// Removes the oldest event with an agent, which is still to be freed. Returns `None` if it happened at `before` or
    /// later, or is needed to decide which agent has the account.
    pub fn expire_oldest(
        &mut self,
        account: AccountSlot,
        agent: AgentSlot,
        before: i64,
        kinds: &EventKinds,
    ) -> Option<EventSlot> {
        let ring = self.ring(account, agent)?;
        let oldest = self.rings.oldest(ring);
        let time = self.rings[oldest].time;
        if time.at >= before {
            return None;
        }
        let Account { latest, agent: holder, .. } = self.accounts[account.0];
        let claimed = self.claimed(account, holder, latest, kinds);
        let is_newest = oldest == ring.newest;
        let is_reason = self.reason(ring, kinds).is_some_and(|(reason, _)| reason == oldest);
        let is_needed = if holder == agent {
            is_newest || claimed == Some(time)
        } else {
            // If the agent's claim from before this event still arrives, this event has already ended it.
            is_newest && claimed.is_none_or(|claimed| time > claimed)
        };
        if is_needed || is_reason {
            return None;
        }
        match self.rings.remove_oldest(ring) {
            Some(rest) => self.set_ring(account, agent, rest),
            None => {
                self.earlier.remove(&(account, agent));
                self.observations.forget_claim(account, agent);
            }
        }
        Some(oldest)
    }

    /// Frees an event that is in no ring.
    pub fn free(&mut self, event: EventSlot) {
        self.names.remove(&event);
        self.observations.forget(event);
        self.rings.free(event);
    }

    fn set_ring(&mut self, account: AccountSlot, agent: AgentSlot, ring: EventRing) {
        if self.accounts[account.0].agent == agent {
            self.accounts[account.0].latest = ring;
        } else {
            self.earlier.insert((account, agent), ring);
        }
    }

    fn set_observed(&mut self, stored: EventSlot, event: &AccountEvent<'_>, kinds: &EventKinds) {
        let went = event.observed.filter(|_| !kinds.get(event.kind).is_online());
        self.observations.set_last_seen(stored, went.and_then(|went| went.not_before));
    }

    /// Stores kind and name of the latest event with the account. Returns whether the name is another one.
    fn follow_latest(&mut self, account: AccountSlot, kinds: &EventKinds) -> bool {
        let latest = self.accounts[account.0].latest;
        let newest = latest.newest;
        self.accounts[account.0].kind = self.status_kind(latest, kinds);
        let Some(name) = self.names.remove(&newest) else { return false };
        let before = std::mem::replace(&mut self.accounts[account.0].name, name);
        let rings: Vec<_> = self.agents_of(account).filter_map(|agent| self.ring(account, agent)).collect();
        for (event, _) in rings.into_iter().flat_map(|ring| self.rings.oldest_first(ring)) {
            if event != newest {
                self.names.entry(event).or_insert_with(|| before.clone());
            }
        }
        true
    }
}
