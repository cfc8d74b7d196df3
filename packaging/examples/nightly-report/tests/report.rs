//! The report of a day, from a server of this machine.

use std::{
    fs,
    future::pending,
    path::Path,
    process::{Command, Output},
};

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
    let (client, folder, _url) = serve_at(events).await;
    (client, folder)
}

/// As [`serve`], and returns the address too.
async fn serve_at(events: Vec<StatusEvent>) -> (Client, TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::Sqlite(folder.path().join("store.db"));
    let store = Store::open(&database, StoreOptions::default()).await.unwrap();
    let credentials = Credentials::new(1, "key");
    store.add_tenant(credentials.tenant_id(), credentials.api_key().clone()).await.unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(group_dispatch_server::serve(listener, store, Config::default(), pending()));
    let client = Client::builder().base_url(&url).credentials(credentials).build().unwrap();
    client.feed(events).await.unwrap();
    (client, folder, url)
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
    report.write(folder.path()).unwrap();
    let path = report.path(folder.path());
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

#[tokio::test(flavor = "multi_thread")]
async fn text_that_spreadsheets_run_as_a_formula_gets_an_apostrophe() {
    let names = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "＝1", "＋1", "－1", "＠x", " =1", "'x", "Jack = J"];
    let named = names.iter().zip(10..).map(|(name, minute)| StatusEvent {
        agent_account: "=ana".to_owned(),
        name: Some((*name).to_owned()),
        ..event("ana", Source::Pc, "8618217331411", 12, &format!("2024-07-08T15:{minute}:00Z"))
    });
    let (client, folder) = serve(named.collect()).await;
    let report = collect(&client, DAY, &zone()).await.unwrap();
    report.write(folder.path()).unwrap();

    let mut reader = csv::Reader::from_path(report.path(folder.path())).unwrap();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let (plain, formulas) = rows.split_last().unwrap();
    assert_eq!((&plain[4], &plain[5]), ("8618217331411", "Jack = J"));
    for (row, name) in formulas.iter().zip(names) {
        assert_eq!((&row[3], &row[5]), ("'=ana", format!("'{name}").as_str()));
    }
    assert_eq!(rows.len(), names.len());
}

/// Runs the program for a day in UTC.
fn run(url: &str, folder: &Path, day: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_nightly-report"))
        .args(["UTC".as_ref(), folder.as_os_str(), day.as_ref()])
        .envs([("GROUP_DISPATCH_URL", url), ("GROUP_DISPATCH_TENANT_ID", "1"), ("GROUP_DISPATCH_API_KEY", "key")])
        .output()
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_incomplete_report_does_not_replace_a_file() {
    let minute = |minute| event("ana", Source::Pc, "8618217331411", 12, &format!("2024-07-08T15:{minute:02}:00Z"));
    let (client, folder, url) = serve_at(vec![minute(0)]).await;
    let file = folder.path().join("status-events-2024-07-08.csv");
    assert_eq!(run(&url, folder.path(), "2024-07-08").status.code(), Some(0));
    let complete = fs::read_to_string(&file).unwrap();

    client.feed((1..=50).map(minute).collect::<Vec<_>>()).await.unwrap();
    let later = run(&url, folder.path(), "2024-07-08");
    assert_eq!(fs::read_to_string(&file).unwrap(), complete);
    assert_eq!(later.status.code(), Some(3));
    let message = String::from_utf8(later.stderr).unwrap();
    assert!(message.contains("status-events-2024-07-08.csv exists and is kept"), "{message}");

    fs::remove_file(&file).unwrap();
    assert_eq!(run(&url, folder.path(), "2024-07-08").status.code(), Some(3));
    assert_eq!(
        fs::read_to_string(&file).unwrap().lines().count(),
        51,
        "without a file, 50 events are better than none"
    );
}

#[test]
fn a_day_that_is_not_over_is_rejected() {
    let output = run("http://127.0.0.1:9", Path::new("."), "9999-01-01");
    assert_eq!(output.status.code(), Some(1));
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(message.contains("9999-01-01 is not over"), "{message}");
}
