//! The generated tenant that is measured, the same in each run.
//!
//! All responses to a query have the same length. The length can be checked during a measurement, and the limit can
//! return one response for all requests.

use std::{
    collections::VecDeque,
    io::{self, Write},
};

use fastrand::Rng;

/// The tenant's id.
pub const TENANT: u64 = 500_766;
/// The tenant's API key.
pub const KEY: &str = "a-key-for-measuring-alone";

const ACCOUNTS_PER_AGENT: u64 = 100;
/// One account in this many is online at the end.
const ONLINE_ONE_IN: u64 = 10;
/// 1 January 2026, UTC, in Unix epoch milliseconds. The events are in the 30 days after it.
const FIRST_EVENT_MS: u64 = 1_767_225_600_000;
const EVENT_SPAN_MS: u64 = 30 * 24 * 60 * 60 * 1000;
/// One event in this many arrives late, by at most [`MAX_DELAY_MS`].
const LATE_ONE_IN: u64 = 20;
const MAX_DELAY_MS: u64 = 5 * 60 * 1000;

const ONLINE: [u8; 3] = [11, 12, 13];
const NOT_ONLINE: [u8; 12] = [21, 22, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43];

/// The size of the tenant. Each agent has 100 accounts; one in ten is online, half of them at source 1 and half at
/// source 2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dataset {
    /// The number of accounts, a multiple of 100, so that all agents have the same number.
    pub accounts: u64,
    /// The number of events, at least one for each account.
    pub events: u64,
}

impl Dataset {
    /// Returns the nearest dataset in which all agents have 100 accounts and each account has an event.
    #[must_use]
    pub fn of(accounts: u64, events: u64) -> Self {
        let accounts = accounts.next_multiple_of(ACCOUNTS_PER_AGENT).max(ACCOUNTS_PER_AGENT);
        Self { accounts, events: events.max(accounts) }
    }

    /// Returns how many accounts are online at the end.
    #[must_use]
    pub fn online(self) -> u64 {
        self.accounts / ONLINE_ONE_IN
    }

    /// Returns a random account that is online at the end.
    #[must_use]
    pub fn online_account(self, rng: &mut Rng) -> Account {
        Account(rng.u64(..self.online()) * ONLINE_ONE_IN)
    }

    /// Returns a random account.
    #[must_use]
    pub fn any_account(self, rng: &mut Rng) -> Account {
        Account(rng.u64(..self.accounts))
    }

    /// Returns the time from the first to the last event, in Unix epoch milliseconds. It begins with a day in UTC.
    #[must_use]
    pub fn times(self) -> std::ops::Range<u64> {
        FIRST_EVENT_MS..FIRST_EVENT_MS + EVENT_SPAN_MS
    }

    /// Returns a random account that does not exist, of an agent that does not exist.
    #[must_use]
    pub fn unknown_account(self, rng: &mut Rng) -> Account {
        Account(self.accounts + rng.u64(..self.accounts))
    }

    /// Returns all events in the order of arrival: first random events, then an event of each account that decides
    /// whether it is online.
    pub fn events(self) -> impl Iterator<Item = Event> {
        let mut rng = Rng::with_seed(1);
        let at = move |event: u64| FIRST_EVENT_MS + EVENT_SPAN_MS / self.events * event;
        (0..self.events).map(move |event| match (event + self.accounts).checked_sub(self.events) {
            Some(account) => Event::settling(Account(account), at(event), &mut rng),
            None => Event::any(Account(rng.u64(..self.accounts)), late(at(event), &mut rng), &mut rng),
        })
    }

    /// Writes all events in the format of `group-dispatch import`.
    ///
    /// # Errors
    /// If they can't be written.
    pub fn write_events(self, out: &mut impl Write) -> io::Result<()> {
        self.events().try_for_each(|event| writeln!(out, "{}", event.json()))
    }

