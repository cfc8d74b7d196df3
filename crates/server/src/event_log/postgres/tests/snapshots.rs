//! Snapshots of several processes.

use crate::event_log::{
    EventLog, ReadCursor,
    tests::{fixture::*, server::Database, snapshots::save},
};

#[tokio::test]
async fn one_process_writes_a_snapshot_and_unfinished_ones_are_ignored() {
    let Some(database) = Database::new().await else { return };
    let (log, other) = (database.log().await, database.log().await);
    let mut left = log.begin_snapshot(ReadCursor::default()).await.unwrap().unwrap();
    log.write_chunks(&mut left, vec![chunk(vec![1; 100_000])]).await.unwrap();
    assert!(other.begin_snapshot(ReadCursor::default()).await.unwrap().is_none(), "another process writes one");
    assert_eq!(other.latest_snapshot().await.unwrap(), None);
    // It begins again; what it left is gone.
    save(&log, ReadCursor::default(), &[b"whole"]).await;
    assert!(log.write_chunks(&mut left, vec![chunk(vec![2])]).await.is_err());
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

/// The numbers of transactions after the cursor may be others there.
#[tokio::test]
async fn no_snapshot_is_begun_on_another_server_than_the_one_that_was_read() {
    let Some(database) = Database::new().await else { return };
    let log = database.log().await;
    let cursor = log.read(ReadCursor::default(), 0).await.unwrap().cursor;
    let other = ReadCursor { server: cursor.server + 1, ..cursor };
    assert!(log.begin_snapshot(other).await.is_err());
    assert!(log.begin_snapshot(cursor).await.unwrap().is_some());
}
