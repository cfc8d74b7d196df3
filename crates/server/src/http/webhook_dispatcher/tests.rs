//! Servers that share a database, and receivers that do what a test says. The time of each round is the test's.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::{collections::VecDeque, sync::Arc};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::IntoResponse,
    routing::post,
};
use group_dispatch_types::{
    UtcOffset,
    signing::{ApiKey, TenantId},
};
use parking_lot::Mutex;
use serde_json::Value;
use tempfile::TempDir;
use tokio::net::TcpListener;

use super::{Dispatcher, Metrics};
use crate::{
    event::{self, StatusEvent},
    event_log::{
        tests::server,
        webhooks::{Delivery, DeliveryState, NewWebhook, WebhookNumber},
    },
    http::webhook_sender::{SendOptions, WebhookSender},
    store::{Database, Store, StoreOptions},
    webhooks::{destination::PlainHttp, secret::WebhookSecret},
};

const TENANT: u64 = 1;
/// Longer than the first pause with its jitter.
const PAUSE_MS: i64 = 7_000;

fn tenant() -> TenantId {
    TENANT.into()
}

/// What a receiver returns, and what it has received: ids and bodies.
#[derive(Default)]
struct Receiving {
    statuses: VecDeque<u16>,
    received: Vec<(String, Value)>,
}

struct Receiver {
    url: String,
    state: Arc<Mutex<Receiving>>,
}

impl Receiver {
    /// Starts a receiver that returns these statuses, and 200 then.
    async fn start(statuses: impl IntoIterator<Item = u16>) -> Self {
        let state = Arc::new(Mutex::new(Receiving { statuses: statuses.into_iter().collect(), received: Vec::new() }));
        let handler = async |State(state): State<Arc<Mutex<Receiving>>>, headers: HeaderMap, body: Bytes| {
            let mut state = state.lock();
            let id = headers["webhook-id"].to_str().unwrap().to_owned();
            state.received.push((id, serde_json::from_slice(&body).unwrap()));
            let status = state.statuses.pop_front().unwrap_or(200);
            (StatusCode::from_u16(status).unwrap(), "what it says is not read").into_response()
        };
        let router = Router::new().route("/hooks", post(handler)).with_state(Arc::clone(&state));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hooks", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, state }
    }

    fn kinds(&self) -> Vec<String> {
        self.state.lock().received.iter().map(|(_, body)| body["type"].as_str().unwrap().to_owned()).collect()
    }

    fn ids(&self) -> Vec<String> {
        self.state.lock().received.iter().map(|(id, _)| id.clone()).collect()
    }
}

/// A new database for a test.
enum TestDatabase {
    Sqlite(TempDir),
    Postgres(server::Database),
}

impl TestDatabase {
    /// Returns one of each kind, with the tenant. Without PostgreSQL on this machine, its half is skipped.
    async fn each() -> Vec<Self> {
        let sqlite = Self::Sqlite(tempfile::tempdir().unwrap());
        let all: Vec<_> = [sqlite].into_iter().chain(server::Database::new().await.map(Self::Postgres)).collect();
        for database in &all {
            let store = database.open().await;
            store.add_tenant(tenant(), ApiKey::new("key")).await.unwrap();
            store.close().await.unwrap();
        }
        all
    }

    async fn open(&self) -> Store {
        let database = match self {
            Self::Sqlite(folder) => Database::Sqlite(folder.path().join("store.db")),
            Self::Postgres(database) => Database::Postgres(database.url.clone()),
        };
        Store::open(&database, StoreOptions::default()).await.unwrap()
    }
}

fn dispatcher(store: &Store) -> Dispatcher {
    let options = SendOptions {
        allowed: vec!["127.0.0.1".parse().unwrap()].into(),
        plain_http: PlainHttp::Allowed,
        ..SendOptions::default()
    };
    Dispatcher::new(store.clone(), WebhookSender::new(options).unwrap(), Arc::new(Metrics::of_connections()))
}

impl Dispatcher {
    /// A round at a time, to the end of its attempts.
    async fn whole_round(&mut self, now: i64) {
        self.round(now).await.unwrap();
        while let Some(attempt) = self.attempts.join_next().await {
            self.finish(attempt);
        }
        self.record().await.unwrap();
    }
}

