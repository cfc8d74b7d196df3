//! What has to hold of everything that is stored, by what really happened.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use group_dispatch_simulated_vendor::{Record, Reply, Unreadable, Vendor};
use group_dispatch_types::{
    AccountStatus, Operation, Source, StatusDetail, UserId, WhatsAppNumber, ingest::PresenceChange,
};

use super::store::Store;
use crate::{
    Facts, Look,
    rules::{Rule, is_broken},
};

/// The share of each endpoint's limit.
const SHARE: u32 = 25;

/// At the end, the vendor has answered within this time, although it fails for hours.
const RECENT: i64 = 6 * 3_600_000;

/// What an answer about who is online showed.
#[derive(Clone, Debug)]
pub struct Moment {
    pub as_of: i64,
    pub is_lie: bool,
    /// The accounts that it listed, if a part of it could not be read.
    pub partial: Option<BTreeSet<WhatsAppNumber>>,
}

impl Moment {
    /// Makes it of an answer; `listed` returns the accounts that are listed at the source.
    pub fn of<T, L>(reply: &Reply<T>, listed: impl FnOnce(&T) -> L) -> Self
    where
        L: IntoIterator<Item = WhatsAppNumber>,
    {
        let partial = reply.result.as_ref().ok().filter(|answer| answer.left_out > 0);
        let partial = partial.map(|answer| listed(&answer.data).into_iter().collect());
        Self { as_of: reply.as_of, is_lie: reply.is_lie, partial }
    }

    /// Returns whether an account may be stored with another state than the true one: it was not listed because it has gone, or
    /// because it could not be read.
    fn is_unproven(&self, account: WhatsAppNumber, is_online: bool) -> bool {
        self.partial.as_ref().is_some_and(|listed| !is_online || !listed.contains(&account))
    }
}

#[derive(Debug, Default)]
pub struct Checks {
    pub faults: Vec<String>,
    pub kills: usize,
    pub conflicts: usize,
    pub looks: usize,
    pub records: usize,
    pub history: usize,
    pub in_gaps: usize,
    pub observed: usize,
    pub repeats: usize,
    pub gaps: usize,
    pub account_gaps: usize,
    pub small_lies: usize,
    pub ties: usize,
    pub unread: usize,
    pub unlucky_lies: usize,
    pub unproven: usize,
}

impl Checks {
    pub fn add(&mut self, other: Self) {
        self.kills += other.kills;
        self.conflicts += other.conflicts;
        self.looks += other.looks;
        self.records += other.records;
        self.history += other.history;
        self.in_gaps += other.in_gaps;
        self.observed += other.observed;
        self.repeats += other.repeats;
        self.gaps += other.gaps;
        self.account_gaps += other.account_gaps;
        self.small_lies += other.small_lies;
        self.ties += other.ties;
        self.unread += other.unread;
        self.unlucky_lies += other.unlucky_lies;
        self.unproven += other.unproven;
    }

    /// Checks, over many days, that there was something to check, and that gaps and exceptions are few.
    pub fn assert_plausible(&self, days: usize) {
        for (what, count) in [
            ("kills", self.kills),
            ("conflicts", self.conflicts),
            ("observed", self.observed),
            ("repeats", self.repeats),
            ("gaps of accounts", self.account_gaps),
            ("records of one second", self.ties),
        ] {
            assert!(count > 0, "{what}");
        }
        // Each of three sources, at least every two minutes on average, although the vendor fails for hours.
        assert!(self.looks > days * 3 * 720, "{self:#?}");
        assert!(self.in_gaps * 15 < self.history, "{self:#?}");
        assert!(self.unread * 1_000 < self.history, "{self:#?}");
        assert!(self.unlucky_lies * 20 < days, "{self:#?}");
        assert!(self.unproven * 100 < self.looks, "{self:#?}");
        assert!(self.small_lies * 100 < self.looks, "{self:#?}");
    }

    fn fault(&mut self, text: String) {
        // A few of each kind.
        let is_same_kind = |other: &&String| other.as_bytes()[..10] == text.as_bytes()[..10];
        if self.faults.iter().filter(is_same_kind).count() < 5 {
            self.faults.push(text);
        }
    }

