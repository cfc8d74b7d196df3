//! The log in SQLite by itself, with segments so short that there are many.
#![allow(clippy::unwrap_used)]

use std::{
    fs,
    time::{Duration, Instant},
};

use group_dispatch_types::{AccountStatus, Source, StatusDetail, UserId, WhatsAppNumber};
use tempfile::TempDir;

use super::*;
use crate::{
    event::{LoggedEvent, Provenance},
    event_log::{
        history::{FactFilter, PageRequest},
        stream::Lost,
        tests::{
            fixture::chunk,
            stream::{lost, read},
        },
    },
};

const TENANT: u64 = 1;

fn event(at: i64) -> StatusEvent {
    StatusEvent {
        event_id: None,
        user_id: UserId::from(1),
        agent_account: "a".into(),
        user_name: None,
        whatsapp: WhatsAppNumber::MAX,
        name: None,
        status: AccountStatus::Online,
        source: Source::Pc,
        country_code: String::new(),
        detail_status: StatusDetail::PcOnline,
        at,
        provenance: Provenance::Fed,
    }
}

fn open(directory: &TempDir) -> SqliteLog {
    SqliteLog::open(&directory.path().join("store.db"), true, None).unwrap()
}

async fn new(directory: &TempDir) -> SqliteLog {
    let log = open(directory);
    log.add_tenant(TENANT.into(), ApiKey::new("key")).await.unwrap();
    log
}

async fn append(log: &SqliteLog, times: impl IntoIterator<Item = i64>) -> (usize, usize) {
    let logged = log.append(TENANT.into(), times.into_iter().map(event).collect()).await.unwrap();
    (logged.stored.len(), logged.repeated)
}

async fn all(log: &SqliteLog) -> Vec<(u64, i64)> {
    let mut cursor = ReadCursor::default();
    let mut all = Vec::new();
    loop {
        let changes = log.read(cursor, 7).await.unwrap();
        all.extend(changes.events.iter().map(|(_, LoggedEvent { seq, event })| (*seq, event.at)));
        cursor = changes.cursor;
        if !changes.more {
            return all;
        }
    }
}

async fn segments(log: &SqliteLog) -> i64 {
    log.reader.transact(|s| s.query_row("SELECT count(*) FROM segment", [], |row| row.get(0))).await.unwrap()
}

#[tokio::test]
async fn old_repeats_are_recognized_across_segments_and_processes() {
    let directory = tempfile::tempdir().unwrap();
    let log = new(&directory).await;
    for batch in 0..100 {
        assert_eq!(append(&log, batch * 10..batch * 10 + 10).await, (10, 0));
    }
    assert!(segments(&log).await >= 10);
    assert_eq!(append(&log, 0..1001).await, (1, 1000));
    // Another process, which knows nothing but the file.
    let other = open(&directory);
    assert_eq!(append(&other, 0..1002).await, (1, 1001));
    for batch in 0..20 {
        assert_eq!(append(&other, 2000 + batch * 10..2010 + batch * 10).await, (10, 0));
    }
    // What the other sealed, this one finds.
    assert_eq!(append(&log, (0..1002).chain(2000..2201)).await, (1, 1202));
    let all = all(&log).await;
    assert_eq!(all.iter().map(|(seq, _)| *seq).collect::<Vec<_>>(), (1..=1203).collect::<Vec<_>>());
}

#[tokio::test]
async fn expired_events_are_deleted_if_a_snapshot_covers_them() {
    let directory = tempfile::tempdir().unwrap();
    let log = new(&directory).await;
    // Old and new in turn, and then all old.
    for batch in 0..20 {
        append(&log, (0..10).map(|n| if n % 2 == 0 { batch * 10 + n } else { 100_000 + batch * 10 + n })).await;
    }
    append(&log, 1_000..1_200).await;
    append(&log, [1_500, 200_000]).await;
    let clear = async |before| {
        let (mut events, mut steps) = (0, 0);
        loop {
            let step = log.apply_retention(before).await.unwrap();
            events += step.events;
            steps += 1;
            if !step.more {
                return (events, steps);
            }
        }
    };
    assert_eq!(clear(Some(50_000)).await.0, 0, "there is no snapshot");
    let draft = log.begin_snapshot(ReadCursor { events: 401, ..ReadCursor::default() }).await.unwrap().unwrap();
    assert_eq!(clear(Some(50_000)).await.0, 0, "it is not complete");
    log.finish_snapshot(draft).await.unwrap();
    let (events, steps) = clear(Some(50_000)).await;
    assert_eq!(events, 301);
    assert!(steps > 10, "in small steps");
    assert_eq!(all(&log).await.len(), 101);
    assert!(all(&log).await.iter().all(|(_, at)| *at > 50_000));
    assert_eq!(log.tenants().await.unwrap()[0].events, 101);
    assert_eq!(clear(Some(50_000)).await.0, 0);
    assert_eq!(append(&log, (0..10).map(|n| 100_000 + n)).await, (5, 5), "the remaining events are recognized");
    let empty_segments = "SELECT count(*) FROM segment WHERE NOT EXISTS
        (SELECT 1 FROM status_event WHERE seq BETWEEN first_seq AND segment.last_seq)";
    let left: i64 = log.reader.transact(move |s| s.query_row(empty_segments, [], |row| row.get(0))).await.unwrap();
    assert_eq!(left, 0);
}

