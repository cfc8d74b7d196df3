//! Retention, by partitions.

use tokio_postgres::Client;

use crate::{
    event::StatusEvent,
    event_log::{
        EventLog,
        postgres::PostgresLog,
        tests::{fixture::*, server::Database},
    },
    tenant::TenantSummary,
};

const MONTH: i64 = 30 * 86_400_000;

/// Every other has a name.
fn at(at: i64, numbers: std::ops::Range<u32>) -> Vec<StatusEvent> {
    let name = |number: u32| number.is_multiple_of(2).then(|| number.to_string());
    numbers.map(|number| StatusEvent { at, event_id: name(number), ..event(number) }).collect()
}

/// Saves a state that covers everything there is, which waits for what runs besides on the same server.
async fn save(log: &PostgresLog) {
    loop {
        let mut reader = Reader::default();
        reader.read(log).await;
        let draft = log.begin_snapshot(reader.cursor).await.unwrap().unwrap();
        log.finish_snapshot(draft).await.unwrap();
        let cursor = log.latest_snapshot().await.unwrap().unwrap().cursor;
        if (Reader { cursor, ..Reader::default() }).read(log).await == 0 {
            return;
        }
    }
}

async fn apply_retention(log: &PostgresLog, before: i64) -> u64 {
    let mut events = 0;
    loop {
        let step = log.apply_retention(Some(before)).await.unwrap();
        events += step.events;
        if !step.more {
            return events;
        }
    }
}

async fn partitions(raw: &Client) -> i64 {
    let sql = "SELECT count(*) FROM pg_class WHERE relname LIKE 'status_event%' AND relkind = 'r'
        AND relnamespace = 'group_dispatch'::regnamespace";
    raw.query_one(sql, &[]).await.unwrap().get(0)
}

#[tokio::test]
async fn expired_events_are_deleted_with_their_partitions_and_keys() {
    let Some(database) = Database::new().await else { return };
    let (log, raw) = (database.log().await, database.raw().await);
    add(&log, 1).await;
    // In a partition that goes whole, in one that stays, and in the one for all other times.
    append(&log, [at(DAY - 3 * MONTH, 0..300), at(DAY - 1, 300..350), at(DAY, 350..360), at(-1, 360..370)].concat())
        .await;
    let before = partitions(&raw).await;
    assert_eq!(apply_retention(&log, DAY).await, 0, "there is no snapshot");
    save(&log).await;
    append(&log, [at(DAY - 1, 400..401), at(DAY - 3 * MONTH, 401..402)].concat()).await;

    assert_eq!(apply_retention(&log, DAY).await, 360, "what came after is not covered");
    assert_eq!(partitions(&raw).await, before, "nor can its partition go");
    save(&log).await;
    assert_eq!(apply_retention(&log, DAY).await, 2);
    assert_eq!(partitions(&raw).await, before - 1);
    assert_eq!(all(&log).await, (350..360).collect::<Vec<_>>());
    assert_eq!(log.tenants().await.unwrap(), [TenantSummary { id: tenant(1), events: 10 }]);
    assert_eq!(apply_retention(&log, DAY).await, 0);

    let again = [at(DAY - 3 * MONTH, 0..1), at(DAY - 1, 300..301), at(-1, 360..361), at(DAY, 350..351)].concat();
    assert_eq!(append(&log, again).await, (3, 1), "their names are gone, and there is a place for what comes back");
}

