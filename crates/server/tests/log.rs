//! The log.
#![allow(clippy::unwrap_used, missing_docs)]

#[path = "it/common/mod.rs"]
mod common;

use std::{
    io,
    sync::{Arc, Mutex},
};

use common::{credentials, now, start, start_with};
use group_dispatch_server::{
    ApiKey, Config, Credentials, FeedSigning,
    store::{KeyAccess, TenantKey},
};
use group_dispatch_types::{
    Operation,
    signing::{FeedCall, body_sha256},
};
use reqwest::RequestBuilder;
use serde_json::{Value, json};

const PATH: &str = Operation::StatusEvents.path();

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

const NDJSON: &str = "application/x-ndjson";
const EVENT: &str = r#"{"userId":621443,"agentAccount":"jack-the-agent","whatsApp":8618217331411,"source":1,"detailStatus":11,"createTime":1}"#;

/// A call that feeds no events and is signed by HMAC, with other headers in the place of its own.
fn call(url: &str, credentials: &Credentials, others: &[(&'static str, &str)]) -> RequestBuilder {
    let (timestamp, nonce, body_sha256) = (now().to_string(), "a-nonce_1", body_sha256(b""));
    let call =
        FeedCall { method: "POST", path_and_query: PATH, timestamp: &timestamp, nonce, body_sha256: &body_sha256 };
    let (hmac, tenant) = (credentials.hmac(&call), credentials.tenant_id().to_string());
    let mut request = common::http().post(format!("{url}{PATH}")).header("content-type", NDJSON);
    for (name, value) in [
        ("tenant_id", tenant.as_str()),
        ("timestamp", timestamp.as_str()),
        ("nonce", nonce),
        ("body_sha256", body_sha256.as_str()),
        ("hmac", hmac.as_str()),
    ] {
        let other = others.iter().find(|(other, _)| *other == name);
        let value = other.map_or(value, |(_, value)| *value);
        if !value.is_empty() {
            request = request.header(name, value);
        }
    }
    request
}

#[tokio::test]
async fn the_log_has_a_line_a_request_and_no_personal_data() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt().json().flatten_event(true).with_writer(move || writer.clone()).finish();
    // This test's runtime is single-threaded, so that the server's lines come to this thread's subscriber. No other test
    // may stand in this file: a thread without a subscriber that logs first would turn the line off for all of them.
    let _guard = tracing::subscriber::set_default(subscriber);
    let server = start().await;
    let bodies = [
        r#"{"whatsapp": 8618217331411}"#,
        r#"{"whatsapp": "8618217331411x"}"#,
        r#"{"whatsapp": 8618217331411, "source": "jack-the-agent"}"#,
    ];
    for (n, body) in bodies.into_iter().enumerate() {
        let request = server.request("queryWhatsAppInfo", body).header("x-request-id", format!("request-{n}"));
        request.send().await.unwrap();
    }
    common::get(format!("{}/8618217331411", server.url)).await.unwrap();
    let http = common::http();
    let made_up = http.request("8618217331411".parse().unwrap(), format!("{}/healthz", server.url));
    made_up.header("tenant_id", "8618217331411").send().await.unwrap();
    let unproven = http.post(server.request("queryWhatsAppInfo", "").build().unwrap().url().clone());
    unproven.header("tenant_id", "8618217331411").send().await.unwrap();
    for fed in [EVENT, r#"{"userId":621443}"#] {
        server.feeding(NDJSON, fed).send().await.unwrap();
    }
    let key =
        TenantKey { name: "dashboard".parse().unwrap(), key: ApiKey::new("dashboard-key"), access: KeyAccess::Ask };
    server.store.add_key(1.into(), key).await.unwrap();
    let hmac_only = start_with(Config { feed_signing: FeedSigning::Hmac, ..Config::default() }).await;
    let (old, wrong) = ((now() - 600_000).to_string(), "0".repeat(64));
    let feeding = |credentials: &Credentials, others: &[(&'static str, &str)]| call(&server.url, credentials, others);
    let one = credentials(1);
    let refused = [
        (feeding(&one, &[("tenant_id", "")]), "tenant-id-missing", None),
        (feeding(&one, &[("tenant_id", "01")]), "tenant-id-malformed", None),
        (feeding(&credentials(8_618_217_331_411), &[]), "tenant-unknown", None),
        (feeding(&one, &[("timestamp", "")]), "timestamp-missing", Some(1)),
        (feeding(&one, &[("timestamp", "x")]), "timestamp-malformed", Some(1)),
        (feeding(&one, &[("timestamp", &old)]), "timestamp-timeout", Some(1)),
        (feeding(&one, &[("nonce", "?")]), "nonce-malformed", Some(1)),
        (feeding(&one, &[("body_sha256", "x")]), "body-sha256-malformed", Some(1)),
        (feeding(&one, &[("hmac", "x")]), "hmac-malformed", Some(1)),
        (feeding(&one, &[("hmac", &wrong)]), "hmac-wrong", Some(1)),
        (feeding(&Credentials::new(2, "key-of-1"), &[]), "hmac-wrong", Some(2)),
        (feeding(&one, &[("hmac", "")]), "token-missing", Some(1)),
        (server.request("queryUserStatus", "{}").header("token", "x"), "token-wrong", Some(1)),
        (hmac_only.feeding(NDJSON, EVENT), "token-refused", Some(1)),
        (feeding(&one, &[]).body(EVENT), "body-differs", None),
        (feeding(&Credentials::new(1, "dashboard-key"), &[]), "not-allowed", None),
    ];
    let mut reasons = Vec::new();
    for (request, reason, claimed) in refused {
        request.send().await.unwrap();
        reasons.push((reason, claimed));
    }
    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let requests: Vec<_> = lines.iter().filter(|line| line["message"] == "request").collect();
    assert_eq!(requests.len(), 8 + reasons.len(), "{text}");
    assert_eq!(requests[0]["target"], "group_dispatch_server::request_log", "operators filter by it");
    assert_eq!(requests[0]["request_id"], "request-0");
    assert_eq!(requests[0]["path"], "/group-dispatch-api/user/queryWhatsAppInfo");
    assert_eq!((&requests[0]["tenant"], &requests[0]["status"]), (&1.into(), &200.into()));
    assert_eq!(requests[0]["key"], "key-1");
    assert_eq!((&requests[1]["status"], &requests[1]["code"]), (&400.into(), &400.into()));
    assert_eq!(requests[3]["path"], "unknown");
    assert_eq!(requests[4]["method"], "other");
    assert!(requests[5].get("tenant").is_none(), "a request without a valid signature has no tenant");
    assert!(requests.iter().all(|line| line["milliseconds"].is_number()));
    let events =
        |line: &Value| ["stored", "repeated", "refused"].map(|outcome| line.get(outcome).and_then(Value::as_u64));
    assert_eq!(events(requests[0]), [None; 3], "no events, no counts");
    assert_eq!(events(requests[6]), [Some(1), Some(0), Some(0)]);
    assert_eq!(events(requests[7]), [Some(0), Some(0), Some(1)]);
    for (line, named) in [(0, false), (5, true), (6, false)] {
        let address = requests[line].get("address").and_then(Value::as_str);
        assert_eq!(address, named.then_some("127.0.0.1"), "only refused requests have it: {}", requests[line]);
    }
    let operating = include_str!("../docs/operating.md");
    for (line, (reason, claimed)) in requests[8..].iter().zip(reasons) {
        assert_eq!((&line["reason"], &line["address"]), (&json!(reason), &json!("127.0.0.1")), "{line}");
        assert_eq!(line.get("claimed_tenant"), claimed.map(Value::from).as_ref(), "{line}");
        assert_eq!(line["status"], if reason == "not-allowed" { 403 } else { 401 }, "{line}");
        // A signature that is valid proves the tenant.
        let proven = ["body-differs", "not-allowed"].contains(&reason);
        assert_eq!((line.get("tenant").is_some(), line.get("key").is_some()), (proven, proven), "{line}");
        assert!(operating.contains(&format!("`{reason}`")), "operating.md does not have {reason}");
    }
    assert_eq!(requests[8 + 15]["key"], "dashboard");
    let started: Vec<_> = lines.iter().filter(|line| line["message"] == "started").collect();
    assert!(started.len() == 2 && started.iter().all(|line| line["milliseconds"].is_number()), "{started:?}");
    for secret in ["8618217331411", "jack-the-agent", "key-of-1", "dashboard-key"] {
        assert!(!text.contains(secret), "{secret} stands in the log: {text}");
    }
}