#[tokio::test]
async fn the_events_of_a_removed_tenant_are_deleted() {
    let directory = tempfile::tempdir().unwrap();
    let log = new(&directory).await;
    log.add_tenant(2.into(), ApiKey::new("key")).await.unwrap();
    for batch in 0..20 {
        append(&log, batch * 10..batch * 10 + 10).await;
        log.append(2.into(), vec![event(batch)]).await.unwrap();
    }
    assert_eq!(log.remove_tenant(TENANT.into(), true).await.unwrap(), Removal::Removed { events: 200 });
    let mut events = 0;
    loop {
        let step = log.apply_retention(None).await.unwrap();
        events += step.events;
        if !step.more {
            break;
        }
    }
    assert_eq!(events, 200);
    assert_eq!(all(&log).await.len(), 20);
    assert_eq!(log.apply_retention(None).await.unwrap(), RetentionStep::default());
    // Added again it is another tenant, and its events are new.
    log.add_tenant(TENANT.into(), ApiKey::new("key")).await.unwrap();
    assert_eq!(append(&log, 0..10).await, (10, 0));
    assert_eq!(log.append(2.into(), vec![event(3)]).await.unwrap().repeated, 1);
}

#[tokio::test]
async fn an_unfinished_snapshot_is_replaced_by_the_next() {
    let directory = tempfile::tempdir().unwrap();
    let log = new(&directory).await;
    assert_eq!(log.latest_snapshot().await.unwrap(), None);
    let position = |events| ReadCursor { events, ..ReadCursor::default() };
    let mut first = log.begin_snapshot(position(5)).await.unwrap().unwrap();
    log.write_chunks(&mut first, vec![chunk(vec![1])]).await.unwrap();
    log.write_chunks(&mut first, vec![chunk(vec![2])]).await.unwrap();
    assert_eq!(log.latest_snapshot().await.unwrap(), None, "not whole");
    log.finish_snapshot(first).await.unwrap();
    let snapshot = log.latest_snapshot().await.unwrap().unwrap();
    assert_eq!((snapshot.chunks, snapshot.cursor), (2, position(5)));
    assert_eq!(log.read_chunks(&snapshot, 0..2).await.unwrap(), [[1], [2]]);

    let mut broken_off = log.begin_snapshot(position(7)).await.unwrap().unwrap();
    log.write_chunks(&mut broken_off, vec![chunk(vec![3])]).await.unwrap();
    assert_eq!(log.latest_snapshot().await.unwrap().unwrap(), snapshot);
    let next = log.begin_snapshot(position(9)).await.unwrap().unwrap();
    assert!(log.write_chunks(&mut broken_off, vec![chunk(vec![4])]).await.is_err(), "it was deleted");
    assert!(log.finish_snapshot(broken_off).await.is_err());
    assert_eq!(log.latest_snapshot().await.unwrap().unwrap(), snapshot, "it is still the latest");
    assert_eq!(log.read_chunks(&snapshot, 0..1).await.unwrap(), [[1]]);
    log.finish_snapshot(next).await.unwrap();
    assert_eq!(log.latest_snapshot().await.unwrap().unwrap().cursor, position(9));
    assert_eq!(log.read_chunks(&snapshot, 0..1).await.unwrap(), Vec::<Vec<u8>>::new());
    assert!(log.begin_snapshot(position(8)).await.unwrap().is_none(), "it covers less");
}

