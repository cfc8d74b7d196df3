//! What the server refuses so that it can serve the others, and when it is done with a client.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::time::Duration;

use crate::common::{BASE, TestServer, envelope, start_with};
use group_dispatch_server::{Config, Limits};
use reqwest::{Response, StatusCode};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::{sleep, timeout},
};

/// Longer than anything here takes, on any machine.
pub const LONG: Duration = Duration::from_secs(60);
/// For limits that are to be reached.
pub const SHORT: Duration = Duration::from_millis(100);
pub const QUERY: &str = r#"{"source": 1}"#;

pub async fn start(limits: Limits) -> TestServer {
    start_with(Config { limits, ..Config::default() }).await
}

pub async fn connect(server: &TestServer) -> TcpStream {
    TcpStream::connect(server.url.strip_prefix("http://").unwrap()).await.unwrap()
}

pub fn path(operation: &str) -> String {
    format!("{BASE}{operation}")
}

/// A signed request as it goes over the wire, up to the end of its head.
pub fn head(server: &TestServer, path: &str, length: usize) -> String {
    let request = server.request("", "").build().unwrap();
    let mut head = format!("POST {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {length}\r\n");
    for (name, value) in request.headers() {
        head.push_str(&format!("{name}: {}\r\n", value.to_str().unwrap()));
    }
    head + "\r\n"
}

/// What the server says until it closes.
pub async fn all_of(connection: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    // A reset is an end as well.
    let _ = timeout(LONG, connection.read_to_end(&mut answer)).await.expect("the server closes");
    String::from_utf8(answer).unwrap()
}

/// Sends the same again and again, until the server has closed: nothing else ends it.
async fn trickle(connection: &mut TcpStream, bytes: &[u8]) {
    let trickling = async {
        while connection.write_all(bytes).await.is_ok() {
            sleep(SHORT / 10).await;
        }
    };
    timeout(LONG, trickling).await.expect("the server closes");
}

pub async fn metric(server: &TestServer, name: &str) -> i64 {
    let text = crate::common::get(format!("{}/metrics", server.url)).await.unwrap().text().await.unwrap();
    let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    value.map_or(0, |value| value.parse().unwrap())
}

/// Waits until a metric is what it is to become.
pub async fn until(server: &TestServer, name: &str, value: i64) {
    let reached = async {
        while metric(server, name).await != value {
            sleep(SHORT / 10).await;
        }
    };
    timeout(LONG, reached).await.unwrap_or_else(|_| panic!("{name} becomes {value}"));
}