async fn add(store: &Store, receiver: &Receiver, rules: &[&str]) -> WebhookNumber {
    let rules = rules.iter().map(|rule| (*rule).to_owned()).collect();
    let new = NewWebhook { url: receiver.url.clone(), rules, secret: WebhookSecret::generate().unwrap() };
    store.webhook_log().add_webhook(tenant(), new).await.unwrap()
}

async fn append(store: &Store, account: u64, detail: u32, second: i64) {
    let at = 1_720_437_931_000 + second * 1000;
    let json = format!(
        r#"{{"userId":1,"agentAccount":"a","whatsApp":"{account}","source":1,"detailStatus":{detail},"createTime":{at}}}"#
    );
    let event = StatusEvent::from_json(json.as_bytes(), UtcOffset::VENDOR).unwrap();
    store.append(tenant(), vec![event]).await.unwrap();
}

const BANNED: u32 = 41;
const ONLINE: u32 = 12;

async fn deliveries(store: &Store, webhook: WebhookNumber) -> Vec<Delivery> {
    store.webhook_log().deliveries(webhook, 100).await.unwrap()
}

#[tokio::test]
async fn an_alert_is_sent_until_the_receiver_has_it_with_the_same_id() {
    for database in TestDatabase::each().await {
        let store = database.open().await;
        let receiver = Receiver::start([500, 302]).await;
        let webhook = add(&store, &receiver, &["account-banned"]).await;
        let (mut dispatcher, now) = (dispatcher(&store), event::now());
        dispatcher.whole_round(now).await;
        append(&store, 8_618_217_331_411, BANNED, 1).await;
        dispatcher.whole_round(now + 1_000).await;
        assert_eq!(receiver.kinds(), ["account.banned"]);
        let waiting = deliveries(&store, webhook).await.remove(0);
        assert_eq!((waiting.state, waiting.attempts), (DeliveryState::Waiting, 1));
        assert_eq!(waiting.outcome.as_deref(), Some("status 500"));
        dispatcher.whole_round(now + 2_000).await;
        assert_eq!(receiver.ids().len(), 1, "not before the pause");
        dispatcher.whole_round(now + PAUSE_MS).await;
        dispatcher.whole_round(now + 400_000 + PAUSE_MS).await;
        let ids = receiver.ids();
        assert_eq!(ids.len(), 3, "a redirect is not followed");
        assert!(ids.iter().all(|id| *id == ids[0]));
        let delivered = deliveries(&store, webhook).await.remove(0);
        assert_eq!((delivered.state, delivered.attempts), (DeliveryState::Delivered, 3));
        dispatcher.whole_round(now + 900_000_000).await;
        assert_eq!(receiver.ids().len(), 3);
    }
}

#[tokio::test]
async fn a_receiver_that_wants_no_more_gets_no_more() {
    for database in TestDatabase::each().await {
        let store = database.open().await;
        let receiver = Receiver::start([410]).await;
        let webhook = add(&store, &receiver, &["account-banned"]).await;
        let (mut dispatcher, now) = (dispatcher(&store), event::now());
        dispatcher.whole_round(now).await;
        append(&store, 8_618_217_331_411, BANNED, 1).await;
        dispatcher.whole_round(now + 1_000).await;
        let (shown, _) = store.webhook_log().webhooks(None).await.unwrap().remove(0);
        assert!(shown.disabled.is_some_and(|reason| reason.contains("410")));
        append(&store, 8_618_217_331_412, BANNED, 2).await;
        dispatcher.whole_round(now + 2_000).await;
        assert_eq!(receiver.ids().len(), 1);
        // Once it is enabled again, what has come meanwhile is sent.
        store.webhook_log().enable_webhook(webhook).await.unwrap();
        dispatcher.whole_round(now + 3_000).await;
        assert_eq!(receiver.ids().len(), 2);
    }
}