#[tokio::test]
async fn repeats_are_recognized_after_a_repair_across_segments() {
    let directory = tempfile::tempdir().unwrap();
    let log = new(&directory).await;
    // Ties of three events, newest first, in segments that end within ties.
    let account = |n: i64| WhatsAppNumber::new(u64::try_from(100 + n % 3).unwrap()).unwrap();
    let events: Vec<_> = (0..330).map(|n| StatusEvent { whatsapp: account(n), ..event(1_000 - n / 3) }).collect();
    for batch in events.chunks(10) {
        log.append(TENANT.into(), batch.to_vec()).await.unwrap();
    }
    assert!(segments(&log).await >= 4);
    let ends_in_tie = "SELECT count(*) FROM segment WHERE last_seq % 3 <> 0";
    let cut: i64 = log.reader.transact(|s| s.query_row(ends_in_tie, [], |row| row.get(0))).await.unwrap();
    assert!(cut > 0);
    log.close().await.unwrap();
    let path = directory.path().join("store.db");
    rusqlite::Connection::open(&path).unwrap().execute("UPDATE tenant SET feed_order_seq = 330", []).unwrap();
    assert_eq!(SqliteLog::repair_order(&path, None).unwrap()[0].newest_first, 110);

    let log = open(&directory);
    let logged = log.append(TENANT.into(), events).await.unwrap();
    assert_eq!((logged.stored.len(), logged.repeated), (0, 330));
    // Each segment has the keys of its own events: it goes with them.
    let draft = log.begin_snapshot(ReadCursor { events: 330, ..ReadCursor::default() }).await.unwrap().unwrap();
    log.finish_snapshot(draft).await.unwrap();
    while log.apply_retention(Some(930)).await.unwrap().more {}
    let left: Vec<_> = (0..213).map(|n| StatusEvent { whatsapp: account(n), ..event(1_000 - n / 3) }).collect();
    let logged = log.append(TENANT.into(), left).await.unwrap();
    assert_eq!((logged.stored.len(), logged.repeated), (0, 213));
}

/// A process that reads for long, such as `doctor`.
fn long_reader(directory: &TempDir) -> rusqlite::Connection {
    let connection = rusqlite::Connection::open(directory.path().join("store.db")).unwrap();
    connection.execute_batch("BEGIN; SELECT last_seq FROM log").unwrap();
    connection
}

#[tokio::test]
async fn what_is_removed_while_another_process_reads_does_not_stop_appends() {
    let directory = tempfile::tempdir().unwrap();
    let log = new(&directory).await;
    append(&log, 0..10).await;
    let reader = long_reader(&directory);
    append(&log, 10..20).await;
    let start = Instant::now();
    log.add_tenant(2.into(), ApiKey::new("key")).await.unwrap();
    log.remove_tenant(2.into(), true).await.unwrap();
    assert!(start.elapsed() < Duration::from_secs(10), "the lock for writing is held meanwhile");
    let log_bytes = || fs::metadata(directory.path().join("store.db-wal")).unwrap().len();
    assert!(log_bytes() > 0);
    drop(reader);
    log.purge().await.unwrap();
    assert_eq!(log_bytes(), 0);
}

#[tokio::test]
async fn a_write_ahead_log_whose_file_is_back_is_not_removed() {
    type Fault = fn(&Path, &Path);
    let faults: [(Fault, Fault); 2] = [
        (|file, saved| fs::rename(file, saved).unwrap(), |file, saved| fs::rename(saved, file).unwrap()),
        (
            |file, saved| {
                fs::copy(file, saved).unwrap();
                fs::copy(file.with_extension("older"), file).unwrap();
            },
            |file, saved| assert!(fs::copy(saved, file).unwrap() > 0),
        ),
    ];
    for (fault, undo) in faults {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("store.db");
        let log = new(&directory).await;
        append(&log, 0..10).await;
        log.purge().await.unwrap();
        fs::copy(&file, file.with_extension("older")).unwrap();
        append(&log, 10..20).await;
        log.purge().await.unwrap();
        append(&log, 20..30).await;
        let saved = file.with_extension("saved");
        fault(&file, &saved);
        assert!(matches!(log.append(TENANT.into(), vec![event(40)]).await, Err(StoreError::FileGone)));
        undo(&file, &saved);
        log.files.remove_stale_log();
        assert!(directory.path().join("store.db-wal").exists());
    }
}

/// Reads the times of one account's events, all of them, by pages of 10.
async fn times_of(log: &SqliteLog, account: u64) -> Vec<i64> {
    let whatsapp = Some(WhatsAppNumber::new(account).unwrap());
    let filter = FactFilter { whatsapp, ..FactFilter::default() };
    let page = PageRequest { limit: 10, ..PageRequest::default() };
    let mut query = HistoryQuery { filter, page, ..HistoryQuery::default() };
    let mut times = Vec::new();
    loop {
        let page = log.history(TenantNumber(1), query.clone(), None).await.unwrap();
        times.extend(page.events.iter().map(|event| event.event.at));
        let Some(next) = page.next else { return times };
        query.page.cursor = Some(next);
    }
}

