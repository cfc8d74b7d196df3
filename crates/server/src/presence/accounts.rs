use std::{collections::BTreeMap, hash::BuildHasher};

use compact_str::CompactString;
use group_dispatch_types::WhatsAppNumber;
use hashbrown::{DefaultHashBuilder, HashMap, HashTable};

use super::{
    chunked_vec::ChunkedVec,
    event_kind::EventKinds,
    event_ring::{Content, EVENTS_PER_RING, EventRing, EventRings, Naming, RingEvent},
    event_time::EventTime,
    ids::{AccountIndex, AgentIndex, EventIndex, KindIndex},
};

/// Every account that was met at a source, and its events. None is ever forgotten, so that an index stays good.
#[derive(Default)]
pub struct Accounts {
    accounts: ChunkedVec<Account>,
    by_number: HashTable<AccountIndex>,
    hasher: DefaultHashBuilder,
    pub records: EventRings,
    /// The events of accounts with other agents than the one they were with last. Most accounts have none.
    earlier: BTreeMap<(AccountIndex, AgentIndex), EventRing>,
    /// The names that events gave, where it is another than their account has. Most accounts keep theirs.
    names: HashMap<EventIndex, CompactString>,
}

struct Account {
    number: WhatsAppNumber,
    /// One that events gave it; if the latest event gave one, that. It is [`escaped`](super::wire::escaped), as all names
    /// here: that is done once, and not for each answer.
    name: Option<CompactString>,
    /// The events with the agent who has the account: whose event was the latest to [claim](super::kind::Kind::claims) it or, if none
    /// did, the latest of all (D16). The newest of them decides where the account is.
    latest: EventRing,
    /// What the latest event's record says as well: answers need not look for it, somewhere else in memory.
    content: Content,
    agent: AgentIndex,
}

/// The state of an account by the latest event with the agent that has it: where it is, and its name.
pub struct Latest<'a> {
    pub number: WhatsAppNumber,
    pub name: Option<&'a str>,
    pub agent: AgentIndex,
    pub kind: KindIndex,
}

/// What an event tells.
#[derive(Clone, Copy)]
pub struct AppliedEvent<'a> {
    pub time: EventTime,
    pub agent: AgentIndex,
    pub kind: KindIndex,
    pub name: Option<&'a str>,
}

/// What an event was to an account.
pub struct Applied {
    pub account: AccountIndex,
    pub news: Change,
    /// What is kept no longer, and in no chain any more.
    pub removed: Option<EventIndex>,
}

pub enum Change {
    /// It was known, or is older than all that is kept.
    Nothing,
    /// It is kept.
    Earlier(EventIndex),
    /// It is kept, and the event that decides where the account is has changed, mostly to this one.
    Latest {
        /// Where it is kept.
        kept: EventIndex,
        /// The event that decides it now.
        now: EventIndex,
        /// The event that decided it before.
        before: Option<EventIndex>,
    },
}

impl Accounts {
    pub fn len(&self) -> usize {
        self.by_number.len()
    }

    pub fn find(&self, number: WhatsAppNumber) -> Option<AccountIndex> {
        let is_it = |account: &AccountIndex| self.number(*account) == number;
        self.by_number.find(self.hasher.hash_one(number), is_it).copied()
    }

    pub fn number(&self, account: AccountIndex) -> WhatsAppNumber {
        self.accounts[account.0].number
    }

