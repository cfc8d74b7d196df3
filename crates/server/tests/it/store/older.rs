//! A database that an older version wrote is read whole, whatever the contract allows today, and repaired where its
//! events were stored newest first.

use std::collections::BTreeMap;

use group_dispatch_server::{
    ApiKey,
    store::{Admin, AgentFilter, Database, OpenError, TenantOrder},
};
use group_dispatch_types::{AccountStatus, Source, UserId, UtcOffset};

use super::{fixture::*, place::Place};

/// The file of a server for contract 1.0.0.
const CONTRACT_1_0_0: &str = include_str!("older/contract-1.0.0.sql");

/// The file in a folder of its own, with events more.
fn of_contract_1(more: &str) -> Place {
    let directory = tempfile::tempdir().unwrap();
    let file = rusqlite::Connection::open(directory.path().join("store.db")).unwrap();
    file.execute_batch(CONTRACT_1_0_0).unwrap();
    file.execute_batch(more).unwrap();
    file.close().unwrap();
    Place(directory)
}

#[tokio::test]
async fn a_database_of_contract_1_is_read_whole() {
    let place = of_contract_1("");
    let store = place.open(UtcOffset::VENDOR).await;
    let tenant = tenant(500_766);

    let online = store.online_agents(tenant, Source::Pc, &AgentFilter::default());
    let ids: Vec<u64> = online.iter().map(|agent| agent.user_id.get()).collect();
    assert_eq!(ids, [12, 999_999_999_999_999_999], "an id above the limit of contract 2.0.0 is still read");
    assert!(!UserId::new(999_999_999_999_999_999).unwrap().is_within_contract());

    let log = store.status_log(tenant, Source::Mobile, &AgentFilter::default(), None);
    let statuses: Vec<_> = log[0].whats_app_list.iter().map(|record| record.status).collect();
    assert_eq!(statuses, [AccountStatus::Banned, AccountStatus::Online]);

    let cloud = store.locate(tenant, account(8_618_217_331_412), &[Source::Cloud]).unwrap();
    assert_eq!(cloud.user_id.0.get(), 12);
    let unlisted = store.status_log(tenant, Source::from(7), &AgentFilter::default(), None);
    assert_eq!(unlisted[0].whats_app_list[0].detail_status.code(), 99);
}

/// What a log of the vendor's says, imported as it was: at 11:02 account 100 went, and 200 came back.
const FED_NEWEST_FIRST: &str = "
    INSERT INTO status_event VALUES
        (7,1,1720436580000,2,34,100,10,13,NULL,'br03',NULL,'a',''),
        (8,1,1720436520000,2,34,200,10,13,NULL,'br03',NULL,'b',''),
        (9,1,1720436520000,2,34,200,30,37,NULL,'br03',NULL,'b',''),
        (10,1,1720436520000,2,34,300,30,37,NULL,'br03',NULL,'c',''),
        (11,1,1720436520000,2,34,300,10,13,NULL,'br03',NULL,'c',''),
        (12,1,1720436460000,2,34,200,10,13,NULL,'br03',NULL,'b','');
    UPDATE log SET last_seq = 12;
    UPDATE tenant SET events = 12";

#[tokio::test]
async fn a_database_of_contract_1_that_was_fed_newest_first_is_repaired() {
    let place = of_contract_1(FED_NEWEST_FIRST);
    let found = TenantOrder {
        tenant: tenant(500_766),
        newest_first: 1,
        events: 4,
        accounts: 2,
        undecided: 0,
        has_all_events: true,
    };
    let before = std::fs::read(place.file()).unwrap();
    assert_eq!(place.inspect_order().await, [found]);
    assert!(std::fs::read(place.file()).unwrap() == before, "to look changes nothing");

    let online = async || {
        let store = place.open(UtcOffset::VENDOR).await;
        let agents = store.online_agents(tenant(500_766), Source::Mobile, &of_user(34));
        let accounts = agents.iter().flat_map(|agent| &agent.whats_app_list);
        let accounts: Vec<u64> = accounts.map(|account| account.whats_app.get()).collect();
        store.close().await.unwrap();
        accounts
    };
    assert_eq!(online().await, [100, 300], "as the events were stored");
    assert_eq!(place.repair_order(None).await.unwrap(), [found]);
    assert_eq!(online().await, [100, 200], "as they happened");
    assert_eq!(place.repair_order(None).await.unwrap(), []);
}

/// A server may use the file meanwhile, or may have left it without closing it.
#[tokio::test]
async fn inspecting_a_file_does_not_change_it() {
    let files = |place: &Place| {
        let files = std::fs::read_dir(place.0.path()).unwrap().map(|entry| entry.unwrap().path());
        // The index of the write-ahead log shows the current readers.
        let files = files.filter(|path| !path.to_str().unwrap().ends_with("-shm"));
        files.map(|path| (path.clone(), std::fs::read(path).unwrap())).collect::<BTreeMap<_, _>>()
    };
    let place = of_contract_1(FED_NEWEST_FIRST);
    let unchanged = files(&place);
    place.inspect_order().await;
    assert!(files(&place) == unchanged, "a version that is older");
    let store = place.open(UtcOffset::VENDOR).await;
    store.add_tenant(tenant(2), ApiKey::new("key")).await.unwrap();
    let in_use = files(&place);
    assert_eq!(in_use.len(), 2, "the file and its write-ahead log");
    place.inspect_order().await;
    assert!(files(&place) == in_use, "a server uses it");
    let copy = Place::new().await;
    for path in in_use.keys() {
        std::fs::copy(path, copy.0.path().join(path.file_name().unwrap())).unwrap();
    }
    let left = files(&copy);
    assert_eq!(left.len(), 2);
    copy.inspect_order().await;
    assert!(files(&copy) == left, "it was left with a write-ahead log");
    store.close().await.unwrap();
    let closed = files(&place);
    assert_eq!(closed.len(), 1);
    place.inspect_order().await;
    assert!(files(&place) == closed, "nobody uses it");
}

#[tokio::test]
async fn a_file_that_is_no_store_can_t_be_inspected() {
    let directory = tempfile::tempdir().unwrap();
    let database = |name| Database::Sqlite(directory.path().join(name));
    let other = database("other.db");
    let path = directory.path().join("other.db");
    rusqlite::Connection::open(&path).unwrap().execute_batch("CREATE TABLE tenant (id INTEGER)").unwrap();
    assert!(matches!(other.inspect_order().await, Err(OpenError::Foreign)));
    assert!(matches!(other.repair_order(None).await, Err(OpenError::Foreign)));
    assert!(database("missing.db").inspect_order().await.is_err());
    assert!(database("missing.db").repair_order(None).await.is_err());
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1, "nothing is made");
    let newer = database("newer.db");
    Admin::open_or_create(&newer).await.unwrap().close().await.unwrap();
    let path = directory.path().join("newer.db");
    rusqlite::Connection::open(&path).unwrap().pragma_update(None, "user_version", 1_000).unwrap();
    assert!(matches!(newer.inspect_order().await, Err(OpenError::Newer)));
    assert!(matches!(newer.repair_order(None).await, Err(OpenError::Newer)));
}
