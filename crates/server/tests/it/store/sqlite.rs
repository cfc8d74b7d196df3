//! Stores over a SQLite file: other programs, other processes, and errors.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use group_dispatch_server::{
    ApiKey,
    event::StatusEvent,
    store::{Admin, Appended, Database, OpenError, Store, StoreOptions, TenantSummary},
};
use group_dispatch_types::{Source, UtcOffset};
use tempfile::TempDir;
use tokio::{sync::Barrier, task::JoinSet};

use super::fixture::*;

#[tokio::test]
async fn a_reopened_file_has_all_data() {
    let store = with([online(1, 10), offline(1, 20), online(2, 30)]).await;
    store.close().await.unwrap();
    let entries: Vec<_> = std::fs::read_dir(store.place.0.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(entries, ["store.db"], "the write-ahead log is in the file");
    let again = store.place.open(UtcOffset::VENDOR).await;
    assert_eq!(presence(&again, Source::Pc, ALL), [(2, vec![100])]);
    assert_eq!(log(&again, ALL, None).len(), 2);
    assert_eq!(key(&again, 1), Some(ApiKey::new("key")));
    // Numbers continue, so that ties and repeats are still decided correctly.
    let appended = again.append(tenant(1), vec![offline(2, 30), online(2, 30)]).await.unwrap();
    assert_eq!(appended, Appended { stored: 1, repeated: 1 });
    assert_eq!(presence(&again, Source::Pc, ALL), []);
}

/// Whoever waits for a start can see how far it is.
#[tokio::test]
async fn a_start_counts_the_events_that_it_reads() {
    let store = with([online(1, 10), offline(1, 20), online(2, 30)]).await;
    store.close().await.unwrap();
    let events_read = Arc::<AtomicU64>::default();
    let options = StoreOptions::default();
    Store::open_counting(&store.place.database(), options, Arc::clone(&events_read)).await.unwrap();
    assert_eq!(events_read.load(Ordering::Relaxed), 3);
}

#[cfg(unix)]
#[tokio::test]
async fn only_its_owner_may_read_a_new_file() {
    use std::os::unix::fs::PermissionsExt as _;
    let store = with([online(1, 10)]).await;
    let mut files = 0;
    for entry in std::fs::read_dir(store.place.0.path()).unwrap() {
        assert_eq!(entry.unwrap().metadata().unwrap().permissions().mode() & 0o777, 0o600);
        files += 1;
    }
    assert_eq!(files, 3, "the file, its write-ahead log, and the log's index");
}

/// Opens the file, and closes it again.
async fn open(path: PathBuf) -> Result<(), OpenError> {
    Ok(Admin::open_or_create(&Database::Sqlite(path)).await?.close().await?)
}

#[tokio::test]
async fn a_file_that_is_no_store_is_rejected() {
    let directory = tempfile::tempdir().unwrap();
    let open = |name: &str| open(directory.path().join(name));
    assert!(matches!(open("missing/store.db").await, Err(OpenError::NoDirectory)));
    assert!(matches!(open("").await, Err(OpenError::Directory)));
    open("newer").await.unwrap();
    raw(&directory, "newer").pragma_update(None, "user_version", 1_000).unwrap();
    assert!(matches!(open("newer").await, Err(OpenError::Newer)));
    std::fs::write(directory.path().join("file"), "").unwrap();
    assert!(matches!(open("file/store.db").await, Err(OpenError::NoDirectory)));
    open("file").await.expect("an empty file may become a store");
}

#[tokio::test]
async fn a_file_of_another_program_does_not_change() {
    let foreign: [(&str, &str); 5] = [
        ("tables", "CREATE TABLE tenant (id INTEGER)"),
        ("write-ahead log", "PRAGMA journal_mode = wal; CREATE TABLE tenant (id INTEGER)"),
        ("tables with an id", "PRAGMA application_id = 7; CREATE TABLE tenant (id INTEGER)"),
        ("an id", "PRAGMA application_id = 7"),
        ("a version", "PRAGMA user_version = 1"),
    ];
    let texts = [("short text", "text".to_owned()), ("text", "something else entirely ".repeat(100))];
    let directory = tempfile::tempdir().unwrap();
    for (name, sql) in foreign {
        raw(&directory, name).execute_batch(sql).unwrap();
    }
    for (name, text) in &texts {
        std::fs::write(directory.path().join(name), text).unwrap();
    }
    let files = || {
        let files = std::fs::read_dir(directory.path()).unwrap().map(|entry| entry.unwrap().path());
        files.map(|path| (path.clone(), std::fs::read(path).unwrap())).collect::<BTreeMap<_, _>>()
    };
    let before = files();
    let open = |name: &str| open(directory.path().join(name));
    for (name, _) in foreign {
        assert!(matches!(open(name).await, Err(OpenError::Foreign)), "{name}");
    }
    for (name, _) in texts {
        assert!(matches!(open(name).await, Err(OpenError::NotSqlite)), "{name}");
    }
    assert!(files() == before, "no byte has changed, and nothing was added");
}

#[tokio::test]
async fn a_name_that_looks_like_a_uri_is_a_name() {
    let directory = tempfile::tempdir().unwrap();
    open(directory.path().join("file:a?mode=memory")).await.unwrap();
    assert!(directory.path().join("file:a?mode=memory").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn two_stores_share_one_file() {
    let one = with([online(1, 10)]).await;
    let other = one.place.open(UtcOffset::VENDOR).await;
    assert_eq!(presence(&other, Source::Pc, ALL), [(1, vec![100])]);
    other.append(tenant(1), vec![offline(1, 20)]).await.unwrap();
    soon(|| presence(&one, Source::Pc, ALL).is_empty()).await;

    let appends = (0..40).map(|n| {
        let store = if n % 2 == 0 { one.store.clone() } else { other.clone() };
        tokio::spawn(async move { store.append(tenant(1), vec![online(1, 100 + n), online(1, 1)]).await })
    });
    let mut total = Appended::default();
    for append in appends.collect::<Vec<_>>() {
        let appended = append.await.unwrap().unwrap();
        total = Appended { stored: total.stored + appended.stored, repeated: total.repeated + appended.repeated };
    }
    assert_eq!(total, Appended { stored: 41, repeated: 39 });
    assert_eq!(one.tenants().await.unwrap(), [TenantSummary { id: tenant(1), events: 43 }]);
    assert_eq!(other.tenants().await.unwrap(), one.tenants().await.unwrap());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn a_new_file_may_be_opened_by_many_at_once() {
    for _ in 0..10 {
        let directory = tempfile::tempdir().unwrap();
        let barrier = Arc::new(Barrier::new(8));
        let mut tasks = JoinSet::new();
        for _ in 0..8 {
            let (barrier, path) = (Arc::clone(&barrier), directory.path().join("store.db"));
            tasks.spawn(async move {
                barrier.wait().await;
                Admin::open_or_create(&Database::Sqlite(path)).await.unwrap()
            });
        }
        tasks.join_all().await;
    }
}

/// A connection past the store, as another program may have it.
fn raw(directory: &TempDir, name: &str) -> rusqlite::Connection {
    rusqlite::Connection::open(directory.path().join(name)).unwrap()
}

#[tokio::test]
async fn reading_does_not_wait_for_a_writer() {
    let store = with([online(1, 10)]).await;
    let writer = raw(&store.place.0, "store.db");
    writer.execute_batch("BEGIN EXCLUSIVE; DELETE FROM status_event").unwrap();
    assert_eq!(presence(&store, Source::Pc, ALL), [(1, vec![100])]);
    let again = store.place.open(UtcOffset::VENDOR);
    // A second writer would have to wait, but who opens the log to read it does not.
    assert_eq!(store.tenants().await.unwrap().len(), 1);
    writer.execute_batch("ROLLBACK").unwrap();
    assert_eq!(log(&again.await, ALL, None).len(), 1);
}

#[tokio::test]
async fn writing_does_not_wait_for_a_reader() {
    let store = with([online(1, 10)]).await;
    let reader = raw(&store.place.0, "store.db");
    let count = || reader.query_row("SELECT count(*) FROM status_event", [], |row| row.get::<_, i64>(0)).unwrap();
    reader.execute_batch("BEGIN").unwrap();
    assert_eq!(count(), 1);
    store.append(tenant(1), vec![offline(1, 20)]).await.unwrap();
    assert_eq!(presence(&store, Source::Pc, ALL), []);
    assert_eq!(count(), 1, "the reader's snapshot stands");
    reader.execute_batch("COMMIT").unwrap();
    assert_eq!(count(), 2);
}

#[tokio::test]
async fn an_error_contains_no_personal_data_and_nothing_is_stored() {
    let store = with([]).await;
    let other = raw(&store.place.0, "store.db");
    other.execute_batch("ALTER TABLE status_event RENAME TO gone").unwrap();
    let event = StatusEvent { name: Some("jack".into()), user_name: Some("zhang".into()), ..online(1, 10) };
    let number = account(573_125_704_139);
    let error = store.append(tenant(1), vec![StatusEvent { whatsapp: number, ..event.clone() }]).await.unwrap_err();
    let text = format!("{error} {error:?}");
    for personal in ["573125704139", "jack", "zhang", "agent1"] {
        assert!(!text.contains(personal), "{text}");
    }
    other.execute_batch("ALTER TABLE gone RENAME TO status_event").unwrap();
    assert_eq!(log(&store, ALL, None), []);
    assert_eq!(store.append(tenant(1), vec![event]).await.unwrap(), Appended { stored: 1, repeated: 0 });
}
