//! A database that an older version wrote: its keys recognize repeats, and a newest-first order is repaired.

use group_dispatch_types::StatusDetail;

use crate::event_log::{
    EventLog as _,
    feed_order::TenantOrder,
    postgres::PostgresLog,
    tests::{fixture::*, server::Database},
};

/// The database of a server for contract 1.0.0.
const CONTRACT_1_0_0: &str = include_str!("../../../../tests/it/postgres/older/contract-1.0.0.sql");

/// An agent id that contract 1.0.0 allowed and 2.0.0 does not.
const LARGE_ID: u64 = 999_999_999_999_999_999;

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

/// What a log of the vendor says, imported as it was: at 11:02 account 100 went, and 200 came back.
const FED_NEWEST_FIRST: &str = "
    INSERT INTO group_dispatch.status_event VALUES
        (1720436580000,1537,735,1,34,100,2,10,13,'br03','',NULL,NULL,'a',gen_random_uuid()),
        (1720436520000,1538,735,1,34,200,2,10,13,'br03','',NULL,NULL,'b',gen_random_uuid()),
        (1720436520000,1539,735,1,34,200,2,30,37,'br03','',NULL,NULL,'b',gen_random_uuid()),
        (1720436520000,1540,735,1,34,300,2,30,37,'br03','',NULL,NULL,'c',gen_random_uuid()),
        (1720436520000,1541,735,1,34,300,2,10,13,'br03','',NULL,NULL,'c',gen_random_uuid()),
        (1720436460000,1542,735,1,34,200,2,10,13,'br03','',NULL,NULL,'b',gen_random_uuid());
    UPDATE group_dispatch.tally SET events = 12;
    SELECT setval('group_dispatch.event_seq', 1537)";

#[tokio::test]
async fn a_database_of_contract_1_that_was_fed_newest_first_is_repaired() {
    let Some(database) = Database::new().await else { return };
    let raw = database.raw().await;
    raw.batch_execute(CONTRACT_1_0_0).await.unwrap();
    raw.batch_execute(FED_NEWEST_FIRST).await.unwrap();
    let found = TenantOrder {
        tenant: tenant(500_766),
        newest_first: 1,
        events: 4,
        accounts: 2,
        undecided: 0,
        has_all_events: true,
    };
    assert_eq!(PostgresLog::inspect_order(&database.url).await.unwrap(), [found]);
    let versions = raw.query("SELECT version FROM migration", &[]).await.unwrap();
    assert_eq!(versions.len(), 1, "to look changes nothing");
    assert_eq!(PostgresLog::repair_order(&database.url, None).await.unwrap(), [found]);

    let log = database.log().await;
    let mut reader = Reader::default();
    reader.read(&log).await;
    let mut tie: Vec<_> = reader.events.iter().filter(|logged| logged.event.at == 1_720_436_520_000).collect();
    tie.sort_by_key(|logged| logged.seq);
    let tie: Vec<_> =
        tie.iter().map(|crate::event::LoggedEvent { event, .. }| (event.whatsapp.get(), event.status.code())).collect();
    assert_eq!(tie, [(300, 10), (300, 30), (200, 30), (200, 10)], "as the events happened");
    assert_eq!(reader.events.len(), 12);
    log.close().await.unwrap();
}
