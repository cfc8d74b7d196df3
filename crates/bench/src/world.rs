//! The tenant that is measured: made up, and the same each time.
//!
//! Every answer to one kind of question has the same length, so that what is read can be checked as it is measured, and
//! so that one answer can stand for all where the limit gives it.

use std::io::{self, Write};

use fastrand::Rng;

/// The tenant, and the key with which it signs.
pub const TENANT: u64 = 500_766;
pub const KEY: &str = "a-key-for-measuring-alone";

const ACCOUNTS_PER_AGENT: u64 = 100;
/// One account in so many is online in the end.
const ONLINE_ONE_IN: u64 = 10;
/// 1 January 2026, UTC, in Unix epoch milliseconds; the events lie in the 30 days after it.
const BEGAN: u64 = 1_767_225_600_000;
const LASTED: u64 = 30 * 24 * 60 * 60 * 1000;
/// One event in so many arrives late, by five minutes at most.
const LATE_ONE_IN: u64 = 20;
const LATEST: u64 = 5 * 60 * 1000;

const ONLINE: [u8; 3] = [11, 12, 13];
const NOT_ONLINE: [u8; 12] = [21, 22, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43];

/// How big the tenant is: agents with 100 accounts each, one in ten online, half of them at each of the sources 1 and 2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct World {
    /// How many accounts; a multiple of 100, so that all agents are alike.
    pub accounts: u64,
    /// How many events; each account has at least one.
    pub events: u64,
}

impl World {
    /// The nearest world in which all agents are alike and every account has an event.
    #[must_use]
    pub fn of(accounts: u64, events: u64) -> Self {
        let accounts = accounts.next_multiple_of(ACCOUNTS_PER_AGENT).max(ACCOUNTS_PER_AGENT);
        Self { accounts, events: events.max(accounts) }
    }

    /// How many accounts are online in the end.
    #[must_use]
    pub fn online(self) -> u64 {
        self.accounts / ONLINE_ONE_IN
    }

    /// An account that is online in the end.
    #[must_use]
    pub fn online_account(self, rng: &mut Rng) -> Account {
        Account(rng.u64(..self.online()) * ONLINE_ONE_IN)
    }

    /// An account that nobody has, of an agent that there is not.
    #[must_use]
    pub fn nobody(self, rng: &mut Rng) -> Account {
        Account(self.accounts + rng.u64(..self.accounts))
    }

    /// All events, as they arrive: first what happens to accounts at random, then once more to each account what decides
    /// whether it is online.
    pub fn events(self) -> impl Iterator<Item = Event> {
        let mut rng = Rng::with_seed(1);
        let at = move |event: u64| BEGAN + LASTED / self.events * event;
        (0..self.events).map(move |event| match (event + self.accounts).checked_sub(self.events) {
            Some(account) => Event::settling(Account(account), at(event), &mut rng),
            None => Event::any(Account(rng.u64(..self.accounts)), late(at(event), &mut rng), &mut rng),
        })
    }

    /// Writes them as `group-dispatch import` reads them.
    ///
    /// # Errors
    /// When they can't be written.
    pub fn write_events(self, out: &mut impl Write) -> io::Result<()> {
        self.events().try_for_each(|event| writeln!(out, "{}", event.json()))
    }

    /// More events, `count` of them, that leave everybody as they were: who is online goes and comes back. `batch` sets
    /// them apart from all others.
    #[must_use]
    pub fn more_events(self, batch: u64, count: u64) -> Vec<Event> {
        let mut rng = Rng::with_seed(batch);
        let mut at = BEGAN + LASTED + batch * count;
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        let mut events = Vec::new();
        while events.len() < count {
            let account = Account(rng.u64(..self.accounts));
            if account.ends_online() && events.len() + 1 == count {
                // Who went now could not come back.
                continue;
            }
            events.push(Event { account, at, detail: any_of(&NOT_ONLINE, &mut rng) });
            if account.ends_online() {
                events.push(Event { account, at: at + 1, detail: any_of(&ONLINE, &mut rng) });
            }
            at += 1;
        }
        events
    }

    /// An account's change for the other state or, in the next `turn`, back.
    #[must_use]
    pub fn change(self, turn: u64) -> Event {
        let account = Account(turn / 2 * ONLINE_ONE_IN % self.accounts);
        let detail = if turn.is_multiple_of(2) { NOT_ONLINE[0] } else { ONLINE[0] };
        Event { account, at: BEGAN + 2 * LASTED + turn, detail }
    }
}

fn late(at: u64, rng: &mut Rng) -> u64 {
    if rng.u64(..LATE_ONE_IN) == 0 { at.saturating_sub(rng.u64(..LATEST)).max(BEGAN) } else { at }
}

fn any_of(details: &[u8], rng: &mut Rng) -> u8 {
    rng.choice(details).copied().unwrap_or_default()
}

/// An account by its place among all.
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

    /// The agent's name.
    #[must_use]
    pub fn agent_name(self) -> String {
        format!("Agent {:07}", self.0 / ACCOUNTS_PER_AGENT)
    }

    /// The account's nickname.
    #[must_use]
    pub fn name(self) -> String {
        format!("name{:07}", self.0)
    }

    /// How many accounts the agent has online at this account's source.
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

/// What happened to an account.
#[derive(Clone, Copy, Debug)]
pub struct Event {
    account: Account,
    at: u64,
    detail: u8,
}

impl Event {
    fn any(account: Account, at: u64, rng: &mut Rng) -> Self {
        let details: &[u8] = if rng.bool() { &ONLINE } else { &NOT_ONLINE };
        Self { account, at, detail: any_of(details, rng) }
    }

    fn settling(account: Account, at: u64, rng: &mut Rng) -> Self {
        let details: &[u8] = if account.ends_online() { &ONLINE } else { &NOT_ONLINE };
        Self { account, at, detail: any_of(details, rng) }
    }

    /// The event as it is fed.
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

    /// Whom it happened to.
    #[must_use]
    pub fn account(&self) -> Account {
        self.account
    }

    /// Its columns, for a table made by hand: agent, account, source, detail, time.
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
    fn the_events_end_with_one_account_in_ten_online() {
        let world = World::of(150, 2_000);
        assert_eq!(world, World { accounts: 200, events: 2_000 });
        let mut text = Vec::new();
        world.write_events(&mut text).unwrap();
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
    fn more_events_are_as_many_as_are_asked_for() {
        let world = World::of(100, 100);
        assert!((0..100).all(|batch| world.more_events(batch, 10).len() == 10));
    }

    #[test]
    fn more_events_leave_everybody_as_they_were() {
        let mut latest = BTreeMap::new();
        for event in World::of(200, 200).more_events(7, 1_000) {
            latest.insert(event.account.0, event.detail);
        }
        assert!(latest.len() > 100);
        for (account, detail) in latest {
            assert_eq!(ONLINE.contains(&detail), Account(account).ends_online());
        }
    }
}