    pub fn latest(&self, account: AccountIndex) -> Latest<'_> {
        let Account { number, name, content, agent, .. } = &self.accounts[account.0];
        // The latest event's name is never apart.
        let name = name.as_deref().filter(|_| content.naming() == Naming::AtAccount);
        Latest { number: *number, name, agent: *agent, kind: content.kind() }
    }

    /// Returns the time of the event that decides where the account is.
    pub fn latest_time(&self, account: AccountIndex) -> EventTime {
        self.records[self.accounts[account.0].latest.newest].time
    }

    /// The name that an event gave its account.
    pub fn name(&self, event: EventIndex) -> Option<&str> {
        let RingEvent { account, content, .. } = &self.records[event];
        match content.naming() {
            Naming::Nowhere => None,
            Naming::AtAccount => self.accounts[account.0].name.as_deref(),
            Naming::Apart => self.names.get(&event).map(CompactString::as_str),
        }
    }

    /// The latest events with an agent.
    pub fn chain(&self, account: AccountIndex, agent: AgentIndex) -> Option<EventRing> {
        if self.accounts[account.0].agent == agent {
            Some(self.accounts[account.0].latest)
        } else {
            self.earlier.get(&(account, agent)).copied()
        }
    }

    /// The agents whose events with an account are kept, each once.
    pub fn agents_of(&self, account: AccountIndex) -> impl Iterator<Item = AgentIndex> {
        let all = (account, AgentIndex::FIRST)..=(account, AgentIndex::LAST);
        std::iter::once(self.accounts[account.0].agent).chain(self.earlier.range(all).map(|((_, agent), _)| *agent))
    }

    /// Applies an event; `kinds` knows which of them claim the account.
    pub fn apply(&mut self, number: WhatsAppNumber, told: AppliedEvent<'_>, kinds: &EventKinds) -> Applied {
        let Some(account) = self.find(number) else {
            let newest = self.insert(number, told, &[], &mut Vec::new());
            let account = self.records[newest].account;
            return Applied {
                account,
                news: Change::Latest { kept: newest, now: newest, before: None },
                removed: None,
            };
        };
        let Account { latest: last, agent: with, .. } = self.accounts[account.0];
        let is_newer = told.time > self.latest_time(account);
        let record = RingEvent::new(told.time, account, told.agent, told.kind);
        let (place, chain, removed) = match self.chain(account, told.agent) {
            Some(chain) => match self.records.put(chain, record) {
                Some(put) => put,
                None => return Applied { account, news: Change::Nothing, removed: None },
            },
            None => {
                let chain = self.records.begin(record);
                (chain.newest, chain, None)
            }
        };
        let is_latest = if told.agent == with { is_newer } else { self.takes_over(account, chain, is_newer, kinds) };
        if is_latest {
            if with != told.agent {
                self.earlier.remove(&(account, told.agent));
                self.earlier.insert((account, with), last);
            }
            self.accounts[account.0].latest = chain;
            self.accounts[account.0].agent = told.agent;
            self.give_name(place, told.name);
            self.settle(account);
            let news = Change::Latest { kept: place, now: chain.newest, before: Some(last.newest) };
            return Applied { account, news, removed };
        }
        self.set(account, told.agent, chain);
        self.give_name(place, told.name);
        Applied { account, news: Change::Earlier(place), removed }
    }

    /// Whether the events with another agent than the one who has the account take the account to that agent. `is_newer`: the
    /// one that just came is newer than all that the holder has.
    fn takes_over(&self, account: AccountIndex, chain: EventRing, is_newer: bool, kinds: &EventKinds) -> bool {
        match (self.claimed_by(chain, kinds), self.claimed(account, kinds)) {
            (Some(claimed), Some(before)) => claimed > before,
            (Some(_), None) => true,
            (None, Some(_)) => false,
            (None, None) => is_newer,
        }
    }

    /// Returns when the agent that has the account claimed it, or `None` if that agent's events do not show it.
    fn claimed(&self, account: AccountIndex, kinds: &EventKinds) -> Option<EventTime> {
        self.claimed_by(self.accounts[account.0].latest, kinds)
    }

    /// When the events of a chain last claimed their account. Of a full chain without a claim it is the oldest, which stands
    /// for a claim that fell out before it: so the chains alone decide who has an account, in whatever order they are loaded.
    fn claimed_by(&self, chain: EventRing, kinds: &EventKinds) -> Option<EventTime> {
        let claims = |event: &&RingEvent| kinds.get(event.content.kind()).claims();
        let claim = self.records.oldest_first(chain).filter(claims).last().map(|event| event.time);
        let is_full = usize::from(chain.length()) == EVENTS_PER_RING;
        claim.or_else(|| is_full.then(|| self.records[self.records.oldest(chain)].time))
    }

    /// The event that decides where the account is gives it its name too.
    fn settle(&mut self, account: AccountIndex) {
        let newest = self.accounts[account.0].latest.newest;
        if self.records[newest].content.naming() == Naming::Apart
            && let Some(name) = self.names.remove(&newest)
        {
            self.rename(account, &name);
            self.records.set_naming(newest, Naming::AtAccount);
        }
        self.accounts[account.0].content = self.records[newest].content;
    }

    /// Makes room to find so many accounts; none if there is not so much memory.
    pub fn reserve(&mut self, count: usize) -> Option<()> {
        let (accounts, hasher) = (&self.accounts, &self.hasher);
        let hash = |account: &AccountIndex| hasher.hash_one(accounts[account.0].number);
        self.by_number.try_reserve(count.saturating_sub(self.by_number.len()), hash).ok()
    }

    /// Meets an account by an event, and by older ones with the same agent, newest first, in number no more than are kept;
    /// `kept` is told where they all are. Gives the newest.
    pub fn insert(
        &mut self,
        number: WhatsAppNumber,
        newest: AppliedEvent<'_>,
        older: &[AppliedEvent<'_>],
        kept: &mut Vec<(EventTime, EventIndex)>,
    ) -> EventIndex {
        let account = AccountIndex(self.accounts.end());
        let all = || std::iter::once(&newest).chain(older);
        let name = all().find_map(|told| told.name);
        let record = |told: &AppliedEvent<'_>| {
            let naming = match told.name {
                None => Naming::Nowhere,
                named if named == name => Naming::AtAccount,
                Some(_) => Naming::Apart,
            };
            let mut record = RingEvent::new(told.time, account, told.agent, told.kind);
            record.content = Content::new(told.kind, naming);
            record
        };
        let before = kept.len();
        let latest = self.records.begin_with(record(&newest), older.iter().map(record), kept);
        for (told, (_, place)) in all().zip(&kept[before..]) {
            if let (Some(name), Naming::Apart) = (told.name, self.records[*place].content.naming()) {
                self.names.insert(*place, name.into());
            }
        }
        let RingEvent { agent, content, .. } = self.records[latest.newest];
        self.accounts.add(Account { number, name: name.map(CompactString::from), latest, content, agent });
        let (accounts, hasher) = (&self.accounts, &self.hasher);
        let hash = |account: &AccountIndex| hasher.hash_one(accounts[account.0].number);
        self.by_number.insert_unique(hasher.hash_one(number), account, hash);
        latest.newest
    }

    /// Notes the name that an event gave its account, once the event is in its chain.
    fn give_name(&mut self, event: EventIndex, name: Option<&str>) {
        let account = self.records[event].account;
        let is_latest = self.accounts[account.0].latest.newest == event;
        if let Some(name) = name {
            let has = self.accounts[account.0].name.as_deref();
            let naming = if has == Some(name) {
                Naming::AtAccount
            } else if is_latest || has.is_none() {
                self.rename(account, name);
                Naming::AtAccount
            } else {
                self.names.insert(event, name.into());
                Naming::Apart
            };
            self.records.set_naming(event, naming);
        }
        if is_latest {
            self.accounts[account.0].content = self.records[event].content;
        }
    }

    /// Gives an account another name; events that gave it the one before keep that apart.
    fn rename(&mut self, account: AccountIndex, name: &str) {
        let Some(before) = self.accounts[account.0].name.replace(name.into()) else { return };
        let chains: Vec<_> = self.agents_of(account).filter_map(|agent| self.chain(account, agent)).collect();
        for event in chains.into_iter().flat_map(|chain| self.records.newest_first(chain)).collect::<Vec<_>>() {
            if self.records[event].content.naming() == Naming::AtAccount {
                self.names.insert(event, before.clone());
                self.records.set_naming(event, Naming::Apart);
            }
        }
    }

    /// Lets go of a record that is in no chain.
    pub fn free(&mut self, record: EventIndex) {
        if self.records[record].content.naming() == Naming::Apart {
            self.names.remove(&record);
        }
        self.records.free(record);
    }

    fn set(&mut self, account: AccountIndex, agent: AgentIndex, chain: EventRing) {
        if self.accounts[account.0].agent == agent {
            self.accounts[account.0].latest = chain;
        } else {
            self.earlier.insert((account, agent), chain);
        }
    }

    /// Lets the oldest event with an agent fall out, if it happened before `before` and neither decides where the account is
    /// nor could still come to decide it.
    pub fn expire_oldest(
        &mut self,
        account: AccountIndex,
        agent: AgentIndex,
        before: i64,
        kinds: &EventKinds,
    ) -> Option<EventIndex> {
        let chain = self.chain(account, agent)?;
        let oldest = self.records.oldest(chain);
        if self.records[oldest].time.at >= before || self.is_needed(account, agent, chain, oldest, kinds) {
            return None;
        }
        match self.records.unlink_oldest(chain) {
            Some(rest) => self.set(account, agent, rest),
            None => drop(self.earlier.remove(&(account, agent))),
        }
        Some(oldest)
    }
}

