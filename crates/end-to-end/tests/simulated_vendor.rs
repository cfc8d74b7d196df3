//! The simulated vendor gives the answers that a server gives over the same records, byte for byte.
//!
//! `SIMULATED_VENDOR_SEED=7` tests that seed alone.
#![allow(clippy::unwrap_used, missing_docs)]

use std::{
    collections::{BTreeMap, BTreeSet},
    env,
};

use group_dispatch_server::{
    ApiKey, TenantId,
    event::StatusEvent,
    store::{AgentFilter, AgentQuery, Database, KnownTenant, QueryKind, Store, StoreOptions},
};
use group_dispatch_simulated_vendor::{Query, Record, Scenario, Vendor};
use group_dispatch_types::{
    AccountStatus, GetLatestOnlineWhatsAccountRequest, NoParameters, QueryUserStatusLogRequest, QueryUserStatusRequest,
    QueryWhatsAppInfoRequest, Source, UserId, UtcOffset, WhatsAppNumber,
};
use serde::Serialize;
use serde_json::json;
use tempfile::TempDir;

const SOURCES: [Source; 3] = [Source::Pc, Source::Mobile, Source::Cloud];

/// A moment of a vendor, and what everybody is called then. The vendor shows current names only, so that a server that is to
/// answer in the same way is fed with those.
struct Moment {
    vendor: Vendor,
    at: i64,
    /// Login accounts, and names where an answer has them.
    agents: BTreeMap<UserId, (String, Option<String>)>,
    /// Nicknames and countries.
    accounts: BTreeMap<WhatsAppNumber, (Option<String>, String)>,
}

impl Moment {
    fn new(mut vendor: Vendor, at: i64) -> Self {
        let (mut agents, mut accounts) = (BTreeMap::new(), BTreeMap::new());
        let numbers: BTreeSet<_> = vendor.history(at).iter().map(|record| record.whatsapp).collect();
        for source in SOURCES {
            for whats_app in numbers.iter().copied() {
                let of_account = log(source, None, Some(whats_app));
                for agent in vendor.truth(at, &of_account) {
                    agents.insert(agent.user_id, (agent.agent_account, None));
                    for record in agent.whats_app_list {
                        let names = (record.name, record.country_code);
                        let before = accounts.insert(whats_app, names.clone());
                        assert!(before.is_none_or(|before| before == names), "an account has two names");
                    }
                }
            }
            for agent in vendor.truth(at, &online(source, None, None)) {
                agents.entry(agent.user_id).or_insert((agent.agent_account, None));
                for account in agent.whats_app_list {
                    accounts.entry(account.whats_app).or_insert((account.name, String::new()));
                }
            }
            for agent in vendor.truth(at, &recent(source, None)) {
                agents.entry(agent.user_id).or_insert((agent.agent_account, None));
                for account in agent.whats_app_list {
                    accounts.entry(account.whats_app).or_insert((account.name, String::new()));
                }
            }
        }
        for agent in vendor.truth(at, &NoParameters).into_iter().flat_map(|group| group.list) {
            agents.insert(agent.user_id, (agent.agent_account, Some(agent.user_name)));
        }
        Self { vendor, at, agents, accounts }
    }

    fn event(&self, (number, record): &(usize, Record)) -> StatusEvent {
        let (login, name) = self.agents.get(&record.user_id).cloned().unwrap_or_default();
        let (nickname, country) = self.accounts.get(&record.whatsapp).cloned().unwrap_or_default();
        let mut event = json!({
            "eventId": number.to_string(), "userId": record.user_id, "agentAccount": login, "whatsApp": record.whatsapp,
            "status": record.status, "detailStatus": record.detail_status, "source": record.source,
            "countryCode": country, "createTime": record.create_time * 1000,
        });
        for (member, text) in [("userName", name), ("name", nickname)] {
            if let Some(text) = text {
                event[member] = text.into();
            }
        }
        StatusEvent::from_json(event.to_string().as_bytes(), UtcOffset::VENDOR).unwrap()
    }

    fn truth<Q: Query<Data: Serialize>>(&mut self, query: &Q) -> String {
        serde_json::to_string(&self.vendor.truth(self.at, query)).unwrap()
    }
}

/// A server's store with one tenant.
struct Server {
    tenant: KnownTenant,
    store: Store,
    _folder: TempDir,
}

impl Server {
    async fn with(events: Vec<StatusEvent>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::Sqlite(folder.path().join("vendor.db"));
        let store = Store::open(&database, StoreOptions::default()).await.unwrap();
        let id = TenantId::from(1);
        store.add_tenant(id, ApiKey::new("key")).await.unwrap();
        store.append(id, events).await.unwrap();
        Self { tenant: store.tenant(id).unwrap(), store, _folder: folder }
    }

    fn agents(&self, kind: QueryKind, source: Source, user_id: Option<UserId>, agent_account: Option<&str>) -> String {
        let filter = AgentFilter { user_id, agent_account: agent_account.map(str::to_owned) };
        written(|out| self.tenant.answer(&AgentQuery { kind, source, filter }, out))
    }
}

