//! What spans and events contain, and what they don't.
//!
//! A program of its own: `tracing` caches for all threads whether a place in the code is of interest, and tests without a
//! collector would decide that.
#![allow(clippy::panic, clippy::unwrap_used)]

#[path = "it/common/mod.rs"]
#[allow(dead_code)]
mod common;

use std::{
    collections::BTreeMap,
    fmt::Debug,
    sync::{Arc, Mutex},
};

use common::{KEY, builder, credentials, query_all, refusing, user_status};
use group_dispatch_client::{Client, RetryBudget, types::*};
use group_dispatch_httpmock::{httpmock::MockServer, *};
use tracing::{
    Event, Subscriber,
    field::{Field, Visit},
    span::{Attributes, Id, Record},
    subscriber::DefaultGuard,
};
use tracing_subscriber::{Layer, Registry, layer::Context, prelude::*, registry::LookupSpan};

/// A span or an event: its name, its fields as text, and the span that it is in.
#[derive(Clone, Debug, Default)]
struct Seen {
    name: String,
    fields: BTreeMap<String, String>,
    parent: Option<u64>,
    id: Option<u64>,
}

impl Seen {
    fn get(&self, field: &str) -> Option<&str> {
        self.fields.get(field).map(String::as_str)
    }

    fn is_span(&self, name: &str) -> bool {
        self.id.is_some() && self.name == name
    }
}

impl Visit for Seen {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.fields.insert(field.name().to_owned(), format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.fields.insert(field.name().to_owned(), value.to_owned());
    }
}

/// Collects the spans and events of this thread at all levels and from all crates.
#[derive(Clone, Default)]
struct Collector(Arc<Mutex<Vec<Seen>>>);

impl Collector {
    fn started() -> (Self, DefaultGuard) {
        let collector = Self::default();
        let guard = tracing::subscriber::set_default(Registry::default().with(collector.clone()));
        (collector, guard)
    }

    fn all(&self) -> Vec<Seen> {
        self.0.lock().unwrap().clone()
    }

