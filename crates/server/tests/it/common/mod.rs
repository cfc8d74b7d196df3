//! A real server on loopback over a real store, and ways to ask it.
#![allow(dead_code, unreachable_pub, missing_docs, clippy::unwrap_used)]

pub mod feed_order;

use std::{
    path::PathBuf,
    time::{SystemTime, UNIX_EPOCH},
};

use group_dispatch_client::Client;
use group_dispatch_server::{
    Config, Credentials, TenantId,
    event::StatusEvent,
    store::{Database, Store, StoreOptions},
};
use group_dispatch_types::{Operation, UtcOffset};
use reqwest::{Response, StatusCode};
use serde_json::Value;
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};

pub const BASE: &str = "/group-dispatch-api/user/";

/// Returns the contract's example of the request to a path, or an empty object if it takes no parameters.
pub fn example_body(path: &str) -> String {
    match group_dispatch_docs::contract::request_example(path) {
        Value::Null => "{}".to_owned(),
        example => example.to_string(),
    }
}

pub struct TestServer {
    pub url: String,
    pub store: Store,
    pub stop: oneshot::Sender<()>,
    pub serving: JoinHandle<std::io::Result<()>>,
    /// Of its database, if it has one to itself.
    folder: Option<tempfile::TempDir>,
}

pub fn credentials(tenant: u64) -> Credentials {
    Credentials::new(tenant, format!("key-of-{tenant}"))
}

/// A server that knows the tenants 1 and 2.
pub async fn start() -> TestServer {
    start_with(Config::default()).await
}

pub async fn start_with(settings: Config) -> TestServer {
    start_in(UtcOffset::VENDOR, settings).await
}

/// One whose clock times are at `zone`.
pub async fn start_in(zone: UtcOffset, settings: Config) -> TestServer {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::Sqlite(folder.path().join("store.db"));
    let server = start_over(&database, zone, settings).await;
    TestServer { folder: Some(folder), ..server }
}

/// One over any database.
pub async fn start_over(database: &Database, zone: UtcOffset, settings: Config) -> TestServer {
    let store = Store::open(database, StoreOptions { utc_offset: zone, ..StoreOptions::default() }).await.unwrap();
    for tenant in [1, 2] {
        store.add_tenant(tenant.into(), credentials(tenant).api_key().clone()).await.unwrap();
    }
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (stop, stopped) = oneshot::channel();
    let serving = tokio::spawn(group_dispatch_server::serve(listener, store.clone(), settings, async {
        let _ = stopped.await;
    }));
    TestServer { url, store, stop, serving, folder: None }
}

/// Parses an event, also one that was stored when names had no limit.
pub fn stored(line: &str) -> StatusEvent {
    let mut event: Value = serde_json::from_str(line).unwrap();
    let name = event["name"].as_str().filter(|name| name.len() > 256).map(str::to_owned);
    if name.is_some() {
        event["name"] = "short".into();
    }
    let event = StatusEvent::from_json(event.to_string().as_bytes(), UtcOffset::VENDOR).unwrap();
    StatusEvent { name: name.or(event.name.clone()), ..event }
}

impl TestServer {
    /// The same store, by the router that others put into their own servers.
    pub async fn served_by_axum(&self) -> Self {
        self.served_by_axum_with(Config::default()).await
    }

    pub async fn served_by_axum_with(&self, settings: Config) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = group_dispatch_server::router(self.store.clone(), settings);
        let serving = tokio::spawn(async { axum::serve(listener, router).await });
        Self { url, store: self.store.clone(), stop: oneshot::channel().0, serving, folder: None }
    }

    /// The file of a server that has its database to itself.
    pub fn database(&self) -> PathBuf {
        self.folder.as_ref().unwrap().path().join("store.db")
    }

    pub fn client(&self, tenant: u64) -> Client {
        Client::builder().base_url(&self.url).credentials(credentials(tenant)).build().unwrap()
    }

    /// Feeds events as NDJSON lines.
    pub async fn feed(&self, tenant: u64, lines: &[&str]) {
        let events: Vec<_> = lines.iter().map(|line| stored(line)).collect();
        self.store.append(TenantId::from(tenant), events).await.unwrap();
    }

    /// A signed request of tenant 1 with any body.
    pub fn request(&self, operation: &str, body: impl Into<reqwest::Body>) -> reqwest::RequestBuilder {
        self.request_of(1, operation, body)
    }

    pub fn request_of(&self, tenant: u64, operation: &str, body: impl Into<reqwest::Body>) -> reqwest::RequestBuilder {
        self.request_by(&http(), tenant, operation, body)
    }

    /// The same over connections that are kept.
    pub fn request_by(
        &self,
        http: &reqwest::Client,
        tenant: u64,
        operation: &str,
        body: impl Into<reqwest::Body>,
    ) -> reqwest::RequestBuilder {
        self.signed(http, tenant, &format!("{BASE}{operation}"), "application/json", body)
    }

    /// A signed call of tenant 1 that feeds.
    pub fn feeding(&self, media_type: &str, body: impl Into<reqwest::Body>) -> reqwest::RequestBuilder {
        self.signed(&http(), 1, Operation::StatusEvents.path(), media_type, body)
    }

    pub fn signed(
        &self,
        http: &reqwest::Client,
        tenant: u64,
        path: &str,
        media_type: &str,
        body: impl Into<reqwest::Body>,
    ) -> reqwest::RequestBuilder {
        let timestamp = now().to_string();
        http.post(format!("{}{path}", self.url))
            .header("content-type", media_type)
            .header("tenant_id", tenant)
            .header("token", credentials(tenant).token(&timestamp))
            .header("timestamp", timestamp)
            .body(body)
    }

    pub async fn ask(&self, operation: &str, body: &str) -> (StatusCode, Value) {
        envelope(self.request(operation, body.to_owned()).send().await.unwrap()).await
    }
}

/// Status and body of an answer; every one has to be an envelope.
pub async fn envelope(response: Response) -> (StatusCode, Value) {
    let status = response.status();
    assert_eq!(response.headers()["content-type"], "application/json");
    assert!(response.headers().contains_key("x-request-id"));
    let body: Value = response.json().await.unwrap();
    let members: Vec<_> = body.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(members.len(), 3, "{members:?}");
    assert!(body["code"].is_i64() && body["message"].is_string() && members.contains(&"data"));
    assert!(body["code"] == 200 || body["data"].is_null(), "an error has no data: {body}");
    (status, body)
}

/// Now, in Unix epoch milliseconds.
pub fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis().try_into().unwrap()
}

/// An HTTP client that no variable of the environment sends to a proxy: every server here is on this machine.
pub fn http() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().unwrap()
}

/// Asks for a page, likewise.
pub async fn get(url: impl reqwest::IntoUrl) -> reqwest::Result<Response> {
    http().get(url).send().await
}