    /// Checks who is online after a look, and each thing that was observed.
    pub fn check_stored(
        &mut self,
        vendor: &mut Vendor,
        store: &Store,
        moments: &HashMap<(Source, i64), Moment>,
        facts: &Facts,
        now: i64,
    ) {
        for look in &facts.looks {
            self.looks += 1;
            let Some(moment) = moments.get(&(look.source, look.at)) else {
                self.fault(format!("{look:?} of no answer"));
                continue;
            };
            let truth = vendor.online(look.source, moment.as_of);
            let observed = facts.observed.iter().filter(|observed| observed.source == look.source);
            let gone = observed.clone().filter(|observed| observed.change == PresenceChange::Gone);
            let wrong = gone.filter(|gone| truth.contains_key(&gone.whats_app)).count();
            if moment.is_lie && wrong <= 5 {
                // Fewer than the rule doubts: the others that the lie leaves out had come only just before.
                self.small_lies += 1;
                continue;
            } else if moment.is_lie && !is_broken(Rule::DoubtLosses) {
                // Most accounts had really left, so that two answers lacked them, and the third lies about those that are back.
                self.unlucky_lies += 1;
                continue;
            }
            self.check_presence(vendor, store, look, moment, &truth, now);
            for observed in observed {
                self.observed += 1;
                let expected = (observed.change == PresenceChange::Came).then_some(observed.user_id);
                if truth.get(&observed.whats_app).copied() != expected {
                    self.fault(format!(
                        "observed {:?} of {} at {}, which is {:?} ({moment:?})",
                        observed.change,
                        observed.whats_app,
                        look.source,
                        truth.get(&observed.whats_app),
                    ));
                }
            }
        }
    }

    fn check_presence(
        &mut self,
        vendor: &mut Vendor,
        store: &Store,
        look: &Look,
        moment: &Moment,
        truth: &BTreeMap<WhatsAppNumber, UserId>,
        now: i64,
    ) {
        let stored = store.online(look.source);
        if stored == *truth {
            return;
        }
        // What happened about then, or became known since, may be there already.
        let since = moment.as_of - look.uncertainty - 3_000;
        let recent: Vec<WhatsAppNumber> = vendor
            .history(now)
            .iter()
            .rev()
            .take_while(|record| record.happened_at > since - 3_600_000)
            .filter(|record| record.happened_at >= since || record.in_presence_at >= since)
            .map(|record| record.whatsapp)
            .collect();
        let unreadable = vendor.unreadable_account();
        for account in stored.keys().chain(truth.keys()) {
            let (stored, truth) = (stored.get(account).copied(), truth.get(account).copied());
            if stored == truth || recent.contains(account) {
                continue;
            }
            if moment.is_unproven(*account, truth.is_some()) {
                self.unproven += usize::from(unreadable != Some(*account));
                continue;
            }
            self.fault(format!(
                "{account} at {}: stored {stored:?}, really {truth:?} ({moment:?}, {look:?})",
                look.source,
            ));
            return;
        }
    }