impl Accounts {
    /// Whether the oldest event with an agent is needed to decide where the account is. Of the agent who has it these are the
    /// claim and the latest event. Of the others it is the latest, if it came after the claim: a claim of theirs between the
    /// two, should it still come, would be over by then.
    fn is_needed(
        &self,
        account: AccountIndex,
        agent: AgentIndex,
        chain: EventRing,
        oldest: EventIndex,
        kinds: &EventKinds,
    ) -> bool {
        let (time, claimed) = (self.records[oldest].time, self.claimed(account, kinds));
        let is_newest = oldest == chain.newest;
        if self.accounts[account.0].agent == agent {
            is_newest || claimed == Some(time)
        } else {
            is_newest && claimed.is_none_or(|claimed| time > claimed)
        }
    }
}

/// A walk past every account with each of its agents. It may rest while accounts learn: what was there when it began, it
/// comes by.
#[derive(Default)]
pub struct Walk {
    next: u32,
    /// The account at hand, and its agents that are still to come.
    agents: Vec<(AccountIndex, AgentIndex)>,
}

impl Walk {
    pub fn next(&mut self, accounts: &Accounts) -> Option<(AccountIndex, AgentIndex)> {
        if self.agents.is_empty()
            && let Some(place) = accounts.accounts.place_from(self.next)
        {
            let account = AccountIndex(place);
            self.next = place + 1;
            self.agents.extend(accounts.agents_of(account).map(|agent| (account, agent)));
        }
        self.agents.pop()
    }
}