    /// Returns `count` more events that don't change the final presence: accounts that are online go offline and come
    /// back. The events of each `batch` differ.
    #[must_use]
    pub fn more_events(self, batch: u64, count: u64) -> Vec<Event> {
        let mut rng = Rng::with_seed(batch);
        let mut at = FIRST_EVENT_MS + EVENT_SPAN_MS + batch * count;
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        let mut events = Vec::new();
        while events.len() < count {
            let account = Account(rng.u64(..self.accounts));
            if account.ends_online() && events.len() + 1 == count {
                // There is no room for a second event to come back online.
                continue;
            }
            events.push(Event { account, at, detail: random_detail(&NOT_ONLINE, &mut rng) });
            if account.ends_online() {
                events.push(Event { account, at: at + 1, detail: random_detail(&ONLINE, &mut rng) });
            }
            at += 1;
        }
        events
    }

    /// Returns an event that takes an online account offline, or, in the next `turn`, back online.
    #[must_use]
    pub fn change(self, turn: u64) -> Event {
        let account = Account(turn / 2 * ONLINE_ONE_IN % self.accounts);
        let detail = if turn.is_multiple_of(2) { NOT_ONLINE[0] } else { ONLINE[0] };
        Event { account, at: FIRST_EVENT_MS + 2 * EVENT_SPAN_MS + turn, detail }
    }
}

/// Accounts that go offline and come online in turn, each as late as possible after its last change. The number of those
/// that are online stays the same, and agents change in any order.
pub struct Turnover {
    online: VecDeque<Account>,
    offline: VecDeque<Account>,
    is_online_next: bool,
    rng: Rng,
}

impl Turnover {
    /// Begins with the final presence of a dataset.
    #[must_use]
    pub fn new(dataset: Dataset) -> Self {
        let mut rng = Rng::with_seed(6);
        let mut accounts: Vec<_> = (0..dataset.accounts).map(Account).collect();
        rng.shuffle(&mut accounts);
        let (online, offline) = accounts.into_iter().partition(|account| account.ends_online());
        Self { online, offline, is_online_next: false, rng }
    }

    /// Returns the next change, which happens at a time in Unix epoch milliseconds; `None` if there is no account.
    pub fn change(&mut self, at: u64) -> Option<Event> {
        let (from, to, details) = if self.is_online_next {
            (&mut self.offline, &mut self.online, &ONLINE[..])
        } else {
            (&mut self.online, &mut self.offline, &NOT_ONLINE[..])
        };
        let account = from.pop_front()?;
        to.push_back(account);
        self.is_online_next = !self.is_online_next;
        Some(Event { account, at, detail: random_detail(details, &mut self.rng) })
    }
}

fn late(at: u64, rng: &mut Rng) -> u64 {
    if rng.u64(..LATE_ONE_IN) == 0 { at.saturating_sub(rng.u64(..MAX_DELAY_MS)).max(FIRST_EVENT_MS) } else { at }
}

fn random_detail(details: &[u8], rng: &mut Rng) -> u8 {
    rng.choice(details).copied().unwrap_or_default()
}

/// An account, by its index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Account(u64);

impl Account {
    #[must_use]
    pub fn number(self) -> u64 {
        8_613_000_000_000 + self.0
    }

    #[must_use]
    pub fn source(self) -> u64 {
        1 + self.0 / ONLINE_ONE_IN % 2
    }

    #[must_use]
    pub fn user_id(self) -> u64 {
        100_000 + self.0 / ACCOUNTS_PER_AGENT
    }

    #[must_use]
    pub fn agent_account(self) -> String {
        format!("agent{:07}", self.0 / ACCOUNTS_PER_AGENT)
    }

    /// Returns the name of the agent.
    #[must_use]
    pub fn agent_name(self) -> String {
        format!("Agent {:07}", self.0 / ACCOUNTS_PER_AGENT)
    }

    /// Returns the nickname of the account.
    #[must_use]
    pub fn name(self) -> String {
        format!("name{:07}", self.0)
    }

    /// Returns how many accounts the agent has online at the source of this account.
    #[must_use]
    pub fn online_beside(self) -> usize {
        (0..ACCOUNTS_PER_AGENT)
            .map(Account)
            .filter(|other| other.ends_online() && other.source() == self.source())
            .count()
    }

