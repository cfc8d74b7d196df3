//! D19: `--http-status vendor` answers errors of the queries with HTTP status 200, for programs that read nothing else; our
//! client returns the same error for both.
#![allow(clippy::panic, clippy::unwrap_used, missing_docs)]

use std::{
    sync::{LazyLock, Mutex},
    time::Duration,
};

use crate::common::{BASE, TestServer, credentials, envelope, start_with};
use group_dispatch_client::{Client, Credentials, Error, RetryPolicy};
use group_dispatch_server::{Config, HttpStatus, Limits, RequestObserver, RequestRecord};
use group_dispatch_types::Source;
use reqwest::Method;
use serde_json::{Value, json};

const QUERY: &str = r#"{"source": 1}"#;

async fn start(http_status: HttpStatus) -> TestServer {
    start_with(Config { http_status, body_limit: 100, ..Config::default() }).await
}

/// A request of each kind that fails, and its code.
fn failing(server: &TestServer) -> Vec<(reqwest::RequestBuilder, u16)> {
    let long = format!("{QUERY:<101}");
    vec![
        (server.request("queryUserStatus", QUERY).header("token", "x"), 522),
        (server.request("queryUserStatus", "{}"), 400),
        (server.request("queryWhatsAppInfo", r#"{"whatsapp": 1, "source": 4}"#), 400),
        (server.request("queryUserStatusLog", "null"), 400),
        (server.request("getLatestOnlineWhatsAccount", "{"), 400),
        (server.request("queryAllOlWhatsAppInfo", "[]"), 400),
        (server.request("queryUserStatus", long), 413),
        (server.request("queryUserStatus", QUERY).header("content-encoding", "br"), 415),
    ]
}

#[tokio::test]
async fn errors_of_queries_come_under_http_status_200_and_say_the_same() {
    let (mirrored, vendor) = (start(HttpStatus::Mirrored).await, start(HttpStatus::Vendor).await);
    for ((one, code), (other, _)) in failing(&mirrored).into_iter().zip(failing(&vendor)) {
        let (status, expected) = envelope(one.send().await.unwrap()).await;
        assert_eq!((status.as_u16(), &expected["code"]), (if code == 522 { 401 } else { code }, &json!(code)));
        let (status, answer) = envelope(other.send().await.unwrap()).await;
        assert_eq!((status.as_u16(), answer), (200, expected));
    }
    assert_eq!(vendor.ask("queryUserStatus", QUERY).await.1["code"], 200);
}

#[tokio::test]
async fn what_is_no_query_keeps_its_status() {
    let server = start(HttpStatus::Vendor).await;
    let http = crate::common::http();
    for (method, path, status) in [
        (Method::GET, format!("{BASE}queryUserStatus"), 405),
        (Method::POST, format!("{BASE}queryUserStatuses"), 404),
        (Method::POST, "/ingest/v1/status-events".to_owned(), 401),
        (Method::GET, "/docs/nothing".to_owned(), 404),
        (Method::POST, "/metrics".to_owned(), 405),
        (Method::GET, "/healthz".to_owned(), 200),
    ] {
        let response = http.request(method, format!("{}{path}", server.url)).send().await.unwrap();
        assert_eq!(response.status(), status, "{path}");
    }
    let refused = server.feeding("application/json", r#"[{}]"#).send().await.unwrap();
    assert_eq!(refused.status(), 400, "who feeds is not who asks");
    server.store.close().await.unwrap();
    assert_eq!(http.get(format!("{}/readyz", server.url)).send().await.unwrap().status(), 503);
}

#[tokio::test]
async fn what_says_come_again_keeps_its_status() {
    let one = |limits| Config { http_status: HttpStatus::Vendor, limits, ..Config::default() };
    let server = start_with(one(Limits { requests_per_second: 1, ..Limits::default() })).await;
    let mut statuses = Vec::new();
    while statuses.last() != Some(&429) && statuses.len() < 1000 {
        statuses.push(server.request("queryUserStatus", QUERY).send().await.unwrap().status().as_u16());
    }
    assert_eq!(statuses.last(), Some(&429));
    let server = start_with(one(Limits { requests: 0, ..Limits::default() })).await;
    let busy = server.request("queryUserStatus", QUERY).send().await.unwrap();
    assert_eq!((busy.status().as_u16(), &busy.headers()["retry-after"]), (503, &"1".parse().unwrap()));
}

/// A request whose body does not come: the code says so.
#[tokio::test]
async fn a_request_that_is_too_slow_is_recognized_by_its_code() {
    let settings =
        Config { http_status: HttpStatus::Vendor, request_timeout: Duration::from_millis(100), ..Config::default() };
    let server = start_with(settings).await;
    let endless = reqwest::Body::wrap_stream(futures_util::stream::pending::<Result<String, std::io::Error>>());
    let (status, answer) = envelope(server.request("queryUserStatus", endless).send().await.unwrap()).await;
    assert_eq!((status.as_u16(), &answer["code"]), (200, &json!(408)));
}

fn client_of(server: &TestServer, credentials: Credentials) -> Client {
    let client = Client::builder().base_url(&server.url).credentials(credentials);
    client.retry(RetryPolicy::never()).build().unwrap()
}

#[tokio::test]
async fn our_client_returns_the_same_errors_either_way() {
    let mut of_each = Vec::new();
    for http_status in [HttpStatus::Mirrored, HttpStatus::Vendor] {
        let server = start(http_status).await;
        let mut errors = Vec::new();
        for key in [credentials(1), Credentials::new(1, "another"), Credentials::new(77, "unknown")] {
            let client = client_of(&server, key);
            // The first is too long for this server.
            let long = "x".repeat(200);
            errors.push(client.online_agents(Source::Pc).user_name(&long).await.unwrap_err());
            errors.extend(client.status_log(Source::Pc).agent_account(&long).await.err());
            errors.extend(client.account_location("8618217331411").await.err());
            errors.extend(client.all_online().await.err());
        }
        let seen = errors.into_iter().map(|error| match error {
            Error::Business { code, message, refusals, sent, .. } => (code, message, refusals.len(), sent.attempts),
            other => panic!("{other:?}"),
        });
        of_each.push(seen.collect::<Vec<_>>());
    }
    assert_eq!(of_each[0], of_each[1]);
    assert!(of_each[0].len() >= 10, "{of_each:?}");
}

type Heard = Vec<(String, u16, Option<i32>)>;
static HEARD: LazyLock<Mutex<Heard>> = LazyLock::new(Mutex::default);

#[derive(Debug)]
struct Listener;

impl RequestObserver for Listener {
    fn answered(&self, request: &RequestRecord<'_>) {
        let code = request.code.map(|code| code.code());
        HEARD.lock().unwrap().push((request.endpoint.to_owned(), request.status, code));
    }
}

/// The observer hears what the line of the log says.
#[tokio::test]
async fn metrics_and_observers_get_the_code() {
    let observer: Option<&'static dyn RequestObserver> = Some(&Listener);
    let server = start_with(Config { http_status: HttpStatus::Vendor, observer, ..Config::default() }).await;
    server.request("queryUserStatus", QUERY).header("token", "x").send().await.unwrap();
    server.ask("queryWhatsAppInfo", "{}").await;
    server.ask("queryWhatsAppInfo", r#"{"whatsapp": 1}"#).await;
    let heard = |endpoint: &str, code| (endpoint.to_owned(), 200, code);
    assert_eq!(
        *HEARD.lock().unwrap(),
        [heard("queryUserStatus", Some(522)), heard("queryWhatsAppInfo", Some(400)), heard("queryWhatsAppInfo", None)]
    );
    let text = crate::common::get(format!("{}/metrics", server.url)).await.unwrap().text().await.unwrap();
    for (endpoint, code) in [("queryUserStatus", 522), ("queryWhatsAppInfo", 400), ("queryWhatsAppInfo", 200)] {
        let labels = format!(r#"endpoint="{endpoint}",status="200",code="{code}""#);
        assert!(text.contains(&format!("group_dispatch_requests_total{{{labels}}} 1\n")), "{labels}\n{text}");
    }
}

/// Its answers are not those of a client library: what a program reads that knows of no HTTP status is in the body.
#[tokio::test]
async fn a_router_in_another_server_does_the_same() {
    let server = start(HttpStatus::Vendor).await;
    let axum = server.served_by_axum_with(Config { http_status: HttpStatus::Vendor, ..Config::default() }).await;
    let answer: Value =
        axum.request("queryUserStatus", "{}").send().await.unwrap().error_for_status().unwrap().json().await.unwrap();
    assert_eq!(answer["code"], 400);
}
