//! Snapshots.

use super::{fixture::*, server::Database};
use crate::event_log::{EventLog, ReadCursor, postgres::PostgresLog};

async fn save(log: &PostgresLog, position: ReadCursor, parts: &[&[u8]]) {
    let mut saving = log.begin_snapshot(position).await.unwrap().unwrap();
    for part in parts {
        log.write_chunks(&mut saving, vec![part.to_vec()]).await.unwrap();
    }
    log.finish_snapshot(saving).await.unwrap();
}

#[tokio::test]
async fn the_state_that_was_saved_last_is_there_whole() {
    let Some(database) = Database::new().await else { return };
    let (log, other) = (database.log().await, database.log().await);
    assert_eq!(log.latest_snapshot().await.unwrap(), None);
    add(&log, 1).await;
    append(&log, events(0..5)).await;
    let mut reader = Reader::default();
    reader.read(&log).await;
    save(&log, reader.position, &[b"one", b"\0", b""]).await;
    append(&log, events(5..7)).await;

    let saved = other.latest_snapshot().await.unwrap().unwrap();
    assert_eq!(saved.chunks, 3);
    assert_eq!(other.read_chunks(&saved, 0..3).await.unwrap(), [&b"one"[..], b"\0", b""]);
    assert_eq!(other.read_chunks(&saved, 1..2).await.unwrap(), [b"\0"]);
    let mut reader = Reader { position: saved.position, ..Reader::default() };
    reader.read(&other).await;
    assert!([5, 6].iter().all(|number| reader.seen.contains_key(number)), "what it does not cover");

    save(&other, reader.position, &[b"two"]).await;
    assert_eq!(log.read_chunks(&saved, 0..1).await.unwrap(), Vec::<Vec<u8>>::new(), "another has taken its place");
    let again = log.latest_snapshot().await.unwrap().unwrap();
    assert!(again.generation > saved.generation);
    assert_eq!(log.read_chunks(&again, 0..1).await.unwrap(), [b"two"]);
}

#[tokio::test]
async fn a_state_that_covers_less_does_not_take_the_place_of_one_that_covers_more() {
    let Some(database) = Database::new().await else { return };
    let log = database.log().await;
    add(&log, 1).await;
    append(&log, events(0..5)).await;
    let mut reader = Reader::default();
    reader.read(&log).await;
    save(&log, reader.position, &[]).await;
    assert!(log.begin_snapshot(ReadCursor::default()).await.unwrap().is_none());
    save(&log, reader.position, &[]).await;
}

#[tokio::test]
async fn one_saves_at_a_time_and_what_is_never_finished_does_not_count() {
    let Some(database) = Database::new().await else { return };
    let (log, other) = (database.log().await, database.log().await);
    let mut left = log.begin_snapshot(ReadCursor::default()).await.unwrap().unwrap();
    log.write_chunks(&mut left, vec![vec![1; 100_000]]).await.unwrap();
    assert!(other.begin_snapshot(ReadCursor::default()).await.unwrap().is_none(), "somebody else is about it");
    assert_eq!(other.latest_snapshot().await.unwrap(), None);
    // It begins again; what it left is gone.
    save(&log, ReadCursor::default(), &[b"whole"]).await;
    assert!(log.write_chunks(&mut left, vec![vec![2]]).await.is_err());
    assert!(log.finish_snapshot(left).await.is_err());
    assert_eq!(other.latest_snapshot().await.unwrap().unwrap().chunks, 1);

    let _unfinished = other.begin_snapshot(ReadCursor::default()).await.unwrap().unwrap();
    other.close().await.unwrap();
    drop(other);
    while log.begin_snapshot(ReadCursor::default()).await.unwrap().is_none() {
        tokio::task::yield_now().await;
    }
    assert_eq!(log.latest_snapshot().await.unwrap().unwrap().chunks, 1);
    let parts: i64 = database.raw().await.query_one("SELECT count(*) FROM saved_part", &[]).await.unwrap().get(0);
    assert_eq!(parts, 1);
}
