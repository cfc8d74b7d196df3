//! An independent model of presence: it computes from the log in the database what a server has to answer.
//!
//! It is the plain version of the rules (D15 and D16 in `openapi/DECISIONS.md`): it keeps all events, and sorts them for
//! each answer.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Timestamp, tz::Offset};
use serde_json::{Value, json};

use crate::event::Event;

/// The status of an account that is online, and of one that is banned.
const ONLINE: i64 = 10;
const BANNED: i64 = 40;
/// How many of the latest events count, of an account with an agent and of an agent.
pub const EVENTS: usize = 50;
/// Accounts in the answer of getLatestOnlineWhatsAccount.
const RECENT: usize = 10;
/// The zone of the server's answers, unless its operator sets another one.
const UTC_OFFSET_HOURS: i8 = 8;

/// An event of the log, and its number there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoggedEvent {
    pub seq: i64,
    pub tenant: u64,
    pub event: Event,
}

impl LoggedEvent {
    /// Of two events the one with the later time is the later one, then the one that arrived later.
    fn stamp(&self) -> (i64, i64) {
        (self.event.at, self.seq)
    }
}

/// The log of one tenant.
#[derive(Default)]
pub struct Model<'a> {
    agents: BTreeMap<i64, Agent<'a>>,
    /// The events of an account at a source with an agent, oldest first.
    accounts: BTreeMap<(i64, i64), BTreeMap<i64, Vec<&'a LoggedEvent>>>,
}

#[derive(Default)]
struct Agent<'a> {
    /// All events, oldest first.
    events: Vec<&'a LoggedEvent>,
}

impl Agent<'_> {
    fn account(&self) -> &str {
        self.events.last().map_or("", |logged| &logged.event.agent_account)
    }

    fn name(&self) -> &str {
        self.events.iter().rev().find_map(|logged| logged.event.user_name.as_deref()).unwrap_or(self.account())
    }
}

impl<'a> Model<'a> {
    /// Sorts the events of a tenant.
    #[must_use]
    pub fn new(events: impl Iterator<Item = &'a LoggedEvent>) -> Self {
        let mut sorted: Vec<_> = events.collect();
        sorted.sort_unstable_by_key(|logged| logged.stamp());
        let mut model = Self::default();
        for logged in sorted {
            let Event { user_id, source, number, .. } = logged.event;
            model.agents.entry(user_id).or_default().events.push(logged);
            model.accounts.entry((source, number)).or_default().entry(user_id).or_default().push(logged);
        }
        model
    }

    /// Returns the login accounts of the agents, by agent.
    pub fn agent_accounts(&self) -> impl Iterator<Item = (i64, &str)> {
        self.agents.iter().map(|(id, agent)| (*id, agent.account()))
    }

    /// Returns the latest event of the agent who has an account, and that agent.
    fn holder(&self, source: i64, number: i64) -> Option<(i64, &'a LoggedEvent)> {
        let claim = |events: &[&LoggedEvent]| {
            let known = &events[events.len().saturating_sub(EVENTS)..];
            let claims = |logged: &&&LoggedEvent| [ONLINE, BANNED].contains(&logged.event.status);
            let last = known.iter().rev().find(claims);
            last.or_else(|| known.first().filter(|_| known.len() == EVENTS)).map(|logged| logged.stamp())
        };
        let with_agents = self.accounts.get(&(source, number))?.iter();
        let ranked = with_agents.filter_map(|(agent, events)| Some((claim(events), *agent, *events.last()?)));
        // `None` is less than every claim.
        let (_, agent, latest) = ranked.max_by_key(|(claim, _, latest)| (*claim, latest.stamp()))?;
        Some((agent, latest))
    }

