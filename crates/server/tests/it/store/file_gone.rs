//! The SQLite file goes away while a store has it open: nothing is acknowledged that the next start would not find, and
//! all that was acknowledged is in a copy.

use std::{
    fs,
    path::{Path, PathBuf},
};

use group_dispatch_server::store::{Appended, Database, Store, StoreError, StoreOptions};
use group_dispatch_types::Source;

use super::{fixture::*, place::Place};

/// What happens to the file, given its path and that of an older backup.
type Fault = fn(&Path, &Path);

/// A name beside the file.
pub fn beside(file: &Path, suffix: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

const FAULTS: [(&str, Fault); 8] = [
    ("removed", |file, _| fs::remove_file(file).unwrap()),
    ("removed with all that is beside it", |file, _| {
        for suffix in ["", "-wal", "-shm"] {
            fs::remove_file(beside(file, suffix)).unwrap();
        }
    }),
    ("moved", |file, _| fs::rename(file, beside(file, ".old")).unwrap()),
    ("replaced by a backup", |file, backup| fs::rename(backup, file).unwrap()),
    ("overwritten by a backup", |file, backup| assert!(fs::copy(backup, file).unwrap() > 0)),
    ("its write-ahead log removed", |file, _| fs::remove_file(beside(file, "-wal")).unwrap()),
    ("the index of its write-ahead log removed", |file, _| fs::remove_file(beside(file, "-shm")).unwrap()),
    ("its directory moved and made again", |file, _| {
        let directory = file.parent().unwrap();
        fs::rename(directory, beside(directory, ".old")).unwrap();
        fs::create_dir(directory).unwrap();
    }),
];

/// A store in a directory of its own below the place, with some events, and a backup that lacks the last of them.
async fn with_backup() -> (Store, Place, PathBuf, PathBuf) {
    let place = Place::new().await;
    let directory = place.0.path().join("data");
    fs::create_dir(&directory).unwrap();
    let (file, backup) = (directory.join("store.db"), place.0.path().join("backup.db"));
    let store = Store::open(&Database::Sqlite(file.clone()), StoreOptions::default()).await.unwrap();
    store.add_tenant(tenant(1), "key".into()).await.unwrap();
    store.append(tenant(1), vec![online(1, 10)]).await.unwrap();
    let sqlite = rusqlite::Connection::open(&file).unwrap();
    sqlite.backup("main", &backup, None).unwrap();
    store.append(tenant(1), vec![offline(1, 20)]).await.unwrap();
    // In the file it is now; until the first checkpoint, a backup in its place changes nothing.
    sqlite.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
    drop(sqlite);
    store.append(tenant(1), vec![online(2, 30)]).await.unwrap();
    (store, place, file, backup)
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_when_the_file_goes_away() {
    for (name, fault) in FAULTS {
        let (store, _place, file, backup) = with_backup().await;
        assert!(store.readiness().await.feeds.works(), "{name}");
        fault(&file, &backup);
        for _ in 0..2 {
            let refused = store.append(tenant(1), vec![online(3, 40)]).await;
            assert!(matches!(refused, Err(StoreError::FileGone)), "{name}: {refused:?}");
        }
        assert!(matches!(store.replace_key(tenant(1), "other".into()).await, Err(StoreError::FileGone)), "{name}");
        assert_eq!(presence(&store, Source::Pc, ALL), [(2, vec![100])], "{name}: queries are still answered");

        let copy = store.rescued().await.to_owned();
        assert_eq!(copy.parent(), file.parent(), "{name}");
        let copied = copy.file_name().unwrap().to_str().unwrap().to_owned();
        assert!(copied.starts_with("store.db.rescued-20") && !copied.ends_with(".partial"), "{copied}");
        assert!(matches!(store.close().await, Err(StoreError::FileGone)), "{name}");
        // SQLite would apply the log to whatever is put in the place of the file.
        assert!(!beside(&file, "-wal").exists() && !beside(&file, "-shm").exists(), "{name}");
        if name.starts_with("replaced") || name.starts_with("overwritten") {
            let restored = Store::open(&Database::Sqlite(file.clone()), StoreOptions::default()).await.unwrap();
            assert_eq!(presence(&restored, Source::Pc, ALL), [(1, vec![100])], "{name}: the backup as it was");
        }
        let again = Store::open(&Database::Sqlite(copy), StoreOptions::default()).await.unwrap();
        assert_eq!(log(&again, ALL, None).len(), 2, "{name}");
        let appended = again.append(tenant(1), vec![online(1, 10), offline(1, 20), online(2, 30), online(3, 40)]).await;
        assert_eq!(appended.unwrap(), Appended { stored: 1, repeated: 3 }, "{name}");
        assert_eq!(key(&again, 1), Some("key".into()), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_goes_away_unnoticed_by_feeds_is_noticed_all_the_same() {
    let (store, _place, file, _) = with_backup().await;
    fs::remove_file(&file).unwrap();
    assert!(store.rescued().await.exists());
    let readiness = store.readiness().await;
    assert!(!readiness.queries.works() && !readiness.feeds.works());
    assert_eq!(readiness.feeds.failure.unwrap(), StoreError::FileGone.to_string());
}

/// All events are in the file and none in the write-ahead log when an older backup is written over it.
#[tokio::test(flavor = "multi_thread")]
async fn events_that_were_overwritten_are_not_said_to_be_in_a_copy() {
    let (store, _place, file, backup) = with_backup().await;
    let sqlite = rusqlite::Connection::open(&file).unwrap();
    sqlite.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
    // The store looks at the file.
    store.append(tenant(1), vec![online(2, 30)]).await.unwrap();
    fs::copy(&backup, &file).unwrap();
    assert!(matches!(store.append(tenant(1), vec![online(3, 40)]).await, Err(StoreError::FileGone)));
    drop(sqlite);
    // It goes on, for the queries.
    assert_eq!(presence(&store, Source::Pc, ALL), [(2, vec![100])]);
    assert!(matches!(store.close().await, Err(StoreError::FileGone)));
    let names = fs::read_dir(file.parent().unwrap()).unwrap().map(|entry| entry.unwrap().file_name());
    assert!(!names.into_iter().any(|name| name.to_str().unwrap().contains("rescued")), "no copy");
}

/// The page of the file that has the number of the last event. Its latest version is in the write-ahead log, so that
/// transactions don't notice what happens to it.
#[cfg(unix)]
struct NumberPage {
    /// Stays open: if a handle is closed, the system releases the locks of SQLite.
    file: fs::File,
    offset: u64,
    content: Vec<u8>,
}

#[cfg(unix)]
impl NumberPage {
    fn of(path: &Path) -> Self {
        let sqlite = rusqlite::Connection::open(path).unwrap();
        let number = |sql| sqlite.query_row(sql, [], |row| row.get::<_, u32>(0)).unwrap();
        let page = number("SELECT rootpage FROM sqlite_schema WHERE name = 'log'");
        let size = number("PRAGMA page_size");
        let file = fs::OpenOptions::new().read(true).write(true).open(path).unwrap();
        let (offset, mut content) = (u64::from(page - 1) * u64::from(size), vec![0; size as usize]);
        std::os::unix::fs::FileExt::read_exact_at(&file, &mut content, offset).unwrap();
        Self { file, offset, content }
    }

    /// Writes until the time of the file has changed, which has a granularity of some milliseconds.
    fn write(&self, content: &[u8]) {
        let time = || self.file.metadata().unwrap().modified().unwrap();
        let before = time();
        while time() == before {
            std::os::unix::fs::FileExt::write_all_at(&self.file, content, self.offset).unwrap();
        }
    }

    fn damage(&self) {
        self.write(&vec![0; self.content.len()]);
    }

    fn repair(&self) {
        self.write(&self.content);
    }
}

/// As when a process is stopped for a moment while it writes pages of a checkpoint.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_unreadable_for_a_moment_is_still_there() {
    let (store, _place, file, _) = with_backup().await;
    let page = NumberPage::of(&file);
    page.damage();
    let repair = std::thread::spawn(move || {
        std::thread::sleep(std::time::Duration::from_millis(500));
        page.repair();
        page
    });
    assert_eq!(store.append(tenant(1), vec![online(3, 40)]).await.unwrap().stored, 1);
    let _open = repair.join().unwrap();
    store.close().await.unwrap();
}

/// Whoever wrote into the file, the events in its write-ahead log may be needed to repair it.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn the_write_ahead_log_of_an_unreadable_file_stays() {
    let (store, _place, file, _) = with_backup().await;
    let page = NumberPage::of(&file);
    page.damage();
    let rescued = tokio::time::timeout(std::time::Duration::from_secs(60), store.rescued());
    let copy = rescued.await.expect("the damage is noticed").to_owned();
    assert!(matches!(store.close().await, Err(StoreError::FileGone)));
    page.repair();
    for file in [copy, file] {
        let again = Store::open(&Database::Sqlite(file), StoreOptions::default()).await.unwrap();
        assert_eq!(log(&again, ALL, None).len(), 2);
    }
}

/// A `VACUUM` moves everything in the file, and its checkpoint writes all of it.
#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_rewritten_by_sqlite_is_still_there() {
    let (store, _place, file, _) = with_backup().await;
    let sqlite = rusqlite::Connection::open(&file).unwrap();
    for at in 40..60 {
        sqlite.execute_batch("VACUUM; PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
        assert_eq!(store.append(tenant(1), vec![online(3, at)]).await.unwrap().stored, 1);
    }
    store.close().await.unwrap();
}

/// SQLite's own way to restore keeps to the locks.
#[tokio::test(flavor = "multi_thread")]
async fn a_backup_that_is_restored_into_an_open_file_is_noticed() {
    let (store, _place, file, backup) = with_backup().await;
    let mut sqlite = rusqlite::Connection::open(&file).unwrap();
    sqlite.restore("main", &backup, None::<fn(rusqlite::backup::Progress)>).unwrap();
    assert!(matches!(store.append(tenant(1), vec![online(3, 40)]).await, Err(StoreError::FileGone)));
}

/// Several servers use the file, and all of them notice at the same time.
#[tokio::test(flavor = "multi_thread")]
async fn each_store_of_a_file_writes_a_copy_of_its_own() {
    let (store, _place, file, _) = with_backup().await;
    let open = async || Store::open(&Database::Sqlite(file.clone()), StoreOptions::default()).await.unwrap();
    let stores = [store, open().await, open().await, open().await];
    fs::remove_file(&file).unwrap();
    let mut copies = Vec::new();
    for store in &stores {
        copies.push(store.rescued().await.to_owned());
    }
    copies.sort();
    copies.dedup();
    assert_eq!(copies.len(), stores.len());
    for copy in copies {
        let again = Store::open(&Database::Sqlite(copy), StoreOptions::default()).await.unwrap();
        assert_eq!(log(&again, ALL, None).len(), 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_goes_to_the_directory_for_it() {
    let place = Place::new().await;
    let rescue = place.0.path().join("rescue");
    let options = StoreOptions { rescue_directory: Some(rescue.clone()), ..StoreOptions::default() };
    let store = Store::open(&place.database(), options).await.unwrap();
    fs::remove_file(place.file()).unwrap();
    let refused = store.add_tenant(tenant(1), "key".into()).await;
    assert!(matches!(refused, Err(StoreError::FileGone)));
    // The directory is missing: the store goes on and tries again.
    assert!(!store.readiness().await.queries.works());
    drop(store);

    fs::create_dir(&rescue).unwrap();
    let options = StoreOptions { rescue_directory: Some(rescue.clone()), ..StoreOptions::default() };
    let place = Place::new().await;
    let store = Store::open(&place.database(), options).await.unwrap();
    fs::remove_file(place.file()).unwrap();
    assert_eq!(store.rescued().await.parent(), Some(&*rescue));
}

/// Returns the copies in a directory.
fn copies(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.to_str().unwrap().contains(".rescued-")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_is_closed_finishes_the_copy_before() {
    for is_running in [false, true] {
        let (store, _place, file, _) = with_backup().await;
        fs::remove_file(&file).unwrap();
        if is_running {
            soon(|| !copies(file.parent().unwrap()).is_empty()).await;
        }
        assert!(matches!(store.close().await, Err(StoreError::FileGone)));
        let copy = tokio::time::timeout(std::time::Duration::ZERO, store.rescued()).await.unwrap().to_owned();
        assert_eq!(copies(file.parent().unwrap()).len(), 1, "running: {is_running}");
        let again = Store::open(&Database::Sqlite(copy), StoreOptions::default()).await.unwrap();
        assert_eq!(log(&again, ALL, None).len(), 2);
    }
}