    /// Checks everything that is stored against everything that happened.
    pub fn check_end(&mut self, vendor: &mut Vendor, store: &Store, end: i64) {
        let mut happened: HashMap<_, u32> = HashMap::new();
        let history: Vec<Record> = vendor.history(end).to_vec();
        for record in &history {
            let Record { user_id, whatsapp, source, status, detail_status, create_time, .. } = *record;
            let key = (source, user_id, whatsapp, status, detail_status, create_time * 1_000);
            let count = happened.entry(key).or_default();
            *count += 1;
            let (source, user_id, whatsapp, status, detail_status, at) = key;
            if store.records.contains_key(&(source, user_id, whatsapp, status, detail_status, at, *count - 1)) {
                continue;
            }
            let is_unreadable_in_log = vendor.scenario().faults.unreadable == Some(Unreadable::Account);
            if is_unreadable_in_log && vendor.unreadable_account() == Some(whatsapp) {
                continue;
            }
            let log_read = store.looks.get(&source).and_then(|looks| looks.last()?.log_read);
            if log_read.is_none_or(|at| record.in_log_at >= at) {
                // The log was not read since, and the looks say so.
                self.unread += 1;
            } else if is_in_gap(store, (source, user_id, whatsapp), at) {
                self.in_gaps += 1;
            } else {
                self.fault(format!("missing, and in no gap: {record:?}"));
            }
        }
        for key in store.records.keys() {
            let (source, user_id, whatsapp, status, detail_status, at, ordinal) = *key;
            let count = happened.get(&(source, user_id, whatsapp, status, detail_status, at)).copied().unwrap_or(0);
            if ordinal >= count {
                self.fault(format!("stored, and never happened: {key:?}, which is there {count} times"));
            }
        }
        for operation in Operation::ALL {
            let requests = vendor.requests(operation);
            if requests.most_in_a_second > SHARE as _ {
                self.fault(format!("{}: {requests:?}", operation.id()));
            }
        }
        self.check_ties(store, &history);
        for (source, looks) in &store.looks {
            let (look, log_read) = looks.last().map_or((0, None), |look| (look.at, look.log_read));
            // The vendor may fail until a moment ago.
            if end - look > RECENT || log_read.is_none_or(|at| end - at > RECENT) {
                self.fault(format!("{source} is not looked at any more: {look}, {log_read:?}"));
            }
        }
        self.history += history.len();
        self.records += store.records.len();
        self.repeats += store.repeats;
        self.gaps += store.gaps.len();
        self.account_gaps += store.gaps.iter().filter(|gap| gap.whats_app.is_some()).count();
    }

    /// Checks that records of an account in one second are stored in the order in which they happened, if they appeared in it.
    fn check_ties(&mut self, store: &Store, history: &[Record]) {
        let mut seconds: HashMap<_, Vec<&Record>> = HashMap::new();
        for record in history {
            let key = (record.source, record.user_id, record.whatsapp, record.create_time);
            seconds.entry(key).or_default().push(record);
        }
        let mut stored: HashMap<_, Vec<_>> = HashMap::new();
        for ((source, user_id, whatsapp, status, detail_status, at, _), place) in &store.records {
            stored.entry((*source, *user_id, *whatsapp, *at / 1_000)).or_default().push((
                *place,
                *status,
                *detail_status,
            ));
        }
        for (second, happened) in seconds.into_iter().filter(|(_, happened)| happened.len() > 1) {
            // Where the page of the agent was full, some records of a second may be found later than others.
            let appeared_in_order = happened.is_sorted_by_key(|record| record.in_log_at);
            let Some(stored) = stored.get_mut(&second).filter(|_| appeared_in_order) else { continue };
            let (source, user_id, whatsapp, at) = second;
            if is_crowded(history, happened[0]) || is_in_gap(store, (source, user_id, whatsapp), at * 1_000) {
                continue;
            }
            self.ties += 1;
            stored.sort_unstable_by_key(|(place, ..)| *place);
            let mut rest = happened.iter();
            let mut is_in_order = |(_, status, detail): &(u64, AccountStatus, StatusDetail)| {
                rest.any(|record| (record.status, record.detail_status) == (*status, *detail))
            };
            if !stored.iter().all(&mut is_in_order) {
                self.fault(format!("stored in the wrong order: {happened:?}"));
            }
        }
    }
}

fn is_in_gap(store: &Store, of: (Source, UserId, WhatsAppNumber), at: i64) -> bool {
    store.gaps.iter().any(|gap| {
        (gap.source, gap.user_id, gap.whats_app.unwrap_or(of.2)) == of
            && gap.from.is_none_or(|from| from <= at)
            && at <= gap.to
    })
}

/// Returns whether an agent had about as many records as a page has, around the time of one.
fn is_crowded(history: &[Record], record: &Record) -> bool {
    let place = history.partition_point(|other| other.happened_at < record.happened_at - 1_200_000);
    let near = history[place..].iter().take_while(|other| other.happened_at < record.happened_at + 1_200_000);
    near.filter(|other| (other.source, other.user_id) == (record.source, record.user_id)).count() >= 40
}