    /// Returns the accounts that are online with each agent at a source, by number.
    fn online(&self, source: i64) -> BTreeMap<i64, Vec<&'a Event>> {
        let mut online: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (_, number) in self.accounts.keys().filter(|(other, _)| *other == source) {
            if let Some((agent, latest)) =
                self.holder(source, *number).filter(|(_, latest)| latest.event.status == ONLINE)
            {
                online.entry(agent).or_default().push(&latest.event);
            }
        }
        online
    }

    fn agent(&self, id: i64, list: Vec<Value>) -> Value {
        json!({ "agentAccount": self.agents.get(&id).map_or("", |agent| agent.account()), "userId": id, "whatsAppList": list })
    }

    /// The answer to queryUserStatus, of all agents or of one.
    #[must_use]
    pub fn user_status(&self, source: i64, agent: Option<i64>) -> Value {
        let online = self.online(source);
        let wanted = online.into_iter().filter(|(id, _)| agent.is_none_or(|agent| agent == *id));
        wanted.map(|(id, accounts)| self.agent(id, accounts.into_iter().map(account).collect())).collect()
    }

    /// The answer to queryAllOlWhatsAppInfo.
    #[must_use]
    pub fn all_online(&self) -> Value {
        let group = |source| {
            let agents = self.online(source).into_iter().map(|(id, accounts)| {
                let mut agent = self.agent(id, accounts.into_iter().map(account).collect());
                agent["userName"] = json!(self.agents.get(&id).map_or("", |agent| agent.name()));
                agent
            });
            json!({ "list": agents.collect::<Vec<_>>(), "source": source })
        };
        json!([group(1), group(2)])
    }

    /// The answer to queryWhatsAppInfo.
    #[must_use]
    pub fn location(&self, number: i64, source: Option<i64>) -> Value {
        let sources = source.map_or(vec![1, 2], |source| vec![source]);
        let here = sources.into_iter().filter_map(|source| Some((source, self.holder(source, number)?)));
        let online = here.filter(|(_, (_, latest))| latest.event.status == ONLINE);
        online.max_by_key(|(_, (_, latest))| latest.stamp()).map_or(Value::Null, |(source, (agent, _))| {
            let account = self.agents.get(&agent).map_or("", |agent| agent.account());
            json!({ "agentAccount": account, "source": source, "userId": agent.to_string(), "whatsApp": number.to_string() })
        })
    }

    /// The answer to getLatestOnlineWhatsAccount.
    #[must_use]
    pub fn recent(&self, source: i64) -> Value {
        let agents = self.agents.iter().filter_map(|(id, agent)| {
            let (mut seen, mut list) = (BTreeSet::new(), Vec::new());
            let came = |logged: &&&&LoggedEvent| logged.event.source == source && logged.event.status == ONLINE;
            for logged in agent.events.iter().rev().filter(|logged| came(&logged)) {
                if list.len() < RECENT
                    && seen.insert(logged.event.number)
                    && let Some((_, latest)) = self.holder(source, logged.event.number)
                {
                    let mut account = account(&latest.event);
                    account["status"] = json!(latest.event.status);
                    list.push(account);
                }
            }
            (!list.is_empty()).then(|| self.agent(*id, list))
        });
        agents.collect()
    }

    /// The answer to queryUserStatusLog about the agents with a login account, and about one WhatsApp account if given.
    #[must_use]
    pub fn status_log(&self, source: i64, agent_account: Option<&str>, number: Option<i64>) -> Value {
        let wanted =
            self.agents.iter().filter(|(_, agent)| agent_account.is_none_or(|account| account == agent.account()));
        let agents = wanted.filter_map(|(id, agent)| {
            let is_meant = |event: &Event| event.source == source && number.is_none_or(|number| number == event.number);
            let events = agent.events.iter().rev().map(|logged| &logged.event).filter(|event| is_meant(event));
            let list: Vec<_> = events.take(EVENTS).map(record).collect();
            (!list.is_empty()).then(|| self.agent(*id, list))
        });
        agents.collect()
    }
}

/// An account that is listed with an agent.
fn account(event: &Event) -> Value {
    let mut account = json!({ "whatsApp": event.number.to_string() });
    if let Some(name) = &event.name {
        account["name"] = json!(name);
    }
    account
}

