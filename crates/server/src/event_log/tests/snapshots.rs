//! Snapshots: which one is the latest.

use super::{TestDatabase, fixture::*};
use crate::event_log::{EventLog, ReadCursor};

/// Writes a snapshot with these chunks.
pub async fn save(log: &dyn EventLog, cursor: ReadCursor, chunks: &[&[u8]]) {
    let mut draft = log.begin_snapshot(cursor).await.unwrap().unwrap();
    for bytes in chunks {
        log.write_chunks(&mut draft, vec![chunk(bytes.to_vec())]).await.unwrap();
    }
    log.finish_snapshot(draft).await.unwrap();
}

#[tokio::test]
async fn the_latest_complete_snapshot_is_read() {
    for database in TestDatabase::each().await {
        let (log, other) = (database.log().await, database.log().await);
        assert_eq!(log.latest_snapshot().await.unwrap(), None);
        add(&*log, 1).await;
        append(&*log, events(0..5)).await;
        let mut reader = Reader::default();
        reader.read(&*log).await;
        save(&*log, reader.cursor, &[b"one", b"\0", b""]).await;
        append(&*log, events(5..7)).await;

        let snapshot = other.latest_snapshot().await.unwrap().unwrap();
        assert_eq!(snapshot.chunks, 3);
        assert_eq!(other.read_chunks(&snapshot, 0..3).await.unwrap(), [&b"one"[..], b"\0", b""]);
        assert_eq!(other.read_chunks(&snapshot, 1..2).await.unwrap(), [b"\0"]);
        let mut reader = Reader { cursor: snapshot.cursor, ..Reader::default() };
        reader.read(&*other).await;
        assert!([5, 6].iter().all(|number| reader.seen.contains_key(number)), "what it does not cover");

        save(&*other, reader.cursor, &[b"two"]).await;
        assert_eq!(log.read_chunks(&snapshot, 0..1).await.unwrap(), Vec::<Vec<u8>>::new(), "it was replaced");
        let again = log.latest_snapshot().await.unwrap().unwrap();
        assert!(again.generation > snapshot.generation);
        assert_eq!(log.read_chunks(&again, 0..1).await.unwrap(), [b"two"]);
    }
}

#[tokio::test]
async fn a_snapshot_that_covers_less_does_not_replace_one_that_covers_more() {
    for database in TestDatabase::each().await {
        let log = database.log().await;
        add(&*log, 1).await;
        append(&*log, events(0..5)).await;
        let mut reader = Reader::default();
        reader.read(&*log).await;
        save(&*log, reader.cursor, &[]).await;
        assert!(log.begin_snapshot(ReadCursor::default()).await.unwrap().is_none());
        save(&*log, reader.cursor, &[]).await;
    }
}
