//! Exclusive use of a database during a repair, and the migration before it.

use test_support::older::POSTGRES_BEFORE_FEED_ORDER;

use crate::event_log::{
    EventLog,
    open_error::OpenError,
    postgres::PostgresLog,
    tests::{fixture::*, server::Database},
};

const ALONE: &str = "SELECT pg_try_advisory_lock(hashtext('group_dispatch.open'))";

#[tokio::test]
async fn a_database_under_repair_can_t_be_opened() {
    let Some(database) = Database::new().await else { return };
    let log = database.log().await;
    add(&log, 1).await;
    let repair = database.raw().await;
    let locks = async || repair.query_one(ALONE, &[]).await.unwrap().get::<_, bool>(0);
    assert!(!locks().await, "whoever has it open is in the way");
    log.close().await.unwrap();
    while !locks().await {}
    let refused = PostgresLog::connect(&database.url).await.err().unwrap();
    assert!(matches!(refused, OpenError::Repairing), "{refused}");
    assert!(PostgresLog::inspect_order(&database.url).await.is_ok(), "to look is no harm");
    repair.query_one("SELECT pg_advisory_unlock_all()::text", &[]).await.unwrap();
    database.log().await;
}

/// A server of an older version holds no lock, but its connections have this program's name.
#[tokio::test]
async fn a_server_of_an_older_version_is_detected() {
    let Some(database) = Database::new().await else { return };
    database.log().await.close().await.unwrap();
    let older = database.raw().await;
    older.batch_execute("SET application_name TO 'group-dispatch'").await.unwrap();
    let refused = PostgresLog::repair_order(&database.url, None).await.unwrap_err();
    assert!(matches!(refused, OpenError::InUse), "{refused}");
    older.batch_execute("SET application_name TO 'another'").await.unwrap();
    assert_eq!(PostgresLog::repair_order(&database.url, None).await.unwrap(), []);
}

#[tokio::test]
async fn inspecting_a_database_creates_nothing() {
    let Some(database) = Database::new().await else { return };
    let refused = PostgresLog::inspect_order(&database.url).await.unwrap_err();
    assert!(matches!(refused, OpenError::Missing), "{refused}");
    let schemas = "SELECT count(*) FROM pg_namespace WHERE nspname = 'group_dispatch'";
    assert_eq!(database.raw().await.query_one(schemas, &[]).await.unwrap().get::<_, i64>(0), 0);

    database.log().await.close().await.unwrap();
    let raw = database.raw().await;
    raw.batch_execute("INSERT INTO migration (version) VALUES (1000)").await.unwrap();
    let refused = PostgresLog::inspect_order(&database.url).await.unwrap_err();
    assert!(matches!(refused, OpenError::Newer), "{refused}");
}

/// Numbers are given in blocks: the mark of the upgrade covers the block in use, and no number that comes after it.
#[tokio::test]
async fn the_migration_marks_the_events_of_older_versions_only() {
    let Some(database) = Database::new().await else { return };
    let mark = "SELECT feed_order_seq FROM tenant WHERE id = 1";
    let log = database.log().await;
    add(&log, 1).await;
    append(&log, events(0..300)).await;
    log.close().await.unwrap();
    let raw = database.raw().await;
    let marked = async || raw.query_one(mark, &[]).await.unwrap().get::<_, i64>(0);
    assert_eq!(marked().await, 0, "a new database has nothing to look at");
    raw.batch_execute(POSTGRES_BEFORE_FEED_ORDER).await.unwrap();
    let log = database.log().await;
    append(&log, events(300..301)).await;
    let last = raw.query_one("SELECT max(seq) FILTER (WHERE user_id < 300), max(seq) FROM status_event", &[]).await;
    let (before, after): (i64, i64) = last.map(|row| (row.get(0), row.get(1))).unwrap();
    assert!(before <= marked().await && marked().await < after, "{before} {after}");
    add(&log, 2).await;
    let other = "SELECT feed_order_seq FROM tenant WHERE id = 2";
    assert_eq!(raw.query_one(other, &[]).await.unwrap().get::<_, i64>(0), 0);
}