    fn spans(&self, name: &str) -> Vec<Seen> {
        self.all().into_iter().filter(|seen| seen.is_span(name)).collect()
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Collector {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let (metadata, span) = (attributes.metadata(), context.span(id).unwrap());
        let mut seen = Seen {
            name: metadata.name().to_owned(),
            parent: span.parent().map(|parent| parent.id().into_u64()),
            id: Some(id.into_u64()),
            ..Seen::default()
        };
        attributes.record(&mut seen);
        self.0.lock().unwrap().push(seen);
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, _: Context<'_, S>) {
        let mut all = self.0.lock().unwrap();
        // The registry reuses the id of a span that has ended: the last one counts.
        values.record(all.iter_mut().rfind(|seen| seen.id == Some(id.into_u64())).unwrap());
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut seen = Seen {
            name: event.metadata().name().to_owned(),
            parent: context.event_span(event).map(|span| span.id().into_u64()),
            ..Seen::default()
        };
        event.record(&mut seen);
        self.0.lock().unwrap().push(seen);
    }
}

const CALL: &str = "group_dispatch.call";
const REQUEST: &str = "group_dispatch.request";

#[tokio::test]
async fn a_call_has_a_span_with_a_span_for_each_request() {
    let (collector, _guard) = Collector::started();
    let server = MockServer::start_async().await;
    let answers = [MockResponse::proxy_page(503).times(2), MockResponse::empty().header("x-request-id", "order-4711")];
    server.respond_to(QueryUserStatus, answers);
    builder(server.base_url()).build().unwrap().query(user_status()).await.unwrap();

    let [call] = collector.spans(CALL).try_into().unwrap();
    assert_eq!((call.get("otel.name"), call.get("otel.kind")), (Some("queryUserStatus"), Some("internal")));
    assert_eq!(call.get("group_dispatch.operation"), Some("queryUserStatus"));
    assert_eq!((call.get("otel.status_code"), call.get("error.type")), (None, None), "it ended well");
    assert_eq!(call.parent, None);

    let requests = collector.spans(REQUEST);
    let port = server.port().to_string();
    let path = "/group-dispatch-api/user/queryUserStatus";
    for request in &requests {
        assert_eq!(request.parent, call.id);
        for (field, expected) in [
            ("otel.name", "POST /group-dispatch-api/user/queryUserStatus"),
            ("otel.kind", "client"),
            ("http.request.method", "POST"),
            ("server.address", "127.0.0.1"),
            ("server.port", &port),
            ("url.full", &server.url(path)),
            ("url.template", path),
        ] {
            assert_eq!(request.get(field), Some(expected), "{field}");
        }
    }
    let field = |name: &str| -> Vec<Option<&str>> { requests.iter().map(|request| request.get(name)).collect() };
    assert_eq!(field("http.request.resend_count"), [None, Some("1"), Some("2")]);
    assert_eq!(field("http.response.status_code"), [Some("503"), Some("503"), Some("200")]);
    assert_eq!(field("network.protocol.version"), [Some("1.1"); 3]);
    assert_eq!(field("error.type"), [Some("503"), Some("503"), None]);
    assert_eq!(field("otel.status_code"), [Some("ERROR"), Some("ERROR"), None]);
    assert_eq!(field("group_dispatch.request_id"), [None, None, Some("order-4711")]);

    let retries: Vec<_> = collector.all().into_iter().filter(|seen| seen.get("message") == Some("retrying")).collect();
    assert_eq!(retries.len(), 2);
    for retry in retries {
        assert_eq!((retry.parent, retry.get("error.type")), (call.id, Some("503")));
        assert!(retry.fields.contains_key("pause_ms"));
    }
}

#[tokio::test]
async fn the_span_of_a_call_is_within_the_callers_span() {
    let (collector, _guard) = Collector::started();
    let server = MockServer::start_async().await;
    server.respond_to(AnyOperation, MockResponse::ok(NoData));
    let client = builder(server.base_url()).build().unwrap();
    let caller = tracing::info_span!("caller");
    tracing::Instrument::instrument(async { client.all_online().await.unwrap() }, caller.clone()).await;
    assert_eq!(collector.spans(CALL)[0].parent, caller.id().map(|id| id.into_u64()));
}

#[tokio::test]
async fn a_failure_has_one_of_few_types() {
    let (_socket, refused) = refusing();
    for (answer, expected) in [
        (Some(MockResponse::business(BusinessCode::TokenWrong)), "522"),
        (Some(MockResponse::business(BusinessCode::DatabaseError).mirrored()), "517"),
        (Some(MockResponse::proxy_page(502)), "502"),
        (Some(MockResponse::malformed(Malformed::Garbage)), "decode"),
        (Some(MockResponse::never()), "timeout"),
        (None, "connection"),
    ] {
        let (collector, _guard) = Collector::started();
        let server = MockServer::start_async().await;
        let address = answer.map_or(refused.clone(), |answer| {
            server.respond_to(QueryUserStatus, answer);
            server.base_url()
        });
        let never = expected == "timeout";
        let patience = std::time::Duration::from_millis(if never { 200 } else { 60_000 });
        // Without a budget the call ends in BudgetExhausted, whose type is that of the last failure.
        let client = builder(address).attempt_timeout(patience).retry_budget(RetryBudget::new(0, 0.0, 0.0));
        client.build().unwrap().query(user_status()).await.unwrap_err();
        for span in [CALL, REQUEST] {
            let [span] = collector.spans(span).try_into().unwrap();
            assert_eq!((span.get("error.type"), span.get("otel.status_code")), (Some(expected), Some("ERROR")));
        }
    }
}

/// Returns all spans and events of all operations, of responses with personal data, and of failures.
async fn recorded_by(build: impl Fn(String) -> Client) -> (Vec<Seen>, Vec<String>) {
    let (collector, _guard) = Collector::started();
    let server = MockServer::start_async().await;
    let agent = online_agent(1_711_621_443, "zhang-the-agent", ["8618217331412"]);
    let calls = [
        server.respond_to(
            QueryUserStatus,
            [
                MockResponse::raw(502, "text/html", "<html>8618217331412 of zhang-the-agent</html>"),
                MockResponse::ok([agent])
                    .signed_by(credentials())
                    .on_clock(Clock::ahead(std::time::Duration::from_secs(3600))),
            ],
        ),
        server.respond_to(
            QueryWhatsAppInfo,
            MockResponse::raw(200, "application/json", r#"{"code": 522, "message": "no 8618217331412", "data": null}"#),
        ),
        server.respond_to(
            AnyOperation,
            MockResponse::raw(200, "application/json", r#"{"8618217331412": "zhang-the-agent"}"#),
        ),
    ];
    let client = build(server.base_url());
    let _ = query_all(&client).await;
    client.online_agents(Source::Pc).user_name("zhang-the-agent").user_id(1_711_621_443).await.unwrap();
    let _ = client.status_log(Source::Pc).agent_account("zhang-the-agent").header("x-tag", "zhang-the-agent").await;
    let _ = client.account_location("8618217331412").with_response().await;
    let requests = calls.iter().flat_map(Calls::requests);
    let tokens = requests.map(|request| request.headers()["token"].to_str().unwrap().to_owned()).collect();
    (collector.all(), tokens)
}

#[tokio::test]
async fn spans_contain_no_personal_data_and_secrets() {
    let (recorded, tokens) = recorded_by(|url| builder(url).build().unwrap()).await;
    assert!(recorded.iter().filter(|seen| seen.is_span(REQUEST)).count() >= 8 && tokens.len() >= 8);
    assert!(recorded.iter().all(|seen| seen.get("group_dispatch.request_body").is_none()));
    let personal = ["8618217331412", "573125704139", "zhang-the-agent", "1711621443", KEY];
    for seen in &recorded {
        let text = format!("{seen:?}");
        for private in personal.into_iter().chain(tokens.iter().map(String::as_str)) {
            assert!(!text.contains(private), "{private}: {text}");
        }
    }
}

#[tokio::test]
async fn request_bodies_are_traced_on_request_but_never_secrets() {
    let (recorded, tokens) = recorded_by(|url| builder(url).trace_personal_data(true).build().unwrap()).await;
    let bodies: Vec<_> = recorded.iter().filter_map(|seen| seen.get("group_dispatch.request_body")).collect();
    assert_eq!(bodies[0], r#"{"source":2,"userId":12,"userName":""}"#);
    assert_eq!(bodies[1], "{}");
    assert_eq!(bodies[2], r#"{"source":3,"whatsapp":8618217331412}"#);
    assert_eq!(bodies[5], r#"{"source":1,"userId":1711621443,"userName":"zhang-the-agent"}"#);
    assert_eq!(bodies.len(), 8, "{bodies:?}");
    for seen in &recorded {
        let text = format!("{seen:?}");
        for secret in tokens.iter().map(String::as_str).chain([KEY]) {
            assert!(!text.contains(secret), "{secret}: {text}");
        }
        assert!(!text.contains("zhang-the-agent") || seen.is_span(CALL), "{text}");
    }
}

#[tokio::test]
async fn elements_that_were_left_out_are_counted() {
    let server = MockServer::start_async().await;
    let body = r#"{"code":200,"message":"","data":[{"userId":"x"},{"userId":2,"agentAccount":null}]}"#;
    server.respond_to(QueryUserStatus, [MockResponse::raw(200, "application/json", body), MockResponse::empty()]);
    let client = builder(server.base_url()).build().unwrap();
    let (collector, guard) = Collector::started();
    for _ in 0..2 {
        client.query(user_status()).await.unwrap();
    }
    drop(guard);
    let seen = collector.0.lock().unwrap();
    let requests: Vec<_> = seen.iter().filter(|seen| seen.is_span("group_dispatch.request")).collect();
    let counted = |span: &Seen| {
        ["left_out", "repaired"].map(|name| span.get(&format!("group_dispatch.{name}")).map(str::to_owned))
    };
    assert_eq!(counted(requests[0]), [Some("1".to_owned()), Some("1".to_owned())]);
    assert_eq!(counted(requests[1]), [None, None], "a good answer is not counted");
}
