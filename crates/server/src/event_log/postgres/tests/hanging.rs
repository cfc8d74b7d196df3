//! A database, or connections to it, that accept everything and never answer.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::time::timeout;

use crate::{
    error::StoreError,
    event::StatusEvent,
    event_log::{
        EventLog,
        open_error::OpenError,
        postgres::PostgresLog,
        tests::{fixture::*, proxy::Proxy, server::Server},
    },
};

/// The limit of an append and of a read is below the 30 seconds of a request.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_accepts_connections_and_never_answers_is_passed_over() {
    let Some(server) = Server::new(false) else { return };
    let database = server.database().await;
    // It accepts as far as the kernel does, and nobody reads.
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let hosts = format!("{},{}", silent.local_addr().unwrap(), server.host());
    for parameters in ["", "connect_timeout=1&target_session_attrs=read-write"] {
        let begin = Instant::now();
        let log = timeout(REQUEST_TIMEOUT, PostgresLog::connect(&database.at(&hosts, parameters))).await;
        let log = log.expect("the other host is tried").unwrap();
        add(&log, if parameters.is_empty() { 1 } else { 2 }).await;
        assert_eq!(append(&log, events(0..10)).await.0, if parameters.is_empty() { 10 } else { 0 });
        Reader::default().read(&log).await;
        let draft = log.begin_snapshot(crate::event_log::ReadCursor::default()).await.unwrap();
        log.finish_snapshot(draft.unwrap()).await.unwrap();
        PostgresLog::inspect_order(&database.at(&hosts, parameters)).await.unwrap();
        log.close().await.unwrap();
        assert!(begin.elapsed() < REQUEST_TIMEOUT, "{:?}", begin.elapsed());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn frozen_connections_are_replaced_by_new_ones() {
    let Some(server) = Server::new(false) else { return };
    let database = server.database().await;
    let proxy = Proxy::new(server.socket()).await;
    let log = Arc::new(PostgresLog::connect(&database.at(&proxy.host(), "")).await.unwrap());
    let other = database.log().await;
    add(&*log, 1).await;
    let mut reader = Reader::default();
    let mut from = 0;
    for _ in 0..2 {
        // Several connections are open: appends and reads go on together.
        for _ in 0..8 {
            let (stored, _) = tokio::join!(append(&*log, events(from..from + 10)), reader.read(&*log));
            assert_eq!(stored, (10, 0));
            from += 10;
        }
        proxy.freeze_open();
        let begin = Instant::now();
        let mut follower = Reader::default();
        let fed = timeout(REQUEST_TIMEOUT, append(&*log, events(from..from + 10)));
        let (stored, _) = tokio::join!(fed, async {
            while log.read(follower.cursor, 1_000).await.map(|read| follower.cursor = read.cursor).is_err() {}
        });
        let stored = stored.expect("a new connection is opened");
        assert!(begin.elapsed() < REQUEST_TIMEOUT, "feeds are back after {:?}", begin.elapsed());
        assert_eq!(stored.0 + stored.1, 10);
        from += 10;
        // The notifications are back as well.
        append(&other, events(from..from + 10)).await;
        from += 10;
        reader.read(&*log).await;
        assert_eq!(reader.seen.len(), from as usize);
    }
    log.close().await.unwrap();
}

/// The processes of PostgreSQL hang, one of them in a transaction that has written events, and the server goes on.
#[tokio::test(flavor = "multi_thread")]
async fn frozen_processes_of_the_database_hold_up_only_what_they_were_writing() {
    let Some(server) = Server::new(false) else { return };
    let database = server.database().await;
    let log = Arc::new(database.log().await);
    add(&*log, 1).await;
    let named = |number: u32| StatusEvent { event_id: Some(number.to_string()), ..event(number) };
    append(&*log, vec![named(1)]).await;
    // The transaction stops between its events and its end.
    let mut raw = database.raw().await;
    let held = raw.transaction().await.unwrap();
    held.batch_execute("LOCK TABLE tally").await.unwrap();
    let stuck = tokio::spawn({
        let log = Arc::clone(&log);
        async move { log.append(tenant(1), vec![named(2)]).await.map(drop) }
    });
    const WAITING: &str = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
        AND wait_event_type = 'Lock'";
    // Within a transaction, it would show the same each time.
    let other = database.raw().await;
    while other.query_one(WAITING, &[]).await.unwrap().get::<_, i64>(0) == 0 {
        tokio::task::yield_now().await;
    }
    const PIDS: &str = "SELECT pid::text FROM pg_stat_activity WHERE application_name = 'group-dispatch'";
    let pids: Vec<String> = other.query(PIDS, &[]).await.unwrap().iter().map(|row| row.get(0)).collect();
    server.signal("-STOP", &pids);
    held.commit().await.unwrap();
    let begin = Instant::now();
    let fed = timeout(REQUEST_TIMEOUT, append(&*log, events(10..20))).await.expect("other events are stored");
    assert_eq!(fed, (10, 0));
    log.ready().await.unwrap();
    stuck.await.unwrap().expect_err("it waits for the process that hangs");
    assert!(begin.elapsed() < REQUEST_TIMEOUT, "{:?}", begin.elapsed());
    server.signal("-CONT", &pids);
    // The process ends, and what it had written is taken back or is complete.
    let (stored, repeated) = append(&*log, vec![named(2)]).await;
    assert_eq!(stored + repeated, 1);
    assert_eq!(all(&*log).await.len(), 12);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_hangs_fails_every_call_and_the_log_closes() {
    let Some(server) = Server::new(false) else { return };
    let database = server.database().await;
    let log = Arc::new(database.log().await);
    add(&*log, 1).await;
    append(&*log, events(0..10)).await;
    let draft = log.begin_snapshot(crate::event_log::ReadCursor::default()).await.unwrap().unwrap();
    server.freeze();
    let begin = Instant::now();
    let failed = |what: &'static str, outcome: Result<(), crate::error::StoreError>| {
        assert!(begin.elapsed() < REQUEST_TIMEOUT, "{what} took {:?}", begin.elapsed());
        let error = outcome.expect_err(what);
        assert!(matches!(error, crate::error::StoreError::Unresponsive), "{what}: {error}");
    };
    tokio::join!(
        async { failed("append", log.append(tenant(1), events(10..20)).await.map(drop)) },
        async { failed("read", log.read(Default::default(), 10).await.map(drop)) },
        async { failed("tenants", log.tenants().await.map(drop)) },
        async { failed("add", log.add_tenant(tenant(2), crate::ApiKey::new("key")).await.map(drop)) },
        async { failed("ready", log.ready().await) },
        async { failed("snapshot", log.finish_snapshot(draft).await) },
    );
    let hanging = tokio::spawn({
        let log = Arc::clone(&log);
        async move { log.append(tenant(1), events(20..30)).await.map(drop) }
    });
    // It is in the queue as soon as it is polled.
    tokio::task::yield_now().await;
    let begin = Instant::now();
    log.close().await.unwrap();
    assert!(begin.elapsed() < Duration::from_secs(15), "{:?}", begin.elapsed());
    hanging.await.unwrap().unwrap_err();
    server.thaw();
    let log = database.log().await;
    let stored = append(&log, events(0..30)).await;
    assert_eq!((stored.0 + stored.1, all(&log).await.len()), (30, 30));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_waits_for_locked_tables_and_ends_if_the_database_hangs_then() {
    let Some(server) = Server::new(false) else { return };
    let database = server.database().await;
    database.log().await.close().await.unwrap();
    let mut raw = database.raw().await;
    let locked = raw.transaction().await.unwrap();
    locked.batch_execute("LOCK TABLE status_event IN ACCESS EXCLUSIVE MODE").await.unwrap();
    let admin = server.admin().await;
    let waits = async |starting: &tokio::task::JoinHandle<_>| {
        let waits = "SELECT EXISTS (
            SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND application_name = 'group-dispatch')";
        while !admin.query_one(waits, &[]).await.unwrap().get::<_, bool>(0) {
            assert!(!starting.is_finished());
            tokio::task::yield_now().await;
        }
    };
    let url = database.url.clone();
    let start = || {
        let url = url.clone();
        tokio::spawn(async move { PostgresLog::connect(&url).await })
    };
    let starting = start();
    waits(&starting).await;
    locked.rollback().await.unwrap();
    starting.await.unwrap().unwrap().close().await.unwrap();

    let locked = raw.transaction().await.unwrap();
    locked.batch_execute("LOCK TABLE status_event IN ACCESS EXCLUSIVE MODE").await.unwrap();
    let starting = start();
    waits(&starting).await;
    server.freeze();
    let error = timeout(REQUEST_TIMEOUT, starting).await.expect("it has a limit").unwrap().err().unwrap();
    assert!(matches!(error, OpenError::Store(StoreError::Unresponsive)), "{error}");
    server.thaw();
}
