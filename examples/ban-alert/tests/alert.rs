//! Each ban is alerted once, also after failures and restarts.

use std::path::Path;

use ban_alert::{Alerted, BanAlert};
use group_dispatch_client::{
    Client, Credentials, Source, reqwest,
    types::{AccountStatus, AgentStatusLog, StatusDetail, StatusRecord},
};
use group_dispatch_httpmock::{MockResponse, QueryUserStatusLog, RespondExt, httpmock::prelude::*};

/// Returns the program over a service with these logs, and a webhook at this address.
fn program(service: &MockServer, logs: Vec<Vec<StatusRecord>>, webhook: String, file: &Path) -> BanAlert {
    let logs = logs.into_iter().map(|whats_app_list| {
        let log = AgentStatusLog { user_id: 12.into(), agent_account: "ana".to_owned(), whats_app_list };
        MockResponse::ok([log])
    });
    service.respond_to(QueryUserStatusLog, logs.collect::<Vec<_>>());
    let client = Client::builder().base_url(service.base_url()).credentials(Credentials::new(1, "key"));
    BanAlert {
        client: client.build().unwrap(),
        sources: vec![Source::Mobile],
        http: reqwest::Client::builder().no_proxy().build().unwrap(),
        webhook,
        alerted: Alerted::open(file).unwrap(),
    }
}

fn record(number: &str, detail_status: StatusDetail, time: &str) -> StatusRecord {
    StatusRecord {
        whats_app: number.parse().unwrap(),
        name: None,
        source: Source::Mobile,
        country_code: "Colombia".to_owned(),
        status: AccountStatus::Disconnected,
        detail_status,
        create_time: time.parse().unwrap(),
    }
}

fn logs() -> (Vec<StatusRecord>, Vec<StatusRecord>) {
    let before = vec![record("573125704138", StatusDetail::MobileBanned, "2024-07-08 09:00:00")];
    let now = [
        record("573125704139", StatusDetail::MobileBanned, "2024-07-08 19:25:31"),
        record("573125704139", StatusDetail::MobileOnline, "2024-07-08 19:20:00"),
    ];
    let after = now.into_iter().chain(before.clone()).collect();
    (before, after)
}

#[tokio::test]
async fn a_new_ban_is_alerted_once_also_after_a_restart() {
    let (service, receiver, folder) = (MockServer::start(), MockServer::start(), tempfile::tempdir().unwrap());
    let text = "Banned on mobile: WhatsApp account 573125704139 of agent ana (2024-07-08 19:25:31, UTC+8)";
    let hook = receiver.mock(|when, then| {
        when.method(POST).path("/hook").json_body(serde_json::json!({ "text": text }));
        then.status(204);
    });
    let file = folder.path().join("alerted.txt");
    let (before, after) = logs();
    let mut program = program(&service, vec![before, after.clone()], receiver.url("/hook"), &file);
    assert_eq!(program.check().await.unwrap(), 0, "the first run alerts no old bans");
    assert_eq!(program.check().await.unwrap(), 1);
    assert_eq!(program.check().await.unwrap(), 0, "the ban is still in the log");
    program.alerted = Alerted::open(&file).unwrap();
    assert_eq!(program.check().await.unwrap(), 0, "the restarted program knows the ban");
    hook.assert_calls(1);
}

#[tokio::test]
async fn an_alert_that_the_webhook_does_not_take_is_sent_again() {
    let (service, receiver, folder) = (MockServer::start(), MockServer::start(), tempfile::tempdir().unwrap());
    let (before, after) = logs();
    let file = folder.path().join("alerted.txt");
    let mut program = program(&service, vec![before, after], receiver.url("/hook"), &file);
    assert_eq!(program.check().await.unwrap(), 0);

    let mut failing = receiver.mock(|when, then| {
        when.method(POST);
        then.status(503);
    });
    let error = program.check().await.unwrap_err();
    assert_eq!(error.to_string(), "the webhook rejects the alert");
    failing.delete();
    let hook = receiver.mock(|when, then| {
        when.method(POST);
        then.status(200);
    });
    assert_eq!(program.check().await.unwrap(), 1);
    hook.assert_calls(1);
}

#[test]
fn a_cut_line_of_the_file_does_not_hide_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("alerted.txt");
    std::fs::write(&file, "a\n# begun\nb").unwrap();
    let mut alerted = Alerted::open(&file).unwrap();
    assert!(alerted.contains("a") && !alerted.contains("b") && !alerted.is_first_run());
    alerted.add("c".to_owned()).unwrap();
    assert!(Alerted::open(&file).unwrap().contains("c"));
}
