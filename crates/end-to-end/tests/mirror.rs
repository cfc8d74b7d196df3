//! A mirror in real time: the simulated vendor and a server, both over HTTP.
#![allow(clippy::unwrap_used, missing_docs)]

use std::{
    collections::BTreeSet,
    future::pending,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use futures_util::TryStreamExt;
use group_dispatch_client::{Client, Credentials};
use group_dispatch_mirror::{Driver, HttpStore, MirrorStore, Progress, Settings};
use group_dispatch_server::{
    Config,
    store::{Admin, Database, LocalStore, Store, StoreOptions},
};
use group_dispatch_simulated_vendor::{Faults, Scenario, Vendor, VendorClock, http};
use group_dispatch_types::{
    NoParameters, Source, SourceGroup, UserId, WhatsAppNumber,
    history::{FreshnessReport, HistoryEvent},
};
use tempfile::TempDir;
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};

const DAY: i64 = 24 * 60 * 60 * 1000;

/// The vendor and a server, and clients of both.
struct Pair {
    vendor: Client,
    server: Client,
    store: Store,
    scenario: Scenario,
    vendor_task: JoinHandle<()>,
    folder: TempDir,
}

impl Pair {
    async fn start(scenario: Scenario) -> Self {
        let credentials = Credentials::new(7, "demo-api-key");
        let (vendor_url, listener) = listen().await;
        let serving = http::serve(listener, Vendor::new(scenario.clone()), credentials.clone(), pending());
        let vendor_task = tokio::spawn(serving);
        let folder = tempfile::tempdir().unwrap();
        let database = Database::Sqlite(folder.path().join("mirror.db"));
        let store = Store::open(&database, StoreOptions::default()).await.unwrap();
        store.add_tenant(credentials.tenant_id(), credentials.api_key().clone()).await.unwrap();
        let (url, listener) = listen().await;
        tokio::spawn(group_dispatch_server::serve(listener, store.clone(), Config::default(), pending()));
        let client = |url| Client::builder().base_url(url).credentials(credentials.clone()).build().unwrap();
        Self { vendor: client(vendor_url), server: client(url), store, scenario, vendor_task, folder }
    }

    fn mirror(&self) -> Running {
        self.mirror_into(HttpStore::new(self.server.clone()))
    }

    fn mirror_into<S: MirrorStore + 'static>(&self, store: S) -> Running {
        let driver = Driver::new(self.vendor.clone(), store, Settings::default());
        let progress = driver.progress();
        Running { progress, task: tokio::spawn(async { match driver.run().await {} }) }
    }

    async fn history(&self) -> Vec<HistoryEvent> {
        self.server.history().limit(1000).events().try_collect().await.unwrap()
    }

    async fn is_as_at_the_vendor(&self) -> bool {
        let at = now().max(self.scenario.end().unwrap());
        let truth = Vendor::new(self.scenario.clone()).truth(at, &NoParameters);
        accounts(&self.server.all_online().await.unwrap()) == accounts(&truth)
    }
}

/// A mirror that runs until it is dropped.
struct Running {
    progress: watch::Receiver<Progress>,
    task: JoinHandle<()>,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Running {
    /// Waits until each source was looked at after a time.
    async fn looked_since(&mut self, time: i64) -> Progress {
        let is_done = |progress: &Progress| progress.looks.len() == 3 && progress.looks.values().all(|at| *at > time);
        self.progress.wait_for(is_done).await.unwrap().clone()
    }
}

async fn listen() -> (String, TcpListener) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    (format!("http://{}", listener.local_addr().unwrap()), listener)
}

fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis() as i64
}

/// A history that is over, by a clock that is 90 seconds slow.
fn ended() -> Scenario {
    let clock = VendorClock { offset: -90_000, drift_ppm: 0 };
    Scenario { start: now() - 2 * DAY, faults: Faults::NONE, clock, ..Scenario::small(7) }
}

