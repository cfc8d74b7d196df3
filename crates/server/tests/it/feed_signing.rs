//! Calls that feed events are signed by an HMAC of the whole call, or by the token of the queries (D46).
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use std::{io::Write, time::Duration};

use crate::common::{TestServer, credentials, envelope, feed_order::event, http, now, start, start_with};
use flate2::{Compression, write::GzEncoder};
use group_dispatch_client::{Client, FeedSigning, Source};
use group_dispatch_docs::contract;
use group_dispatch_server::{ApiKey, Config, Credentials};
use group_dispatch_types::{
    Operation,
    ingest::FeedOrder,
    signing::{FeedCall, body_sha256},
};
use serde_json::{Value, json};

const PATH: &str = Operation::StatusEvents.path();

const JSON: &str = "application/json";
const WORDS: &str =
    "hmac: not the HMAC of this call under a key of this tenant; /ingest/v1/openapi.yaml says what is signed";

/// A call that is signed and not sent: the headers can be changed before.
#[derive(Clone)]
struct Call {
    path_and_query: String,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

impl Call {
    fn signed(credentials: &Credentials, path_and_query: &str, media_type: &str, body: impl Into<Vec<u8>>) -> Self {
        let body = body.into();
        let (timestamp, nonce, body_sha256) = (now().to_string(), "a-nonce_1", body_sha256(&body));
        let call = FeedCall { method: "POST", path_and_query, timestamp: &timestamp, nonce, body_sha256: &body_sha256 };
        let headers = vec![
            ("hmac", credentials.hmac(&call)),
            ("tenant_id", credentials.tenant_id().to_string()),
            ("timestamp", timestamp),
            ("nonce", nonce.to_owned()),
            ("body_sha256", body_sha256),
            ("content-type", media_type.to_owned()),
        ];
        Self { path_and_query: path_and_query.to_owned(), headers, body }
    }

    /// One event of tenant 1.
    fn of_event(second: u32) -> Self {
        Self::signed(&credentials(1), PATH, JSON, json!([event(second)]).to_string())
    }

    /// Replaces a header, or removes it if the value is empty.
    fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.retain(|(other, _)| *other != name);
        if !value.is_empty() {
            self.headers.push((name, value.to_owned()));
        }
        self
    }

    fn header(&self, name: &str) -> &str {
        &self.headers.iter().find(|(other, _)| *other == name).unwrap().1
    }

    async fn send(&self, url: &str) -> (u16, Value) {
        let (status, body) = envelope(self.response(url).await).await;
        (status.as_u16(), body)
    }

    async fn response(&self, url: &str) -> reqwest::Response {
        let mut request = http().post(format!("{url}{}", self.path_and_query)).body(self.body.clone());
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        request.send().await.unwrap()
    }

    /// Sends the call, which has to be refused with this code.
    async fn is_refused(&self, server: &TestServer, code: i32) -> String {
        let (status, body) = self.send(&server.url).await;
        assert_eq!((status, &body["code"]), (401, &json!(code)), "{body}");
        body["message"].as_str().unwrap().to_owned()
    }
}

async fn events(server: &TestServer) -> u64 {
    server.store.tenants().await.unwrap().iter().map(|tenant| tenant.events).sum()
}

