//! Pages of the vendor's log: which records are new, and whether a page reaches back to what is known.

use std::{
    collections::{HashMap, HashSet},
    hash::{Hash, Hasher},
};

use group_dispatch_types::{
    AccountStatus, AgentStatusLog, Source, StatusDetail, StatusRecord, UserId, UtcOffset, WhatsAppNumber,
};

use crate::{
    facts::Logged,
    question::KnownRecord,
    rules::{Rule, is_broken},
};

/// How many records the vendor gives of an agent (D15).
pub const PAGE_RECORDS: usize = 50;

/// What makes a record of an agent at a source the same record.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Identity {
    pub at: i64,
    pub whats_app: WhatsAppNumber,
    status: AccountStatus,
    detail_status: StatusDetail,
    /// Which of several that are equal otherwise, counted from 0. Of a page that ends between them, the number of those that
    /// are there is known, and which they are makes no difference.
    ordinal: u32,
}

/// Two records of an account in one second are rare, so that the rest need not be hashed. Each round hashes all records of all
/// agents several times: with all members, a round took 131 to 147 ms instead of 117 (`cargo xtask bench --only mirror`).
impl Hash for Identity {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.at, self.whats_app).hash(state);
    }
}

/// The records of an agent at a source, as one answer has them.
pub struct Page {
    pub source: Source,
    pub user_id: UserId,
    pub agent_account: String,
    /// Oldest first.
    records: Vec<(Identity, StatusRecord)>,
    /// The time of the record at the end of the answer. The earliest may be another one, if it appeared late.
    end: Option<i64>,
    /// Whether the log may have more.
    pub is_cut: bool,
}

/// The records of an agent at a source that are stored, or will be in this round: those of its latest page.
#[derive(Default)]
pub struct Known(HashSet<Identity>);

/// A time, both ends included, of which a page does not have all records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unseen {
    /// The latest known record before, if there is one.
    pub from: Option<i64>,
    /// The record at the end of the page.
    pub to: i64,
}

impl Page {
    /// Makes a page of what an answer has of an agent, newest first unless its times say otherwise. `is_cut` says that the answer as a whole may lack some.
    pub fn new(source: Source, log: AgentStatusLog, is_cut: bool, zone: UtcOffset) -> Self {
        let AgentStatusLog { user_id, agent_account, mut whats_app_list } = log;
        let is_cut = is_cut || whats_app_list.len() >= PAGE_RECORDS;
        let pairs = whats_app_list.windows(2).map(|pair| pair[0].create_time.cmp(&pair[1].create_time));
        // A few may be out of order because they appeared late.
        let is_oldest_first = pairs.map(|order| order as i32).sum::<i32>() < 0;
        if is_oldest_first {
            whats_app_list.reverse();
        }
        let end = whats_app_list.last().map(|record| record.create_time.epoch_seconds(zone) * 1_000);
        if !is_broken(Rule::LogOrder) {
            whats_app_list.reverse();
        }
        // The times of an answer may be in any order. What is equal keeps the order of the log.
        whats_app_list.sort_by_key(|record| record.create_time);
        let mut equal = HashMap::<_, u32>::with_capacity(whats_app_list.len());
        let records = whats_app_list.into_iter().map(|record| {
            let first = Identity {
                at: record.create_time.epoch_seconds(zone) * 1_000,
                whats_app: record.whats_app,
                status: record.status,
                detail_status: record.detail_status,
                ordinal: 0,
            };
            let count = equal.entry(first).or_default();
            *count += 1;
            let named =
                if is_broken(Rule::NoNames) { record.name.as_ref().map_or(0, |name| name.len() as u32) } else { 0 };
            (Identity { ordinal: *count - 1 + named, ..first }, record)
        });
        Self { source, user_id, agent_account, records: records.collect(), end, is_cut }
    }

    /// Returns the accounts that have records here.
    pub fn accounts(&self) -> impl Iterator<Item = WhatsAppNumber> {
        self.records.iter().map(|(identity, _)| identity.whats_app)
    }

    /// Returns the records of `since` or later, oldest first: account and time.
    pub fn records_since(&self, since: i64) -> impl Iterator<Item = (WhatsAppNumber, i64)> {
        let first = self.records.partition_point(|(identity, _)| identity.at < since);
        self.records[first..].iter().map(|(identity, _)| (identity.whats_app, identity.at))
    }

    /// Returns up to which time the log may have more records than the page, if it is cut.
    pub const fn end(&self) -> Option<i64> {
        self.end
    }

    /// Returns the records up to a time, oldest first.
    pub fn until(&self, to: i64) -> Vec<Logged> {
        let earlier = self.records.iter().filter(|(identity, _)| identity.at <= to);
        earlier.map(|(identity, record)| self.logged(identity, record)).collect()
    }

    /// Returns the records that are not known, oldest first.
    pub fn news(&self, known: &Known) -> Vec<Logged> {
        let latest = known.latest();
        let is_new = |(identity, _): &&(Identity, StatusRecord)| {
            if is_broken(Rule::NewBySet) {
                return latest.is_none_or(|latest| identity.at > latest);
            }
            !known.0.contains(identity)
        };
        self.records.iter().filter(is_new).map(|(identity, record)| self.logged(identity, record)).collect()
    }

    fn logged(&self, identity: &Identity, record: &StatusRecord) -> Logged {
        let Identity { at, whats_app, status, detail_status, ordinal } = *identity;
        Logged {
            source: self.source,
            user_id: self.user_id,
            agent_account: self.agent_account.clone(),
            user_name: None,
            whats_app,
            name: record.name.clone(),
            country_code: record.country_code.clone(),
            status,
            detail_status,
            at,
            ordinal,
        }
    }

    /// Returns what the page does not reach back to: nothing, if all records of the agent are here, or none is new, or one of
    /// an older second than all new ones is known.
    pub fn unseen(&self, known: &Known) -> Option<Unseen> {
        let mut records = self.records.iter().map(|(identity, _)| identity);
        let earliest_new = records.clone().find(|identity| !known.0.contains(identity))?.at;
        if !self.is_cut || records.any(|identity| identity.at < earliest_new) {
            return None;
        }
        let before = known.0.iter().map(|identity| identity.at).filter(|at| *at < earliest_new);
        Some(Unseen { from: before.max(), to: self.end?.max(earliest_new) })
    }
}

impl Known {
    /// What the store has.
    pub fn of_store(records: Vec<KnownRecord>) -> Self {
        let mut equal = HashMap::<_, u32>::new();
        let identity = |KnownRecord { whats_app, status, detail_status, at }| {
            let count = equal.entry((whats_app, status, detail_status, at)).or_default();
            *count += 1;
            Identity { at, whats_app, status, detail_status, ordinal: *count - 1 }
        };
        Self(records.into_iter().map(identity).collect())
    }

    /// Adds the records of a page. If the page has fewer than were known, the vendor may have forgotten some, and those stay
    /// known.
    pub fn add(&mut self, page: &Page) {
        if page.records.len() >= self.0.len().min(PAGE_RECORDS) {
            self.0.clear();
        }
        self.0.extend(page.records.iter().map(|(identity, _)| *identity));
    }

    /// Returns the accounts of known records.
    pub fn accounts(&self) -> impl Iterator<Item = WhatsAppNumber> {
        self.0.iter().map(|identity| identity.whats_app)
    }

    /// Returns the time of the latest record.
    pub fn latest(&self) -> Option<i64> {
        self.0.iter().map(|identity| identity.at).max()
    }
}
