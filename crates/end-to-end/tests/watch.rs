//! The client's watch follows the changes of a server: what it reports adds up to who is online.
#![allow(clippy::unwrap_used, missing_docs)]

use std::time::Duration;

use fastrand::Rng;
use group_dispatch_client::{Change, Client, Credentials, RateLimit, RetryPolicy, Watch};
use group_dispatch_server::{
    Config,
    event::StatusEvent,
    router,
    store::{Database, Store, StoreOptions},
};
use group_dispatch_types::{SourceGroup, UtcOffset, history::ChangePosition};
use serde_json::json;
use tokio::{net::TcpListener, time::timeout};

/// No test waits so long unless it fails.
const LIMIT: Duration = Duration::from_secs(120);

struct Served {
    store: Store,
    client: Client,
    _folder: tempfile::TempDir,
}

async fn served() -> Served {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::Sqlite(folder.path().join("store.db"));
    let store = Store::open(&database, StoreOptions::default()).await.unwrap();
    let credentials = Credentials::new(7, "key");
    store.add_tenant(credentials.tenant_id(), credentials.api_key().clone()).await.unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = router(store.clone(), Config::default());
    tokio::spawn(async move { axum::serve(listener, router).await });
    let client = Client::builder()
        .credentials(credentials)
        .base_url(format!("http://{address}"))
        .rate_limit(RateLimit::Unlimited)
        .retry(RetryPolicy::never())
        .build()
        .unwrap();
    Served { store, client, _folder: folder }
}

fn event(agent: u64, account: u64, source: u32, detail: u32, second: u64) -> StatusEvent {
    let event = json!({ "userId": agent, "agentAccount": format!("u{agent}"), "userName": format!("Uma {agent}"),
        "whatsApp": (8_618_217_331_400 + account).to_string(), "name": "jack", "source": source, "detailStatus": detail,
        "createTime": 1_720_437_931_000 + second * 1000 });
    StatusEvent::from_json(event.to_string().as_bytes(), UtcOffset::VENDOR).unwrap()
}

impl Served {
    async fn append(&self, events: Vec<StatusEvent>) {
        self.store.append(7.into(), events).await.unwrap();
    }

    /// Watches without asking at an interval that anybody would wait for: only changes come sooner.
    fn watch(&self) -> Watch {
        self.client.watch(Duration::from_secs(3600))
    }

    /// Waits until the watch shows who is online by a query, and returns what it reported.
    async fn catch_up(&self, watch: &mut Watch) -> Vec<(Change, Option<ChangePosition>)> {
        let online = sorted(self.client.all_online().await.unwrap());
        let mut reported = Vec::new();
        let catching_up = async {
            while sorted(watch.present()) != online {
                reported.extend(watch.positioned_changes().await.unwrap());
            }
        };
        timeout(LIMIT, catching_up).await.unwrap();
        reported
    }
}

/// Waits for the next changes: a response may have none.
async fn next(watch: &mut Watch) -> Vec<(Change, Option<ChangePosition>)> {
    let waiting = async {
        loop {
            let changes = watch.positioned_changes().await.unwrap();
            if !changes.is_empty() {
                return changes;
            }
        }
    };
    timeout(LIMIT, waiting).await.unwrap()
}

/// The groups of PC and mobile, which the query has, in one order.
fn sorted(mut groups: Vec<SourceGroup>) -> Vec<serde_json::Value> {
    groups.retain(|group| group.source.code() < 3);
    groups.sort_by_key(|group| group.source);
    for group in &mut groups {
        group.list.sort_by_key(|agent| agent.user_id);
        for agent in &mut group.list {
            agent.whats_app_list.sort_by_key(|account| account.whats_app);
        }
    }
    groups.iter().map(|group| serde_json::to_value(group).unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_reported_adds_up_to_who_is_online() {
    let served = served().await;
    let mut rng = Rng::with_seed(1);
    let mut watch = served.watch();
    let mut random_events = |first: u64| -> Vec<StatusEvent> {
        let detail = |rng: &mut Rng| if rng.bool() { 12 } else { 35 };
        // Some come late.
        let second = |rng: &mut Rng, number| if rng.u32(..5) == 0 { rng.u64(..=number) } else { number };
        (first..first + 20)
            .map(|number| {
                let (agent, account, source) = (rng.u64(1..4), rng.u64(1..6), rng.u32(1..3));
                event(agent, account, source, detail(&mut rng), second(&mut rng, number))
            })
            .collect()
    };
    for round in 0..15 {
        served.append(random_events(round * 20)).await;
        served.catch_up(&mut watch).await;
        assert!(watch.position().is_some());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watch_goes_on_at_the_position_of_a_change() {
    let served = served().await;
    served.append(vec![event(1, 1, 1, 12, 1)]).await;
    let mut watch = served.watch();
    let began = served.catch_up(&mut watch).await;
    assert!(began.iter().all(|(change, _)| matches!(change, Change::Began(_))), "{began:?}");
    served.append(vec![event(1, 2, 1, 12, 2)]).await;
    let seen = served.catch_up(&mut watch).await;
    let (change, position) = seen.last().unwrap();
    assert!(matches!(change, Change::AccountAppeared { .. }), "{change:?}");
    drop(watch);

    served.append(vec![event(2, 3, 1, 12, 3), event(1, 1, 1, 35, 4)]).await;
    let mut watch = served.watch().since(position.clone().unwrap());
    let missed = next(&mut watch).await;
    let missed: Vec<_> = missed.into_iter().map(|(change, _)| change).collect();
    assert!(
        matches!(
            &missed[..],
            [Change::AgentAppeared { agent, .. }, Change::AccountAppeared { .. }, Change::AccountLeft { account, .. }]
                if agent.user_id == 2.into() && account.whats_app.to_string().ends_with('1')
        ),
        "{missed:?}"
    );
    served.append(vec![event(2, 3, 1, 35, 5)]).await;
    let left = served.catch_up(&mut watch).await;
    assert!(matches!(left.last(), Some((Change::AgentLeft { .. }, Some(_)))), "{left:?}");
    assert!(watch.take_reset().is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_position_begins_again_and_says_so() {
    let (other, served) = (served().await, served().await);
    other.append(vec![event(1, 1, 1, 12, 1), event(1, 2, 1, 12, 2)]).await;
    let lost = other.client.changes().await.unwrap().position;
    served.append(vec![event(2, 3, 1, 12, 1)]).await;
    let mut watch = served.watch().since(lost);
    let changes = next(&mut watch).await;
    assert!(matches!(changes[0].0, Change::Began(_)), "{changes:?}");
    assert!(watch.take_reset().is_some(), "once");
    assert!(watch.take_reset().is_none());
    assert_eq!(served.catch_up(&mut watch).await, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_settle_time_holds_a_departure_back_and_a_return_cancels_it() {
    let served = served().await;
    served.append(vec![event(1, 1, 1, 12, 1), event(1, 2, 1, 12, 1)]).await;
    let mut watch = served.watch().settle(Duration::from_secs(3600));
    served.catch_up(&mut watch).await;
    served.append(vec![event(1, 1, 1, 35, 2)]).await;
    served.append(vec![event(1, 1, 1, 12, 3)]).await;
    served.append(vec![event(2, 3, 1, 12, 4)]).await;
    let seen = served.catch_up(&mut watch).await;
    let seen: Vec<_> = seen.into_iter().map(|(change, _)| change).collect();
    assert!(matches!(&seen[..], [Change::AgentAppeared { .. }, Change::AccountAppeared { .. }]), "{seen:?}");
}
