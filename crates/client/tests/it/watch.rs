//! A watch over real HTTP: its requests, its pauses, and how it handles faulty responses.

use std::{
    collections::VecDeque,
    future::{Future, poll_fn},
    pin::Pin,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    task::Poll,
    time::{Duration, Instant},
};

use crate::common::{KEY, client};
use futures_core::Stream;
use group_dispatch_client::{Change, Error, Watch, types::*};
use group_dispatch_httpmock::{MockResponse, MockServerExt, QueryAllOlWhatsAppInfo, RespondExt, RetryAfter};
use httpmock::{HttpMockResponse, MockServer};
use serde_json::{Value, json};

const INTERVAL: Duration = Duration::from_millis(20);

/// A service that sends these responses one after the other, and then repeats the last one.
struct Service {
    server: MockServer,
    asked: Arc<AtomicUsize>,
}

impl Service {
    async fn start(answers: impl IntoIterator<Item = Value>) -> Self {
        let server = MockServer::start_async().await;
        let asked: Arc<AtomicUsize> = Arc::default();
        let (answers, asking) = (Mutex::new(answers.into_iter().collect::<VecDeque<_>>()), Arc::clone(&asked));
        server.query_all_ol_whats_app_info(|_, then| {
            then.into_inner().respond_with(move |_| {
                asking.fetch_add(1, Ordering::SeqCst);
                let mut answers = answers.lock().unwrap_or_else(PoisonError::into_inner);
                let answer = if answers.len() > 1 { answers.pop_front() } else { answers.front().cloned() };
                HttpMockResponse::builder().status(200).body(answer.unwrap_or_default().to_string()).build()
            });
        });
        Self { server, asked }
    }

    fn watch(&self, interval: Duration) -> Watch {
        client(self.server.base_url()).watch(interval)
    }