/// An event as queryUserStatusLog shows it.
pub fn record(event: &Event) -> Value {
    let mut record = account(event);
    record["countryCode"] = json!(event.country);
    record["createTime"] = json!(clock_time(event.at));
    record["detailStatus"] = json!(event.detail_status);
    record["source"] = json!(event.source);
    record["status"] = json!(event.status);
    record
}

fn clock_time(at: i64) -> String {
    let time = Timestamp::from_second(at.div_euclid(1_000)).unwrap_or_default();
    Offset::constant(UTC_OFFSET_HOURS).to_datetime(time).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn logged(seq: i64, user_id: i64, number: i64, status: i64, at: i64) -> LoggedEvent {
        let event = Event {
            event_id: seq.to_string(),
            user_id,
            agent_account: format!("agent-{user_id}"),
            user_name: None,
            number,
            name: Some(format!("name-{seq}")),
            status,
            source: 1,
            country: String::new(),
            detail_status: status + 1,
            at,
        };
        LoggedEvent { seq, tenant: 1, event }
    }

    fn online(events: &[LoggedEvent]) -> Vec<(i64, i64)> {
        let answer = Model::new(events.iter()).user_status(1, None);
        let agents = answer.as_array().unwrap().iter();
        let accounts = agents.flat_map(|agent| {
            let id = agent["userId"].as_i64().unwrap();
            let list = agent["whatsAppList"].as_array().unwrap().iter();
            list.map(move |account| (id, account["whatsApp"].as_str().unwrap().parse().unwrap()))
        });
        accounts.collect()
    }

    #[test]
    fn the_agent_with_the_last_claim_has_the_account() {
        let came = [logged(1, 1, 5, 10, 100), logged(2, 2, 5, 10, 200)];
        assert_eq!(online(&came), [(2, 5)]);
        let former_agent_ends = [&came[..], &[logged(3, 1, 5, 30, 300)]].concat();
        assert_eq!(online(&former_agent_ends), [(2, 5)], "the end of the old session changes nothing");
        let banned = [&came[..], &[logged(3, 1, 5, 40, 300)]].concat();
        assert_eq!(online(&banned), [], "a ban ends presence whoever reports it");
    }

    #[test]
    fn of_events_at_one_time_the_later_arrival_counts() {
        let off_last = [logged(2, 1, 5, 30, 100), logged(1, 1, 5, 10, 100)];
        assert_eq!(online(&off_last), []);
        let on_last = [logged(1, 1, 5, 30, 100), logged(2, 1, 5, 10, 100)];
        assert_eq!(online(&on_last), [(1, 5)]);
    }

    #[test]
    fn a_claim_is_forgotten_after_fifty_events() {
        let mut events = vec![logged(1, 1, 5, 10, 100), logged(2, 2, 5, 10, 50)];
        events.extend((0..50).map(|later| logged(10 + later, 2, 5, 20, 60 + later)));
        assert_eq!(online(&events), [(1, 5)], "the oldest of the 50 counts as a claim, and is earlier");
        events.extend((0..50).map(|later| logged(100 + later, 2, 5, 20, 200 + later)));
        assert_eq!(online(&events), [], "the oldest of the 50 is later now");
    }

    #[test]
    fn recent_accounts_have_the_name_and_status_of_now() {
        let events = [logged(1, 1, 5, 10, 100), logged(2, 1, 6, 10, 200), logged(3, 1, 5, 20, 300)];
        let answer = Model::new(events.iter()).recent(1);
        let list = &answer[0]["whatsAppList"];
        assert_eq!(list[0], json!({ "name": "name-2", "status": 10, "whatsApp": "6" }));
        assert_eq!(list[1], json!({ "name": "name-3", "status": 20, "whatsApp": "5" }));
    }

    #[test]
    fn times_are_clock_times_at_the_servers_offset() {
        assert_eq!(clock_time(1_720_437_931_999), "2024-07-08 19:25:31");
    }
}
