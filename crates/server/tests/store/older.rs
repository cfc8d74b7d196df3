//! A database that an older version wrote is read whole, whatever the contract allows today.

use group_dispatch_server::store::AgentFilter;
use group_dispatch_types::{AccountStatus, Source, UserId, UtcOffset};

use crate::{fixture::*, place::Place};

/// The file of a server for contract 1.0.0.
const CONTRACT_1_0_0: &str = include_str!("older/contract-1.0.0.sql");

#[tokio::test]
async fn a_database_of_contract_1_is_read_whole() {
    let directory = tempfile::tempdir().unwrap();
    let file = rusqlite::Connection::open(directory.path().join("store.db")).unwrap();
    file.execute_batch(CONTRACT_1_0_0).unwrap();
    file.close().unwrap();
    let store = Place(directory).open(UtcOffset::VENDOR).await;
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