async fn refused(response: Response, status: u16, code: u16) -> String {
    assert_eq!(response.headers()["retry-after"], "1");
    let (got, answer) = envelope(response).await;
    assert_eq!((got.as_u16(), &answer["code"]), (status, &json!(code)), "{answer}");
    answer["message"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_tenant_that_asks_too_often_is_asked_to_retry() {
    let server = start(Limits { requests_per_second: 1, ..Limits::default() }).await;
    let ask = async |operation: &str| server.request(operation, QUERY).send().await.unwrap();
    // On a machine so slow that a second lies between two requests neither is refused.
    let mut too_many = ask("queryUserStatus").await;
    for _ in 0..1000 {
        if too_many.status() != StatusCode::OK {
            break;
        }
        too_many = ask("queryUserStatus").await;
    }
    let message = refused(too_many, 429, 429).await;
    assert_eq!(message, "too many requests: expected at most 1 a second to each endpoint");
    assert_eq!(ask("queryUserStatusLog").await.status(), 200, "other endpoints are not touched by it");
    assert!(server.client(2).online_agents(group_dispatch_types::Source::Pc).await.is_ok(), "nor other tenants");
    let unsigned = server.request("queryUserStatus", QUERY).header("token", "x");
    assert_eq!(
        unsigned.send().await.unwrap().status(),
        401,
        "a request with a wrong signature does not show that the tenant is busy"
    );
    // Our client waits, and is answered.
    let client = server.client(1);
    for _ in 0..3 {
        client.online_agents(group_dispatch_types::Source::Pc).await.unwrap();
    }
}

#[tokio::test]
async fn no_limit_is_none() {
    let server = start(Limits { requests_per_second: 0, ..Limits::default() }).await;
    for _ in 0..200 {
        assert_eq!(server.ask("queryUserStatus", QUERY).await.0, 200);
    }
}

#[tokio::test]
async fn a_request_too_many_is_refused_and_health_is_not() {
    let server = start(Limits { requests: 1, ..Limits::default() }).await;
    let mut running = connect(&server).await;
    running.write_all(head(&server, &path("queryUserStatus"), QUERY.len()).as_bytes()).await.unwrap();
    until(&server, "group_dispatch_requests_in_flight", 1).await;
    let message = refused(server.request("queryUserStatus", QUERY).send().await.unwrap(), 503, 500).await;
    assert_eq!(message, "the server is busy: too many concurrent requests");
    assert_eq!(crate::common::get(format!("{}/readyz", server.url)).await.unwrap().status(), 200);
    running.write_all(QUERY.as_bytes()).await.unwrap();
    until(&server, "group_dispatch_requests_in_flight", 0).await;
    assert_eq!(server.ask("queryUserStatus", QUERY).await.0, 200);
    assert_eq!(metric(&server, r#"group_dispatch_requests_shed_total{reason="requests"}"#).await, 1);
}

/// Agents enough for an answer that no socket holds whole.
pub async fn fill(server: &TestServer) {
    let name = "n".repeat(20_000);
    let lines: Vec<_> = (0..400)
        .map(|n| {
            json!({
                "userId": n + 1, "agentAccount": format!("a{n}"), "whatsApp": (8_618_200_000_000_u64 + n).to_string(),
                "name": name, "status": 10, "detailStatus": 11, "source": 1, "countryCode": "x",
                "createTime": "2024-07-08 19:25:31",
            })
            .to_string()
        })
        .collect();
    server.feed(1, &lines.iter().map(String::as_str).collect::<Vec<_>>()).await;
}

#[tokio::test]
async fn big_answers_are_few_at_a_time_however_slowly_they_are_read() {
    const BIG: &str = "group_dispatch_big_answers_in_flight";
    let server = start(Limits { large_responses: 1, ..Limits::default() }).await;
    fill(&server).await;
    let slow = server.request("queryUserStatusLog", QUERY).send().await.unwrap();
    let size = usize::try_from(slow.content_length().unwrap()).unwrap();
    assert!(size > 8_000_000, "{size}");
    assert_eq!(metric(&server, BIG).await, 1, "its client has read the head alone");
    for operation in ["queryUserStatus", "queryUserStatusLog", "getLatestOnlineWhatsAccount"] {
        let message = refused(server.request(operation, QUERY).send().await.unwrap(), 503, 500).await;
        assert!(message.ends_with("a filter makes it smaller"), "{message}");
    }
    let filtered = r#"{"source": 1, "agentAccount": "a1"}"#;
    assert_eq!(server.ask("queryUserStatusLog", filtered).await.0, 200, "small answers are not held up");
    assert_eq!(slow.bytes().await.unwrap().len(), size);
    until(&server, BIG, 0).await;
    let next = server.request("queryUserStatusLog", QUERY).send().await.unwrap();
    assert_eq!(next.status(), 200);
    drop(next);
    until(&server, BIG, 0).await;
    assert_eq!(metric(&server, r#"group_dispatch_requests_shed_total{reason="big_answers"}"#).await, 3);
}

#[tokio::test]
async fn an_answer_of_few_records_is_big_if_they_are_long() {
    let server = start(Limits { large_responses: 1, ..Limits::default() }).await;
    let name = "n".repeat(200_000);
    let line = |second: u32| {
        json!({
            "userId": 1, "agentAccount": "a1", "whatsApp": "8618200000000", "name": format!("{name}{second}"),
            "status": 10, "detailStatus": 11, "source": 1, "countryCode": "x",
            "createTime": format!("2024-07-08 19:25:{second}"),
        })
        .to_string()
    };
    for seconds in [10..30, 30..50] {
        let lines: Vec<_> = seconds.map(line).collect();
        server.feed(1, &lines.iter().map(String::as_str).collect::<Vec<_>>()).await;
    }
    let of_one = r#"{"source": 1, "agentAccount": "a1"}"#;
    let slow = server.request("queryUserStatusLog", of_one).send().await.unwrap();
    assert!(slow.content_length().unwrap() > 8_000_000);
    let message = refused(server.request("queryUserStatusLog", of_one).send().await.unwrap(), 503, 500).await;
    assert!(message.contains("too many responses of this size"), "{message}");
    slow.bytes().await.unwrap();
    until(&server, "group_dispatch_big_answers_in_flight", 0).await;
}

#[tokio::test]
async fn a_long_answer_is_the_same_where_axum_serves_it() {
    const BIG: &str = "group_dispatch_big_answers_in_flight";
    let server = start(Limits::default()).await;
    fill(&server).await;
    let axums = server.served_by_axum().await;
    for (operation, body) in [("queryAllOlWhatsAppInfo", "{}"), ("queryUserStatusLog", QUERY)] {
        let [ours, theirs] = [&server, &axums].map(|server| server.request(operation, body).send());
        let (ours, theirs) = (ours.await.unwrap(), theirs.await.unwrap());
        assert_eq!(metric(&server, BIG).await, 1);
        assert_eq!(metric(&axums, BIG).await, 1);
        let size = ours.content_length().unwrap();
        assert!(size > 8_000_000, "{size}");
        assert_eq!(theirs.content_length(), Some(size));
        let ours = ours.bytes().await.unwrap();
        assert_eq!(ours.len() as u64, size);
        assert!(ours == theirs.bytes().await.unwrap());
        until(&server, BIG, 0).await;
        until(&axums, BIG, 0).await;
    }
}

#[tokio::test]
async fn a_long_answer_that_is_on_its_way_arrives_whole_though_the_server_stops() {
    for (operation, body) in [("queryAllOlWhatsAppInfo", "{}"), ("queryUserStatusLog", QUERY)] {
        let server = start(Limits::default()).await;
        fill(&server).await;
        let mut connection = connect(&server).await;
        let request = head(&server, &path(operation), body.len()) + body;
        connection.write_all(request.as_bytes()).await.unwrap();
        let mut beginning = vec![0; 1000];
        connection.read_exact(&mut beginning).await.unwrap();
        let beginning = String::from_utf8(beginning).unwrap();
        let (head, _) = beginning.split_once("\r\n\r\n").unwrap();
        let length = head.split_once("content-length: ").unwrap().1.split("\r\n").next().unwrap();
        assert_eq!(metric(&server, "group_dispatch_big_answers_in_flight").await, 1);
        server.stop.send(()).unwrap();
        // The server is stopping once its port is closed.
        let stopping = async { while TcpStream::connect(connection.peer_addr().unwrap()).await.is_ok() {} };
        timeout(LONG, stopping).await.expect("the server stops");
        let rest = all_of(&mut connection).await;
        let arrived = beginning.len() - head.len() - "\r\n\r\n".len() + rest.len();
        assert_eq!(arrived, length.parse::<usize>().unwrap(), "{operation}");
    }
}

#[tokio::test]
async fn a_slow_reader_does_not_hold_up_a_stop() {
    let server = start(Limits { write_timeout: Duration::MAX, idle_timeout: Duration::MAX, ..Limits::default() }).await;
    fill(&server).await;
    let mut slow = connect(&server).await;
    let request = head(&server, &path("queryUserStatusLog"), QUERY.len()) + QUERY;
    slow.write_all(request.as_bytes()).await.unwrap();
    slow.read_exact(&mut [0; 1000]).await.unwrap();
    server.stop.send(()).unwrap();
    // What is waited for from now on is over at once.
    tokio::time::pause();
    server.serving.await.unwrap().unwrap();
    tokio::time::resume();
    assert!(all_of(&mut slow).await.len() < 8_000_000, "its connection is closed");
}

#[tokio::test]
async fn one_tenant_has_no_more_than_half_of_the_big_answers() {
    let server = start(Limits { large_responses: 2, ..Limits::default() }).await;
    fill(&server).await;
    let slow = server.request("queryUserStatusLog", QUERY).send().await.unwrap();
    refused(server.request("queryUserStatusLog", QUERY).send().await.unwrap(), 503, 500).await;
    let of_another = server.request_of(2, "queryUserStatusLog", QUERY).send().await.unwrap();
    assert_eq!(of_another.status(), 200);
    drop(slow);
}

#[tokio::test]
async fn few_feed_at_a_time_and_all_may_ask_meanwhile() {
    const FEEDS: &str = "group_dispatch_feeds_in_flight";
    let server = start(Limits { ingest_calls: 1, ..Limits::default() }).await;
    let feed = async |body: &str| {
        let mut connection = connect(&server).await;
        connection.write_all((head(&server, "/ingest/v1/status-events", 2) + body).as_bytes()).await.unwrap();
        connection
    };
    let mut slow = feed("[").await;
    until(&server, FEEDS, 1).await;
    let refusal = all_of(&mut feed("[]").await).await;
    assert!(refusal.starts_with("HTTP/1.1 503") && refusal.contains("retry-after: 1"), "{refusal}");
    assert!(refusal.contains("too many concurrent calls that feed events"), "{refusal}");
    assert_eq!(server.ask("queryUserStatus", QUERY).await.0, 200);
    slow.write_all(b"]").await.unwrap();
    assert!(all_of(&mut slow).await.starts_with("HTTP/1.1 200"));
    until(&server, FEEDS, 0).await;
    assert!(all_of(&mut feed("[]").await).await.starts_with("HTTP/1.1 200"));
    assert_eq!(metric(&server, r#"group_dispatch_requests_shed_total{reason="feeds"}"#).await, 1);
}

#[tokio::test]
async fn a_client_that_does_not_read_is_disconnected() {
    let server = start(Limits { write_timeout: SHORT, ..Limits::default() }).await;
    fill(&server).await;
    let mut deaf = connect(&server).await;
    deaf.write_all(format!("{}{QUERY}", head(&server, &path("queryUserStatusLog"), QUERY.len())).as_bytes())
        .await
        .unwrap();
    until(&server, r#"group_dispatch_connections_cut_total{reason="answer_not_read"}"#, 1).await;
    until(&server, "group_dispatch_big_answers_in_flight", 0).await;
    assert!(all_of(&mut deaf).await.len() < 8_000_000, "it never gets it all");
    assert_eq!(server.ask("queryUserStatus", r#"{"source": 1, "userId": 1}"#).await.0, 200);
}

#[tokio::test]
async fn a_client_that_sends_no_request_is_disconnected() {
    let server = start(Limits { idle_timeout: SHORT, ..Limits::default() }).await;
    let mut silent = connect(&server).await;
    assert_eq!(all_of(&mut silent).await, "");
    let mut slow = connect(&server).await;
    slow.write_all(b"GET /healthz HTTP/1.1\r\nhost: ").await.unwrap();
    trickle(&mut slow, b"x").await;
    let mut idle = connect(&server).await;
    idle.write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    let answered = all_of(&mut idle).await;
    assert!(answered.starts_with("HTTP/1.1 200 ") && answered.ends_with(r#"{"status":"up"}"#), "{answered}");
    assert!(metric(&server, r#"group_dispatch_connections_cut_total{reason="no_request"}"#).await >= 2);
    assert_eq!(server.ask("queryUserStatus", QUERY).await.0, 200);
}

#[tokio::test]
async fn a_client_that_sends_a_body_byte_by_byte_is_disconnected() {
    let server = start_with(Config { request_timeout: SHORT, ..Config::default() }).await;
    let mut slow = connect(&server).await;
    slow.write_all(head(&server, &path("queryUserStatus"), 60_000).as_bytes()).await.unwrap();
    trickle(&mut slow, b" ").await;
    let name = r#"group_dispatch_requests_total{endpoint="queryUserStatus",status="408",code="408"}"#;
    assert_eq!(metric(&server, name).await, 1);
    assert_eq!(server.ask("queryUserStatus", QUERY).await.0, 200);
}