#[tokio::test]
async fn a_fully_expired_partition_is_detached_immediately() {
    let Some(database) = Database::new().await else { return };
    let (log, other, raw) = (database.log().await, database.log().await, database.raw().await);
    add(&log, 1).await;
    append(&log, [at(DAY - 3 * MONTH, 0..300), at(DAY, 300..310)].concat()).await;
    let before = partitions(&raw).await;
    save(&log).await;
    let snapshot = log.latest_snapshot().await.unwrap().unwrap();
    assert!(log.apply_retention(Some(DAY)).await.unwrap().more);
    log.discard_snapshot(&snapshot).await.unwrap();
    assert_eq!(log.latest_snapshot().await.unwrap(), Some(snapshot), "nothing else covers the events that expired");
    assert_eq!(all(&log).await, (300..310).collect::<Vec<_>>(), "after one step");
    // Another goes on where this one stopped.
    assert_eq!(apply_retention(&other, DAY).await, 300);
    assert_eq!(partitions(&raw).await, before - 1);
    assert!(!log.has_all_events().await.unwrap());
    assert_eq!(other.tenants().await.unwrap(), [TenantSummary { id: tenant(1), events: 10 }]);
    let names: i64 = raw.query_one("SELECT count(*) FROM named_event", &[]).await.unwrap().get(0);
    assert_eq!(names, 5);
    assert_eq!(append(&log, at(DAY - 3 * MONTH, 0..300)).await, (300, 0));
}

#[tokio::test]
async fn appends_and_retention_do_not_wait_for_a_dump() {
    let Some(database) = Database::new().await else { return };
    let (log, mut raw) = (database.log().await, database.raw().await);
    add(&log, 1).await;
    append(&log, at(DAY, 0..10)).await;
    save(&log).await;
    let copying = raw.transaction().await.unwrap();
    copying.batch_execute("LOCK TABLE status_event IN ACCESS SHARE MODE").await.unwrap();
    assert_eq!(append(&log, at(DAY - 5 * MONTH, 10..20)).await, (10, 0), "without a partition of its own");
    assert_eq!(apply_retention(&log, DAY + 5 * MONTH).await, 0);
    copying.commit().await.unwrap();
    save(&log).await;
    assert_eq!(apply_retention(&log, DAY + 5 * MONTH).await, 20);
}

#[tokio::test]
async fn events_of_a_removed_tenant_are_deleted() {
    let Some(database) = Database::new().await else { return };
    let (log, raw) = (database.log().await, database.raw().await);
    add(&log, 1).await;
    add(&log, 2).await;
    append(&log, [at(DAY, 0..50), at(-1, 50..60)].concat()).await;
    log.append(tenant(2), at(DAY, 100..105)).await.unwrap();
    log.remove_tenant(tenant(1), true).await.unwrap();
    let mut events = 0;
    loop {
        let step = log.apply_retention(None).await.unwrap();
        events += step.events;
        if !step.more {
            break;
        }
    }
    assert_eq!(events, 60);
    assert_eq!(all(&log).await, (100..105).collect::<Vec<_>>());
    for (table, rows) in [("named_event", 3), ("status_event", 5), ("tally", 1), ("removed_tenant", 0)] {
        let count: i64 = raw.query_one(&format!("SELECT count(*) FROM {table}"), &[]).await.unwrap().get(0);
        assert_eq!(count, rows, "{table}");
    }
}

/// A reader that could not read for long gets the rest, and a warning that there may have been more.
#[tokio::test]
async fn changes_say_that_events_may_have_expired_before_they_were_read() {
    let Some(database) = Database::new().await else { return };
    let (log, other) = (database.log().await, database.log().await);
    add(&log, 1).await;
    append(&other, at(DAY, 0..10)).await;
    let mut reader = Reader::default();
    reader.read(&log).await;
    let pass_a_minute = async || {
        tokio::time::pause();
        tokio::time::advance(std::time::Duration::from_secs(61)).await;
        tokio::time::resume();
    };
    append(&other, [at(DAY - 1, 10..20), at(DAY, 20..30)].concat()).await;
    save(&other).await;
    pass_a_minute().await;
    assert!(!log.read(reader.cursor, 0).await.unwrap().may_lack_expired, "nothing has expired");
    assert_eq!(apply_retention(&other, DAY).await, 10);
    assert!(!log.read(reader.cursor, 0).await.unwrap().may_lack_expired, "it has read a moment ago");
    pass_a_minute().await;
    assert!(log.read(reader.cursor, 0).await.unwrap().may_lack_expired);
    reader.read(&log).await;
    pass_a_minute().await;
    assert!(!log.read(reader.cursor, 0).await.unwrap().may_lack_expired, "it is behind the snapshot");
}