async fn signature_counts(server: &TestServer) -> [(&'static str, u64); 4] {
    let text = crate::common::get(format!("{}/metrics", server.url)).await.unwrap().text().await.unwrap();
    ["hmac accepted", "hmac refused", "token accepted", "token refused"].map(|name| {
        let (signature, outcome) = name.split_once(' ').unwrap();
        let sample = format!(r#"group_dispatch_feed_signatures_total{{signature="{signature}",outcome="{outcome}"}} "#);
        let count = text.lines().find_map(|line| line.strip_prefix(&sample));
        (name, count.unwrap_or_else(|| panic!("{sample}\n{text}")).parse().unwrap())
    })
}

/// The example in the contract, against a server that accepts its old timestamp.
#[tokio::test]
async fn the_example_of_the_contract_is_accepted() {
    let window = Duration::from_secs(100 * 365 * 24 * 60 * 60);
    let server = start_with(Config { timestamp_window: window, ..Config::default() }).await;
    assert!(server.store.replace_key(1.into(), ApiKey::new("demo-api-key")).await.unwrap());
    let description = contract::INGEST.part("/info/description");
    let description = description.as_str().unwrap();
    let digests: Vec<&str> = description.split('`').filter(|word| word.len() == 64).collect();
    let [body_sha256, hmac] = digests[..] else { panic!("{digests:?}") };
    let nonce = description.split('`').find(|word| word.len() == 32).unwrap();
    let example = contract::INGEST
        .part("/paths/~1ingest~1v1~1status-events/post/requestBody/content/application~1x-ndjson/examples/one/value");
    let call = Call {
        path_and_query: format!("{PATH}?order=newest-first"),
        headers: [
            ("tenant_id", "1"),
            ("timestamp", "1710936559123"),
            ("nonce", nonce),
            ("body_sha256", body_sha256),
            ("hmac", hmac),
            ("content-type", "application/x-ndjson"),
        ]
        .map(|(name, value)| (name, value.to_owned()))
        .to_vec(),
        body: example.as_str().unwrap().into(),
    };
    let (status, body) = call.send(&server.url).await;
    assert_eq!((status, &body["data"]["stored"]), (200, &json!(1)), "{body}");
}

#[tokio::test]
async fn each_part_that_is_signed_can_t_be_changed() {
    let server = start().await;
    let call = Call::of_event(1);
    let later = (now() + 1).to_string();
    let other_body = json!([event(2)]).to_string().into_bytes();
    let other_path = |query: &str| Call { path_and_query: format!("{PATH}{query}"), ..call.clone() };
    for (changed, call) in [
        ("the order is added", other_path("?order=newest-first")),
        ("an empty query is added", other_path("?")),
        ("the tenant", call.clone().with("tenant_id", "2")),
        ("an unknown tenant", call.clone().with("tenant_id", "3")),
        ("a tenant with a zero before it", call.clone().with("tenant_id", "01")),
        ("the time", call.clone().with("timestamp", &later)),
        ("the nonce", call.clone().with("nonce", "another")),
        ("the hash and the body", {
            let hash = body_sha256(&other_body);
            Call { body: other_body.clone(), ..call.clone() }.with("body_sha256", &hash)
        }),
        ("the HMAC", call.clone().with("hmac", &"0".repeat(64))),
    ] {
        assert_eq!(call.is_refused(&server, 522).await, WORDS, "{changed}");
    }
    // The key of another tenant, who signs for this one.
    let other = Credentials::new(1, credentials(2).api_key().clone());
    let foreign = Call::signed(&other, PATH, JSON, json!([event(1)]).to_string());
    assert_eq!(foreign.is_refused(&server, 522).await, WORDS);
    for body in [other_body, Vec::new()] {
        let message = Call { body, ..call.clone() }.is_refused(&server, 522).await;
        assert!(message.starts_with("body_sha256: not the SHA-256 of the body"), "{message}");
    }
    assert_eq!(events(&server).await, 0);
    assert_eq!(call.send(&server.url).await.0, 200, "unchanged, it is accepted");
}

/// Another body would be another request.
#[tokio::test]
async fn a_call_that_reads_the_history_is_signed_with_its_body() {
    let server = start().await;
    for operation in [
        Operation::HistoryEvents,
        Operation::HistoryGaps,
        Operation::HistoryFreshness,
        Operation::HistorySessions,
        Operation::HistoryReport,
    ] {
        let call = Call::signed(&credentials(1), operation.path(), JSON, r#"{"source": 1}"#);
        for body in [r#"{"source": 2}"#, ""] {
            let message = Call { body: body.into(), ..call.clone() }.is_refused(&server, 522).await;
            assert!(message.starts_with("body_sha256: not the SHA-256 of the body"), "{message}");
        }
        let other = Call { path_and_query: format!("{}?", operation.path()), ..call.clone() };
        assert_eq!(other.is_refused(&server, 522).await, WORDS);
        // Whatever the response is, the signature is accepted.
        assert_ne!(call.send(&server.url).await.0, 401);
    }
}

/// The headers that say how to read the body are not signed: no other reading of a body with events is valid.
#[tokio::test]
async fn what_is_not_signed_makes_no_other_call_of_it() {
    let server = start().await;
    let line = event(1).to_string();
    let array = format!("[{line}]");
    for (call, name, value) in [
        (Call::signed(&credentials(1), PATH, JSON, array.clone()), "content-type", "application/x-ndjson"),
        (Call::signed(&credentials(1), PATH, "application/x-ndjson", line), "content-type", JSON),
        (Call::signed(&credentials(1), PATH, JSON, array.clone()), "content-encoding", "gzip"),
        (
            Call::signed(&credentials(1), PATH, JSON, gzip(&array)).with("content-encoding", "gzip"),
            "content-encoding",
            "",
        ),
    ] {
        let response = call.clone().with(name, value).response(&server.url).await;
        assert_eq!(response.status(), 400, "{name} {value}");
    }
    assert_eq!(events(&server).await, 0);
}

fn gzip(content: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

/// The hash is that of the compressed body, so that nothing is decoded before it is known to be the signed one.
#[tokio::test]
async fn a_compressed_body_is_hashed_as_it_is_sent() {
    let server = start().await;
    let content = json!([event(1)]).to_string();
    let call = Call::signed(&credentials(1), PATH, JSON, gzip(&content)).with("content-encoding", "gzip");
    let (status, body) = call.send(&server.url).await;
    assert_eq!((status, &body["data"]["stored"]), (200, &json!(1)), "{body}");
    let decoded = call.with("body_sha256", &body_sha256(content.as_bytes()));
    decoded.is_refused(&server, 522).await;
}

#[tokio::test]
async fn headers_that_are_missing_malformed_or_repeated_are_named() {
    let server = start().await;
    let call = Call::of_event(1);
    let (hash, hmac) = (call.header("body_sha256").to_uppercase(), call.header("hmac").to_uppercase());
    for (name, value) in [
        ("nonce", ""),
        ("nonce", "a b"),
        ("nonce", &"x".repeat(65)),
        ("body_sha256", ""),
        ("body_sha256", &hash),
        ("body_sha256", "0"),
        ("hmac", &hmac),
        ("hmac", "0"),
    ] {
        let message = call.clone().with(name, value).is_refused(&server, 401).await;
        assert!(message.starts_with(&format!("{name}: expected once, ")), "{message}");
        assert!(value.is_empty() || !message.contains(value) || value == "0", "{message}");
    }
    for name in ["nonce", "body_sha256", "hmac"] {
        let mut twice = call.clone();
        twice.headers.push((name, call.header(name).to_owned()));
        let message = twice.is_refused(&server, 401).await;
        assert!(message.starts_with(&format!("{name}: expected once, ")), "{message}");
    }
    for (name, value, code) in [
        ("tenant_id", "", 523),
        ("timestamp", "", 518),
        ("timestamp", "soon", 519),
        ("timestamp", "1710936559123", 502),
        ("hmac", "", 525),
    ] {
        call.clone().with(name, value).is_refused(&server, code).await;
    }
    assert_eq!(events(&server).await, 0);
}

/// No nonce is remembered: what a call stores is there already when it comes again, at any server of the database.
#[tokio::test]
async fn a_repeated_call_is_accepted_and_stores_nothing() {
    let server = start().await;
    let other = server.served_by_axum().await;
    let call = Call::of_event(1);
    let receipt = async |url: &str| {
        let (status, body) = call.send(url).await;
        assert_eq!(status, 200, "{body}");
        (body["data"]["stored"].as_u64().unwrap(), body["data"]["repeated"].as_u64().unwrap())
    };
    assert_eq!(receipt(&server.url).await, (1, 0));
    let before = server.ask("queryUserStatusLog", r#"{"source": 1}"#).await;
    for url in [&server.url, &other.url, &server.url] {
        assert_eq!(receipt(url).await, (0, 1));
    }
    assert_eq!(server.ask("queryUserStatusLog", r#"{"source": 1}"#).await, before);
    assert_eq!(events(&server).await, 1);
}

#[tokio::test]
async fn a_server_can_refuse_the_token() {
    let server =
        start_with(Config { feed_signing: group_dispatch_server::FeedSigning::Hmac, ..Config::default() }).await;
    let body = json!([event(1)]).to_string();
    let expected = "token: this server accepts this call only with an HMAC; send nonce, body_sha256 and hmac \
                    instead, as /ingest/v1/openapi.yaml says";
    let (status, answer) = envelope(server.feeding(JSON, body.clone()).send().await.unwrap()).await;
    assert_eq!((status.as_u16(), answer), (401, json!({ "code": 401, "message": expected, "data": null })));
    // The server does not say whether the token is right.
    let (_, answer) = envelope(server.feeding(JSON, body).header("token", "wrong").send().await.unwrap()).await;
    assert_eq!(answer["message"], expected);
    assert_eq!(events(&server).await, 0);
    assert_eq!(Call::of_event(1).send(&server.url).await.0, 200);
    assert_eq!(server.client(1).online_agents(Source::Pc).await.unwrap().len(), 1, "queries have their token");
    let counts = [("hmac accepted", 1), ("hmac refused", 0), ("token accepted", 0), ("token refused", 2)];
    assert_eq!(signature_counts(&server).await, counts);
}

#[tokio::test]
async fn each_signature_is_counted() {
    let server = start().await;
    assert_eq!(signature_counts(&server).await.map(|(_, count)| count), [0; 4], "zeros are exported up front");
    Call::of_event(1).send(&server.url).await;
    Call::of_event(1).with("hmac", &"0".repeat(64)).send(&server.url).await;
    Call { body: b"[]".to_vec(), ..Call::of_event(1) }.send(&server.url).await;
    for _ in 0..3 {
        server.feeding(JSON, "[]").send().await.unwrap();
    }
    server.feeding(JSON, "[]").header("token", "wrong").send().await.unwrap();
    server.ask("queryUserStatus", r#"{"source": 1}"#).await;
    let counts = [("hmac accepted", 1), ("hmac refused", 2), ("token accepted", 3), ("token refused", 1)];
    assert_eq!(signature_counts(&server).await, counts);
}

/// As behind a reverse proxy: the client signs the path of the contract, and the server gets no other.
#[tokio::test]
async fn a_prefix_that_a_proxy_strips_is_not_signed() {
    let server = start().await;
    let router = group_dispatch_server::router(server.store.clone(), Config::default());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/scrm", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, axum::Router::new().nest_service("/scrm", router)).await });
    let client = Client::builder().base_url(url).credentials(credentials(1)).build().unwrap();
    let feed = client.feed(serde_json::from_value(json!([event(1)])).unwrap());
    assert_eq!(feed.order(FeedOrder::NewestFirst).await.unwrap().stored.get(), 1);
}

/// The client signs by HMAC, and by the token for an older server.
#[tokio::test]
async fn the_client_signs_in_both_ways() {
    let server = start().await;
    let events = |second| serde_json::from_value(json!([event(second)])).unwrap();
    server.client(1).feed(events(1)).await.unwrap();
    let client = Client::builder().base_url(&server.url).credentials(credentials(1));
    client.feed_signing(FeedSigning::Token).build().unwrap().feed(events(2)).await.unwrap();
    let counts = [("hmac accepted", 1), ("hmac refused", 0), ("token accepted", 1), ("token refused", 0)];
    assert_eq!(signature_counts(&server).await, counts);
}
