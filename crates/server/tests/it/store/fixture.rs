//! A store to test, events to feed it, and its answers in a short form.

use std::time::{Duration, Instant};

use group_dispatch_server::{
    ApiKey, TenantId,
    event::{Provenance, StatusEvent},
    store::{AgentFilter, AgentQuery, QueryKind, Store},
};
use group_dispatch_types::{
    AccountLocation, AccountStatus, AgentRecentAccounts, AgentStatusLog, OnlineAgent, Source, SourceGroup,
    StatusDetail, UserId, UtcOffset, WhatsAppNumber,
};
use serde::{Serialize, de::DeserializeOwned};

use super::place::Place;

pub const ALL: AgentFilter = AgentFilter { user_id: None, agent_account: None };

/// A store and, as long as it lives, the place where it keeps its data.
pub struct Fixture {
    pub store: Store,
    pub place: Place,
}

impl std::ops::Deref for Fixture {
    type Target = Store;

    fn deref(&self) -> &Store {
        &self.store
    }
}

/// An empty store.
pub async fn empty() -> Fixture {
    let place = Place::new().await;
    let store = place.open(UtcOffset::VENDOR).await;
    Fixture { store, place }
}

/// A store that knows tenant 1 and has its events, each of them appended on its own.
pub async fn with(events: impl IntoIterator<Item = StatusEvent>) -> Fixture {
    let store = empty().await;
    store.add_tenant(tenant(1), ApiKey::new("key")).await.unwrap();
    for event in events {
        store.append(tenant(1), vec![event]).await.unwrap();
    }
    store
}

pub fn tenant(id: u64) -> TenantId {
    id.into()
}

pub fn user(id: u32) -> UserId {
    id.into()
}

pub fn account(number: u64) -> WhatsAppNumber {
    number.try_into().unwrap()
}

pub fn of_user(id: u32) -> AgentFilter {
    AgentFilter { user_id: Some(user(id)), ..ALL }
}

pub fn of_account(account: &str) -> AgentFilter {
    AgentFilter { agent_account: Some(account.into()), ..ALL }
}

/// Account 100 comes online on PC with agent `user`.
pub fn online(id: u32, at: i64) -> StatusEvent {
    StatusEvent {
        event_id: None,
        user_id: user(id),
        agent_account: format!("agent{id}"),
        user_name: None,
        whatsapp: account(100),
        name: None,
        status: AccountStatus::Online,
        source: Source::Pc,
        country_code: "Colombia".into(),
        detail_status: StatusDetail::PcOnline,
        at,
        provenance: Provenance::Fed,
    }
}

pub fn offline(id: u32, at: i64) -> StatusEvent {
    let (status, detail_status) = (AccountStatus::Offline, StatusDetail::PcClientClosed);
    StatusEvent { status, detail_status, ..online(id, at) }
}

/// What is written in an answer. It has to be written just as the types of the contract write it.
fn read<T: DeserializeOwned + Serialize>(write: impl FnOnce(&mut Vec<u8>)) -> T {
    let mut json = Vec::new();
    write(&mut json);
    let read: T = serde_json::from_slice(&json).unwrap();
    assert_eq!(String::from_utf8(json).unwrap(), serde_json::to_string(&read).unwrap());
    read
}

/// The only key of a tenant that the store knows.
pub fn key(store: &Store, id: u64) -> Option<ApiKey> {
    store.tenant(tenant(id)).map(|tenant| match tenant.keys() {
        [key] => key.key.clone(),
        keys => panic!("{keys:?}"),
    })
}

/// The answers of a store, read back.
pub trait Answers {
    fn store(&self) -> &Store;

    fn agents<T: DeserializeOwned + Serialize>(
        &self,
        tenant: TenantId,
        kind: QueryKind,
        source: Source,
        filter: &AgentFilter,
    ) -> Vec<T> {
        let question = AgentQuery { kind, source, filter: filter.clone() };
        self.store().tenant(tenant).map(|tenant| read(|out| tenant.answer(&question, out))).unwrap_or_default()
    }

    fn online_agents(&self, tenant: TenantId, source: Source, filter: &AgentFilter) -> Vec<OnlineAgent> {
        self.agents(tenant, QueryKind::Online, source, filter)
    }

    fn status_log(
        &self,
        tenant: TenantId,
        source: Source,
        filter: &AgentFilter,
        account: Option<WhatsAppNumber>,
    ) -> Vec<AgentStatusLog> {
        self.agents(tenant, QueryKind::Log(account), source, filter)
    }

    fn recent_accounts(&self, tenant: TenantId, source: Source, filter: &AgentFilter) -> Vec<AgentRecentAccounts> {
        self.agents(tenant, QueryKind::Recent, source, filter)
    }

    fn groups(&self, tenant: TenantId) -> Vec<SourceGroup> {
        let Some(tenant) = self.store().tenant(tenant) else { return Vec::new() };
        read(|out| tenant.all_online().iter().for_each(|piece| out.extend_from_slice(piece)))
    }

    fn locate(&self, tenant: TenantId, account: WhatsAppNumber, sources: &[Source]) -> Option<AccountLocation> {
        self.store().tenant(tenant).and_then(|tenant| read(|out| tenant.account_location(account, sources, out)))
    }
}

impl Answers for Store {
    fn store(&self) -> &Store {
        self
    }
}

/// Agents and accounts that are online, as (agent, accounts).
pub fn presence(store: &Store, source: Source, filter: AgentFilter) -> Vec<(u64, Vec<u64>)> {
    store
        .online_agents(tenant(1), source, &filter)
        .into_iter()
        .map(|agent| (agent.user_id.get(), agent.whats_app_list.iter().map(|a| a.whats_app.get()).collect()))
        .collect()
}

/// The log at PC as (agent, countries): tests distinguish events by the country.
pub fn log(store: &Store, filter: AgentFilter, account: Option<WhatsAppNumber>) -> Vec<(u64, Vec<String>)> {
    let agents = store.status_log(tenant(1), Source::Pc, &filter, account);
    agents
        .into_iter()
        .map(|agent| (agent.user_id.get(), agent.whats_app_list.into_iter().map(|r| r.country_code).collect()))
        .collect()
}

pub fn recent(store: &Store, filter: AgentFilter) -> Vec<(u64, Vec<u64>)> {
    let agents = store.recent_accounts(tenant(1), Source::Pc, &filter);
    agents
        .into_iter()
        .map(|agent| (agent.user_id.get(), agent.whats_app_list.iter().map(|a| a.whats_app.get()).collect()))
        .collect()
}

pub fn location(store: &Store, sources: &[Source]) -> Option<(u64, Source)> {
    let location = store.locate(tenant(1), account(100), sources)?;
    assert_eq!(location.whats_app, account(100));
    Some((location.user_id.0.get(), location.source))
}

/// Waits until `see` sees something: what others did is seen soon, not at once.
pub async fn soon(mut see: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !see() {
        assert!(Instant::now() < deadline, "not seen within a minute");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}
