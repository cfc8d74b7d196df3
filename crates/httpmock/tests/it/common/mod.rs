//! A plain HTTP client, so that the tests see the bytes on the wire.

use std::time::{SystemTime, UNIX_EPOCH};

use group_dispatch_client::types::{Operation, QueryAllOlWhatsAppInfoResponse};
use group_dispatch_httpmock::httpmock::MockServer;
use reqwest::header::HeaderMap;
use serde_json::Value;

/// Returns the queries of the contract.
pub fn queries() -> impl Iterator<Item = &'static str> {
    let queries = Operation::ALL.into_iter().filter(|operation| operation.is_query());
    queries.map(Operation::id)
}

/// A response.
pub struct Response {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Response {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// Returns the `Date` in milliseconds since 1970.
    pub fn date(&self) -> i64 {
        assert_eq!(self.headers.get_all("date").iter().count(), 1);
        milliseconds(httpdate::parse_http_date(self.headers["date"].to_str().unwrap()).unwrap())
    }
}

pub fn now() -> i64 {
    milliseconds(SystemTime::now())
}

fn milliseconds(time: SystemTime) -> i64 {
    i64::try_from(time.duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap()
}

/// Returns an HTTP client that ignores proxies of the environment, because the mocks are on this machine.
pub fn http() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().unwrap()
}

pub fn request(server: &MockServer, operation: &str) -> reqwest::RequestBuilder {
    http().post(server.url(format!("/group-dispatch-api/user/{operation}"))).body("{}")
}

pub async fn send(request: reqwest::RequestBuilder) -> Response {
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    Response { status, headers, body: response.bytes().await.unwrap().to_vec() }
}

pub async fn call(server: &MockServer, operation: &str) -> Response {
    send(request(server, operation)).await
}

/// Calls queryUserStatus with this timestamp.
pub async fn request_at(server: &MockServer, timestamp: i64) -> Response {
    send(request(server, "queryUserStatus").header("timestamp", timestamp)).await
}

/// Returns the HTTP statuses of a number of calls.
pub async fn statuses(server: &MockServer, operation: &str, calls: usize) -> Vec<u16> {
    let mut statuses = Vec::new();
    for _ in 0..calls {
        statuses.push(call(server, operation).await.status);
    }
    statuses
}

/// Returns who is online by a response of queryAllOlWhatsAppInfo: a line for each agent, with source, login account and
/// accounts.
pub fn online(response: &Response) -> Vec<String> {
    let response: QueryAllOlWhatsAppInfoResponse = serde_json::from_slice(&response.body).unwrap();
    let mut lines = Vec::new();
    for group in response.data {
        for agent in group.list {
            let accounts: Vec<_> = agent.whats_app_list.iter().map(|account| account.whats_app.to_string()).collect();
            lines.push(format!("{} {}: {}", group.source, agent.agent_account, accounts.join(", ")));
        }
    }
    lines
}
