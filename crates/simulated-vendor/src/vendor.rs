//! The vendor: answers requests at the times that the caller says, and knows the truth.

use std::{collections::BTreeMap, fmt, time::Duration};

use fastrand::Rng;
use group_dispatch_types::{AccountStatus, Operation, Source, UserId, WhatsAppNumber};

use crate::{
    faults::{Element, Lies, Outages, Unreadable},
    history::History,
    query::{Moment, Query},
    random::{Random, SECOND, numbers},
    record::Record,
    reply::{Answer, Failure, Place, Reply},
    request_count::{RequestCount, RequestCounter},
    scenario::Scenario,
    sources::source_index,
};

/// The vendor's service for one tenant.
///
/// All times are Unix epoch milliseconds of true UTC. The same scenario and the same requests have the same replies.
pub struct Vendor {
    scenario: Scenario,
    history: History,
    random: Rng,
    outages: Outages,
    lies: Lies,
    counters: BTreeMap<Operation, RequestCounter>,
}

impl Vendor {
    /// Creates a service whose history follows from the scenario.
    #[must_use]
    pub fn new(scenario: Scenario) -> Self {
        Self {
            history: History::new(&scenario),
            random: numbers(scenario.seed, *b"faults  "),
            outages: Outages::new(scenario.seed, scenario.start, &scenario.faults),
            lies: Lies::default(),
            counters: BTreeMap::new(),
            scenario,
        }
    }

    /// Returns the scenario.
    #[must_use]
    pub const fn scenario(&self) -> &Scenario {
        &self.scenario
    }

    /// Answers a request that arrives at a time that is not before that of the last request.
    pub fn ask<Q: Query>(&mut self, at: i64, query: &Q) -> Reply<Q::Data> {
        let faults = &self.scenario.faults;
        let counter = self.counters.entry(Q::OPERATION).or_default();
        let is_accepted = counter.count(at, faults.requests_per_second);
        let failure = self.outages.failure(Q::OPERATION, at, faults).or_else(|| {
            let retry_after = Duration::from_secs(1);
            if is_accepted { faults.failure(&mut self.random) } else { Some(Failure::TooManyRequests { retry_after }) }
        });
        let takes = faults.takes(failure, &mut self.random);
        let as_of = at + self.random.i64(0..=takes);
        let takes = Duration::from_millis(takes.unsigned_abs());
        if let Some(failure) = failure {
            let date = match failure {
                Failure::Disconnected | Failure::Silent => None,
                Failure::Http(502 | 503) => Some(as_of),
                _ => Some(self.scenario.vendor_time(as_of)),
            };
            return Reply { takes, as_of, date: date.map(whole_second), is_lie: false, result: Err(failure) };
        }
        let mut data = self.truth(as_of, query);
        let is_lie = self.lie(query, &mut data);
        let mut places = if is_lie { Vec::new() } else { self.leave_out::<Q>(&mut data) };
        if let Some(element) = self.unreadable(Q::OPERATION) {
            Q::leave_out_element(&mut data, element, &mut places);
        }
        let date = Some(whole_second(self.scenario.vendor_time(as_of)));
        Reply { takes, as_of, date, is_lie, result: Ok(Answer { data, left_out: places.len(), places }) }
    }

    /// Returns what a service without faults answers at a time. It is not counted as a request.
    pub fn truth<Q: Query>(&mut self, at: i64, query: &Q) -> Q::Data {
        self.history.make(at);
        query.answer(&Moment { history: &self.history, scenario: &self.scenario, at })
    }

    /// Returns everything that happened up to a time, in the order in which it happened. Some of it may not be in the log yet.
    /// A history without end is made up to that time, so that `i64::MAX` is only for one that ends.
    pub fn history(&mut self, until: i64) -> &[Record] {
        self.history.make(until);
        let records = &self.history.records;
        &records[..records.partition_point(|record| record.happened_at <= until)]
    }

    /// Returns the accounts that are online at a source at a time, each with its agent.
    pub fn online(&mut self, source: Source, at: i64) -> BTreeMap<WhatsAppNumber, UserId> {
        self.history.make(at);
        let History { cast, presence, .. } = &self.history;
        let Some(source) = source_index(source) else { return BTreeMap::new() };
        let online = (0..).zip(&cast.accounts).filter_map(|(index, account)| {
            let state = presence.state(index, source, at)?;
            let agent = &cast.agents[state.agent as usize];
            (state.status == AccountStatus::Online).then_some((account.number, agent.id))
        });
        online.collect()
    }

    /// Returns the requests of an operation that were made by [`ask`](Self::ask).
    #[must_use]
    pub fn requests(&self, operation: Operation) -> RequestCount {
        self.counters.get(&operation).map(RequestCounter::counted).unwrap_or_default()
    }

    /// Returns the account that some answers have in a form that can't be read.
    #[must_use]
    pub fn unreadable_account(&self) -> Option<WhatsAppNumber> {
        let unreadable = self.scenario.faults.unreadable?;
        let account = self.history.cast.accounts.first()?;
        matches!(unreadable, Unreadable::Account | Unreadable::OnlineAccount).then_some(account.number)
    }

    /// Returns what can't be read in the answers of an operation.
    fn unreadable(&self, operation: Operation) -> Option<Element> {
        let unreadable = self.scenario.faults.unreadable.filter(|unreadable| unreadable.is_in(operation))?;
        let cast = &self.history.cast;
        match unreadable {
            Unreadable::NamedAgent => cast.agents.first().map(|agent| Element::Agent(agent.id)),
            Unreadable::Account | Unreadable::OnlineAccount => self.unreadable_account().map(Element::Account),
        }
    }

    /// Makes an answer a lie, if it is time for one. Returns whether it is.
    fn lie<Q: Query>(&mut self, query: &Q, data: &mut Q::Data) -> bool {
        let mut is_lie = false;
        for (source, online) in query.online(data) {
            if let Some(kept) = self.lies.kept(source, online, &self.scenario.faults, &mut self.random) {
                query.lose(data, source, kept);
                is_lie = true;
            }
        }
        is_lie
    }

    /// Removes what can't be read from an answer. Returns where it was.
    fn leave_out<Q: Query>(&mut self, data: &mut Q::Data) -> Vec<Place> {
        if !self.random.chance(self.scenario.faults.left_out) {
            return Vec::new();
        }
        let most = self.random.u8(1..=3);
        (0..most).filter_map(|_| Q::leave_out(data, &mut self.random)).collect()
    }
}

impl fmt::Debug for Vendor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vendor").field("scenario", &self.scenario).finish_non_exhaustive()
    }
}

/// Cuts a time to the second, as the header `Date` has it.
fn whole_second(at: i64) -> i64 {
    at.div_euclid(SECOND) * SECOND
}
