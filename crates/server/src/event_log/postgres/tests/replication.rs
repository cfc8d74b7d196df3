//! A synchronous standby that stops while a commit waits for it. Acknowledged is only what the standby has.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::{task::JoinHandle, time::timeout};
use tokio_postgres::Client;

use crate::{
    error::{StoreError, chain},
    event_log::{
        EventLog, LoggedBatch,
        postgres::{PostgresLog, append::Appender, connect::ConnectOptions, connection::Connections, session::Process},
        tests::{
            fixture::*,
            server::{Database, Server},
        },
    },
};

/// A primary and the standby that each of its commits waits for.
struct Pair {
    primary: Server,
    standby: Server,
    database: Database,
    log: Arc<PostgresLog>,
}

impl Pair {
    async fn new() -> Option<Self> {
        let primary = Server::new(true)?;
        let database = primary.database().await;
        let standby = primary.standby();
        let admin = primary.admin().await;
        admin.batch_execute("ALTER SYSTEM SET synchronous_standby_names TO '*'").await.unwrap();
        admin.batch_execute("SELECT pg_reload_conf()").await.unwrap();
        let synchronous = "SELECT EXISTS (SELECT FROM pg_stat_replication WHERE sync_state = 'sync')";
        while !admin.query_one(synchronous, &[]).await.unwrap().get::<_, bool>(0) {
            tokio::task::yield_now().await;
        }
        let log = Arc::new(database.log().await);
        add(&*log, 1).await;
        append(&*log, events(0..10)).await;
        Some(Self { primary, standby, database, log })
    }

    /// Begins an append, and waits until its commit waits for the standby.
    async fn begin_append(&self, numbers: std::ops::Range<u32>) -> Appending {
        let log = Arc::clone(&self.log);
        let appending = tokio::spawn(async move { log.append(tenant(1), events(numbers)).await });
        self.wait_for_commit(&appending, &[]).await;
        appending
    }

    /// Returns the process, none of `others`, whose commit waits for the standby. The append must not end before.
    async fn wait_for_commit(&self, appending: &Appending, others: &[i32]) -> i32 {
        let admin = self.primary.admin().await;
        loop {
            let waiting = waiting(&admin).await;
            if let Some(pid) = waiting.iter().find(|pid| !others.contains(pid)) {
                assert!(!appending.is_finished());
                return *pid;
            }
            assert!(!appending.is_finished(), "it was answered though the standby has nothing");
            tokio::task::yield_now().await;
        }
    }
}

type Appending = JoinHandle<Result<LoggedBatch, StoreError>>;

/// The processes that wait for a standby.
async fn waiting(admin: &Client) -> Vec<i32> {
    let sql = "SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep'";
    admin.query(sql, &[]).await.unwrap().iter().map(|row| row.get(0)).collect()
}

/// The primary is killed during the commit, and has the events when it is started again. The retry finds only repeats,
/// and still waits for the standby, which gets the events and is promoted.
#[tokio::test(flavor = "multi_thread")]
async fn a_retry_that_finds_only_repeats_waits_for_the_standby() {
    let Some(mut pair) = Pair::new().await else { return };
    pair.standby.freeze();
    let waiting = pair.begin_append(10..20).await;
    pair.primary.kill();
    pair.primary.start();
    pair.wait_for_commit(&waiting, &[]).await;
    let visible = "SELECT count(*) FROM status_event";
    let visible: i64 = pair.database.raw().await.query_one(visible, &[]).await.unwrap().get(0);
    assert_eq!(visible, 20, "the restart has made them visible");
    assert!(!waiting.is_finished(), "but they are on no standby");

    pair.standby.thaw();
    let LoggedBatch { stored, repeated, .. } = waiting.await.unwrap().unwrap();
    assert_eq!((stored.len(), repeated), (0, 10));
    pair.primary.kill();
    let promoted = pair.standby;
    promoted.admin().await.batch_execute("SELECT pg_promote()").await.unwrap();
    let log = PostgresLog::connect(&pair.database.at(&promoted.host(), "")).await.unwrap();
    assert_eq!(all(&log).await.len(), 20, "everything acknowledged is there");
}

