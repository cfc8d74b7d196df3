//! The log, as queryUserStatusLog has it: the records of each agent at each source, and those of an account with the agent.
//!
//! Records are ordered by createTime and, within a second, by when they reached the log.

use std::collections::{BTreeMap, HashMap};

use crate::{record::Record, sources::source_index};

/// The numbers of records in the order of the log.
#[derive(Default)]
pub struct Page(Vec<u32>);

impl Page {
    /// Adds a record that is the last one to reach the log.
    fn add(&mut self, number: u32, records: &[Record]) {
        let second = |number: u32| records[number as usize].create_time;
        // Nearly always it is the latest one.
        let later = self.0.iter().rev().take_while(|other| second(**other) > second(number)).count();
        self.0.insert(self.0.len() - later, number);
    }

    /// Returns the records that are in the log at a time, the newest first.
    pub fn newest_first<'a>(&'a self, records: &'a [Record], at: i64) -> impl Iterator<Item = &'a Record> {
        let numbers = self.0.iter().rev();
        numbers.map(|number| &records[*number as usize]).filter(move |record| record.in_log_at <= at)
    }
}

/// The records of an agent at a source.
#[derive(Default)]
pub struct AgentLog {
    pub all: Page,
    /// By the index of the account.
    pub by_account: BTreeMap<u32, Page>,
}

/// See the [module](self).
#[derive(Default)]
pub struct Log {
    agents: Vec<[AgentLog; 3]>,
    /// The agents with which an account has records at a source, ascending.
    by_account: HashMap<(u32, usize), Vec<u32>>,
}

impl Log {
    /// Adds a record that is the last one to reach the log.
    pub fn add(&mut self, number: u32, records: &[Record]) {
        let Record { agent, account, source, .. } = records[number as usize];
        let Some(source) = source_index(source) else { return };
        if self.agents.len() <= agent as usize {
            self.agents.resize_with(agent as usize + 1, Default::default);
        }
        let log = &mut self.agents[agent as usize][source];
        log.all.add(number, records);
        log.by_account.entry(account).or_default().add(number, records);
        let agents = self.by_account.entry((account, source)).or_default();
        if let Err(rank) = agents.binary_search(&agent) {
            agents.insert(rank, agent);
        }
    }

    /// Returns the records of an agent at a source, given by its index.
    pub fn of(&self, agent: u32, source: usize) -> Option<&AgentLog> {
        self.agents.get(agent as usize).map(|sources| &sources[source])
    }

    /// Returns the agents with which an account has records at a source, ascending; all are given by their indexes.
    pub fn agents_of(&self, account: u32, source: usize) -> &[u32] {
        self.by_account.get(&(account, source)).map_or(&[], Vec::as_slice)
    }
}
