//! Who has an account at a source, and with which status, at any time (D16, D44).
//!
//! An account at a source belongs to the agent of its latest claim: a record that it came online, or that it was banned. Without
//! a claim it belongs to the agent of its latest record. Its status is that of the latest record with this agent. Records are ordered
//! by createTime and, within a second, by when they happened; both is the order of their numbers.

use std::collections::BTreeMap;

use group_dispatch_types::{AccountStatus, WhatsAppNumber};

use super::timeline::Timeline;
use crate::{record::Record, sources::source_index};

/// What an account is at a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct State {
    /// The index of the agent that has the account.
    pub agent: u32,
    pub status: AccountStatus,
    /// The number of the latest record with that agent.
    pub newest: u32,
}

impl State {
    pub fn is_online_with(&self, agent: u32) -> bool {
        self.agent == agent && self.status == AccountStatus::Online
    }
}

/// The records of an account at a source, as far as they count.
#[derive(Default)]
struct AccountPresence {
    states: Timeline<State>,
    /// By agent.
    agents: Vec<WithAgent>,
}

/// The latest records of an account with an agent.
struct WithAgent {
    agent: u32,
    claim: Option<u32>,
    newest: u32,
}

/// An account that an agent has or had at a source.
pub struct Acquaintance {
    /// Its index.
    pub account: u32,
    /// The numbers of the records with which it came online with the agent, ascending.
    logins: Vec<u32>,
}

/// The accounts that an agent has or had at a source, by number.
type Acquaintances = BTreeMap<WhatsAppNumber, Acquaintance>;

/// See the [module](self).
#[derive(Default)]
pub struct Presence {
    accounts: Vec<[AccountPresence; 3]>,
    agents: Vec<[Acquaintances; 3]>,
}

impl Presence {
    /// Counts a record that is the last one to count.
    pub fn add(&mut self, number: u32, records: &[Record]) {
        let record = &records[number as usize];
        let Some(source) = source_index(record.source) else { return };
        let account = at_index(&mut self.accounts, record.account);
        account[source].add(number, records);
        let acquaintances = &mut at_index(&mut self.agents, record.agent)[source];
        let acquaintance = acquaintances
            .entry(record.whatsapp)
            .or_insert_with(|| Acquaintance { account: record.account, logins: Vec::new() });
        if record.status == AccountStatus::Online {
            let rank = acquaintance.logins.partition_point(|other| *other < number);
            acquaintance.logins.insert(rank, number);
        }
    }

    /// Returns what an account is at a source at a time; `None` if nothing counts yet.
    pub fn state(&self, account: u32, source: usize, at: i64) -> Option<&State> {
        self.accounts.get(account as usize)?[source].states.at(at)
    }

    /// Returns the accounts that an agent has or had at a source, by number. Some may have come after the time that is asked for.
    pub fn acquaintances(&self, agent: u32, source: usize) -> impl Iterator<Item = &Acquaintance> {
        self.agents.get(agent as usize).into_iter().flat_map(move |sources| sources[source].values())
    }
}

impl AccountPresence {
    fn add(&mut self, number: u32, records: &[Record]) {
        let record = &records[number as usize];
        let index = self.agents.iter().position(|with| with.agent == record.agent).unwrap_or_else(|| {
            self.agents.push(WithAgent { agent: record.agent, claim: None, newest: number });
            self.agents.len() - 1
        });
        let with = &mut self.agents[index];
        with.newest = with.newest.max(number);
        if record.claims() {
            with.claim = with.claim.max(Some(number));
        }
        let Some(holder) = self.agents.iter().max_by_key(|with| (with.claim, with.newest)) else { return };
        let status = records[holder.newest as usize].status;
        let state = State { agent: holder.agent, status, newest: holder.newest };
        if self.states.last() != Some(&state) {
            self.states.set(record.in_presence_at, state);
        }
    }
}

impl Acquaintance {
    /// Returns the number of the record with which the account came online last, as far as it counts at a time.
    pub fn last_login(&self, records: &[Record], at: i64) -> Option<u32> {
        let happened = self.logins.partition_point(|number| records[*number as usize].happened_at <= at);
        let mut latest_first = self.logins[..happened].iter().rev().copied();
        latest_first.find(|number| records[*number as usize].in_presence_at <= at)
    }
}

fn at_index<T: Default>(list: &mut Vec<T>, index: u32) -> &mut T {
    let index = index as usize;
    if list.len() <= index {
        list.resize_with(index + 1, T::default);
    }
    &mut list[index]
}