#[tokio::test]
async fn the_order_of_a_segment_is_stored_by_the_first_page_and_goes_with_its_events() {
    let directory = tempfile::tempdir().unwrap();
    let log = new(&directory).await;
    let account = |number| WhatsAppNumber::new(number).unwrap();
    let of = |at: i64| StatusEvent { whatsapp: account(100 + at.unsigned_abs() % 7), ..event(at) };
    for batch in 0..70 {
        log.append(TENANT.into(), (batch * 10..batch * 10 + 10).map(of).collect()).await.unwrap();
    }
    let ordered = async || -> i64 {
        let sql = "SELECT count(DISTINCT segment) FROM segment_order";
        log.reader.transact(move |s| s.query_row(sql, [], |row| row.get(0))).await.unwrap()
    };
    assert_eq!((segments(&log).await, ordered().await), (10, 0));
    let expected = |from: i64| (from..700).filter(|at| at % 7 == 3).collect::<Vec<_>>();
    assert_eq!(times_of(&log, 103).await, expected(0));
    assert_eq!(ordered().await, 10);
    assert_eq!(times_of(&log, 103).await, expected(0), "by the orders");
    assert_eq!(times_of(&log, 99).await, [0; 0]);
    assert_eq!(times_of(&log, 999).await, [0; 0]);

    // Expired events are missing.
    let position = ReadCursor { events: 700, ..ReadCursor::default() };
    let draft = log.begin_snapshot(position).await.unwrap().unwrap();
    log.finish_snapshot(draft).await.unwrap();
    while log.apply_retention(Some(100)).await.unwrap().more {}
    assert_eq!((segments(&log).await, ordered().await), (9, 8), "that of the segment with expired events is gone");
    assert_eq!(times_of(&log, 103).await, expected(100));
    assert_eq!(ordered().await, 9);
}

#[tokio::test]
async fn a_struck_event_is_in_no_page_whether_its_segment_has_an_order_or_is_the_last() {
    let directory = tempfile::tempdir().unwrap();
    let log = new(&directory).await;
    let of = |at: i64| StatusEvent { whatsapp: WhatsAppNumber::new(100 + at.unsigned_abs() % 7).unwrap(), ..event(at) };
    log.append(TENANT.into(), (0..64).map(of).collect()).await.unwrap();
    log.append(TENANT.into(), (64..100).map(of).collect()).await.unwrap();
    assert_eq!(segments(&log).await, 1);
    let mut expected: Vec<i64> = (0..100).filter(|at| at % 7 == 3).collect();
    for struck in [None, Some(17), Some(73)] {
        if let Some(at) = struck {
            let filter = EventFilter { times: at..at + 1, event_id: None, user_id: None, whatsapp: None, source: None };
            let struck = log.strike(TENANT.into(), filter, false).await.unwrap();
            assert!(matches!(struck, Strike::Struck(_)));
            expected.retain(|other| *other != at);
        }
        for _ in 0..2 {
            assert_eq!(times_of(&log, 103).await, expected, "{struck:?}");
        }
    }
    // Also one that comes after the places of the last events were read.
    log.append(TENANT.into(), vec![of(101)]).await.unwrap();
    assert_eq!(times_of(&log, 103).await, [expected, vec![101]].concat());
}

#[tokio::test]
async fn a_restored_file_does_not_take_a_later_position_for_its_own() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.db");
    let log = new(&directory).await;
    append(&log, [1, 2, 3]).await;
    let in_backup = log.stream_end().await.unwrap();
    log.close().await.unwrap();
    let backup = std::fs::read(&path).unwrap();
    let log = open(&directory);
    append(&log, [4, 5, 6]).await;
    let after_backup = log.stream_end().await.unwrap();
    log.close().await.unwrap();
    std::fs::write(&path, backup).unwrap();
    let log = open(&directory);
    assert_eq!(lost(&log, after_backup).await, Some(Lost::Unknown));
    append(&log, [7, 8, 9]).await;
    assert_eq!(lost(&log, after_backup).await, Some(Lost::Unknown), "other events have that number now");
    let times: Vec<_> = read(&log, in_backup).await.iter().map(|event| event.logged.event.at).collect();
    assert_eq!(times, [7, 8, 9], "a reader that had read no more misses nothing");
}
