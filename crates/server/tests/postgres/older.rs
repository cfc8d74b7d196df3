//! A database that an older version wrote is read whole, whatever the contract allows today.

use std::sync::Arc;

use group_dispatch_client::Client;
use group_dispatch_server::{Credentials, Settings, store::EventLog as _};
use group_dispatch_types::{AccountStatus, Source, StatusDetail, UserId, UtcOffset, WhatsAppNumber};

use crate::{common::start_over, events::*, server::Database};

/// The database of a server for contract 1.0.0.
const CONTRACT_1_0_0: &str = include_str!("older/contract-1.0.0.sql");
/// An agent id that contract 1.0.0 allowed and 2.0.0 does not.
const LARGE_ID: u64 = 999_999_999_999_999_999;

#[tokio::test]
async fn a_database_of_contract_1_is_read_whole() {
    let Some(database) = Database::new().await else { return };
    database.raw().await.batch_execute(CONTRACT_1_0_0).await.unwrap();
    let log = database.log().await;
    let server = start_over(Arc::new(log), UtcOffset::VENDOR, Settings::default()).await;
    let credentials = Credentials::new(500_766, "demo-api-key");
    let client = Client::builder().base_url(&server.url).credentials(credentials).build().unwrap();

    let online = client.online_agents(Source::Pc).await.unwrap();
    let ids: Vec<u64> = online.iter().map(|agent| agent.user_id.get()).collect();
    assert_eq!(ids, [12, LARGE_ID], "an id above the limit of contract 2.0.0 is still answered");
    assert!(!UserId::new(LARGE_ID).unwrap().is_within_contract());
    let found = client.online_agents(Source::Pc).user_id(UserId::new(LARGE_ID).unwrap()).await.unwrap();
    assert_eq!(found[0].whats_app_list[0].whats_app.get(), 999_999_999_999_999);

    let log = client.status_log(Source::Mobile).await.unwrap();
    let statuses: Vec<_> = log[0].whats_app_list.iter().map(|record| record.status).collect();
    assert_eq!(statuses, [AccountStatus::Banned, AccountStatus::Online]);
    let account = WhatsAppNumber::new(8_618_217_331_412).unwrap();
    let cloud = client.account_location(account).source(Source::Cloud).await.unwrap().unwrap();
    assert_eq!(cloud.user_id.0.get(), 12);
}

/// Repeats are recognized by keys that the older version wrote.
#[tokio::test]
async fn events_of_contract_1_are_repeats_when_they_come_again() {
    let Some(database) = Database::new().await else { return };
    database.raw().await.batch_execute(CONTRACT_1_0_0).await.unwrap();
    let log = database.log().await;
    let mut reader = Reader::default();
    reader.read(&log).await;
    let stored: Vec<_> = reader.events.into_iter().map(|logged| logged.event).collect();
    let large: Vec<_> = stored.iter().filter(|event| event.user_id.get() == LARGE_ID).collect();
    assert_eq!((stored.len(), large.len()), (6, 1));
    assert_eq!((large[0].detail_status, large[0].at), (StatusDetail::PcQrLogin, 1_720_437_960_000));
    let unlisted = stored.iter().find(|event| event.source.code() == 7).unwrap();
    assert_eq!((unlisted.status.code(), unlisted.detail_status.code()), (77, 99));
    let again = log.append(tenant(500_766), stored).await.unwrap();
    assert_eq!((again.stored.len(), again.repeated), (0, 6));
}