fn written(write: impl FnOnce(&mut Vec<u8>)) -> String {
    let mut json = Vec::new();
    write(&mut json);
    String::from_utf8(json).unwrap()
}

fn online(source: Source, user_id: Option<UserId>, login: Option<&str>) -> QueryUserStatusRequest {
    QueryUserStatusRequest { source, user_id, user_name: login.map(str::to_owned) }
}

fn log(source: Source, login: Option<&str>, whats_app: Option<WhatsAppNumber>) -> QueryUserStatusLogRequest {
    QueryUserStatusLogRequest { source, agent_account: login.map(str::to_owned), whats_app }
}

fn recent(source: Source, user_id: Option<UserId>) -> GetLatestOnlineWhatsAccountRequest {
    GetLatestOnlineWhatsAccountRequest { source, user_id }
}

/// Compares all answers at a moment.
async fn compare(vendor: Vendor, at: i64) {
    let mut moment = Moment::new(vendor, at);
    let seed = moment.vendor.scenario().seed;
    let happened: Vec<_> = moment.vendor.history(at).iter().copied().enumerate().collect();
    let counted = happened.iter().filter(|(_, record)| record.in_presence_at <= at);
    let mut logged: Vec<_> = happened.iter().filter(|(_, record)| record.in_log_at <= at).collect();
    logged.sort_by_key(|(number, record)| (record.in_log_at, *number));

    let presence = Server::with(counted.map(|record| moment.event(record)).collect()).await;
    let log_server = Server::with(logged.into_iter().map(|record| moment.event(record)).collect()).await;
    let what = |query: &dyn std::fmt::Debug| format!("seed {seed}, {at}: {query:?}");

    let all: Vec<u8> = presence.tenant.all_online().concat();
    assert_eq!(moment.truth(&NoParameters), String::from_utf8(all).unwrap(), "{}", what(&NoParameters));
    let agents: Vec<_> = moment.agents.iter().map(|(id, (login, _))| (*id, login.clone())).collect();
    let numbers: Vec<_> = moment.accounts.keys().copied().collect();
    for source in SOURCES {
        let filters = agents.iter().flat_map(|(id, login)| {
            [(Some(*id), None), (None, Some(login.as_str())), (Some(agents[0].0), Some(login.as_str()))]
        });
        for (id, login) in [(None, None), (None, Some("nobody"))].into_iter().chain(filters) {
            let query = online(source, id, login);
            let expected = presence.agents(QueryKind::Online, source, id, login);
            assert_eq!(moment.truth(&query), expected, "{}", what(&query));
            if login.is_none() {
                let query = recent(source, id);
                let expected = presence.agents(QueryKind::Recent, source, id, None);
                assert_eq!(moment.truth(&query), expected, "{}", what(&query));
            }
            if id.is_none() {
                for number in numbers.iter().copied().map(Some).chain([None, Some(WhatsAppNumber::MAX)]) {
                    let query = log(source, login, number);
                    let expected = log_server.agents(QueryKind::Log(number), source, None, login);
                    assert_eq!(moment.truth(&query), expected, "{}", what(&query));
                }
            }
        }
    }
    for number in numbers {
        for source in SOURCES.into_iter().map(Some).chain([None]) {
            let query = QueryWhatsAppInfoRequest { whatsapp: number.into(), source };
            let sources = source.map_or(SOURCES[..2].to_vec(), |source| vec![source]);
            let expected = written(|out| presence.tenant.account_location(number, &sources, out));
            assert_eq!(moment.truth(&query), expected, "{}", what(&query));
        }
    }
    for server in [presence, log_server] {
        server.store.close().await.unwrap();
    }
}

fn seeds() -> Vec<u64> {
    match env::var("SIMULATED_VENDOR_SEED") {
        Ok(seed) => vec![seed.parse().unwrap()],
        Err(_) => (0..8).collect(),
    }
}

/// Returns moments at which the answers are hard: while a record is in presence and not yet in the log, while an account has
/// come online and neither knows it, and when everything is over.
fn moments(seed: u64) -> [i64; 4] {
    let mut vendor = Vendor::new(Scenario::small(seed));
    let (start, end) = (vendor.scenario().start, vendor.scenario().end().unwrap());
    let is_late =
        |record: &&Record| record.in_log_at > record.happened_at + 2000 && record.happened_at > start + 3_600_000;
    let mut late = vendor.history(end).iter().filter(is_late);
    let leading = late.clone().find(|record| record.in_presence_at == record.happened_at).unwrap();
    let unknown = late
        .find(|record| record.in_presence_at > record.happened_at && record.status == AccountStatus::Online)
        .unwrap();
    [start, leading.happened_at + 1000, unknown.happened_at + 1000, end + 3_600_000]
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_are_those_of_a_server_with_the_same_records() {
    for seed in seeds() {
        for at in moments(seed) {
            compare(Vendor::new(Scenario::small(seed)), at).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_about_the_past_are_the_same() {
    for seed in seeds().into_iter().take(2) {
        for at in moments(seed) {
            let mut vendor = Vendor::new(Scenario::small(seed));
            vendor.history(vendor.scenario().end().unwrap());
            compare(vendor, at).await;
        }
    }
}
