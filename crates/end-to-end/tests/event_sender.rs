//! The client's event sender against a server with planted failures.
#![allow(clippy::unwrap_used, missing_docs)]

use std::{
    io,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};

use axum::{
    body::Body,
    extract::{Request, State},
    http::StatusCode,
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use futures_util::{future::poll_immediate, stream};
use group_dispatch_client::{
    Client, Credentials, Error, EventSenderBuilder, RateLimit, RetryPolicy, Source,
    types::{
        BusinessCode, StatusDetail,
        ingest::{EventTime, StatusEvent},
    },
};
use group_dispatch_server::{
    Config, router,
    store::{Database, Store, StoreOptions},
};
use tokio::{net::TcpListener, sync::Semaphore};

/// Longer than any test runs: a batch is sent when it is full, or not at all.
const NEVER: Duration = Duration::from_secs(3600);
/// The longest wait for something that happens in the background.
const WAIT_TIMEOUT: Duration = Duration::from_secs(60);

/// A server with planted failures, and a client for it.
struct Server {
    client: Client,
    failures: Arc<Failures>,
    _folder: tempfile::TempDir,
}

struct Failures {
    /// The number of ingest calls to reject with status 503.
    unavailable: AtomicUsize,
    /// The number of ingest calls that are stored and whose response is truncated.
    cut_responses: AtomicUsize,
    /// The number of ingest calls so far.
    calls: AtomicUsize,
    /// The number of ingest calls that are let through.
    gate: Semaphore,
    /// The length above which a proxy in front of the service refuses a body with its own page.
    proxy_limit: AtomicUsize,
}

/// Takes one of the planted failures, if there is one.
fn take_one(count: &AtomicUsize) -> bool {
    count.fetch_update(SeqCst, SeqCst, |left| left.checked_sub(1)).is_ok()
}

async fn fail(State(failures): State<Arc<Failures>>, request: Request, next: Next) -> Response {
    if !request.uri().path().starts_with("/ingest/") {
        return next.run(request).await;
    }
    failures.calls.fetch_add(1, SeqCst);
    failures.gate.acquire().await.unwrap().forget();
    let length = request.headers()["content-length"].to_str().unwrap().parse::<usize>().unwrap();
    if length > failures.proxy_limit.load(SeqCst) {
        return (StatusCode::PAYLOAD_TOO_LARGE, "<html><h1>413 Request Entity Too Large</h1></html>").into_response();
    }
    if take_one(&failures.unavailable) {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let response = next.run(request).await;
    if take_one(&failures.cut_responses) {
        let half = stream::iter([Ok("{\"code\": 2"), Err(io::Error::other("broken"))]);
        return Body::from_stream(half).into_response();
    }
    response
}

impl Server {
    async fn start() -> Self {
        Self::start_with(Config::default(), RetryPolicy::never()).await
    }

    async fn start_with(mut settings: Config, retry: RetryPolicy) -> Self {
        // These tests poll until events are stored.
        settings.limits.requests_per_second = 0;
        let folder = tempfile::tempdir().unwrap();
        let database = Database::Sqlite(folder.path().join("store.db"));
        let store = Store::open(&database, StoreOptions::default()).await.unwrap();
        let credentials = Credentials::new(1, "key");
        store.add_tenant(1.into(), credentials.api_key().clone()).await.unwrap();
        let failures = Arc::new(Failures {
            unavailable: 0.into(),
            cut_responses: 0.into(),
            calls: 0.into(),
            gate: Semaphore::new(1_000),
            proxy_limit: usize::MAX.into(),
        });
        let app = router(store, settings).layer(middleware::from_fn_with_state(Arc::clone(&failures), fail));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, app).await });
        let builder = Client::builder().base_url(address).credentials(credentials);
        let client = builder.rate_limit(RateLimit::Unlimited).retry(retry).build().unwrap();
        Self { client, failures, _folder: folder }
    }

    /// Returns a sender that sends full batches only.
    fn sender(&self, batch: usize) -> EventSenderBuilder {
        self.client.sender().batch(batch).max_wait(NEVER)
    }

    /// Returns the number of stored events.
    async fn stored(&self) -> usize {
        let agents = self.client.status_log(Source::Pc).await.unwrap();
        agents.iter().map(|agent| agent.whats_app_list.len()).sum()
    }

    async fn wait_for_stored(&self, stored: usize) {
        let waiting = async {
            while self.stored().await != stored {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(WAIT_TIMEOUT, waiting).await.unwrap();
    }

    async fn wait_for_calls(&self, calls: usize) {
        let waiting = async {
            while self.failures.calls.load(SeqCst) < calls {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(WAIT_TIMEOUT, waiting).await.unwrap();
    }
}

/// Returns an event; another second makes it another event.
fn event(second: i64) -> StatusEvent {
    StatusEvent {
        event_id: None,
        user_id: 12.into(),
        agent_account: "u1".to_owned(),
        user_name: None,
        whats_app: "8618217331411".parse().unwrap(),
        name: None,
        status: None,
        source: Source::Pc,
        country_code: None,
        detail_status: StatusDetail::PcOnline,
        create_time: EventTime::Instant(1_720_437_931_000 + 1000 * second),
    }
}

/// Returns an event that the server refuses, because it has no status.
fn bad_event(second: i64) -> StatusEvent {
    StatusEvent { detail_status: StatusDetail::from(99), ..event(second) }
}

#[tokio::test]
async fn a_full_batch_is_sent() {
    let server = Server::start().await;
    let sender = server.sender(3).start().unwrap();
    for second in 0..7 {
        sender.send(event(second)).await.unwrap();
    }
    server.wait_for_stored(6).await;
    assert_eq!(server.failures.calls.load(SeqCst), 2);
    let delivered = sender.close().await.unwrap();
    assert_eq!((delivered.stored, delivered.repeated, delivered.refused.len()), (7, 0, 0));
    assert_eq!(server.stored().await, 7);
}

#[tokio::test]
async fn a_batch_is_sent_after_the_longest_wait() {
    let server = Server::start().await;
    let sender = server.client.sender().max_wait(Duration::from_millis(1)).start().unwrap();
    sender.send(event(0)).await.unwrap();
    server.wait_for_stored(1).await;
    sender.send(event(1)).await.unwrap();
    server.wait_for_stored(2).await;
    assert_eq!(sender.flush().await.unwrap().stored, 2);
}

#[tokio::test]
async fn a_flush_reports_all_events_before_it_once() {
    let server = Server::start().await;
    let sender = server.sender(100).start().unwrap();
    assert_eq!(sender.flush().await.unwrap().stored, 0);
    for second in [0, 1, 0] {
        sender.send(event(second)).await.unwrap();
    }
    let delivered = sender.flush().await.unwrap();
    assert_eq!((delivered.stored, delivered.repeated), (2, 1));
    assert_eq!(server.stored().await, 2);
    sender.send(event(2)).await.unwrap();
    assert_eq!(sender.close().await.unwrap().stored, 1);
}

#[tokio::test]
async fn refused_events_are_returned_once_and_the_others_are_stored() {
    let server = Server::start().await;
    let sender = server.sender(4).start().unwrap();
    for event in [bad_event(0), event(1), event(2), bad_event(3), event(4), bad_event(5)] {
        sender.send(event).await.unwrap();
    }
    let delivered = sender.flush().await.unwrap();
    assert_eq!((delivered.stored, delivered.repeated), (3, 0));
    let refused: Vec<_> = delivered.refused.iter().map(|refused| refused.event.clone()).collect();
    assert_eq!(refused, [bad_event(0), bad_event(3), bad_event(5)]);
    let reason = "status: missing, and it does not follow from an unknown detailStatus";
    assert!(delivered.refused.iter().all(|refused| refused.reason == reason), "{delivered:?}");
    assert_eq!(server.stored().await, 3);
    assert!(sender.close().await.unwrap().refused.is_empty());
}

#[tokio::test]
async fn a_lost_response_stores_no_event_twice() {
    let retry = RetryPolicy::default().pauses(Duration::ZERO, Duration::ZERO);
    let server = Server::start_with(Config::default(), retry).await;
    server.failures.cut_responses.store(2, SeqCst);
    let sender = server.sender(10).start().unwrap();
    for second in 0..5 {
        sender.send(event(second)).await.unwrap();
    }
    // The client's own retries deliver the batch. The last response counts them as stored before.
    let delivered = sender.flush().await.unwrap();
    assert_eq!((delivered.stored, delivered.repeated), (0, 5));
    assert_eq!((server.stored().await, server.failures.calls.load(SeqCst)), (5, 3));
}

#[tokio::test]
async fn a_failed_flush_keeps_the_events_for_the_next_one() {
    let server = Server::start().await;
    server.failures.unavailable.store(1, SeqCst);
    let sender = server.sender(10).start().unwrap();
    sender.send(event(0)).await.unwrap();
    let error = sender.flush().await.unwrap_err();
    assert!(matches!(error, Error::Http { status: 503, .. }), "{error:?}");
    sender.send(event(1)).await.unwrap();
    assert_eq!(sender.flush().await.unwrap().stored, 2);
    assert_eq!(server.stored().await, 2);
}

#[tokio::test]
async fn a_failure_between_calls_is_returned_by_the_next_call_with_its_event() {
    let server = Server::start().await;
    server.failures.unavailable.store(1, SeqCst);
    let sender = server.sender(1).start().unwrap();
    sender.send(event(0)).await.unwrap();
    let failed = async {
        for second in 1.. {
            if let Err(failed) = sender.send(event(second)).await {
                return (second, failed);
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        unreachable!("the range has no end")
    };
    let (second, failed) = tokio::time::timeout(WAIT_TIMEOUT, failed).await.unwrap();
    assert_eq!(*failed.event, event(second));
    assert!(matches!(failed.error, Error::Http { status: 503, .. }), "{failed:?}");
    // All others are delivered, and so is this one when it is sent again.
    sender.send(*failed.event).await.unwrap();
    assert_eq!(sender.close().await.unwrap().stored, u64::try_from(second).unwrap() + 1);
}

#[tokio::test]
async fn delivery_continues_after_a_failure() {
    let server = Server::start().await;
    server.failures.unavailable.store(2, SeqCst);
    let sender = server.client.sender().max_wait(Duration::from_millis(1)).start().unwrap();
    sender.send(event(0)).await.unwrap();
    server.wait_for_stored(1).await;
    assert_eq!(server.failures.calls.load(SeqCst), 3);
    drop(sender);
}

#[tokio::test]
async fn at_most_two_batches_are_held() {
    let server = Server::start().await;
    server.failures.gate.forget_permits(1_000);
    let sender = server.sender(2).start().unwrap();
    for second in 0..2 {
        sender.send(event(second)).await.unwrap();
    }
    server.wait_for_calls(1).await;
    for second in 2..4 {
        sender.send(event(second)).await.unwrap();
    }
    {
        let mut fifth = pin!(sender.send(event(4)));
        assert!(poll_immediate(fifth.as_mut()).await.is_none());
        server.failures.gate.add_permits(1_000);
        fifth.await.unwrap();
    }
    assert_eq!(sender.close().await.unwrap().stored, 5);
}

#[tokio::test]
async fn a_batch_too_long_for_the_service_is_sent_in_parts() {
    let one = serde_json::to_string(&[event(0)]).unwrap().len();
    let settings = Config { ingest_body_limit: 3 * one, ..Config::default() };
    let server = Server::start_with(settings, RetryPolicy::never()).await;
    let sender = server.sender(10).start().unwrap();
    let long = StatusEvent { agent_account: "u".repeat(3 * one), ..event(8) };
    for event in (0..8).map(event).chain([long.clone()]) {
        sender.send(event).await.unwrap();
    }
    let delivered = sender.close().await.unwrap();
    assert_eq!((delivered.stored, delivered.refused.len()), (8, 1));
    assert_eq!(delivered.refused[0].event, long);
    assert_eq!(delivered.refused[0].reason, "event: longer than the service accepts");
}

#[tokio::test]
async fn a_batch_too_long_for_a_proxy_is_sent_in_parts() {
    let one = serde_json::to_string(&[event(0)]).unwrap().len();
    let server = Server::start().await;
    server.failures.proxy_limit.store(3 * one, SeqCst);
    let sender = server.sender(10).start().unwrap();
    let long = StatusEvent { agent_account: "u".repeat(3 * one), ..event(8) };
    for event in (0..8).map(event).chain([long.clone()]) {
        sender.send(event).await.unwrap();
    }
    let delivered = sender.close().await.unwrap();
    assert_eq!((delivered.stored, delivered.refused.len()), (8, 1));
    assert_eq!(delivered.refused[0].event, long);
    assert_eq!(
        delivered.refused[0].reason,
        "event: longer than a proxy in front of the service accepts (HTTP status 413)"
    );
}

#[tokio::test]
async fn a_single_event_that_is_too_long_does_not_shrink_later_batches() {
    let one = serde_json::to_string(&[event(0)]).unwrap().len();
    let settings = Config { ingest_body_limit: 20 * one, ..Config::default() };
    let server = Server::start_with(settings, RetryPolicy::never()).await;
    let sender = server.sender(8).start().unwrap();
    for second in 0..7 {
        sender.send(event(second)).await.unwrap();
    }
    sender.send(StatusEvent { agent_account: "u".repeat(20 * one), ..event(7) }).await.unwrap();
    assert_eq!(sender.flush().await.unwrap().refused.len(), 1);
    let before = server.failures.calls.load(SeqCst);
    for second in 8..32 {
        sender.send(event(second)).await.unwrap();
    }
    assert_eq!(sender.flush().await.unwrap().stored, 24);
    assert_eq!(server.failures.calls.load(SeqCst) - before, 3);
}

#[tokio::test]
async fn a_dropped_sender_sends_the_events_it_holds() {
    let server = Server::start().await;
    let sender = server.sender(10).start().unwrap();
    sender.send(event(0)).await.unwrap();
    drop(sender);
    server.wait_for_stored(1).await;
}

#[test]
fn a_sender_does_not_start_outside_of_a_runtime() {
    let client = Client::builder().base_url("http://127.0.0.1:1").credentials(Credentials::new(1, "key"));
    let error = client.build().unwrap().sender().start().unwrap_err();
    assert!(matches!(error, Error::Configuration(_)), "{error:?}");
}

#[test]
fn a_sender_ends_with_its_runtime() {
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let client = Client::builder().base_url("http://127.0.0.1:1").credentials(Credentials::new(1, "key"));
    let client = client.build().unwrap();
    let sender = runtime().block_on(async { client.sender().start().unwrap() });
    runtime().block_on(async {
        let failed = sender.send(event(0)).await.unwrap_err();
        assert!(matches!(failed.error, Error::Configuration(_)), "{failed:?}");
        assert!(matches!(sender.flush().await.unwrap_err(), Error::Configuration(_)));
    });
}

#[tokio::test]
async fn a_call_without_a_sender_reports_the_refused_events() {
    let server = Server::start().await;
    let error = server.client.feed(vec![event(0), bad_event(1)]).await.unwrap_err();
    assert_eq!(error.code(), Some(BusinessCode::BadRequest));
    assert_eq!(error.refusals().iter().map(|refusal| refusal.index.get()).collect::<Vec<_>>(), [1]);
    assert!(error.to_string().contains("events refused: 1 of 2, so that none is stored"), "{error}");
    assert_eq!(server.stored().await, 0);
    let receipt = server.client.feed(vec![event(0)]).await.unwrap();
    assert_eq!((receipt.stored.get(), receipt.repeated.get()), (1, 0));
}
