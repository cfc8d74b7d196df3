//! A server whose database hangs or takes no writes, as clients and operators see it.

use std::time::{Duration, Instant};

use group_dispatch_server::{
    ApiKey, Config,
    store::{self, Store, StoreError, StoreOptions},
};
use group_dispatch_types::UtcOffset;
use serde_json::json;

use crate::{
    common::{self, TestServer, start_over},
    postgres::{
        proxy::Proxy,
        server::{Database, Server},
    },
    store::fixture::soon,
};

/// How long a server takes from the signal to its end: the time of running requests and the time to close the store.
const STOP_LIMIT: Duration = Duration::from_secs(60);
/// The timeout of a request.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// A server that reaches its database through a proxy.
struct Proxied {
    server: TestServer,
    proxy: Proxy,
    _database: (Server, Database),
}

impl Proxied {
    async fn new() -> Option<Self> {
        let postgres = Server::new(false)?;
        let database = postgres.database().await;
        let proxy = Proxy::new(postgres.socket()).await;
        let address = store::Database::Postgres(database.at(&proxy.host(), ""));
        let server = start_over(&address, UtcOffset::VENDOR, Config::default()).await;
        Some(Self { server, proxy, _database: (postgres, database) })
    }
}

async fn feed(server: &TestServer, agent: u64) -> u16 {
    let event = json!([{
        "userId": agent, "agentAccount": "agent", "whatsApp": "8618217331412", "source": 1, "detailStatus": 12,
        "createTime": 1_720_396_800_000_u64,
    }]);
    let http = common::http();
    let request = server.request_by(&http, 1, "../../ingest/v1/status-events", event.to_string());
    request.send().await.unwrap().status().as_u16()
}

