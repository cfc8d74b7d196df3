//! A database that stops, restarts and crashes during appends.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use tokio::task::JoinSet;

use crate::{
    error::StoreError,
    event_log::{
        EventLog,
        postgres::{
            PostgresLog,
            connect::ConnectOptions,
            connection::{Connections, READ_LIMIT},
        },
        tests::{
            fixture::*,
            server::{Database, Server, restart_three_times},
        },
    },
    tenant::TenantSummary,
};

#[tokio::test(flavor = "multi_thread")]
async fn nothing_acknowledged_is_lost_or_doubled_when_the_database_restarts() {
    go_through(Server::stop).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_acknowledged_is_lost_or_doubled_when_the_database_is_killed() {
    go_through(Server::kill).await;
}

const SIZE: u32 = 50;

/// Appends through two logs, follows with a third, and ends the database three times meanwhile.
async fn go_through(end: fn(&mut Server)) {
    let Some(server) = Server::new(true) else { return };
    let database = server.database().await;
    let logs: [Arc<PostgresLog>; 2] = [database.log().await.into(), database.log().await.into()];
    add(&*logs[0], 1).await;
    let follower = Arc::new(database.log().await);
    let enough = Arc::new(AtomicBool::new(false));
    let acknowledged = Arc::new(AtomicUsize::new(0));

    let mut feeders = JoinSet::new();
    for feeder in 0..6 {
        let log = Arc::clone(&logs[feeder as usize % 2]);
        let (enough, acknowledged) = (Arc::clone(&enough), Arc::clone(&acknowledged));
        feeders.spawn(async move { feed(&log, feeder * 10_000_000, &enough, &acknowledged).await });
    }
    let seen = tokio::spawn(follow(Arc::clone(&follower), Arc::clone(&enough)));
    let _server = restart_three_times(server, end, &acknowledged).await;
    enough.store(true, Ordering::Relaxed);
    let mut expected: Vec<u64> = feeders.join_all().await.concat();
    expected.sort_unstable();
    assert_eq!(all(&*follower).await, expected, "all that was acknowledged is there, each once");
    let events = expected.len() as u64;
    assert_eq!(follower.tenants().await.unwrap(), [TenantSummary { id: tenant(1), events }]);

    let mut seen = seen.await.unwrap();
    seen.read(&*follower).await;
    assert!(expected.iter().all(|number| seen.seen.contains_key(number)), "who followed all along missed nothing");
}

/// Appends batch after batch, each until it is acknowledged. Returns the acknowledged numbers.
async fn feed(log: &PostgresLog, first: u32, enough: &AtomicBool, acknowledged: &AtomicUsize) -> Vec<u64> {
    let mut numbers = Vec::new();
    for first in (first..).step_by(SIZE as usize) {
        while log.append(tenant(1), events(first..first + SIZE)).await.is_err() {}
        acknowledged.fetch_add(1, Ordering::Relaxed);
        numbers.extend((first..first + SIZE).map(u64::from));
        if enough.load(Ordering::Relaxed) {
            break;
        }
    }
    numbers
}

async fn follow(log: Arc<PostgresLog>, enough: Arc<AtomicBool>) -> Reader {
    let mut reader = Reader::default();
    while !enough.load(Ordering::Relaxed) {
        log.changed().await.unwrap();
        // While the database is away there is nothing to read.
        if let Ok(changes) = log.read(reader.cursor, 100).await {
            reader.cursor = changes.cursor;
            for (_, logged) in changes.events {
                *reader.seen.entry(logged.event.user_id.get()).or_default() += 1;
            }
        }
    }
    reader
}

/// It may lead to the server that another one has replaced.
#[tokio::test]
async fn a_connection_that_was_in_use_when_another_was_lost_is_not_used_again() {
    let Some(database) = Database::new().await else { return };
    let connections = Connections::new(ConnectOptions::parse(&database.url).unwrap()).unwrap();
    let pid = async || connections.run(READ_LIMIT, async |session| Ok(session.backend().process.pid)).await.unwrap();
    let first = pid().await;
    assert_eq!(pid().await, first);
    let held = connections.run(READ_LIMIT, async |session| {
        let lost = connections.run(READ_LIMIT, async |_| Err::<(), _>(StoreError::Unresponsive));
        assert!(lost.await.is_err());
        Ok(session.backend().process.pid)
    });
    assert_eq!(held.await.unwrap(), first);
    assert_ne!(pid().await, first);
}