    fn ends_online(self) -> bool {
        self.0.is_multiple_of(ONLINE_ONE_IN)
    }
}

/// A status event of an account.
#[derive(Clone, Copy, Debug)]
pub struct Event {
    account: Account,
    at: u64,
    detail: u8,
}

impl Event {
    fn any(account: Account, at: u64, rng: &mut Rng) -> Self {
        let details: &[u8] = if rng.bool() { &ONLINE } else { &NOT_ONLINE };
        Self { account, at, detail: random_detail(details, rng) }
    }

    fn settling(account: Account, at: u64, rng: &mut Rng) -> Self {
        let details: &[u8] = if account.ends_online() { &ONLINE } else { &NOT_ONLINE };
        Self { account, at, detail: random_detail(details, rng) }
    }

    /// Returns the event in the form of the ingest contract.
    #[must_use]
    pub fn json(&self) -> String {
        let Self { account, at, detail } = self;
        format!(
            r#"{{"userId":{},"agentAccount":"{}","userName":"{}","whatsApp":"{}","name":"{}","source":{},"countryCode":"Colombia","detailStatus":{detail},"createTime":{at}}}"#,
            account.user_id(),
            account.agent_account(),
            account.agent_name(),
            account.number(),
            account.name(),
            account.source(),
        )
    }

    /// Returns the account of the event.
    #[must_use]
    pub fn account(&self) -> Account {
        self.account
    }

    /// Returns whether the account is online after the event.
    #[must_use]
    pub fn is_online(&self) -> bool {
        ONLINE.contains(&self.detail)
    }

    /// Returns the columns of a plain table: agent, account, source, detail, time.
    #[must_use]
    pub fn columns(&self) -> (u64, u64, u64, u8, u64) {
        (self.account.user_id(), self.account.number(), self.account.source(), self.detail, self.at)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn one_account_in_ten_is_online_at_the_end() {
        let dataset = Dataset::of(150, 2_000);
        assert_eq!(dataset, Dataset { accounts: 200, events: 2_000 });
        let mut text = Vec::new();
        dataset.write_events(&mut text).unwrap();
        let mut latest: BTreeMap<String, (u64, u64)> = BTreeMap::new();
        let lines = String::from_utf8(text).unwrap();
        for line in lines.lines() {
            let event: serde_json::Value = serde_json::from_str(line).unwrap();
            let (at, detail) = (event["createTime"].as_u64().unwrap(), event["detailStatus"].as_u64().unwrap());
            let of_account = latest.entry(event["whatsApp"].as_str().unwrap().to_owned()).or_default();
            *of_account = (at, detail).max(*of_account);
        }
        assert_eq!(lines.lines().count(), 2_000);
        assert_eq!(latest.len(), 200);
        assert_eq!(latest.values().filter(|(_, detail)| *detail < 20).count(), 20);
    }

    #[test]
    fn a_turnover_keeps_the_number_of_online_accounts() {
        let dataset = Dataset::of(200, 200);
        let mut turnover = Turnover::new(dataset);
        let mut online: BTreeMap<u64, bool> = (0..200).map(|account| (account, account % 10 == 0)).collect();
        for at in 0..1_000 {
            let event = turnover.change(at).unwrap();
            let before = online.insert(event.account.0, event.is_online());
            assert_ne!(before, Some(event.is_online()), "a change");
            let count = online.values().filter(|online| **online).count();
            assert_eq!(count, if at % 2 == 0 { 19 } else { 20 });
        }
    }

    #[test]
    fn more_events_have_the_requested_count() {
        let dataset = Dataset::of(100, 100);
        assert!((0..100).all(|batch| dataset.more_events(batch, 10).len() == 10));
    }

    #[test]
    fn more_events_do_not_change_the_final_presence() {
        let mut latest = BTreeMap::new();
        for event in Dataset::of(200, 200).more_events(7, 1_000) {
            latest.insert(event.account.0, event.detail);
        }
        assert!(latest.len() > 100);
        for (account, detail) in latest {
            assert_eq!(ONLINE.contains(&detail), Account(account).ends_online());
        }
    }
}
