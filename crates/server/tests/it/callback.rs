//! D59: callbacks of the vendor are hints. One that the appSecret signs is answered as the vendor expects, its body is kept as it
//! arrived, and the mirror gets a hint.
#![allow(clippy::unwrap_used, missing_docs)]

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering::Relaxed},
};

use crate::common::{self, TestServer, envelope, http, now};
use group_dispatch_server::{
    CallbackReceiver, Config, Credentials, MirrorReport, MirrorReporter, serve_mirror,
    store::{Admin, Database},
};
use group_dispatch_types::Operation;
use reqwest::{RequestBuilder, StatusCode};
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::oneshot};

/// How far a signed time may be away, in milliseconds.
const WINDOW: i64 = 4 * 60 * 60 * 1000;

/// The tenant with its appSecret at the vendor, which is no key of the server.
fn app_secret() -> Credentials {
    Credentials::new(1, "the-app-secret")
}

/// A server that receives callbacks.
struct Receiving {
    server: TestServer,
    /// The one whose database it uses.
    first: TestServer,
    hints: Arc<AtomicU64>,
}

async fn start() -> Receiving {
    let first = common::start().await;
    let hints = Arc::<AtomicU64>::default();
    let counted = Arc::clone(&hints);
    let hint = move || _ = counted.fetch_add(1, Relaxed);
    let secret = app_secret().api_key().clone();
    let receiver = CallbackReceiver::into_store(1.into(), secret, hint, first.store.clone());
    let server = first.served_by_axum_with(Config { callbacks: Some(receiver), ..Config::default() }).await;
    Receiving { server, first, hints }
}

fn callback(url: &str, body: impl Into<reqwest::Body>) -> RequestBuilder {
    http().post(format!("{url}{}", CallbackReceiver::PATH)).header("content-type", "application/json").body(body)
}

/// Signs a callback in its headers.
fn signed(url: &str, at: i64, body: impl Into<reqwest::Body>) -> RequestBuilder {
    let timestamp = at.to_string();
    let token = app_secret().access_token(&timestamp);
    callback(url, body).header("tenant_id", 1).header("access_token", token).header("timestamp", timestamp)
}

impl Receiving {
    async fn answer(&self, request: RequestBuilder) -> (StatusCode, Value) {
        envelope(request.send().await.unwrap()).await
    }

    /// The bodies in the quarantine, oldest first.
    async fn bodies(&self) -> Vec<Vec<u8>> {
        let admin = Admin::open(&Database::Sqlite(self.first.database())).await.unwrap();
        let callbacks = admin.callbacks(1.into()).await.unwrap();
        admin.close().await.unwrap();
        assert!(callbacks.iter().all(|callback| (callback.received - now()).abs() < WINDOW));
        callbacks.into_iter().map(|callback| callback.body).collect()
    }

    fn hints(&self) -> u64 {
        self.hints.load(Relaxed)
    }
}