fn accounts(groups: &[SourceGroup]) -> BTreeSet<(Source, UserId, WhatsAppNumber)> {
    let agents = groups.iter().flat_map(|group| group.list.iter().map(|agent| (group.source, agent)));
    let accounts = |(source, agent): (Source, &group_dispatch_types::NamedOnlineAgent)| {
        let user_id = agent.user_id;
        agent.whats_app_list.iter().map(move |account| (source, user_id, account.whats_app)).collect::<Vec<_>>()
    };
    agents.flat_map(accounts).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mirror_answers_as_the_vendor_and_stores_nothing_twice() {
    let pair = Pair::start(ended()).await;
    let mut mirror = pair.mirror();
    let progress = mirror.looked_since(0).await;
    assert!(pair.is_as_at_the_vendor().await);
    let online = pair.server.all_online().await.unwrap();
    assert!(online.iter().flat_map(|group| &group.list).all(|agent| !agent.user_name.is_empty()), "agents have names");
    let offset = progress.clock_offset.unwrap();
    assert!((offset.milliseconds() + 90_000).abs() <= offset.uncertainty(), "{offset:?}");
    // The server knows how many requests the mirror sends, and how often.
    for look in pair.server.freshness().await.unwrap().sources {
        let requests: u64 = progress.requests.values().map(|of| of.answered + of.failed).sum();
        let said = look.requests_per_minute.map_or(0, |count| u64::from(count.get()));
        assert!((5..=requests + 100).contains(&said), "{look:?}, {requests}");
        assert!(look.interval.is_some_and(|interval| interval.get() >= 1_000), "{look:?}");
    }
    let history = pair.history().await;
    assert_eq!(history.len() as u64, progress.stored);
    assert!(!pair.server.gaps().await.unwrap().gaps.is_empty(), "pages were full, and nothing was known before");

    // Killed, started again, and beside another one in the process of the server.
    drop(mirror);
    let since = now();
    let mut again = pair.mirror();
    let mut beside = pair.mirror_into(LocalStore::new(pair.store.clone(), 7.into()));
    again.looked_since(since).await;
    beside.looked_since(since).await;
    assert_eq!(pair.history().await, history);
    assert!(pair.is_as_at_the_vendor().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happens_while_it_runs_is_mirrored() {
    // Until some seconds from now.
    let end = now() + 5_000;
    let scenario = Scenario { start: end - DAY, ..ended() };
    let pair = Pair::start(scenario).await;
    let mut mirror = pair.mirror();
    mirror.looked_since(end + 1_000).await;
    assert!(pair.is_as_at_the_vendor().await);
    let sources = pair.server.freshness().await.unwrap().sources;
    assert_eq!(sources.len(), 3);
    assert!(sources.iter().all(|source| source.first_look == source.looked_since && source.log_read.is_some()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_vendor_that_is_gone_makes_nobody_offline() {
    let pair = Pair::start(ended()).await;
    let mut mirror = pair.mirror();
    mirror.looked_since(0).await;
    let (online, freshness) = (pair.server.all_online().await.unwrap(), pair.server.freshness().await.unwrap());
    assert!(!accounts(&online).is_empty());
    pair.vendor_task.abort();
    let failed = |progress: &Progress| progress.requests.values().map(|requests| requests.failed).sum::<u64>() >= 2;
    mirror.progress.wait_for(failed).await.unwrap();
    assert_eq!(pair.server.all_online().await.unwrap(), online);
    let sources = |report: FreshnessReport| report.sources.into_iter().map(|source| source.source).collect::<Vec<_>>();
    assert_eq!(sources(pair.server.freshness().await.unwrap()), sources(freshness), "stale, and not unknown");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mirror_that_was_ended_goes_on_as_after_a_stop() {
    let pair = Pair::start(ended()).await;
    let mut mirror = pair.mirror();
    mirror.looked_since(0).await;
    drop(mirror);
    let admin = Admin::open(&Database::Sqlite(pair.folder.path().join("mirror.db"))).await.unwrap();
    let looks = async || pair.server.freshness().await.unwrap().sources;
    // A last look may still be on the way.
    while looks().await.iter().any(|look| look.ended.is_none()) {
        admin.end_mirror(7.into()).await.unwrap();
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    admin.close().await.unwrap();
    let (before, history) = (looks().await, pair.history().await);
    assert_eq!(before.len(), 3);
    let last_look = |source: &Source| pair.store.tenant(7.into()).unwrap().last_look(*source);
    assert!(Source::ALL.iter().all(|source| last_look(source).is_none()), "nothing is out of date");

    let since = now();
    let progress = pair.mirror().looked_since(since).await;
    assert_eq!((progress.conflicts, pair.history().await), (0, history), "it knows the looks and the records");
    for (look, before) in looks().await.into_iter().zip(before) {
        assert_eq!((look.source, look.first_look, look.ended), (before.source, before.first_look, None));
    }
    assert!(Source::ALL.iter().all(|source| last_look(source) > Some(since - 1)));
}
