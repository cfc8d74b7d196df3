use std::{collections::BTreeMap, hash::BuildHasher};

use arcstr::ArcStr;
use group_dispatch_types::WhatsAppNumber;
use hashbrown::{DefaultHashBuilder, HashTable};

use super::{
    agent::AgentIndex,
    kind::KindIndex,
    record::{Chain, Record, RecordIndex, Records, Time},
    slab::Slab,
};

/// The place of an account among [`Accounts`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct AccountIndex(u32);

/// Every account that was met at a source, and its events. None is ever forgotten, so that an index stays good.
#[derive(Default)]
pub struct Accounts {
    accounts: Slab<Account>,
    by_number: HashTable<AccountIndex>,
    hasher: DefaultHashBuilder,
    pub records: Records,
    /// The events of accounts with other agents than the one they were with last. Most accounts have none.
    earlier: BTreeMap<(AccountIndex, AgentIndex), Chain>,
}

struct Account {
    number: WhatsAppNumber,
    /// The events with the agent whom the latest event is of. That one tells where the account is.
    latest: Chain,
}

/// What an event tells.
#[derive(Clone, Copy)]
pub struct Told<'a> {
    pub time: Time,
    pub agent: AgentIndex,
    pub kind: KindIndex,
    pub name: Option<&'a str>,
}

/// What an event was to an account.
pub struct Learnt {
    pub account: AccountIndex,
    pub news: News,
    /// What is kept no longer, and in no chain any more.
    pub fell_out: Option<RecordIndex>,
}

pub enum News {
    /// It was known, or is older than all that is kept.
    Nothing,
    /// It is kept.
    Earlier(RecordIndex),
    /// It is the latest now, in the place of the one that was.
    Latest(RecordIndex, Option<RecordIndex>),
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

    /// The latest event, whoever the agent: it tells where the account is.
    pub fn latest(&self, account: AccountIndex) -> &Record {
        &self.records[self.accounts[account.0].latest.newest]
    }

    /// The latest events with an agent.
    pub fn chain(&self, account: AccountIndex, agent: AgentIndex) -> Option<Chain> {
        if self.latest(account).agent == agent {
            Some(self.accounts[account.0].latest)
        } else {
            self.earlier.get(&(account, agent)).copied()
        }
    }

    /// The agents whose events with an account are kept, each once.
    pub fn agents_of(&self, account: AccountIndex) -> impl Iterator<Item = AgentIndex> {
        let all = (account, AgentIndex::FIRST)..=(account, AgentIndex::LAST);
        std::iter::once(self.latest(account).agent).chain(self.earlier.range(all).map(|((_, agent), _)| *agent))
    }

    pub fn learn(&mut self, number: WhatsAppNumber, told: Told<'_>) -> Learnt {
        let Some(account) = self.find(number) else { return self.meet(number, told) };
        let last = self.accounts[account.0].latest;
        let latest = self.latest(account);
        let (is_latest, with) = (told.time > latest.time(), latest.agent);
        let name = shared(latest.name.as_ref(), told.name);
        let record = Record::new(told.time, name, account, told.agent, told.kind);
        let (place, chain, fell_out) = match self.chain(account, told.agent) {
            Some(chain) => match self.records.put(chain, record) {
                Some(put) => put,
                None => return Learnt { account, news: News::Nothing, fell_out: None },
            },
            None => {
                let chain = self.records.begin(record);
                (chain.newest, chain, None)
            }
        };
        if is_latest {
            if with != told.agent {
                self.earlier.remove(&(account, told.agent));
                self.earlier.insert((account, with), last);
            }
            self.accounts[account.0].latest = chain;
            return Learnt { account, news: News::Latest(place, Some(last.newest)), fell_out };
        }
        self.set(account, told.agent, chain);
        Learnt { account, news: News::Earlier(place), fell_out }
    }

    fn meet(&mut self, number: WhatsAppNumber, told: Told<'_>) -> Learnt {
        let account = AccountIndex(self.accounts.end());
        let name = told.name.map(ArcStr::from);
        let latest = self.records.begin(Record::new(told.time, name, account, told.agent, told.kind));
        self.accounts.add(Account { number, latest });
        let (accounts, hasher) = (&self.accounts, &self.hasher);
        let hash = |account: &AccountIndex| hasher.hash_one(accounts[account.0].number);
        self.by_number.insert_unique(hasher.hash_one(number), account, hash);
        Learnt { account, news: News::Latest(latest.newest, None), fell_out: None }
    }

    /// Learns an event that is older than all that is kept of an account, which was with the same agent ever since. Nothing
    /// if it is not so, or nothing more can be kept.
    pub fn learn_older(&mut self, account: AccountIndex, told: Told<'_>) -> Option<RecordIndex> {
        let latest = self.latest(account);
        if latest.agent != told.agent {
            return None;
        }
        let name = shared(latest.name.as_ref(), told.name);
        let record = Record::new(told.time, name, account, told.agent, told.kind);
        let (place, chain) = self.records.put_oldest(self.accounts[account.0].latest, record)?;
        self.accounts[account.0].latest = chain;
        Some(place)
    }

    fn set(&mut self, account: AccountIndex, agent: AgentIndex, chain: Chain) {
        if self.latest(account).agent == agent {
            self.accounts[account.0].latest = chain;
        } else {
            self.earlier.insert((account, agent), chain);
        }
    }

    /// Lets the oldest event with an agent fall out, if it happened before `before` and does not tell where the account
    /// is.
    pub fn fall_out(&mut self, account: AccountIndex, agent: AgentIndex, before: i64) -> Option<RecordIndex> {
        let chain = self.chain(account, agent)?;
        let oldest = self.records.oldest(chain);
        if oldest == self.accounts[account.0].latest.newest || self.records[oldest].at >= before {
            return None;
        }
        match self.records.unlink_oldest(chain) {
            Some(rest) => self.set(account, agent, rest),
            None => drop(self.earlier.remove(&(account, agent))),
        }
        Some(oldest)
    }
}

/// The name, sharing memory with the one that the account had.
fn shared(before: Option<&ArcStr>, name: Option<&str>) -> Option<ArcStr> {
    let name = name?;
    Some(before.filter(|before| before.as_str() == name).cloned().unwrap_or_else(|| name.into()))
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
        if self.agents.is_empty() && self.next < accounts.accounts.end() {
            let account = AccountIndex(self.next);
            self.next += 1;
            self.agents.extend(accounts.agents_of(account).map(|agent| (account, agent)));
        }
        self.agents.pop()
    }
}
