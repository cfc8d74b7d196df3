//! The SQLite file is missing or empty at the start: nothing is created where that would destroy or hide events.

use std::fs;

use group_dispatch_server::store::{Admin, OpenError, Store, StoreOptions};
use group_dispatch_types::UtcOffset;

use super::{file_gone::beside, fixture::*, place::Place};

#[tokio::test]
async fn a_file_is_created_only_on_request() {
    let place = Place::new().await;
    let open = async |create| {
        let options = StoreOptions { create, ..StoreOptions::default() };
        Store::open(&place.database(), options).await.map(drop)
    };
    assert!(matches!(open(false).await, Err(OpenError::NoFile)));
    fs::write(place.file(), "").unwrap();
    assert!(matches!(open(false).await, Err(OpenError::NoFile)), "an empty file");
    open(true).await.unwrap();
    open(false).await.unwrap();
}

#[tokio::test]
async fn a_write_ahead_log_without_its_file_is_not_destroyed() {
    let place = Place::new().await;
    let store = place.open(UtcOffset::VENDOR).await;
    store.add_tenant(tenant(1), "key".into()).await.unwrap();
    let log = fs::read(beside(&place.file(), "-wal")).unwrap();
    assert!(!log.is_empty());
    for file in [None, Some("")] {
        let other = Place::new().await;
        fs::write(beside(&other.file(), "-wal"), &log).unwrap();
        if let Some(content) = file {
            fs::write(other.file(), content).unwrap();
        }
        let open = Store::open(&other.database(), StoreOptions::default()).await.map(drop);
        assert!(matches!(open, Err(OpenError::OrphanedLog)), "{open:?}");
        assert_eq!(fs::read(beside(&other.file(), "-wal")).unwrap(), log);
    }
}

/// SQLite names the write-ahead log after the file that a link points to.
#[cfg(unix)]
#[tokio::test]
async fn a_write_ahead_log_behind_a_link_is_not_destroyed() {
    let place = Place::new().await;
    let store = place.open(UtcOffset::VENDOR).await;
    store.add_tenant(tenant(1), "key".into()).await.unwrap();
    let log = fs::read(beside(&place.file(), "-wal")).unwrap();
    for file in [None, Some("")] {
        let other = Place::new().await;
        let directory = other.0.path().join("data");
        fs::create_dir(&directory).unwrap();
        let target = directory.join("target.db");
        std::os::unix::fs::symlink("data/link.db", other.file()).unwrap();
        std::os::unix::fs::symlink(&target, directory.join("link.db")).unwrap();
        if let Some(content) = file {
            fs::write(&target, content).unwrap();
        }
        fs::write(beside(&target, "-wal"), &log).unwrap();
        let open = Store::open(&other.database(), StoreOptions::default()).await.map(drop);
        assert!(matches!(open, Err(OpenError::OrphanedLog)), "{open:?}");
        assert_eq!(fs::read(beside(&target, "-wal")).unwrap(), log);
        fs::remove_file(beside(&target, "-wal")).unwrap();
        other.open(UtcOffset::VENDOR).await.close().await.unwrap();
        assert!(fs::metadata(&target).unwrap().len() > 0, "the file behind the links is created");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_not_created_where_a_copy_of_it_waits() {
    let place = Place::new().await;
    let rescue = place.0.path().join("rescue");
    fs::create_dir(&rescue).unwrap();
    for directory in [None, Some(&rescue)] {
        let options = StoreOptions { rescue_directory: directory.cloned(), ..StoreOptions::default() };
        let store = Store::open(&place.database(), options.clone()).await.unwrap();
        fs::remove_file(place.file()).unwrap();
        let copy = store.rescued().await.to_owned();
        store.close().await.unwrap_err();
        for file in [None, Some("")] {
            if let Some(content) = file {
                fs::write(place.file(), content).unwrap();
            }
            let refused = Store::open(&place.database(), options.clone()).await.map(drop).unwrap_err().to_string();
            assert!(refused.contains(copy.to_str().unwrap()), "{refused}");
        }
        if directory.is_none() {
            let refused = Admin::open_or_create(&place.database()).await.map(drop).unwrap_err().to_string();
            assert!(refused.contains(copy.to_str().unwrap()), "{refused}");
        }
        fs::rename(copy, place.file()).unwrap();
        Store::open(&place.database(), options).await.unwrap().close().await.unwrap();
    }
}
