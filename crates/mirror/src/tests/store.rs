//! A store as the mirror needs it, in memory, by the rules of the server: facts all or none, looks in one order, and who is
//! online by the decision on what "online" means (D16).

use std::collections::{BTreeMap, BTreeSet, HashMap};

use group_dispatch_types::{
    AccountStatus, Source, StatusDetail, UserId, WhatsAppNumber,
    ingest::{AccountPresence, PresenceChange},
};

use crate::{AccountHolder, Facts, Gap, KnownRecord, Look, Memory, Observed, OnlineAccounts, Recall, mirror::Stored};

/// What makes a record the same.
pub type RecordKey = (Source, UserId, WhatsAppNumber, AccountStatus, StatusDetail, i64, u32);

#[derive(Default)]
pub struct Store {
    /// Each record with its place in the order of arrival.
    pub records: HashMap<RecordKey, u64>,
    pub repeats: usize,
    pub observed: Vec<Observed>,
    pub gaps: Vec<Gap>,
    pub looks: BTreeMap<Source, Vec<Look>>,
    accounts: HashMap<(Source, WhatsAppNumber), Account>,
    seq: u64,
}

type Stamp = (i64, u64);

/// The events of an account, by agent: the latest with its status, and the latest that claimed the account.
#[derive(Default)]
struct Account(BTreeMap<UserId, (Stamp, bool, Option<Stamp>)>);

impl Account {
    fn apply(&mut self, agent: UserId, stamp: Stamp, is_online: bool, claims: bool) {
        let claim = claims.then_some(stamp);
        let entry = self.0.entry(agent).or_insert((stamp, is_online, claim));
        if stamp > entry.0 {
            (entry.0, entry.1) = (stamp, is_online);
        }
        entry.2 = entry.2.max(claim);
    }

    fn online(&self) -> Option<UserId> {
        let holder = self.0.iter().max_by_key(|(_, (latest, _, claim))| (*claim, *latest));
        holder.filter(|(_, (_, is_online, _))| *is_online).map(|(agent, _)| *agent)
    }
}

impl Store {
    pub fn store(&mut self, facts: &Facts) -> Stored {
        let is_repeat = |look: &Look| self.looks.get(&look.source).and_then(|all| all.last()) == Some(look);
        if !facts.looks.is_empty() && facts.looks.iter().all(is_repeat) {
            return Stored::Yes(self.accounts_of(facts));
        }
        if facts.looks.iter().any(|look| self.last_look(look.source) != look.after) {
            return Stored::Conflict;
        }
        for look in facts.looks.iter().filter(|look| !look.is_partial) {
            self.looks.entry(look.source).or_default().push(*look);
        }
        for record in &facts.logged {
            let key = (
                record.source,
                record.user_id,
                record.whats_app,
                record.status,
                record.detail_status,
                record.at,
                record.ordinal,
            );
            if self.records.contains_key(&key) {
                self.repeats += 1;
                continue;
            }
            self.records.insert(key, self.seq);
            let is_online = record.status == AccountStatus::Online;
            let claims = is_online || record.status == AccountStatus::Banned;
            self.apply(record.source, record.whats_app, record.user_id, record.at, is_online, claims);
        }
        for observed in &facts.observed {
            let is_online = observed.change == PresenceChange::Came;
            self.apply(observed.source, observed.whats_app, observed.user_id, observed.not_after, is_online, true);
        }
        for observed in &facts.observed {
            if !self.observed.contains(observed) {
                self.observed.push(observed.clone());
            }
        }
        for gap in &facts.gaps {
            if !self.gaps.contains(gap) {
                self.gaps.push(gap.clone());
            }
        }
        Stored::Yes(self.accounts_of(facts))
    }

    fn accounts_of(&self, facts: &Facts) -> Vec<AccountPresence> {
        let logged = facts.logged.iter().map(|record| (record.source, record.whats_app));
        let observed = facts.observed.iter().map(|observed| (observed.source, observed.whats_app));
        let accounts: BTreeSet<_> = logged.chain(observed).collect();
        let now = |(source, whats_app)| {
            let user_id = self.accounts.get(&(source, whats_app)).and_then(Account::online);
            AccountPresence { source, whats_app, user_id }
        };
        accounts.into_iter().map(now).collect()
    }

    fn apply(
        &mut self,
        source: Source,
        account: WhatsAppNumber,
        agent: UserId,
        at: i64,
        is_online: bool,
        claims: bool,
    ) {
        self.seq += 1;
        self.accounts.entry((source, account)).or_default().apply(agent, (at, self.seq), is_online, claims);
    }

    pub fn last_look(&self, source: Source) -> Option<i64> {
        self.looks.get(&source)?.last().map(|look| look.at)
    }

    pub fn online(&self, source: Source) -> BTreeMap<WhatsAppNumber, UserId> {
        let of_source = self.accounts.iter().filter(|((at, _), _)| *at == source);
        of_source.filter_map(|((_, number), account)| Some((*number, account.online()?))).collect()
    }

    pub fn recall(&self, recall: &Recall) -> Memory {
        match recall {
            Recall::Online(sources) => {
                let online = |source: &Source| OnlineAccounts {
                    source: *source,
                    last_look: self.last_look(*source),
                    log_read: self.looks.get(source).and_then(|looks| looks.last()?.log_read),
                    accounts: self
                        .online(*source)
                        .into_iter()
                        .map(|(number, user_id)| (number, AccountHolder { user_id, name: None }))
                        .collect(),
                };
                Memory::Online(sources.iter().map(online).collect())
            }
            Recall::Known(source, agent) => {
                let of_agent = self.records.keys().filter(|key| (key.0, key.1) == (*source, *agent));
                let mut records: Vec<_> = of_agent.collect();
                records.sort_by_key(|key| std::cmp::Reverse(key.5));
                let record =
                    |key: &&RecordKey| KnownRecord { whats_app: key.2, status: key.3, detail_status: key.4, at: key.5 };
                Memory::Known(records.iter().take(60).map(record).collect())
            }
        }
    }
}
