//! A database of an older version is read completely, whatever the contract allows today.

use group_dispatch_client::Client;
use group_dispatch_server::{Config, Credentials, store};
use group_dispatch_types::{AccountStatus, Source, UserId, UtcOffset, WhatsAppNumber};

use crate::{common::start_over, postgres::server::Database};

/// The database of a server for contract 1.0.0.
const CONTRACT_1_0_0: &str = include_str!("older/contract-1.0.0.sql");
/// An agent id that contract 1.0.0 allowed and 2.0.0 does not.
const LARGE_ID: u64 = 999_999_999_999_999_999;

#[tokio::test]
async fn a_database_of_contract_1_is_read_whole() {
    let Some(database) = Database::new().await else { return };
    database.raw().await.batch_execute(CONTRACT_1_0_0).await.unwrap();
    let database = store::Database::Postgres(database.url);
    let server = start_over(&database, UtcOffset::VENDOR, Config::default()).await;
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
