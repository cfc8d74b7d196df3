//! The order of the log when transactions overlap, and after a restore.

use std::sync::Arc;

use crate::event_log::{
    EventLog,
    stream::Lost,
    tests::{
        fixture::*,
        server::Database,
        stream::{lost, places, read},
    },
};

const LATE: &str = "
    INSERT INTO status_event SELECT at, 1, pg_current_xact_id()::text::bigint, tenant, 77, whatsapp, source, status,
        detail_status, agent_account, country_code, NULL, NULL, NULL, gen_random_uuid()
    FROM status_event LIMIT 1";

#[tokio::test]
async fn a_transaction_that_stays_open_delays_its_own_events_alone() {
    let Some(database) = Database::new().await else { return };
    let (log, other) = (database.log().await, database.log().await);
    add(&log, 1).await;
    append(&log, events(0..1)).await;
    let start = log.stream_end().await.unwrap();
    let mut late = database.raw().await;
    let late = late.transaction().await.unwrap();
    late.execute(LATE, &[]).await.unwrap();
    // Of another program, and another database.
    let elsewhere = Database::new().await.unwrap();
    let mut unrelated = elsewhere.raw().await;
    let unrelated = unrelated.transaction().await.unwrap();
    unrelated.execute("SELECT pg_current_xact_id()", &[]).await.unwrap();
    for number in 1..4 {
        append(&log, vec![event(number)]).await;
        other.stream_end().await.unwrap();
        assert_eq!(read(&log, start).await.len(), number as usize, "nothing waits");
    }
    let before = read(&log, start).await;
    late.commit().await.unwrap();
    append(&log, vec![event(4)]).await;
    let end = log.stream_end().await.unwrap();
    let after = read(&other, start).await;
    assert_eq!(places(&after[..3]), places(&before), "what was read does not move");
    let numbers: Vec<_> = after.iter().map(|event| event.logged.event.user_id.get()).collect();
    assert_eq!(numbers, [1, 2, 3, 77, 4], "its number in the log is the smallest");
    unrelated.commit().await.unwrap();
    assert_eq!(log.stream_end().await.unwrap(), end, "a step has events");
}

#[tokio::test(flavor = "multi_thread")]
async fn servers_that_make_a_step_at_once_make_one() {
    let Some(database) = Database::new().await else { return };
    let logs = [Arc::new(database.log().await), Arc::new(database.log().await)];
    add(&*logs[0], 1).await;
    let start = logs[0].stream_end().await.unwrap();
    for number in 0..20 {
        append(&*logs[0], vec![event(number)]).await;
        let [one, other] = [&logs[0], &logs[1]].map(|log| log.stream_end());
        let (one, other) = tokio::join!(one, other);
        assert_eq!(one.unwrap(), other.unwrap());
    }
    let raw = database.raw().await;
    let steps: i64 = raw.query_one("SELECT count(*) FROM stream_step WHERE events > 0", &[]).await.unwrap().get(0);
    assert_eq!(steps, 20);
    assert_eq!(read(&*logs[1], start).await.len(), 20);
}

#[tokio::test]
async fn a_large_backlog_becomes_several_steps() {
    let Some(database) = Database::new().await else { return };
    let log = database.log().await;
    add(&log, 1).await;
    let start = log.stream_end().await.unwrap();
    for first in (0..15_000).step_by(5_000) {
        append(&log, events(first..first + 5_000)).await;
    }
    log.stream_end().await.unwrap();
    assert_eq!(read(&log, start).await.len(), 15_000);
    let raw = database.raw().await;
    let steps: i64 = raw.query_one("SELECT count(*) FROM stream_step WHERE events > 0", &[]).await.unwrap().get(0);
    assert_eq!(steps, 2);
}

#[tokio::test]
async fn a_restored_database_does_not_take_a_later_position_for_its_own() {
    let Some(database) = Database::new().await else { return };
    let log = database.log().await;
    add(&log, 1).await;
    append(&log, events(0..3)).await;
    let in_backup = log.stream_end().await.unwrap();
    // What a backup has: the rows of that moment.
    let raw = database.raw().await;
    raw.batch_execute(
        "CREATE TABLE backup_events AS TABLE status_event; CREATE TABLE backup_steps AS TABLE stream_step",
    )
    .await
    .unwrap();
    append(&log, events(3..6)).await;
    let after_backup = log.stream_end().await.unwrap();
    let within = read(&log, in_backup).await[0].position;
    log.close().await.unwrap();
    raw.batch_execute(
        "DELETE FROM status_event; DELETE FROM stream_step; DELETE FROM tally;
        INSERT INTO status_event SELECT * FROM backup_events; INSERT INTO stream_step SELECT * FROM backup_steps",
    )
    .await
    .unwrap();
    let log = database.log().await;
    assert_eq!(lost(&log, after_backup).await, Some(Lost::Unknown));
    append(&log, events(10..13)).await;
    log.stream_end().await.unwrap();
    for lost_position in [after_backup, within] {
        assert_eq!(lost(&log, lost_position).await, Some(Lost::Unknown), "other events have that number now");
    }
    let numbers: Vec<_> = read(&log, in_backup).await.iter().map(|event| event.logged.event.user_id.get()).collect();
    assert_eq!(numbers, [10, 11, 12], "a reader that had read no more misses nothing");
}
