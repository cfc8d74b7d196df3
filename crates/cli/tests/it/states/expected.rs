//! What clients and operators see of a server in a bad state.

use std::{
    thread,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use group_dispatch_client::Credentials;
use serde_json::{Value, json};

use crate::{
    common::{Server, signal},
    file_gone::exit,
};

/// Longer than anything takes that has no stated limit.
const LONG: Duration = Duration::from_secs(120);
/// How long a server takes from the signal to its end.
const STOP_LIMIT: Duration = Duration::from_secs(60);

/// What a row of the table says.
pub struct Expected {
    /// The status of `/readyz`, and of `/readyz?feeds`.
    pub queries: u16,
    pub feeds: u16,
    /// Texts that are in the log.
    pub log: &'static [&'static str],
    /// The exit statuses after a stop signal.
    pub statuses: &'static [i32],
}

/// Sends a signed call. Returns the HTTP status and the code of the body.
async fn call(server: &Server, path: &str, body: Value) -> (u16, i64) {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis().to_string();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let request = http
        .post(format!("{}{path}", server.url))
        .header("content-type", "application/json")
        .header("tenant_id", 7)
        .header("token", Credentials::new(7, "k").token(&now))
        .header("timestamp", now);
    let response = request.body(body.to_string()).send().await.unwrap();
    let status = response.status().as_u16();
    let body: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
    (status, body["code"].as_i64().unwrap())
}

/// Feeds an event.
pub async fn feed(server: &Server, number: u64) -> (u16, i64) {
    let event = json!({
        "userId": 1, "agentAccount": "br02", "whatsApp": "8618217331411", "source": 2, "detailStatus": 12,
        "createTime": 1_720_437_931_000_u64 + number,
    });
    call(server, "/ingest/v1/status-events", json!([event])).await
}

/// Returns the status of `/readyz` with a query.
pub async fn ready(server: &Server, query: &str) -> u16 {
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    http.get(format!("{}/readyz{query}", server.url)).send().await.unwrap().status().as_u16()
}

/// Waits until `/readyz` has a status.
pub async fn until_ready(server: &Server, query: &str, status: u16) {
    let began = Instant::now();
    while ready(server, query).await != status {
        assert!(began.elapsed() < LONG, "/readyz{query} is not {status}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Stops a server by a signal. Returns its exit status and the rest of its log.
pub fn stop(mut server: Server) -> (i32, String) {
    signal(&server.child, "TERM");
    let began = Instant::now();
    while server.child.try_wait().unwrap().is_none() {
        assert!(began.elapsed() < STOP_LIMIT, "the server does not stop");
        thread::sleep(Duration::from_millis(20));
    }
    let (status, log) = exit(&mut server);
    (status.unwrap(), log.iter().map(|line| format!("{line}\n")).collect())
}

/// Feeds until a call fails, looks at everything else, and stops the server.
pub async fn check(server: Server, expected: Expected) {
    // A full disk may have some room in its files.
    let mut fed = (200, 200);
    for number in 2..2_000 {
        fed = feed(&server, number).await;
        if fed.0 != 200 {
            break;
        }
    }
    assert_eq!(fed, (500, 517), "before the timeout of the request, which has another code");
    let asked = call(&server, "/group-dispatch-api/user/queryUserStatus", json!({ "source": 2 })).await;
    assert_eq!(asked, (200, 200), "queries are answered");
    until_ready(&server, "", expected.queries).await;
    until_ready(&server, "?feeds", expected.feeds).await;
    let (status, log) = tokio::task::spawn_blocking(|| stop(server)).await.unwrap();
    assert!(expected.statuses.contains(&status), "{status}: {log}");
    for text in expected.log {
        assert!(log.contains(text), "{text}: {log}");
    }
}