    fn requests(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

fn success(data: Value) -> Value {
    json!({ "code": 200, "message": "Success ", "data": data })
}

fn failure() -> Value {
    json!({ "code": 517, "message": "database", "data": null })
}

/// Returns a response with one agent at PC who has these accounts.
fn online(accounts: &[u64]) -> Value {
    let accounts: Vec<_> = accounts.iter().map(|number| json!({ "whatsApp": number.to_string() })).collect();
    let agents = if accounts.is_empty() {
        json!([])
    } else {
        json!([{ "userId": 7, "agentAccount": "br07", "userName": "Ana", "whatsAppList": accounts }])
    };
    success(json!([{ "source": 1, "list": agents }, { "source": 2, "list": [] }]))
}

/// Returns the kinds of changes with the numbers of their accounts, such as `accountLeft 71`.
fn described(changes: &[Change]) -> Vec<String> {
    let descriptions = changes.iter().map(|change| {
        let json = serde_json::to_value(change).unwrap();
        let account = change.account().map(|account| account.whats_app.to_string());
        [json["change"].as_str().map(str::to_owned), account].into_iter().flatten().collect::<Vec<_>>().join(" ")
    });
    descriptions.collect()
}

/// Returns the changes of the next response.
async fn next(watch: &mut Watch) -> Vec<String> {
    described(&watch.changes().await.unwrap())
}

/// Returns whether a future is not ready.
async fn is_pending(future: &mut Pin<Box<impl Future>>) -> bool {
    poll_fn(|context| Poll::Ready(future.as_mut().poll(context).is_pending())).await
}

#[tokio::test]
async fn each_response_returns_its_changes() {
    let service = Service::start([online(&[71]), online(&[71]), online(&[71, 72]), online(&[72])]).await;
    let mut watch = service.watch(INTERVAL);
    assert_eq!(watch.present(), []);
    assert_eq!(next(&mut watch).await, ["began", "began"]);
    assert_eq!(watch.present()[0].list[0].whats_app_list.len(), 1);
    assert_eq!(next(&mut watch).await, [""; 0]);
    assert_eq!(next(&mut watch).await, ["accountAppeared 72"]);
    assert_eq!(watch.present()[0].list[0].whats_app_list.len(), 2);
    assert_eq!(next(&mut watch).await, ["accountLeft 71"]);
    assert_eq!(service.requests(), 4);
}

#[tokio::test]
async fn a_watch_is_an_endless_stream_of_changes() {
    let service = Service::start([online(&[71]), failure(), online(&[71]), online(&[71, 72, 73])]).await;
    let mut watch = service.watch(INTERVAL);
    let mut items = Vec::new();
    for _ in 0..4 {
        let item = poll_fn(|context| Pin::new(&mut watch).poll_next(context)).await.unwrap();
        items.push(item.map_or_else(|error| error.code().unwrap().to_string(), |change| described(&[change]).concat()));
    }
    assert_eq!(items, ["began", "began", "database-error", "accountAppeared 72"]);
    assert_eq!(next(&mut watch).await, ["accountAppeared 73"], "what is left of the same answer");
    assert_eq!(service.requests(), 4);
    assert_eq!(next(&mut watch).await, [""; 0]);
}

#[tokio::test]
async fn failures_are_reported_and_change_nothing() {
    let service = Service::start([
        failure(),
        online(&[71, 72]),
        failure(),
        json!("not the contract's"),
        online(&[72]),
        failure(),
        online(&[]),
        failure(),
        online(&[]),
    ])
    .await;
    let mut watch = service.watch(INTERVAL);
    let mut items = Vec::new();
    for _ in 0..9 {
        items.push(watch.changes().await.map(|changes| described(&changes)).map_err(|error| match error {
            Error::Business { code, .. } => code.to_string(),
            other => other.to_string().chars().take(12).collect(),
        }));
        assert!(items.len() == 1 || watch.present().len() == 2);
    }
    let database = || Err(BusinessCode::DatabaseError.to_string());
    let changes = |changes: &[&str]| Ok(changes.iter().map(|&change| change.to_owned()).collect());
    assert_eq!(
        items,
        [
            database(),
            changes(&["began", "began"]),
            database(),
            Err("the response".to_owned()),
            changes(&["accountLeft 71"]),
            database(),
            changes(&[]),
            database(),
            changes(&["accountLeft 72", "agentLeft"]),
        ]
    );
}

#[tokio::test]
async fn nobody_leaves_by_a_response_without_the_groups() {
    for nothing in [json!(null), json!([]), json!(""), json!({}), json!([{ "source": 2, "list": null }])] {
        let mut without_data = success(json!(null));
        without_data.as_object_mut().unwrap().remove("data");
        for bad in [success(nothing.clone()), without_data] {
            let service = Service::start([online(&[71]), bad.clone(), bad.clone(), bad, online(&[71])]).await;
            let mut watch = service.watch(INTERVAL);
            next(&mut watch).await;
            let before = watch.present();
            assert_eq!(watch.doubted().count(), 0);
            for _ in 0..3 {
                assert_eq!(next(&mut watch).await, [""; 0], "{nothing}");
                assert_eq!(watch.doubted().next(), Some(Source::Pc), "{nothing}");
                assert_eq!(watch.present(), before);
            }
            assert_eq!(next(&mut watch).await, [""; 0], "{nothing}");
            assert_eq!(watch.doubted().count(), 0);
        }
    }
}

#[tokio::test]
async fn a_single_empty_response_is_doubted() {
    let service = Service::start([online(&[71]), online(&[]), online(&[71]), online(&[]), online(&[])]).await;
    let mut watch = service.watch(INTERVAL);
    next(&mut watch).await;
    for expected in [&[][..], &[], &[], &["accountLeft 71", "agentLeft"]] {
        assert_eq!(next(&mut watch).await, expected);
    }
}

#[tokio::test]
async fn departures_are_reported_after_the_settle_time() {
    let service = Service::start([online(&[71, 72]), online(&[71]), online(&[71, 72]), online(&[71])]).await;
    let mut watch = service.watch(INTERVAL).settle(3 * INTERVAL);
    for expected in [&["began", "began"][..], &[], &[], &[]] {
        assert_eq!(next(&mut watch).await, expected);
    }
    // Away from the fourth response on. Three intervals later is the seventh response, or an earlier one if requests are slow.
    let mut later = Vec::new();
    for _ in 4..7 {
        later.extend(next(&mut watch).await);
    }
    assert_eq!(later, ["accountLeft 72"]);
}

#[tokio::test]
async fn a_dropped_future_continues_and_no_request_is_sent_twice() {
    let service = Service::start((0..20).map(|more| online(&[71, 72 + more]))).await;
    let mut watch = service.watch(INTERVAL);
    let mut items = Vec::new();
    while items.len() < 20 {
        // Polled once per wake-up, and dropped in between.
        let mut polled = false;
        let item = poll_fn(|context| {
            let polled_before = std::mem::replace(&mut polled, true);
            match Box::pin(watch.changes()).as_mut().poll(context) {
                Poll::Ready(item) => Poll::Ready(Some(item)),
                Poll::Pending if polled_before => Poll::Ready(None),
                Poll::Pending => Poll::Pending,
            }
        });
        items.extend(item.await);
    }
    for (number, item) in items.into_iter().enumerate().skip(1) {
        let changes = described(&item.unwrap());
        assert_eq!(changes, [format!("accountAppeared {}", 72 + number), format!("accountLeft {}", 71 + number)]);
    }
    assert_eq!(service.requests(), 20);
}

#[tokio::test]
async fn no_request_is_sent_before_the_first_poll_and_within_the_interval() {
    let service = Service::start([online(&[71])]).await;
    let mut watch = service.watch(Duration::from_secs(3600));
    assert_eq!(service.requests(), 0);
    next(&mut watch).await;
    let mut waiting = Box::pin(watch.changes());
    assert!(is_pending(&mut waiting).await);
    drop(waiting);
    drop(watch);
    assert_eq!(service.requests(), 1);
}

#[tokio::test]
async fn requests_start_an_interval_apart() {
    let service = Service::start([online(&[71])]).await;
    let interval = Duration::from_millis(150);
    let (begin, mut watch) = (Instant::now(), service.watch(interval));
    for _ in 0..4 {
        next(&mut watch).await;
    }
    assert!(begin.elapsed() >= 3 * interval, "{:?}", begin.elapsed());
    assert_eq!(service.requests(), 4);
}

#[tokio::test]
async fn pauses_grow_while_the_service_is_unreachable() {
    let interval = Duration::from_millis(50);
    let (begin, mut watch) = (Instant::now(), client("http://127.0.0.1:1").watch(interval));
    for _ in 0..4 {
        assert!(matches!(watch.changes().await, Err(Error::Connection { .. })));
    }
    // Pauses of 2, 4 and 8 intervals, less at most a half.
    assert!(begin.elapsed() >= (1 + 2 + 4) * interval, "{:?}", begin.elapsed());
    assert_eq!(watch.present(), []);
}

#[tokio::test]
async fn the_age_is_that_of_the_latest_response() {
    let server = MockServer::start_async().await;
    let aged = |age: &str| MockResponse::empty().header("age", age);
    server.respond_to(
        QueryAllOlWhatsAppInfo,
        [
            aged("7"),
            aged("180"),
            MockResponse::business(BusinessCode::TokenWrong).header("age", "9"),
            MockResponse::empty(),
            aged("soon"),
        ],
    );
    let mut watch = client(server.base_url()).watch(INTERVAL);
    assert_eq!(watch.age(), None);
    let mut ages = Vec::new();
    for _ in 0..5 {
        let _ = watch.changes().await;
        ages.push(watch.age().map(|age| age.as_secs()));
    }
    assert_eq!(ages, [Some(7), Some(180), Some(180), None, None]);
}

#[tokio::test]
async fn retry_after_extends_the_pause() {
    let server = MockServer::start_async().await;
    server.respond_to(
        QueryAllOlWhatsAppInfo,
        [MockResponse::rate_limited(RetryAfter::Seconds(1)), MockResponse::empty()],
    );
    let mut watch = client(server.base_url()).watch(INTERVAL);
    let error = watch.changes().await.unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::from_secs(1)));
    let refused = Instant::now();
    watch.changes().await.unwrap();
    assert!(refused.elapsed() >= Duration::from_millis(990), "{:?}", refused.elapsed());
}

#[test]
fn a_watch_is_send_and_its_debug_shows_no_key() {
    fn sent<T: Send + Unpin + 'static>(it: T) -> T {
        it
    }
    let watch = sent(client("http://127.0.0.1:1").watch(INTERVAL));
    let debug = format!("{watch:?}");
    assert!(debug.contains("20ms") && !debug.contains(KEY), "{debug}");
}

#[tokio::test]
async fn an_account_that_is_left_out_of_a_response_keeps_its_state() {
    let mut faulty = online(&[71, 72]);
    faulty["data"][0]["list"][0]["whatsAppList"][1]["whatsApp"] = json!("72@lid");
    let service = Service::start([online(&[71, 72]), faulty, online(&[71])]).await;
    let mut watch = service.watch(INTERVAL);
    assert!(matches!(watch.changes().await.unwrap()[0], Change::Began(_)));
    assert_eq!(watch.changes().await.unwrap(), []);
    assert_eq!(watch.doubted().collect::<Vec<_>>(), [Source::Pc]);
    assert_eq!(watch.present()[0].list[0].whats_app_list.len(), 2);
    let left = watch.changes().await.unwrap();
    assert!(matches!(left[..], [Change::AccountLeft { .. }]), "{left:?}");
}
