//! Days of the simulated vendor, mirrored into a real store over SQLite and PostgreSQL, in simulated time: the mirror is killed at
//! random points, and responses of the store are lost.
//!
//! `MIRROR_SEED=7` tests that seed alone.
#![allow(clippy::unwrap_used, missing_docs)]

use std::{
    collections::{BTreeMap, HashMap},
    env,
    time::Duration,
};

use group_dispatch_mirror::{Answer, Failure, Mirror, MirrorStore, Question, Reply, Settings, Step, Stored};
use group_dispatch_server::{
    ApiKey, TenantId,
    event::Provenance,
    store::{
        AgentFilter, AgentQuery, Database, GapQuery, HistoryQuery, LocalStore, PageRequest, QueryKind, Store,
        StoreOptions,
    },
};
use group_dispatch_simulated_vendor::{Failure as VendorFailure, Faults, Reply as VendorReply, Scenario, Vendor};
use group_dispatch_types::{
    GetLatestOnlineWhatsAccountRequest, NoParameters, OnlineAgent, QueryUserStatusLogRequest, QueryUserStatusRequest,
    Source, UserId, WhatsAppNumber, ingest::MirrorId,
};

const SOURCES: [Source; 3] = [Source::Pc, Source::Mobile, Source::Cloud];
const TENANT: u64 = 1;
/// When a request is given up.
const TIMEOUT: i64 = 10_000;
/// How long the mirror goes on after the last event, without faults by then.
const REST: i64 = 40 * 60_000;
const HOURS: u64 = 6;

struct Day {
    vendor: Vendor,
    store: LocalStore,
    mirror: Mirror,
    id: MirrorId,
    now: i64,
    random: fastrand::Rng,
    kills: u32,
    lost: u32,
}

impl Day {
    async fn run(&mut self, end: i64) {
        while self.now < end {
            let is_killed = self.random.u32(..1_000) == 0;
            match self.mirror.step(self.now) {
                Step::Wait(until) => self.now = until,
                Step::Ask(question) => {
                    let reply = self.ask(question);
                    self.now = reply.received;
                    self.mirror.replied(reply);
                }
                Step::Recall(recall) => {
                    let memory = self.store.recall(&recall).await.unwrap();
                    self.mirror.recalled(memory, self.now);
                }
                // The process ends before the store has it.
                Step::Store(_) if is_killed && self.random.bool() => {}
                Step::Store(facts) => {
                    let receipt = self.store.append(facts.request(self.id)).await.unwrap();
                    if self.random.u8(..100) == 0 {
                        // The response is lost.
                        self.lost += 1;
                        self.mirror.store_failed(self.now);
                    } else {
                        self.mirror.stored(Stored::from(receipt), self.now);
                    }
                }
            }
            if is_killed {
                self.kills += 1;
                self.now += self.random.i64(0..20 * 60_000);
                self.mirror = Mirror::new(Settings::default());
                self.id = MirrorId::try_from(self.random.u64(..1 << 50)).unwrap();
            }
        }
    }

    fn ask(&mut self, question: Question) -> Reply {
        let now = self.now;
        match question {
            Question::AllOnline => read(now, self.vendor.ask(now, &NoParameters), Answer::AllOnline),
            Question::OnlineAt(source) => read(now, self.vendor.ask(now, &online_at(source)), Answer::OnlineAt),
            Question::Log { source, whats_app } => {
                let request = QueryUserStatusLogRequest { source, agent_account: None, whats_app };
                read(now, self.vendor.ask(now, &request), Answer::Log)
            }
            Question::Recent { source, user_id } => {
                let request = GetLatestOnlineWhatsAccountRequest { source, user_id: Some(user_id) };
                read(now, self.vendor.ask(now, &request), Answer::Recent)
            }
        }
    }
}

fn online_at(source: Source) -> QueryUserStatusRequest {
    QueryUserStatusRequest { source, user_id: None, user_name: None }
}

fn read<T>(sent: i64, reply: VendorReply<T>, answer: impl FnOnce(T) -> Answer) -> Reply {
    let takes = i64::try_from(reply.takes.as_millis()).unwrap();
    if takes > TIMEOUT {
        let outcome = Err(Failure::Temporary(None));
        return Reply { sent, received: sent + TIMEOUT, date: None, outcome, is_whole: false };
    }
    let is_whole = reply.result.as_ref().is_ok_and(|answer| answer.left_out == 0);
    let outcome = match reply.result {
        Ok(data) => Ok(answer(data.data)),
        Err(VendorFailure::TooManyRequests { retry_after }) => Err(Failure::Temporary(Some(retry_after))),
        Err(VendorFailure::Business(code)) if !code.is_transient() => Err(Failure::Refused),
        Err(_) => Err(Failure::Temporary(None)),
    };
    Reply { sent, received: sent + takes, date: reply.date, outcome, is_whole }
}

