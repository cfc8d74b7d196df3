//! The client gets typed answers and errors from the simulated vendor over HTTP.
#![allow(clippy::unwrap_used, missing_docs)]

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use group_dispatch_client::{Client, ClientBuilder, Credentials, Error, RetryPolicy};
use group_dispatch_simulated_vendor::{Faults, Scenario, Vendor, VendorClock, http::serve};
use group_dispatch_types::{
    BusinessCode, GetLatestOnlineWhatsAccountRequest, NoParameters, QueryUserStatusLogRequest, QueryUserStatusRequest,
    QueryWhatsAppInfoRequest, Source, UserId,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

const DAY: i64 = 24 * 60 * 60 * 1000;

/// A history that is over, so that answers don't change while a test runs.
fn ended(faults: Faults) -> Scenario {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis() as i64;
    Scenario { start: now - 2 * DAY, faults, clock: VendorClock::default(), ..Scenario::small(7) }
}

struct Served {
    url: String,
    task: JoinHandle<()>,
}

impl Drop for Served {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn served(scenario: Scenario) -> Served {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let task = tokio::spawn(serve(listener, Vendor::new(scenario), credentials(), std::future::pending()));
    Served { url, task }
}

fn credentials() -> Credentials {
    Credentials::new(7, "demo-api-key")
}

fn builder(served: &Served) -> ClientBuilder {
    Client::builder().base_url(&served.url).credentials(credentials()).retry(RetryPolicy::never())
}

async fn error(faults: Faults) -> Error {
    let served = served(ended(faults)).await;
    builder(&served).build().unwrap().all_online().await.unwrap_err()
}

#[tokio::test]
async fn answers_are_typed_and_have_the_bytes_of_the_contract() {
    let scenario = ended(Faults::NONE);
    let served = served(scenario.clone()).await;
    let (mut vendor, at) = (Vendor::new(scenario.clone()), scenario.end().unwrap() + DAY / 2);
    let client = builder(&served).build().unwrap();
    let source = Source::Pc;

    let all = client.all_online().with_response().await.unwrap();
    let expected = vendor.truth(at, &NoParameters);
    assert_eq!(all.data, expected);
    let agent = expected[0].list[0].clone();
    let (login, account) = (agent.agent_account, agent.whats_app_list[0].whats_app);
    let online = client.online_agents(source).user_id(agent.user_id).user_name(&login).with_response().await.unwrap();
    let request = QueryUserStatusRequest { source, user_id: Some(agent.user_id), user_name: Some(login.clone()) };
    assert_eq!(online.data, vendor.truth(at, &request));
    let location = client.account_location(account).with_response().await.unwrap();
    let request = QueryWhatsAppInfoRequest { whatsapp: account.into(), source: None };
    assert_eq!(location.data, vendor.truth(at, &request));
    let log = client.status_log(source).agent_account(&login).whats_app(account).with_response().await.unwrap();
    let request = QueryUserStatusLogRequest { source, agent_account: Some(login), whats_app: Some(account) };
    assert_eq!(log.data, vendor.truth(at, &request));
    let recent = client.recent_accounts(source).user_id(agent.user_id).with_response().await.unwrap();
    let request = GetLatestOnlineWhatsAccountRequest { source, user_id: Some(agent.user_id) };
    assert_eq!(recent.data, vendor.truth(at, &request));

    fn envelope(data: &impl serde::Serialize, message: &str) -> String {
        format!(r#"{{"code":200,"data":{},"message":"{message}"}}"#, serde_json::to_string(data).unwrap())
    }
    let bodies = [&all.response, &online.response, &location.response, &log.response, &recent.response]
        .map(|response| String::from_utf8(response.body().to_vec()).unwrap());
    let expected = [
        envelope(&all.data, "Success "),
        envelope(&online.data, "success"),
        envelope(&location.data, "Success "),
        envelope(&log.data, "Success"),
        envelope(&recent.data, "Success "),
    ];
    assert_eq!(bodies, expected);
    assert!(log.data[0].whats_app_list.len() > 3 && location.data.is_some());
}

#[tokio::test]
async fn each_failure_is_the_error_that_the_client_has_for_it() {
    let business = error(Faults { business: 1.0, ..Faults::NONE }).await;
    assert!(matches!(business, Error::Business { status: 200, .. }), "{business}");
    let http = error(Faults { http: 1.0, ..Faults::NONE }).await;
    assert!(matches!(http, Error::Http { status: 500 | 502 | 503, .. }), "{http}");
    let disconnected = error(Faults { disconnected: 1.0, ..Faults::NONE }).await;
    assert!(matches!(disconnected, Error::Connection { .. }), "{disconnected}");
    let cut = error(Faults { cut: 1.0, ..Faults::NONE }).await;
    assert!(matches!(cut, Error::Connection { .. }), "{cut}");
    let limited = error(Faults { requests_per_second: Some(0), ..Faults::NONE }).await;
    let Error::Business { code, status, sent, .. } = limited else { panic!("{limited}") };
    assert_eq!((code, status), (BusinessCode::TooManyRequests, 429));
    assert_eq!(sent.retry_after, Some(Duration::from_secs(1)));
}

#[tokio::test]
async fn a_response_that_never_comes_is_a_timeout() {
    let served = served(ended(Faults { silent: 1.0, ..Faults::NONE })).await;
    let client = builder(&served).attempt_timeout(Duration::from_millis(200)).build().unwrap();
    let error = client.all_online().await.unwrap_err();
    assert!(matches!(error, Error::Timeout { .. }), "{error}");
}

#[tokio::test]
async fn what_cannot_be_read_is_in_the_body_and_left_out_by_the_client() {
    let scenario = ended(Faults { left_out: 1.0, ..Faults::NONE });
    let (mut vendor, at) = (Vendor::new(scenario.clone()), scenario.end().unwrap() + DAY / 2);
    let served = served(scenario).await;
    let client = builder(&served).build().unwrap();
    let request = QueryUserStatusRequest { source: Source::Pc, user_id: None, user_name: None };
    let truth = vendor.truth(at, &request);
    for _ in 0..10 {
        let answer = client.online_agents(Source::Pc).with_response().await.unwrap();
        assert!((1..=3).contains(&answer.response.left_out().count()));
        // The places are those where the truth has what is missing.
        for path in answer.response.left_out().paths() {
            let indexes: Vec<usize> = path.split(['[', ']']).filter_map(|part| part.parse().ok()).collect();
            let agent = &truth[indexes[0]];
            let shown = answer.data.iter().find(|shown| shown.user_id == agent.user_id);
            match indexes[..] {
                [_] => assert_eq!(shown, None, "{path}"),
                [_, account] => {
                    let account = &agent.whats_app_list[account];
                    assert!(!shown.unwrap().whats_app_list.contains(account), "{path}");
                }
                _ => panic!("{path}"),
            }
        }
    }
}

#[tokio::test]
async fn signatures_are_checked_and_a_wrong_clock_is_found_out() {
    let offset = 20 * 60 * 1000;
    let served = served(Scenario { clock: VendorClock { offset, drift_ppm: 0 }, ..ended(Faults::NONE) }).await;
    let client = builder(&served).build().unwrap();
    let error = client.all_online().await.unwrap_err();
    assert!(matches!(error, Error::Business { code: BusinessCode::TimestampTimeout, .. }), "{error}");
    // Now the client knows the vendor's clock.
    client.all_online().await.unwrap();
    for credentials in [Credentials::new(7, "another-key"), Credentials::new(8, "demo-api-key")] {
        let retry = RetryPolicy::default();
        let wrong = builder(&served).credentials(credentials).retry(retry).build().unwrap();
        let error = wrong.all_online().await.unwrap_err();
        assert!(matches!(error, Error::Business { code: BusinessCode::TokenWrong, status: 200, .. }), "{error}");
    }
}

/// Sends a request as it is written, and returns the status, the header `Date`, and the body of the response.
async fn send(served: &Served, head: &str, headers: &[(&str, &str)], body: &str) -> (String, String, String) {
    let mut stream = TcpStream::connect(served.url.trim_start_matches("http://")).await.unwrap();
    let mut request =
        format!("{head} HTTP/1.1\r\nhost: vendor\r\nconnection: close\r\ncontent-length: {}\r\n", body.len());
    for (name, value) in headers {
        request += &format!("{name}: {value}\r\n");
    }
    stream.write_all(format!("{request}\r\n{body}").as_bytes()).await.unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).await.unwrap();
    let (head, body) = response.split_once("\r\n\r\n").unwrap();
    let date = head.lines().find_map(|line| line.strip_prefix("date: ")).unwrap();
    (head.split(' ').nth(1).unwrap().to_owned(), date.to_owned(), body.to_owned())
}

#[tokio::test]
async fn refusals_are_those_of_the_vendor() {
    let served = served(ended(Faults::NONE)).await;
    let path = "POST /group-dispatch-api/user/queryUserStatus";
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis().to_string();
    let token = credentials().token(&now);
    let signed = [("tenant_id", "7"), ("timestamp", &now), ("token", &token)];
    let with = |index: usize, value: &'static str| {
        let mut headers = signed;
        headers[index].1 = value;
        headers
    };
    for (headers, body, code) in [
        (with(0, ""), "{}", 523),
        (with(1, ""), "{}", 518),
        (with(2, ""), "{}", 525),
        (with(1, "yesterday"), "{}", 519),
        (with(1, "1710936559123"), "{}", 502),
        (with(2, "a35aadc4da20a17e393fbc84321d55fc"), "{}", 522),
        (signed, "{}", 400),
        (signed, "no JSON", 400),
    ] {
        let (status, _, answer) = send(&served, path, &headers, body).await;
        let message = BusinessCode::from(code).message();
        assert_eq!(
            (status.as_str(), answer),
            ("200", format!(r#"{{"code":{code},"data":null,"message":"{message}"}}"#))
        );
    }
    assert_eq!(send(&served, path, &signed, r#"{"source": 1}"#).await.0, "200");
    let path = "POST /group-dispatch-api/user/queryAllOlWhatsAppInfo";
    assert!(send(&served, path, &signed, "").await.2.starts_with(r#"{"code":200,"#));
    for (head, expected) in
        [("POST /ingest/v1/status-events", "404"), ("GET /group-dispatch-api/user/queryUserStatus", "405")]
    {
        assert_eq!(send(&served, head, &signed, "{}").await.0, expected);
    }
}

#[tokio::test]
async fn the_header_date_is_the_vendors_clock() {
    // A hundred days behind.
    let clock = VendorClock { offset: -100 * DAY, drift_ppm: 0 };
    let served = served(Scenario { clock, ..ended(Faults::NONE) }).await;
    let vendor_time = || SystemTime::now() - Duration::from_secs(100 * 24 * 60 * 60);
    let before = vendor_time() - Duration::from_secs(1);
    let (_, date, _) = send(&served, "POST /nowhere", &[], "").await;
    let date = httpdate::parse_http_date(&date).unwrap();
    assert!(before <= date && date <= vendor_time());
}

#[tokio::test]
async fn the_history_runs_with_the_real_clock() {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis() as i64;
    let scenario = Scenario { start: now - DAY / 4, duration: None, ..ended(Faults::NONE) };
    let served = served(scenario.clone()).await;
    let log = builder(&served).build().unwrap().status_log(Source::Pc).await.unwrap();
    let latest = |list: &[group_dispatch_types::AgentStatusLog]| {
        let records = list.iter().flat_map(|agent| &agent.whats_app_list);
        records.map(|record| record.create_time).max()
    };
    let request = QueryUserStatusLogRequest { source: Source::Pc, agent_account: None, whats_app: None };
    let mut vendor = Vendor::new(scenario);
    assert!(latest(&log) >= latest(&vendor.truth(now, &request)));
    assert!(log.iter().all(|agent| agent.user_id != UserId::from(0)));
}
