//! The model of a store: a list of events, from which each answer is computed as its definition says.

use std::collections::{BTreeMap, BTreeSet};

use group_dispatch_server::{
    event::{Provenance, StatusEvent},
    store::{AgentFilter, Appended},
};
use group_dispatch_types::{
    AccountLocation, AccountStatus, AgentRecentAccounts, AgentStatusLog, NamedOnlineAgent, OnlineAccount, OnlineAgent,
    RecentAccount, Source, SourceGroup, StatusDetail, StatusRecord, StatusTime, UserId, UtcOffset, WhatsAppNumber,
};
use proptest::prelude::*;

pub const ACCOUNTS: [u64; 12] = [7, 8, 70, 9, 10, 11, 12, 13, 14, 15, 16, 17];
const USERS: [u32; 3] = [1, 2, 10];
const AGENT_ACCOUNTS: [&str; 3] = ["a", "b", "c"];

/// An event of a small world, where everything meets everything. (`StatusEvent` has no `Debug`: it is personal data.)
#[derive(Clone, Debug)]
pub struct Event {
    event_id: Option<u8>,
    user: u32,
    agent_account: &'static str,
    user_name: Option<&'static str>,
    whatsapp: u64,
    country: &'static str,
    name: Option<&'static str>,
    status: i32,
    source: i32,
    at: i64,
    provenance: Provenance,
}

pub fn event() -> impl Strategy<Value = Event> {
    use proptest::{option::weighted, sample::select};
    (
        weighted(0.3, 0..4_u8),
        select(&USERS[..]),
        select(&AGENT_ACCOUNTS[..]),
        weighted(0.3, select(&["Li", "\"Wu\""][..])),
        prop_oneof![select(&ACCOUNTS[..3]), select(&ACCOUNTS[..])],
        select(&["Colombia", "哥伦比亚", "\"\t"][..]),
        weighted(0.5, select(&["", "jack", "杰\\克\n\u{1f}"][..])),
        select(&[10, 10, 20, 40, 11][..]),
        select(&[1, 1, 2, 3, 7][..]),
        (select(&[0, 1, 400, 1_000, 1_500, 4_000][..]), provenance()),
    )
        .prop_map(|(event_id, user, agent_account, user_name, whatsapp, country, name, status, source, known)| {
            let (at, provenance) = known;
            let (status, provenance) = match provenance {
                Provenance::Observed { not_before } => {
                    let not_before = not_before.map(|before| at - before);
                    (if status == 10 { 10 } else { 30 }, Provenance::Observed { not_before })
                }
                other => (status, other),
            };
            Event { event_id, user, agent_account, user_name, whatsapp, country, name, status, source, at, provenance }
        })
}

/// How an event is known. `not_before` is how long before the event.
fn provenance() -> impl Strategy<Value = Provenance> {
    use proptest::{option::weighted, sample::select};
    prop_oneof![
        3 => Just(Provenance::Fed),
        1 => (0..2_u32).prop_map(|ordinal| Provenance::Logged { ordinal }),
        1 => weighted(0.8, select(&[0, 1_500, 3_000][..])).prop_map(|not_before| Provenance::Observed { not_before }),
    ]
}

impl From<Event> for StatusEvent {
    fn from(event: Event) -> Self {
        Self {
            event_id: event.event_id.map(|id| id.to_string()),
            user_id: UserId::from(event.user),
            agent_account: event.agent_account.into(),
            user_name: event.user_name.map(Into::into),
            whatsapp: WhatsAppNumber::new(event.whatsapp).unwrap(),
            name: event.name.map(Into::into),
            status: AccountStatus::from(event.status),
            source: Source::from(event.source),
            country_code: event.country.into(),
            detail_status: StatusDetail::PcOnline,
            at: event.at,
            provenance: event.provenance,
        }
    }
}

pub fn filters() -> Vec<AgentFilter> {
    let ids = USERS.into_iter().map(|id| Some(UserId::from(id))).chain([None]);
    ids.flat_map(|user_id| {
        let accounts = AGENT_ACCOUNTS.into_iter().map(|account| Some(account.to_owned())).chain([None]);
        accounts.map(move |agent_account| AgentFilter { user_id, agent_account })
    })
    .collect()
}

