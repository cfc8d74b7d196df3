//! A database that takes no writes: a standby, or one with `default_transaction_read_only`.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use crate::{
    error::StoreError,
    event_log::{
        EventLog,
        open_error::OpenError,
        postgres::PostgresLog,
        tests::{
            fixture::*,
            server::{Database, Server},
        },
    },
};

async fn set_read_only(database: &Database, is_read_only: bool) {
    let name = database.url.rsplit('/').next().unwrap().split('?').next().unwrap().to_owned();
    let raw = database.raw().await;
    raw.batch_execute("SET default_transaction_read_only TO off").await.unwrap();
    let sql = format!("ALTER DATABASE {name} SET default_transaction_read_only TO {is_read_only}");
    raw.batch_execute(&sql).await.unwrap();
}

/// Appends one event, and returns the error.
async fn refused(log: &PostgresLog) -> StoreError {
    log.append(tenant(1), events(1_000..1_001)).await.map(drop).unwrap_err()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_opens_on_a_read_only_database_and_follows_it() {
    let Some(database) = Database::new().await else { return };
    let before = database.log().await;
    add(&before, 1).await;
    append(&before, events(0..10)).await;
    before.close().await.unwrap();
    set_read_only(&database, true).await;

    let log = database.log().await;
    assert_eq!(all(&log).await.len(), 10);
    let begin = Instant::now();
    assert!(matches!(refused(&log).await, StoreError::ReadOnly));
    assert!(begin.elapsed() < Duration::from_secs(10), "no time is lost: {:?}", begin.elapsed());
    assert!(matches!(log.ready().await, Err(StoreError::ReadOnly)));
    let added = log.add_tenant(tenant(2), crate::ApiKey::new("key")).await;
    assert!(matches!(added, Err(StoreError::ReadOnly)));
    assert!(matches!(log.begin_snapshot(Default::default()).await.map(drop), Err(StoreError::ReadOnly)));

    // The connections of today stay read-only. They count as lost, and new ones are opened.
    set_read_only(&database, false).await;
    append(&log, events(10..20)).await;
    log.ready().await.unwrap();
    assert_eq!(all(&log).await.len(), 20);
}

#[tokio::test]
async fn maintenance_of_a_read_only_database_has_nothing_to_do() {
    let Some(database) = Database::new().await else { return };
    database.log().await.close().await.unwrap();
    set_read_only(&database, true).await;
    let log = database.log().await;
    assert_eq!(log.expire_callbacks(i64::MAX).await.unwrap(), 0);
    assert_eq!(log.apply_retention(None).await.unwrap().events, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_append_waits_for_a_database_that_is_read_only_for_a_while() {
    let Some(database) = Database::new().await else { return };
    let log = Arc::new(database.log().await);
    add(&*log, 1).await;
    set_read_only(&database, true).await;
    let raw = database.raw().await;
    // All connections of the log are read-only from now on.
    let ended = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'group-dispatch'";
    assert!(raw.query_one(ended, &[]).await.unwrap().get::<_, i64>(0) > 0);
    let waiting = tokio::spawn({
        let log = Arc::clone(&log);
        async move { append(&*log, events(0..10)).await }
    });
    while !matches!(log.ready().await, Err(StoreError::ReadOnly)) {}
    set_read_only(&database, false).await;
    assert_eq!(waiting.await.unwrap(), (10, 0));
}

#[tokio::test]
async fn a_schema_that_is_missing_or_old_is_reported() {
    let Some(database) = Database::new().await else { return };
    set_read_only(&database, true).await;
    let error = PostgresLog::connect(&database.url).await.err().unwrap();
    assert!(matches!(error, OpenError::ReadOnly), "{error}");
    set_read_only(&database, false).await;
    let log = database.log().await;
    log.ready().await.unwrap();
    let raw = database.raw().await;
    raw.batch_execute("DELETE FROM migration WHERE version > 1").await.unwrap();
    set_read_only(&database, true).await;
    let error = PostgresLog::connect(&database.url).await.err().unwrap();
    assert!(matches!(error, OpenError::ReadOnly), "{error}");
    set_read_only(&database, false).await;
    raw.batch_execute("DROP SCHEMA group_dispatch CASCADE").await.unwrap();
    let error = log.ready().await.unwrap_err();
    assert!(matches!(error, StoreError::SchemaMissing), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn several_hosts_are_tried_until_one_takes_writes() {
    let Some(primary) = Server::new(false) else { return };
    let database = primary.database().await;
    add(&database.log().await, 1).await;
    let mut standby = primary.standby();
    primary.wait_for_replay(&standby).await;
    let hosts = format!("{},{}", standby.host(), primary.host());
    for parameters in ["target_session_attrs=read-write", ""] {
        let log = PostgresLog::connect(&database.at(&hosts, parameters)).await.unwrap();
        append(&log, events(0..10)).await;
        log.ready().await.unwrap();
    }
    let only = database.at(&standby.host(), "target_session_attrs=read-write");
    let error = PostgresLog::connect(&only).await.err().unwrap();
    assert!(matches!(error, OpenError::Store(StoreError::ReadOnly)), "{error}");
    let only = database.at(&primary.host(), "target_session_attrs=read-only");
    let error = crate::error::chain(&PostgresLog::connect(&only).await.err().unwrap());
    assert!(error.contains("target_session_attrs=read-only"), "{error}");
    standby.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_to_a_demoted_primary_move_to_the_new_one() {
    let Some(old) = Server::new(false) else { return };
    let database = old.database().await;
    add(&database.log().await, 1).await;
    let new = old.standby();
    let hosts = format!("{},{}", old.host(), new.host());
    let log = PostgresLog::connect(&database.at(&hosts, "target_session_attrs=read-write")).await.unwrap();
    let mut reader = Reader::default();
    append(&log, events(0..10)).await;
    reader.read(&log).await;
    fail_over(&old, &new).await;
    assert_eq!(append(&log, events(10..20)).await, (10, 0));
    reader.follow(&log, 20).await;
    log.ready().await.unwrap();
}

/// Reads and notifications work on the connections to the demoted primary, and no append says that they are of no use.
#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_nobody_appends_to_moves_to_the_new_primary() {
    let Some(old) = Server::new(false) else { return };
    let database = old.database().await;
    add(&database.log().await, 1).await;
    let new = old.standby();
    let hosts = format!("{},{}", old.host(), new.host());
    let mut logs = Vec::new();
    for parameters in ["target_session_attrs=read-write", ""] {
        let log = PostgresLog::connect(&database.at(&hosts, parameters)).await.unwrap();
        assert_eq!(all(&log).await.len(), 0);
        logs.push(log);
    }
    fail_over(&old, &new).await;
    assert_eq!(
        append(&PostgresLog::connect(&database.at(&new.host(), "")).await.unwrap(), events(0..10)).await,
        (10, 0)
    );
    for log in &logs {
        Reader::default().follow(log, 10).await;
        log.ready().await.unwrap();
        log.probe().await.unwrap();
    }
}

/// Demotes a primary without closing its connections, as a fencing script does, and promotes its standby.
async fn fail_over(old: &Server, new: &Server) {
    let admin = old.admin().await;
    admin.batch_execute("ALTER SYSTEM SET default_transaction_read_only TO on").await.unwrap();
    admin.batch_execute("SELECT pg_reload_conf()").await.unwrap();
    old.wait_for_replay(new).await;
    new.admin().await.batch_execute("SELECT pg_promote()").await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_on_a_standby_misses_nothing_and_writes_after_the_promotion() {
    let Some(primary) = Server::new(false) else { return };
    let database = primary.database().await;
    let writer = database.log().await;
    add(&writer, 1).await;
    append(&writer, events(0..10)).await;
    let standby = primary.standby();
    primary.wait_for_replay(&standby).await;
    let log = PostgresLog::connect(&database.at(&standby.host(), "")).await.unwrap();
    assert!(matches!(log.ready().await, Err(StoreError::ReadOnly)));
    assert!(matches!(refused(&log).await, StoreError::ReadOnly));
    let mut reader = Reader::default();
    reader.read(&log).await;
    assert_eq!(reader.seen.len(), 10);

    // A transaction that ends late: a standby does not say that it runs.
    let mut raw = database.raw().await;
    let late = raw.transaction().await.unwrap();
    let sql = "INSERT INTO status_event
        SELECT at, 1, pg_current_xact_id()::text::bigint, tenant, 999, whatsapp, source, status, detail_status,
            agent_account, country_code, NULL, NULL, NULL, gen_random_uuid() FROM status_event LIMIT 1";
    assert_eq!(late.execute(sql, &[]).await.unwrap(), 1);
    append(&writer, events(10..30)).await;
    primary.wait_for_replay(&standby).await;
    reader.read_by(&log, 5).await;
    assert_eq!(reader.seen.len(), 30);
    late.commit().await.unwrap();
    primary.wait_for_replay(&standby).await;
    reader.read_by(&log, 5).await;
    assert!(reader.seen.contains_key(&999), "it was running when later ones were read");

    standby.admin().await.batch_execute("SELECT pg_promote()").await.unwrap();
    // Refused appends fail immediately, until one succeeds.
    while log.append(tenant(1), events(30..40)).await.is_err() {}
    reader.read(&log).await;
    assert_eq!(reader.seen.len(), 41);
    log.ready().await.unwrap();
}