async fn ask(server: &TestServer) -> u16 {
    let http = common::http();
    server
        .request_by(&http, 1, "queryUserStatus", json!({"source": 1}).to_string())
        .send()
        .await
        .unwrap()
        .status()
        .as_u16()
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_database_hangs_queries_are_answered_feeds_fail_in_time_and_a_stop_ends() {
    let Some(Proxied { server, proxy, _database }) = Proxied::new().await else { return };
    assert_eq!(feed(&server, 1).await, 200);
    proxy.freeze();
    let begin = Instant::now();
    let (fed, asked) = tokio::join!(feed(&server, 2), ask(&server));
    assert_eq!((fed, asked), (500, 200));
    assert!(begin.elapsed() < REQUEST_TIMEOUT, "{:?}", begin.elapsed());
    let readiness = server.store.readiness().await;
    assert!(!readiness.queries.works() && !readiness.feeds.works(), "{readiness:?}");

    // One that can't be finished is running when the signal comes.
    let stopping = async {
        // The answers above have ended the connections, so that the request of the feed is open first.
        tokio::task::yield_now().await;
        let begin = Instant::now();
        server.stop.send(()).unwrap();
        server.serving.await.unwrap().unwrap();
        assert!(begin.elapsed() < STOP_LIMIT, "{:?}", begin.elapsed());
    };
    let appended = server.store.append(1.into(), Vec::new());
    let (appended, ()) = tokio::join!(appended, stopping);
    appended.unwrap_err();
    proxy.thaw();
}

/// A prober waits for less time than the check takes, as Kubernetes does by default.
#[tokio::test(flavor = "multi_thread")]
async fn a_failure_is_noticed_even_if_no_prober_waits_for_the_check() {
    let Some(Proxied { server, proxy, _database }) = Proxied::new().await else { return };
    proxy.freeze();
    let begin = Instant::now();
    let response = loop {
        let probe = common::get(format!("{}/readyz?feeds", server.url));
        if let Ok(response) = tokio::time::timeout(Duration::from_secs(1), probe).await {
            let response = response.unwrap();
            if response.status() == 503 {
                break response;
            }
        }
        assert!(begin.elapsed() < STOP_LIMIT, "no probe got the 503");
    };
    let body: serde_json::Value = response.json().await.unwrap();
    for what in ["queries", "feeds"] {
        assert_eq!(body[what]["works"], false, "{body}");
        assert!(body[what]["since"].is_string(), "{body}");
    }
    proxy.thaw();
}

/// Old connections hang, and new ones work: the database answers whether it is ready, and a feed waits.
#[tokio::test(flavor = "multi_thread")]
async fn feeds_are_not_ready_while_one_waits_for_long() {
    let Some(Proxied { server, proxy, _database }) = Proxied::new().await else { return };
    assert_eq!(feed(&server, 1).await, 200);
    proxy.freeze_open();
    let seen = async {
        loop {
            let readiness = server.store.readiness().await;
            if !readiness.feeds.works() {
                return readiness;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let fed = feed(&server, 2);
    tokio::pin!(fed, seen);
    tokio::select! {
        biased;
        _ = &mut seen => {}
        status = &mut fed => panic!("never seen until the feed ended with {status}"),
    }
    assert_eq!(fed.await, 200, "it is tried again on a new connection");
    assert!(server.store.readiness().await.feeds.works());
}

/// As above: the database answers whether it is ready, but what another server stores is not read.
#[tokio::test(flavor = "multi_thread")]
async fn queries_are_not_ready_while_following_waits_for_long() {
    let Some(postgres) = Server::new(false) else { return };
    let database = postgres.database().await;
    let other =
        start_over(&store::Database::Postgres(database.url.clone()), UtcOffset::VENDOR, Config::default()).await;
    let proxy = Proxy::new(postgres.socket()).await;
    let address = store::Database::Postgres(database.at(&proxy.host(), ""));
    let server = start_over(&address, UtcOffset::VENDOR, Config::default()).await;
    proxy.freeze_open();
    let begin = Instant::now();
    assert_eq!(feed(&other, 1).await, 200);
    while server.store.size().agents == 0 {
        let is_ready = server.store.readiness().await.queries.works();
        let is_shown = server.store.size().agents == 1;
        assert!(!is_ready || is_shown || begin.elapsed() < Duration::from_secs(10), "it is ready, and not up to date");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    while !server.store.readiness().await.queries.works() {
        assert!(begin.elapsed() < STOP_LIMIT, "queries are not ready again");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_opens_on_a_read_only_database_and_answers() {
    let Some(database) = Database::new().await else { return };
    let address = store::Database::Postgres(database.url.clone());
    let before = start_over(&address, UtcOffset::VENDOR, Config::default()).await;
    assert_eq!(feed(&before, 1).await, 200);
    before.store.save_snapshot().await.unwrap();
    assert_eq!(feed(&before, 2).await, 200);
    let raw = database.raw().await;
    let name: String = raw.query_one("SELECT current_database()::text", &[]).await.unwrap().get(0);
    raw.batch_execute(&format!("ALTER DATABASE {name} SET default_transaction_read_only TO on")).await.unwrap();

    let store = Store::open(&address, StoreOptions::default()).await.unwrap();
    assert_eq!(store.size().agents, 2, "from the snapshot and the events after it");
    let begin = Instant::now();
    let refused = store.append(1.into(), Vec::new()).await.unwrap_err();
    assert!(matches!(refused, StoreError::ReadOnly), "{refused}");
    assert!(begin.elapsed() < Duration::from_secs(10), "{:?}", begin.elapsed());
    let readiness = store.readiness().await;
    assert!(readiness.queries.works() && !readiness.feeds.works(), "{readiness:?}");
    store.close().await.unwrap();
}

/// Presence of two agents is kept in memory. One of them was fed to a primary whose standby never got it, and is lost with
/// the primary; so is a tenant.
#[tokio::test(flavor = "multi_thread")]
async fn after_a_failover_no_answer_has_what_was_lost() {
    let Some(mut primary) = Server::new(true) else { return };
    let database = primary.database().await;
    let mut standby = primary.standby();
    let hosts = format!("{},{}", primary.host(), standby.host());
    let address = store::Database::Postgres(database.at(&hosts, "target_session_attrs=read-write"));
    let server = start_over(&address, UtcOffset::VENDOR, Config::default()).await;
    assert_eq!(feed(&server, 1).await, 200);
    primary.wait_for_replay(&standby).await;
    standby.stop();
    assert_eq!(feed(&server, 2).await, 200);
    server.store.add_tenant(3.into(), ApiKey::new("lost")).await.unwrap();
    soon(|| server.store.size().tenants == 3).await;
    assert_eq!(server.store.size().agents, 2);

    primary.kill();
    standby.start();
    standby.admin().await.batch_execute("SELECT pg_promote()").await.unwrap();
    soon(|| server.store.size().agents == 1 && server.store.size().tenants == 2).await;
    assert_eq!((feed(&server, 3).await, server.store.size().agents), (200, 2));
    assert_eq!(feed(&server, 2).await, 200);
    assert_eq!(server.store.size().agents, 3, "its feeder may feed it again");
}

/// A primary is demoted, and its connections stay open. A load balancer that asks whether feeds work sends them to a server
/// that has moved to the new primary by itself.
#[tokio::test(flavor = "multi_thread")]
async fn servers_that_nobody_feeds_are_ready_again_after_a_failover() {
    let Some(old) = Server::new(false) else { return };
    let database = old.database().await;
    let new = old.standby();
    let hosts = format!("{},{}", old.host(), new.host());
    let address = store::Database::Postgres(database.at(&hosts, "target_session_attrs=read-write"));
    let fed = start_over(&address, UtcOffset::VENDOR, Config::default()).await;
    assert_eq!(feed(&fed, 1).await, 200);
    let idle = Store::open(&address, StoreOptions::default()).await.unwrap();
    let admin = old.admin().await;
    admin.batch_execute("ALTER SYSTEM SET default_transaction_read_only TO on").await.unwrap();
    admin.batch_execute("SELECT pg_reload_conf()").await.unwrap();
    old.wait_for_replay(&new).await;
    while idle.readiness().await.feeds.works() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    new.admin().await.batch_execute("SELECT pg_promote()").await.unwrap();
    while !idle.readiness().await.feeds.works() || !fed.store.readiness().await.feeds.works() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(feed(&fed, 2).await, 200);
    soon(|| idle.size().agents == 2).await;
    idle.close().await.unwrap();
}