/// The events in the order of their arrival.
#[derive(Default)]
pub struct Model(Vec<StatusEvent>);

struct Agent {
    id: UserId,
    account: String,
    name: String,
}

impl Model {
    pub fn append(&mut self, events: &[StatusEvent]) -> Appended {
        let before = self.0.len();
        for event in events {
            let same = |other: &StatusEvent| match event.provenance {
                Provenance::Fed if event.event_id.is_some() => {
                    other.provenance == Provenance::Fed && other.event_id == event.event_id
                }
                Provenance::Logged { .. } => {
                    let record = |event: &StatusEvent| {
                        let StatusEvent { user_id, whatsapp, status, source, detail_status, at, provenance, .. } =
                            *event;
                        (user_id, whatsapp, status, source, detail_status, at, provenance)
                    };
                    record(other) == record(event)
                }
                Provenance::Fed => other == event,
                Provenance::Observed { .. } => {
                    StatusEvent { event_id: None, ..other.clone() } == StatusEvent { event_id: None, ..event.clone() }
                }
            };
            if !self.0.iter().any(same) {
                self.0.push(event.clone());
            }
        }
        let stored = self.0.len() - before;
        Appended { stored, repeated: events.len() - stored }
    }

    /// Oldest first; a stable sort leaves ties in the order of arrival.
    fn events(&self, wanted: impl Fn(&StatusEvent) -> bool) -> Vec<&StatusEvent> {
        let mut events: Vec<_> = self.0.iter().filter(|event| wanted(event)).collect();
        events.sort_by_key(|event| event.at);
        events
    }

    fn presence(&self, account: WhatsAppNumber, source: Source) -> Option<&StatusEvent> {
        let events = self.events(|event| event.whatsapp == account && event.source == source);
        let claims = |event: &&&StatusEvent| matches!(event.status, AccountStatus::Online | AccountStatus::Banned);
        match events.iter().rev().find(claims) {
            Some(claim) => events.iter().rev().find(|event| event.user_id == claim.user_id).copied(),
            None => events.last().copied(),
        }
    }

    /// The status of an account. One that is only known to have gone has the status of the record that says why.
    fn status(&self, presence: &StatusEvent) -> AccountStatus {
        let Provenance::Observed { not_before: Some(not_before) } = presence.provenance else { return presence.status };
        if presence.status == AccountStatus::Online {
            return presence.status;
        }
        let records = self.events(|event| {
            event.user_id == presence.user_id
                && (event.whatsapp, event.source) == (presence.whatsapp, presence.source)
                && is_record(event)
        });
        let is_reason = |event: &&&StatusEvent| {
            (not_before - 2_000..=presence.at + 2_000).contains(&event.at) && event.status != AccountStatus::Online
        };
        records.iter().rev().take(50).find(is_reason).map_or(presence.status, |event| event.status)
    }

    fn accounts(&self) -> BTreeSet<WhatsAppNumber> {
        self.0.iter().map(|event| event.whatsapp).collect()
    }

    fn agents(&self, filter: &AgentFilter) -> Vec<Agent> {
        let ids: BTreeSet<_> = self.0.iter().map(|event| event.user_id).collect();
        ids.into_iter()
            .map(|id| {
                let events = self.events(|event| event.user_id == id);
                let account = events.last().unwrap().agent_account.clone();
                let name = events.iter().rev().find_map(|event| event.user_name.clone());
                Agent { id, name: name.unwrap_or_else(|| account.clone()), account }
            })
            .filter(|agent| filter.user_id.is_none_or(|id| id == agent.id))
            .filter(|agent| filter.agent_account.as_ref().is_none_or(|account| *account == agent.account))
            .collect()
    }

    pub fn groups(&self) -> Vec<SourceGroup> {
        let everyone = AgentFilter::default();
        let groups = [Source::Pc, Source::Mobile];
        groups.map(|source| SourceGroup { source, list: self.online_at(source, &everyone) }).into()
    }

    pub fn online_agents(&self, source: Source, filter: &AgentFilter) -> Vec<OnlineAgent> {
        let unnamed = |NamedOnlineAgent { agent_account, user_id, whats_app_list, .. }| OnlineAgent {
            agent_account,
            user_id,
            whats_app_list,
        };
        self.online_at(source, filter).into_iter().map(unnamed).collect()
    }