/// PostgreSQL answers such a commit with success, and with a warning.
#[tokio::test(flavor = "multi_thread")]
async fn a_commit_whose_wait_for_the_standby_was_canceled_is_not_acknowledged() {
    let Some(pair) = Pair::new().await else { return };
    pair.standby.freeze();
    let waiting = pair.begin_append(10..20).await;
    let admin = pair.primary.admin().await;
    let mut canceled = Vec::new();
    for _ in 0..2 {
        let pid = pair.wait_for_commit(&waiting, &canceled).await;
        canceled.push(pid);
        admin.execute("SELECT pg_cancel_backend($1)", &[&pid]).await.unwrap();
    }
    pair.wait_for_commit(&waiting, &canceled).await;
    pair.standby.thaw();
    let LoggedBatch { stored, repeated, .. } = waiting.await.unwrap().unwrap();
    assert_eq!((stored.len(), repeated), (0, 10));
    pair.primary.wait_for_replay(&pair.standby).await;
    let log = PostgresLog::connect(&pair.database.at(&pair.standby.host(), "")).await.unwrap();
    assert_eq!(all(&log).await.len(), 20);
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_standby_is_away_appends_fail_in_time_and_one_commit_waits() {
    let Some(pair) = Pair::new().await else { return };
    pair.standby.freeze();
    let begin = Instant::now();
    let first = pair.begin_append(10..20).await;
    let admin = pair.primary.admin().await;
    // Whoever asks gives up early, and more often than anybody does.
    for _ in 0..20 {
        assert!(!matches!(timeout(Duration::from_millis(200), pair.log.probe()).await, Ok(Ok(()))));
        assert!(waiting(&admin).await.len() <= 2, "probes wait for each other");
    }
    let error = chain(&first.await.unwrap().map(drop).unwrap_err());
    assert!(begin.elapsed() < Duration::from_secs(30), "{:?}", begin.elapsed());
    assert!(error.contains("still waits for a standby"), "{error}");
    let log = Arc::clone(&pair.log);
    let second = tokio::spawn(async move { append(&*log, events(10..30)).await });
    assert_eq!(waiting(&admin).await.len(), 2, "no further commit is left waiting than this one and a probe");
    pair.log.ready().await.unwrap();
    pair.standby.thaw();
    assert_eq!(second.await.unwrap(), (10, 10));
    pair.log.probe().await.unwrap();
}

/// A follower reads events that no standby has. They are lost with the primary, and the new one gives their transaction
/// numbers to others.
#[tokio::test(flavor = "multi_thread")]
async fn a_follower_reads_again_what_it_may_have_read_of_a_lost_primary() {
    let Some(mut pair) = Pair::new().await else { return };
    let hosts = format!("{},{}", pair.primary.host(), pair.standby.host());
    let follower = PostgresLog::connect(&pair.database.at(&hosts, "target_session_attrs=read-write")).await.unwrap();
    pair.standby.stop();
    let lost = pair.begin_append(10..20).await;
    pair.primary.kill();
    pair.primary.start();
    pair.wait_for_commit(&lost, &[]).await;
    let mut reader = Reader::default();
    reader.follow(&follower, 20).await;
    pair.primary.kill();
    pair.standby.start();
    pair.standby.admin().await.batch_execute("ALTER SYSTEM RESET synchronous_standby_names").await.unwrap();
    pair.standby.admin().await.batch_execute("SELECT pg_reload_conf(), pg_promote()").await.unwrap();
    let log = PostgresLog::connect(&pair.database.at(&pair.standby.host(), "")).await.unwrap();
    append(&log, events(100..110)).await;
    assert_eq!(all(&log).await.len(), 20, "ten are lost");
    while follower.read(reader.cursor, 0).await.is_err() {}
    reader.read(&follower).await;
    assert!((100..110).all(|number| reader.seen.contains_key(&number)), "{:?}", reader.seen.keys());
    lost.abort();
}

/// The process of a lost connection has ended, and another program's has its id.
#[tokio::test(flavor = "multi_thread")]
async fn appends_do_not_wait_for_another_process_with_the_id_of_an_abandoned_one() {
    let Some(pair) = Pair::new().await else { return };
    pair.standby.freeze();
    let _waiting = pair.begin_append(10..20).await;
    let admin = pair.primary.admin().await;
    let process = "SELECT pid, (extract(epoch FROM backend_start) * 1000000)::bigint FROM pg_stat_activity
        WHERE wait_event = 'SyncRep'";
    let process = admin.query_one(process, &[]).await.unwrap();
    let process = Process { pid: process.get(0), started: process.get(1) };
    let options = ConnectOptions::parse(&pair.database.url).unwrap();
    let mut appender = Appender::new(Connections::new(options).unwrap());
    let mut check = async |process| {
        appender.abandoned = vec![process];
        let outcome = appender.check_abandoned(tokio::time::Instant::now() + Duration::from_secs(60)).await;
        (outcome.is_ok(), appender.abandoned.len())
    };
    assert_eq!(check(process).await, (false, 1));
    assert_eq!(check(Process { started: process.started - 1, ..process }).await, (true, 0));
    pair.standby.thaw();
}
