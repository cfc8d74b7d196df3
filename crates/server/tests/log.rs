//! The log.
#![allow(clippy::unwrap_used, missing_docs)]

#[path = "it/common/mod.rs"]
mod common;

use std::{
    io,
    sync::{Arc, Mutex},
};

use common::start;
use serde_json::Value;

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
    for fed in [
        r#"{"userId":621443,"agentAccount":"jack-the-agent","whatsApp":8618217331411,"source":1,"detailStatus":11,"createTime":1}"#,
        r#"{"userId":621443}"#,
    ] {
        server.feeding("application/x-ndjson", fed).send().await.unwrap();
    }
    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let requests: Vec<_> = lines.iter().filter(|line| line["message"] == "request").collect();
    assert_eq!(requests.len(), 8, "{text}");
    assert_eq!(requests[0]["target"], "group_dispatch_server::request_log", "operators filter by it");
    assert_eq!(requests[0]["request_id"], "request-0");
    assert_eq!(requests[0]["path"], "/group-dispatch-api/user/queryWhatsAppInfo");
    assert_eq!((&requests[0]["tenant"], &requests[0]["status"]), (&1.into(), &200.into()));
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
    for secret in ["8618217331411", "jack-the-agent", "key-of-1"] {
        assert!(!text.contains(secret), "{secret} stands in the log: {text}");
    }
}