    fn online_at(&self, source: Source, filter: &AgentFilter) -> Vec<NamedOnlineAgent> {
        let mut online: BTreeMap<UserId, Vec<OnlineAccount>> = BTreeMap::new();
        for account in self.accounts() {
            if let Some(event) = self.presence(account, source)
                && event.status == AccountStatus::Online
            {
                let account = OnlineAccount { name: event.name.clone(), whats_app: account };
                online.entry(event.user_id).or_default().push(account);
            }
        }
        let agents = self.agents(filter).into_iter().filter_map(|agent| {
            let whats_app_list = online.remove(&agent.id)?;
            Some(NamedOnlineAgent {
                agent_account: agent.account,
                user_id: agent.id,
                user_name: agent.name,
                whats_app_list,
            })
        });
        agents.collect()
    }

    pub fn account_location(&self, account: WhatsAppNumber, sources: &[Source]) -> Option<AccountLocation> {
        let here = |event: &StatusEvent| {
            sources.contains(&event.source)
                && event.status == AccountStatus::Online
                && self.presence(account, event.source) == Some(event)
        };
        let event = self.events(here).pop()?;
        let agent = self.agents(&AgentFilter { user_id: Some(event.user_id), agent_account: None }).pop()?;
        Some(AccountLocation {
            agent_account: agent.account,
            source: event.source,
            user_id: event.user_id.into(),
            whats_app: account,
        })
    }

    pub fn status_log(
        &self,
        source: Source,
        filter: &AgentFilter,
        account: Option<WhatsAppNumber>,
    ) -> Vec<AgentStatusLog> {
        let record = |event: &StatusEvent| StatusRecord {
            country_code: event.country_code.clone(),
            create_time: StatusTime::from_epoch_seconds(event.at.div_euclid(1000), UtcOffset::VENDOR).unwrap(),
            detail_status: event.detail_status,
            name: event.name.clone(),
            source: event.source,
            status: event.status,
            whats_app: event.whatsapp,
        };
        let logs = self.agents(filter).into_iter().map(|agent| {
            let events = self.events(|event| {
                event.user_id == agent.id
                    && event.source == source
                    && account.is_none_or(|account| account == event.whatsapp)
                    && is_record(event)
            });
            let newest = events.into_iter().rev().take(50).collect();
            let whats_app_list = without_fed_copies(newest).into_iter().map(record).collect();
            AgentStatusLog { agent_account: agent.account, user_id: agent.id, whats_app_list }
        });
        logs.filter(|log| !log.whats_app_list.is_empty()).collect()
    }

    pub fn recent_accounts(&self, source: Source, filter: &AgentFilter) -> Vec<AgentRecentAccounts> {
        let recent = self.agents(filter).into_iter().map(|agent| {
            let mut accounts: Vec<WhatsAppNumber> = Vec::new();
            let events = self.events(|event| {
                event.user_id == agent.id && event.source == source && event.status == AccountStatus::Online
            });
            for event in events.into_iter().rev() {
                if !accounts.contains(&event.whatsapp) {
                    accounts.push(event.whatsapp);
                }
            }
            let now = |account| {
                let event = self.presence(account, source).unwrap();
                RecentAccount { name: event.name.clone(), status: Some(self.status(event)), whats_app: account }
            };
            let whats_app_list = accounts.into_iter().take(10).map(now).collect();
            AgentRecentAccounts { agent_account: agent.account, user_id: agent.id, whats_app_list }
        });
        recent.filter(|agent| !agent.whats_app_list.is_empty()).collect()
    }
}

fn is_record(event: &StatusEvent) -> bool {
    !matches!(event.provenance, Provenance::Observed { .. })
}

/// Leaves out a fed event for each logged one that says the same.
fn without_fed_copies(mut events: Vec<&StatusEvent>) -> Vec<&StatusEvent> {
    let says = |event: &StatusEvent| (event.whatsapp, event.status, event.detail_status, event.at / 1_000);
    let logged: Vec<_> = events.iter().filter(|event| event.provenance != Provenance::Fed).map(|e| says(e)).collect();
    for logged in logged {
        let copy = events.iter().position(|event| event.provenance == Provenance::Fed && says(event) == logged);
        copy.map(|copy| events.remove(copy));
    }
    events
}
