//! The report of a day, from a server of this machine.

use std::{fs, future::pending};

use group_dispatch_client::{
    Client, Credentials, Source,
    types::ingest::{EventTime, StatusEvent},
};
use group_dispatch_server::{
    Config,
    store::{Database, Store, StoreOptions},
};
use jiff::{
    Timestamp, civil,
    tz::{TimeZone, offset},
};
use nightly_report::collect;
use tempfile::TempDir;
use tokio::net::TcpListener;

const DAY: civil::Date = civil::date(2024, 7, 8);

/// Starts a server with these events. Its database is in the folder.
async fn serve(events: Vec<StatusEvent>) -> (Client, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::Sqlite(folder.path().join("store.db"));
    let store = Store::open(&database, StoreOptions::default()).await.unwrap();
    let credentials = Credentials::new(1, "key");
    store.add_tenant(credentials.tenant_id(), credentials.api_key().clone()).await.unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(group_dispatch_server::serve(listener, store, Config::default(), pending()));
    let client = Client::builder().base_url(url).credentials(credentials).build().unwrap();
    client.feed(events).await.unwrap();
    (client, folder)
}

/// Returns an event at this time in UTC.
fn event(agent: &str, source: Source, number: &str, detail: i32, time: &str) -> StatusEvent {
    let time: Timestamp = time.parse().unwrap();
    StatusEvent {
        event_id: None,
        user_id: if agent == "ana" { 12 } else { 13 }.into(),
        agent_account: agent.to_owned(),
        user_name: None,
        whats_app: number.parse().unwrap(),
        name: (agent == "ana").then(|| "Jack, \"J\"".to_owned()),
        status: None,
        source,
        country_code: None,
        detail_status: detail.into(),
        create_time: EventTime::Instant(time.as_millisecond()),
    }
}

/// UTC-5, as in Bogota.
fn zone() -> TimeZone {
    TimeZone::fixed(offset(-5))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_events_of_the_day_are_written_oldest_first() {
    let (ana, ben) = ("8618217331411", "573125704139");
    let (client, folder) = serve(vec![
        event("ana", Source::Pc, ana, 12, "2024-07-08T04:59:59Z"),
        event("ana", Source::Pc, ana, 21, "2024-07-08T05:00:00Z"),
        event("ben", Source::Mobile, ben, 13, "2024-07-08T12:00:00Z"),
        event("ana", Source::Pc, ana, 12, "2024-07-08T17:30:00Z"),
        event("ben", Source::Mobile, ben, 42, "2024-07-09T04:59:59Z"),
        event("ana", Source::Pc, ana, 32, "2024-07-09T05:00:00Z"),
    ])
    .await;
    let report = collect(&client, DAY, &zone()).await.unwrap();
    assert!(report.incomplete.is_empty());
    let path = report.write(folder.path()).unwrap();
    assert_eq!(path, folder.path().join("status-events-2024-07-08.csv"));
    let expected = "time,source,userId,agentAccount,whatsApp,name,status,event\n\
        2024-07-08 00:00:00-05:00,pc,12,ana,8618217331411,\"Jack, \"\"J\"\"\",disconnected,Disconnected on PC\n\
        2024-07-08 07:00:00-05:00,mobile,13,ben,573125704139,,online,Came online on mobile\n\
        2024-07-08 12:30:00-05:00,pc,12,ana,8618217331411,\"Jack, \"\"J\"\"\",online,Came online on PC\n\
        2024-07-08 23:59:59-05:00,mobile,13,ben,573125704139,,banned,Banned on mobile\n";
    assert_eq!(fs::read_to_string(&path).unwrap(), expected);
    report.write(folder.path()).unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), expected, "a second run replaces the file");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_with_more_events_than_the_service_returns_is_named() {
    let events =
        (0..51).map(|minute| event("ana", Source::Pc, "8618217331411", 12, &format!("2024-07-08T15:{minute:02}:00Z")));
    let few = event("ben", Source::Mobile, "573125704139", 13, "2024-07-08T15:00:00Z");
    let (client, _folder) = serve(events.chain([few]).collect()).await;
    let report = collect(&client, DAY, &zone()).await.unwrap();
    assert_eq!(report.incomplete, ["ana at pc"]);
}
