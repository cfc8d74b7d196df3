//! Each ban is alerted once, also after failures and restarts.

use std::{fs, path::Path, time::Duration};

use ban_alert::{Alerted, BanAlert};
use group_dispatch_client::{
    Client, Credentials, Source, reqwest,
    types::{AccountStatus, AgentStatusLog, BusinessCode, StatusDetail, StatusRecord},
};
use group_dispatch_httpmock::{
    MockResponse, QueryUserStatusLog, RespondExt,
    httpmock::{Mock, prelude::*},
};
use tokio::time::{Instant, advance};

type Response = MockResponse<QueryUserStatusLog>;

/// Returns the program with a service that gives these responses, and a webhook at this address.
fn program(service: &MockServer, responses: Vec<Response>, webhook: String, file: &Path) -> BanAlert {
    service.respond_to(QueryUserStatusLog, responses);
    let client = Client::builder().base_url(service.base_url()).credentials(Credentials::new(1, "key"));
    BanAlert {
        client: client.build().unwrap(),
        sources: vec![Source::Mobile],
        http: reqwest::Client::builder().no_proxy().build().unwrap(),
        webhook,
        alerted: Alerted::open(file).unwrap(),
        waiting: Vec::new(),
    }
}

fn log(whats_app_list: Vec<StatusRecord>) -> Response {
    MockResponse::ok([AgentStatusLog { user_id: 12.into(), agent_account: "ana".to_owned(), whats_app_list }])
}

/// A webhook that takes the alerts in which this text is, or rejects them.
fn webhook<'a>(receiver: &'a MockServer, text: &str, status: u16) -> Mock<'a> {
    receiver.mock(|when, then| {
        when.method(POST).body_includes(text);
        then.status(status);
    })
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
    let mut program = program(&service, vec![log(before), log(after)], receiver.url("/hook"), &file);
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
    let mut program = program(&service, vec![log(before), log(after)], receiver.url("/hook"), &file);
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

const FIRST: &str = "573125704138";
const SECOND: &str = "573125704139";

fn ban(number: &str) -> StatusRecord {
    record(number, StatusDetail::MobileBanned, "2024-07-08 19:25:31")
}

fn online(number: &str) -> StatusRecord {
    record(number, StatusDetail::MobileOnline, "2024-07-08 19:30:00")
}

#[tokio::test]
async fn a_rejected_alert_does_not_block_the_others() {
    let (service, receiver, folder) = (MockServer::start(), MockServer::start(), tempfile::tempdir().unwrap());
    let responses = vec![log(vec![]), log(vec![ban(SECOND), ban(FIRST)])];
    let mut program = program(&service, responses, receiver.url("/hook"), &folder.path().join("alerted.txt"));
    program.check().await.unwrap();

    let mut failing = webhook(&receiver, SECOND, 503);
    let hook = webhook(&receiver, "", 204);
    program.check().await.unwrap_err();
    hook.assert_calls(1);
    failing.delete();
    assert_eq!(program.check().await.unwrap(), 1);
    assert_eq!(program.check().await.unwrap(), 0);
    hook.assert_calls(2);
}

#[tokio::test]
async fn a_rejected_alert_is_sent_again_when_its_ban_is_no_longer_in_the_log() {
    let (service, receiver, folder) = (MockServer::start(), MockServer::start(), tempfile::tempdir().unwrap());
    let responses = vec![log(vec![]), log(vec![ban(FIRST)]), log(vec![online(SECOND)])];
    let mut program = program(&service, responses, receiver.url("/hook"), &folder.path().join("alerted.txt"));
    program.check().await.unwrap();

    let mut failing = webhook(&receiver, "", 503);
    program.check().await.unwrap_err();
    failing.delete();
    let hook = webhook(&receiver, FIRST, 204);
    assert_eq!(program.check().await.unwrap(), 1);
    assert_eq!(program.check().await.unwrap(), 0);
    hook.assert_calls(1);
}

#[tokio::test]
async fn a_refused_source_does_not_block_the_others() {
    let (service, receiver, folder) = (MockServer::start(), MockServer::start(), tempfile::tempdir().unwrap());
    let refused = || MockResponse::business(BusinessCode::TokenWrong);
    // In each check, the first response is for PC and the second for mobile.
    let responses = vec![
        refused(),
        log(vec![]),
        refused(),
        log(vec![ban(FIRST)]),
        log(vec![ban(SECOND)]),
        log(vec![ban(FIRST)]),
        refused(),
        log(vec![ban(FIRST)]),
        log(vec![ban(SECOND)]),
    ];
    let mut program = program(&service, responses, receiver.url("/hook"), &folder.path().join("alerted.txt"));
    program.sources = vec![Source::Pc, Source::Mobile];
    let hook = webhook(&receiver, FIRST, 204);
    program.check().await.unwrap_err();
    program.check().await.unwrap_err();
    hook.assert_calls(1);
    assert_eq!(program.check().await.unwrap(), 0, "the first log of a source has old bans only");
    program.check().await.unwrap_err();
    program.sources = vec![Source::Pc];
    assert_eq!(program.check().await.unwrap(), 0, "the bans of a refused source are remembered");
}

#[tokio::test]
async fn a_ban_that_is_no_longer_in_the_log_is_forgotten() {
    let (service, receiver, folder) = (MockServer::start(), MockServer::start(), tempfile::tempdir().unwrap());
    let file = folder.path().join("alerted.txt");
    let responses = vec![log(vec![ban(FIRST)]), log(vec![ban(SECOND)]), log(vec![online(SECOND)])];
    let mut program = program(&service, responses, receiver.url("/hook"), &file);
    webhook(&receiver, SECOND, 204);
    let mut noted = Vec::new();
    for _ in 0..3 {
        program.check().await.unwrap();
        let text = fs::read_to_string(&file).unwrap();
        noted.push([FIRST, SECOND].map(|number| text.contains(number)));
    }
    assert_eq!(noted, [[true, false], [false, true], [false, false]]);
}

#[tokio::test(start_paused = true)]
async fn a_long_check_is_not_followed_by_several_at_once() {
    let mut checks = ban_alert::checks();
    checks.tick().await;
    advance(Duration::from_secs(150)).await;
    checks.tick().await;
    let late = Instant::now();
    checks.tick().await;
    assert_eq!(late.elapsed(), Duration::from_secs(60));
}
