//! Requests to the server: signature headers, bodies of the five queries, and fed events.

use std::{
    cell::RefCell,
    time::{SystemTime, UNIX_EPOCH},
};

use axum::{Router, body::Body};
use group_dispatch_server::{
    Config, Credentials, Limits, TenantId,
    event::StatusEvent,
    router,
    store::{Database, Store, StoreOptions},
};
use group_dispatch_types::{Operation, UtcOffset};
use http::{HeaderValue, Request, StatusCode};
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};
use tower::Service as _;

const TENANT: u64 = 1;
const KEY: &str = "key";
const QUERIES: [Operation; 5] = [
    Operation::QueryUserStatus,
    Operation::QueryAllOlWhatsAppInfo,
    Operation::QueryWhatsAppInfo,
    Operation::QueryUserStatusLog,
    Operation::GetLatestOnlineWhatsAccount,
];

/// A server without a socket.
struct Server {
    runtime: Runtime,
    router: Router,
    _folder: TempDir,
}

impl Server {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let router = runtime.block_on(async {
            let database = Database::Sqlite(folder.path().join("store.db"));
            let store = Store::open(&database, StoreOptions::default()).await.unwrap();
            store.add_tenant(TenantId::from(TENANT), KEY.into()).await.unwrap();
            let limits = Limits { requests_per_second: 0, ..Limits::default() };
            router(store, Config { limits, ..Config::default() })
        });
        Self { runtime, router, _folder: folder }
    }

    /// Sends a request. No request may fail in the server.
    fn send(&self, request: Request<Body>) -> StatusCode {
        let response = self.runtime.block_on(self.router.clone().call(request));
        let status = response.map(|response| response.status()).unwrap();
        assert!(status.is_success() || status.is_client_error(), "{status}");
        status
    }
}

thread_local! {
    static SERVER: RefCell<Option<Server>> = const { RefCell::new(None) };
}

fn send(request: Request<Body>) -> StatusCode {
    SERVER.with_borrow_mut(|server| server.get_or_insert_with(Server::new).send(request))
}

/// The values of the signing headers, one a line. None of them is accepted.
pub fn signature(bytes: &[u8]) {
    const HEADERS: [&str; 6] = ["tenant_id", "timestamp", "token", "nonce", "hmac", "body_sha256"];
    let mut request = Request::post(Operation::StatusEvents.path()).header("content-type", "application/json");
    for (name, value) in HEADERS.iter().zip(bytes.split(|byte| *byte == b'\n')) {
        if let Ok(value) = HeaderValue::from_bytes(value) {
            request = request.header(*name, value);
        }
    }
    let status = send(request.body(Body::from("[]")).unwrap());
    assert!(status.is_client_error(), "{status}");
}

/// One byte for the query, one for its headers, and the body.
pub fn query(bytes: &[u8]) {
    let [which, headers, body @ ..] = bytes else { return };
    let query = QUERIES[usize::from(*which) % QUERIES.len()];
    send(signed(query.path(), *headers, "application/json", body));
}

/// One byte for the headers, and the body.
pub fn events(bytes: &[u8]) {
    let [headers, body @ ..] = bytes else { return };
    let _ = StatusEvent::from_json(body, UtcOffset::VENDOR);
    let media_type = if headers & 1 == 0 { "application/json" } else { "application/x-ndjson" };
    let order = ["", "?order=newest-first", "?order=oldest-first", "?order="][usize::from(headers >> 6)];
    send(signed(&format!("{}{order}", Operation::StatusEvents.path()), *headers, media_type, body));
}

fn signed(path: &str, headers: u8, media_type: &str, body: &[u8]) -> Request<Body> {
    let timestamp = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis().to_string();
    let token = Credentials::new(TENANT, KEY).token(&timestamp);
    let mut request =
        Request::post(path).header("tenant_id", TENANT).header("timestamp", timestamp).header("token", token);
    if headers & 2 == 0 {
        request = request.header("content-type", media_type);
    }
    if headers & 4 != 0 {
        request = request.header("content-encoding", "gzip");
    }
    request.body(Body::from(body.to_vec())).unwrap()
}
