//! Following by transaction numbers.

use std::sync::Arc;

use tokio::task::JoinSet;

use crate::{
    ApiKey,
    event::StatusEvent,
    event_log::{
        EventLog, ReadCursor,
        tests::{fixture::*, server::Database},
    },
};

#[tokio::test(flavor = "multi_thread")]
async fn a_new_database_may_be_opened_by_many_at_once() {
    let Some(database) = Database::new().await else { return };
    let database = Arc::new(database);
    let mut tasks = JoinSet::new();
    for number in 0..8 {
        let database = Arc::clone(&database);
        tasks.spawn(async move {
            let log = database.log().await;
            log.add_tenant(tenant(1), ApiKey::new("key")).await.unwrap();
            // They need the same new partitions, too.
            let far = StatusEvent { at: DAY + 40 * 86_400_000, ..event(100 + number) };
            assert_eq!(append(&log, vec![event(number), far]).await, (2, 0));
        });
    }
    tasks.join_all().await;
    assert_eq!(all(&database.log().await).await.len(), 16);
}

#[tokio::test]
async fn pages_contain_every_event_once() {
    let Some(database) = Database::new().await else { return };
    let log = database.log().await;
    add(&log, 1).await;
    // Batches of all sizes, spread over several partitions.
    let months = |event: StatusEvent| StatusEvent { at: DAY - i64::from(event_number(&event)) * 86_400_000, ..event };
    for (first, last) in [(0, 1), (1, 8), (8, 30), (30, 100), (100, 400)] {
        append(&log, events(first..last).into_iter().map(months).collect()).await;
    }
    for most in [1, 7, 50, 1_000] {
        let mut reader = Reader::default();
        assert_eq!(reader.read_by(&log, most).await, 400, "each once, by {most}");
        assert_eq!(reader.seen.len(), 400);
        assert_eq!(reader.read_by(&log, most).await, 0);
        append(&log, vec![event(1_000 + u32::try_from(most).unwrap())]).await;
        assert_eq!(reader.read_by(&log, most).await, 1);
        let raw = database.raw().await;
        raw.batch_execute("DELETE FROM status_event WHERE user_id >= 1000").await.unwrap();
    }
    let changes = log.read(ReadCursor::default(), 0).await.unwrap();
    assert!(changes.events.is_empty() && changes.more && changes.tenants.is_some_and(|tenants| tenants.len() == 1));
}

fn event_number(event: &StatusEvent) -> u32 {
    event.user_id.get().try_into().unwrap()
}

#[tokio::test]
async fn a_late_transaction_is_read_and_later_ones_are_not_read_again() {
    let Some(database) = Database::new().await else { return };
    let log = database.log().await;
    add(&log, 1).await;
    append(&log, vec![event(1)]).await;
    let mut reader = Reader::default();
    assert_eq!(reader.read(&log).await, 1);

    let mut late = database.raw().await;
    let late = late.transaction().await.unwrap();
    const COPY: &str = "INSERT INTO status_event SELECT at, 999999, pg_current_xact_id()::text::bigint, tenant, 2,
        whatsapp, source, status, detail_status, agent_account, country_code, NULL, NULL, NULL, gen_random_uuid()
        FROM status_event";
    late.execute(COPY, &[]).await.unwrap();
    append(&log, events(10..20)).await;
    assert_eq!(reader.read(&log).await, 10);
    append(&log, events(20..30)).await;
    let before = reader.cursor;
    assert_eq!(reader.read(&log).await, 10, "only what is new");
    assert_eq!(reader.read(&log).await, 0);
    late.commit().await.unwrap();
    assert_eq!(reader.read(&log).await, 1);
    assert_eq!(reader.read(&log).await, 0);
    assert!(reader.seen.values().all(|times| *times == 1));

    // A reader at an older cursor gets events again rather than too few.
    for log in [log, database.log().await] {
        let mut again = Reader { cursor: before, ..Reader::default() };
        again.read(&log).await;
        assert!((20..30).chain([2]).all(|number| again.seen.contains_key(&number)));
    }
}

#[tokio::test]
async fn own_appends_are_not_read_again() {
    let Some(database) = Database::new().await else { return };
    let (log, other) = (database.log().await, database.log().await);
    add(&log, 1).await;
    append(&log, events(0..1)).await;
    let mut reader = Reader::default();
    assert_eq!(reader.read(&log).await, 1);
    let mut late = database.raw().await;
    let late = late.transaction().await.unwrap();
    late.execute("SELECT pg_current_xact_id()", &[]).await.unwrap();
    for (first, most) in [(10, 1_000), (20, 1), (30, 2)] {
        let logged = log.append(tenant(1), events(first..first + 3)).await.unwrap();
        reader.cursor.events = log.cursor_after(reader.cursor.events, logged.token.unwrap());
        append(&other, events(first + 3..first + 5)).await;
        append(&log, events(first + 5..first + 6)).await;
        assert_eq!(
            reader.read_by(&log, most).await,
            3,
            "what others appended, and the own append that was not recorded"
        );
        assert_eq!(reader.read_by(&log, most).await, 0);
    }
    late.commit().await.unwrap();
    assert_eq!(reader.read(&log).await, 0);
    assert_eq!(reader.seen.len(), 10);
    for log in [&log, &other] {
        assert_eq!(all(log).await.len(), 19, "a new reader gets all events");
    }
}

/// As when presence is computed again, into an index that the appends were not applied to.
#[tokio::test]
async fn another_reader_gets_own_appends_on_every_page() {
    let Some(database) = Database::new().await else { return };
    let log = database.log().await;
    add(&log, 1).await;
    let mut reader = Reader::default();
    reader.read(&log).await;
    for number in 0..10 {
        let logged = log.append(tenant(1), vec![event(number)]).await.unwrap();
        reader.cursor.events = log.cursor_after(reader.cursor.events, logged.token.unwrap());
    }
    let mut another = Reader::default();
    assert_eq!(another.read_by(&log, 2).await, 10);
    assert_eq!(reader.read(&log).await, 10, "twice, which is harmless");
}

#[tokio::test]
async fn a_dump_restored_in_another_cluster_is_followed_on() {
    let Some(database) = Database::new().await else { return };
    let log = database.log().await;
    add(&log, 1).await;
    append(&log, events(0..5)).await;
    let mut reader = Reader::default();
    reader.read(&log).await;
    let mut draft = log.begin_snapshot(reader.cursor).await.unwrap().unwrap();
    log.write_chunks(&mut draft, vec![chunk(vec![1])]).await.unwrap();
    log.finish_snapshot(draft).await.unwrap();
    append(&log, events(5..7)).await;
    log.close().await.unwrap();

    // As if its transactions had been counted by a cluster that had seen many more.
    let moved = "UPDATE status_event SET xact = xact + 1000000; UPDATE saved_state SET position = position + 1000000";
    database.raw().await.batch_execute(moved).await.unwrap();
    let (log, other) = (database.log().await, database.log().await);
    let mut reader = Reader { cursor: log.latest_snapshot().await.unwrap().unwrap().cursor, ..Reader::default() };
    for (log, number) in [(&log, 7), (&other, 8), (&log, 9)] {
        append(log, vec![event(number)]).await;
    }
    reader.read(&log).await;
    assert!((5..10).all(|number| reader.seen.contains_key(&number)));
    assert_eq!(reader.read(&log).await, 0);
    // By pages as before.
    let mut reader = Reader::default();
    assert_eq!(reader.read_by(&other, 2).await, 10);
    assert_eq!(reader.seen.len(), 10);
    assert_eq!(reader.read_by(&other, 2).await, 0);
}