/// A server that ends between an attempt and its record, and one that ends between two rounds.
#[tokio::test]
async fn after_a_crash_a_message_is_sent_again_with_its_id_and_no_alert_is_lost() {
    for database in TestDatabase::each().await {
        let receiver = Receiver::start([]).await;
        let now = event::now();
        let store = database.open().await;
        add(&store, &receiver, &["account-banned", "flapping:changes=3,within=10m"]).await;
        let mut crashes = dispatcher(&store);
        crashes.whole_round(now).await;
        append(&store, 8_618_217_331_411, BANNED, 1).await;
        crashes.round(now + 1_000).await.unwrap();
        while crashes.attempts.join_next().await.is_some() {}
        drop(crashes);
        assert_eq!(receiver.ids().len(), 1);
        // Alerts about what came while nobody computed them, and a state that goes on.
        for (second, detail) in [(10, 35), (20, ONLINE), (30, 35), (40, ONLINE), (50, 35)] {
            append(&store, 8_618_217_331_412, detail, second).await;
        }
        store.close().await.unwrap();
        let store = database.open().await;
        let mut next = dispatcher(&store);
        next.whole_round(now + 2_000).await;
        assert_eq!(receiver.ids().len(), 1, "the webhook still belongs to the other one");
        next.whole_round(now + 200_000).await;
        let (ids, mut kinds) = (receiver.ids(), receiver.kinds());
        assert_eq!(ids.iter().filter(|id| **id == ids[0]).count(), 2, "the one whose record was lost");
        kinds.sort_unstable();
        assert_eq!(kinds, ["account.banned", "account.banned", "account.flapping", "account.flapping.resolved"]);
    }
}

/// A receiver that never answers has a limited number of attempts at a time, and others get theirs.
#[tokio::test]
async fn a_slow_receiver_delays_its_own_messages_only() {
    for database in TestDatabase::each().await {
        let store = database.open().await;
        let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let hanging = Receiver { url: format!("http://{}/", silent.local_addr().unwrap()), state: Arc::default() };
        let receiver = Receiver::start([]).await;
        add(&store, &hanging, &["account-banned"]).await;
        add(&store, &receiver, &["account-banned"]).await;
        let (mut dispatcher, now) = (dispatcher(&store), event::now());
        dispatcher.round(now).await.unwrap();
        for account in 0..20 {
            append(&store, 8_618_217_331_400 + account, BANNED, 1).await;
        }
        while receiver.ids().len() < 20 {
            dispatcher.round(now + 1_000).await.unwrap();
            let ended = dispatcher.attempts.join_next().await.unwrap();
            dispatcher.finish(ended);
        }
        let hanging = dispatcher.busy.len();
        assert!((super::ATTEMPTS_PER_WEBHOOK..=2 * super::ATTEMPTS_PER_WEBHOOK).contains(&hanging), "{hanging}");
    }
}

#[tokio::test]
async fn two_servers_send_each_message_once() {
    for database in TestDatabase::each().await {
        let (store, other) = (database.open().await, database.open().await);
        let receiver = Receiver::start([]).await;
        for _ in 0..3 {
            add(&store, &receiver, &["account-banned"]).await;
        }
        let (mut one, mut two, now) = (dispatcher(&store), dispatcher(&other), event::now());
        one.whole_round(now).await;
        for account in 0..10 {
            append(&store, 8_618_217_331_400 + account, BANNED, 1).await;
            let at = now + 1_000 + i64::try_from(account).unwrap();
            tokio::join!(one.whole_round(at), two.whole_round(at));
        }
        for second in 5..10 {
            one.whole_round(now + second * 1_000).await;
        }
        let mut ids = receiver.ids();
        assert_eq!(ids.len(), 30);
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), 30);
    }
}

#[tokio::test]
async fn the_servers_own_network_is_refused_and_the_reason_is_recorded() {
    for database in TestDatabase::each().await {
        let store = database.open().await;
        let receiver = Receiver::start([]).await;
        let webhook = add(&store, &receiver, &["account-banned"]).await;
        let options = SendOptions { plain_http: PlainHttp::Allowed, ..SendOptions::default() };
        let sender = WebhookSender::new(options).unwrap();
        let mut dispatcher = Dispatcher::new(store.clone(), sender, Arc::new(Metrics::of_connections()));
        let now = event::now();
        dispatcher.whole_round(now).await;
        append(&store, 8_618_217_331_411, BANNED, 1).await;
        dispatcher.whole_round(now + 1_000).await;
        assert_eq!(receiver.ids().len(), 0);
        let outcome = deliveries(&store, webhook).await.remove(0).outcome.unwrap();
        assert!(outcome.contains("--webhook-allow-network"), "{outcome}");
    }
}