#[tokio::test]
async fn a_signed_callback_is_answered_as_the_vendor_expects_and_kept_as_it_arrived() {
    let receiving = start().await;
    let url = &receiving.server.url;
    let bodies: [&[u8]; 3] = [br#"{"anything": 1}"#, b"", b"\xff no text"];
    for (place, body) in bodies.into_iter().enumerate() {
        let (status, answer) = receiving.answer(signed(url, now(), body)).await;
        assert_eq!((status, answer), (StatusCode::OK, json!({ "code": 200, "message": "success", "data": null })));
        assert_eq!(receiving.hints(), place as u64 + 1);
    }
    assert_eq!(receiving.bodies().await, bodies);
    // A callback is never a fact.
    assert_eq!(receiving.first.store.size().events, 0);
}

#[tokio::test]
async fn a_callback_of_an_older_integration_is_signed_in_its_body() {
    let receiving = start().await;
    let (url, at) = (&receiving.server.url, now());
    let token = app_secret().access_token(&at.to_string());
    for (tenant_id, timestamp) in [(json!("1"), json!(at.to_string())), (json!(1), json!(at))] {
        let body = json!({ "tenant_id": tenant_id, "timestamp": timestamp, "access_token": token, "more": [1] });
        assert_eq!(receiving.answer(callback(url, body.to_string())).await.0, StatusCode::OK, "{body}");
    }
    assert_eq!((receiving.bodies().await.len(), receiving.hints()), (2, 2));
}

#[tokio::test]
async fn a_callback_of_anybody_else_is_refused_and_leaves_nothing_behind() {
    let receiving = start().await;
    let (url, at) = (&receiving.server.url, now());
    let (text, too_old, ahead) =
        (at.to_string(), (at - WINDOW - 10_000).to_string(), (at + WINDOW + 10_000).to_string());
    let token = |timestamp: &str| app_secret().access_token(timestamp);
    let request = |headers: &[(&str, &str)]| {
        headers.iter().fold(callback(url, "{}"), |request, (name, value)| request.header(*name, *value))
    };
    let of_key = common::credentials(1).access_token(&text);
    for (code, headers) in [
        (525, vec![]),
        (525, vec![("tenant_id", "1"), ("timestamp", &*text)]),
        (518, vec![("tenant_id", "1"), ("access_token", &token(&text))]),
        (523, vec![("timestamp", &*text), ("access_token", &token(&text))]),
        (519, vec![("tenant_id", "1"), ("timestamp", "now"), ("access_token", &token("now"))]),
        (502, vec![("tenant_id", "1"), ("timestamp", &*too_old), ("access_token", &token(&too_old))]),
        (502, vec![("tenant_id", "1"), ("timestamp", &*ahead), ("access_token", &token(&ahead))]),
        (522, vec![("tenant_id", "1"), ("timestamp", &*text), ("access_token", "0")]),
        (522, vec![("tenant_id", "1"), ("timestamp", &*text), ("access_token", &token(&text).to_uppercase())]),
        // A key of the server, and another tenant with its own secret.
        (522, vec![("tenant_id", "1"), ("timestamp", &*text), ("access_token", &of_key)]),
        (522, vec![("tenant_id", "2"), ("timestamp", &*text), ("access_token", &token(&text))]),
    ] {
        let (status, answer) = receiving.answer(request(&headers)).await;
        assert_eq!((status.as_u16(), answer["code"].as_i64()), (401, Some(code)), "{headers:?}");
    }
    let mut in_body = json!({ "tenant_id": 1, "timestamp": at, "access_token": token("0") });
    assert_eq!(receiving.answer(callback(url, in_body.to_string())).await.1["code"], 522);
    in_body["access_token"] = json!(1);
    assert_eq!(receiving.answer(callback(url, in_body.to_string())).await.1["code"], 522);
    assert_eq!((receiving.bodies().await.len(), receiving.hints()), (0, 0));
}

#[tokio::test]
async fn callbacks_are_limited_in_size() {
    let receiving = start().await;
    let url = &receiving.server.url;
    let (largest, too_large) = (vec![b' '; 64 * 1024], vec![b' '; 64 * 1024 + 1]);
    assert_eq!(receiving.answer(signed(url, now(), largest)).await.0, StatusCode::OK);
    let (status, answer) = receiving.answer(signed(url, now(), too_large)).await;
    assert_eq!((status, answer["code"].as_i64()), (StatusCode::PAYLOAD_TOO_LARGE, Some(413)));
}

#[tokio::test]
async fn a_callback_that_cannot_be_kept_is_a_hint_all_the_same_and_comes_again() {
    let receiving = start().await;
    receiving.first.store.close().await.unwrap();
    let (status, answer) = receiving.answer(signed(&receiving.server.url, now(), "{}")).await;
    assert_eq!((status, answer["code"].as_i64()), (StatusCode::INTERNAL_SERVER_ERROR, Some(517)));
    assert_eq!(receiving.hints(), 1);
}

#[tokio::test]
async fn without_a_receiver_there_is_no_such_path() {
    let server = common::start().await;
    let (status, answer) = envelope(signed(&server.url, now(), "{}").send().await.unwrap()).await;
    assert_eq!((status, answer["code"].as_i64()), (StatusCode::NOT_FOUND, Some(404)));
    let receiving = start().await;
    let url = format!("{}{}", receiving.server.url, CallbackReceiver::PATH);
    let response = http().get(url).send().await.unwrap();
    assert_eq!((response.status().as_u16(), response.headers()["allow"].to_str().unwrap()), (405, "POST"));
}

/// A mirror that is a program of its own has metrics, health and callbacks, and no queries.
#[tokio::test]
async fn a_mirror_without_a_store_serves_metrics_health_and_callbacks() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let reporter = MirrorReporter::new(|| MirrorReport { gaps: 3, ..MirrorReport::default() });
    let kept = Arc::<AtomicU64>::default();
    let counted = Arc::clone(&kept);
    let receiver = CallbackReceiver::new(
        1.into(),
        app_secret().api_key().clone(),
        || {},
        move |callback| {
            let counted = Arc::clone(&counted);
            async move {
                counted.fetch_add(callback.body.len() as u64, Relaxed);
                Ok(())
            }
        },
    );
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = tokio::spawn(serve_mirror(listener, reporter, Some(receiver), async { drop(stopped.await) }));
    let metrics = http().get(format!("{url}/metrics")).send().await.unwrap().text().await.unwrap();
    assert!(metrics.contains("group_dispatch_mirror_gaps_total 3"), "{metrics}");
    assert!(metrics.contains("process_cpu_seconds_total"), "{metrics}");
    assert!(!metrics.contains("group_dispatch_requests"), "{metrics}");
    let health = http().get(format!("{url}/healthz")).send().await.unwrap();
    assert_eq!(health.json::<Value>().await.unwrap(), json!({ "status": "up" }));
    assert_eq!(signed(&url, now(), "1234567").send().await.unwrap().status(), StatusCode::OK);
    assert_eq!(kept.load(Relaxed), 7);
    for (path, status) in [(Operation::QueryUserStatus.path(), 404), (CallbackReceiver::PATH, 405)] {
        assert_eq!(http().get(format!("{url}{path}")).send().await.unwrap().status(), status, "{path}");
    }
    stop.send(()).unwrap();
    serving.await.unwrap();
}