fn online(store: &Store, source: Source) -> BTreeMap<WhatsAppNumber, UserId> {
    let mut json = Vec::new();
    let query = AgentQuery { kind: QueryKind::Online, source, filter: AgentFilter::default() };
    store.tenant(TENANT.into()).unwrap().answer(&query, &mut json);
    let agents: Vec<OnlineAgent> = serde_json::from_slice(&json).unwrap();
    let accounts = agents.into_iter().flat_map(|OnlineAgent { user_id, whats_app_list, .. }| {
        whats_app_list.into_iter().map(move |account| (account.whats_app, user_id))
    });
    accounts.collect()
}

async fn day(seed: u64, database: &Database) -> Day {
    let small = Scenario::small(seed);
    // Outages by chance would take most of so short a day.
    let faults = Faults { outages: 0.0, ..small.faults.clone() };
    let scenario = Scenario { duration: Some(Duration::from_secs(HOURS * 3_600)), faults, ..small };
    let (start, end) = (scenario.start, scenario.end().unwrap() + REST);
    let store = Store::open(database, StoreOptions::default()).await.unwrap();
    let tenant = TenantId::from(TENANT);
    store.add_tenant(tenant, ApiKey::new("key")).await.unwrap();
    let mut day = Day {
        vendor: Vendor::new(scenario),
        store: LocalStore::new(store.clone(), tenant),
        mirror: Mirror::new(Settings::default()),
        id: MirrorId::MIN,
        now: start,
        random: fastrand::Rng::with_seed(seed),
        kills: 0,
        lost: 0,
    };
    day.run(end).await;

    for source in SOURCES {
        assert_eq!(online(&store, source), day.vendor.online(source, end), "seed {seed}: who is online at {source}");
    }
    let mut stored = HashMap::<_, u32>::new();
    let mut query = HistoryQuery { page: PageRequest { limit: 1000, ..PageRequest::default() }, ..Default::default() };
    loop {
        let page = store.history(tenant, query.clone()).await.unwrap();
        for event in page.events.into_iter().map(|stored| stored.event) {
            if let Provenance::Logged { .. } = event.provenance {
                let key = (event.source, event.user_id, event.whatsapp, event.status, event.detail_status, event.at);
                *stored.entry(key).or_default() += 1;
            }
        }
        query.page.cursor = page.next;
        if query.page.cursor.is_none() {
            break;
        }
    }
    let gaps = GapQuery { page: PageRequest { limit: 1000, ..PageRequest::default() }, ..GapQuery::default() };
    let gaps = store.gaps(tenant, gaps).await.unwrap().gaps;
    let (mut missing, mut happened) = (0, 0);
    for record in day.vendor.history(end).to_vec() {
        happened += 1;
        let (source, agent, account, at) = (record.source, record.user_id, record.whatsapp, record.create_time * 1000);
        let key = (source, agent, account, record.status, record.detail_status, at);
        if let Some(count) = stored.get_mut(&key).filter(|count| **count > 0) {
            *count -= 1;
            continue;
        }
        missing += 1;
        let hides = gaps.iter().any(|gap| {
            (gap.source, gap.user_id) == (source, agent)
                && gap.whatsapp.is_none_or(|of| of == account)
                && gap.from.is_none_or(|from| from <= at)
                && at <= gap.to
        });
        assert!(hides, "seed {seed}: missing, and in no gap: {record:?}");
    }
    let left: Vec<_> = stored.into_iter().filter(|(_, count)| *count > 0).collect();
    assert!(left.is_empty(), "seed {seed}: stored twice, or never happened: {left:?}");
    assert!(happened > 500 && missing * 4 < happened, "seed {seed}: {missing} of {happened} are missing");
    day
}

#[tokio::test]
async fn a_day_in_a_real_store_is_what_happened() {
    let given = env::var("MIRROR_SEED").ok().and_then(|seed| seed.parse().ok());
    let seeds = given.map_or(1..4, |seed| seed..seed + 1);
    let (mut kills, mut lost) = (0, 0);
    for seed in seeds {
        let folder = tempfile::tempdir().unwrap();
        let day = day(seed, &Database::Sqlite(folder.path().join("day.db"))).await;
        (kills, lost) = (kills + day.kills, lost + day.lost);
    }
    assert!(given.is_some() || kills > 0 && lost > 0);
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_day_in_postgres_is_what_happened() {
    let Some(cluster) = test_support::cluster::Cluster::new(&[]) else { return };
    let seed = env::var("MIRROR_SEED").ok().and_then(|seed| seed.parse().ok());
    day(seed.unwrap_or(2), &Database::Postgres(cluster.url(""))).await;
}
