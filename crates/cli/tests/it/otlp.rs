//! The spans that an OpenTelemetry collector receives, and servers whose collector fails.
#![cfg(unix)]

use std::{
    collections::BTreeMap,
    io::{BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    process::Command,
    sync::{Arc, Mutex},
};

use crate::common::{Server, TestStore, closed_port::ClosedPort, next_line, signal};
use axum::{Router, body::Bytes, http::HeaderMap, routing::post};
use group_dispatch_client::{Client, Credentials, RetryPolicy};
use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest,
    common::v1::{KeyValue, any_value::Value},
    trace::v1::{ResourceSpans, Span, span::SpanKind, status::StatusCode},
};
use prost::Message;

const ACCOUNT: &str = "8618217331411";
/// A day, so that spans are sent only when the server stops.
const NO_SCHEDULE: (&str, &str) = ("OTEL_BSP_SCHEDULE_DELAY", "86400000");

/// The received requests, each with its headers.
#[derive(Clone, Default)]
struct Collector(Arc<Mutex<Vec<(HeaderMap, Bytes)>>>);

impl Collector {
    /// Starts a collector, and returns its address.
    async fn start() -> (Self, String) {
        let collector = Self::default();
        let came = collector.clone();
        let take = post(async move |headers: HeaderMap, body: Bytes| came.0.lock().unwrap().push((headers, body)));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async { axum::serve(listener, Router::new().route("/v1/traces", take)).await });
        (collector, url)
    }

    fn came(&self) -> Vec<(HeaderMap, Bytes)> {
        self.0.lock().unwrap().clone()
    }

    fn resources(&self) -> Vec<ResourceSpans> {
        let decoded = |(_, body)| ExportTraceServiceRequest::decode(body).unwrap();
        self.came().into_iter().map(decoded).flat_map(|call| call.resource_spans).collect()
    }

    /// Returns the spans in the order of the responses.
    fn spans(&self) -> Vec<Span> {
        let scopes = self.resources().into_iter().flat_map(|resource| resource.scope_spans);
        scopes.flat_map(|scope| scope.spans).collect()
    }
}

fn serve(store: &TestStore, otlp: &str, arguments: &[&str]) -> Command {
    let mut command = store.command(&["serve", "--listen", "127.0.0.1:0", "--otlp", otlp]);
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("OTEL_")) {
        command.env_remove(name);
    }
    command.args(arguments);
    command
}

fn client(server: &Server, key: &str) -> Client {
    let client = Client::builder().base_url(&server.url).credentials(Credentials::new(7, key));
    client.retry(RetryPolicy::never()).build().unwrap()
}

/// Sends a request unchanged, and returns the status line of the response.
fn send(server: &Server, request: &str) -> String {
    let mut connection = TcpStream::connect(server.url.strip_prefix("http://").unwrap()).unwrap();
    write!(connection, "{request} HTTP/1.1\r\nhost: here\r\nconnection: close\r\n\r\n").unwrap();
    next_line(&mut BufReader::new(connection))
}

/// Stops a server, and returns the rest of its log.
fn stop(mut server: Server) -> String {
    signal(&server.child, "TERM");
    let mut log = String::new();
    server.log.take().unwrap().read_to_string(&mut log).unwrap();
    assert_eq!(server.child.wait().unwrap().code(), Some(0), "{log}");
    log
}

fn attributes(attributes: &[KeyValue]) -> BTreeMap<&str, String> {
    let text = |attribute: &KeyValue| match attribute.value.clone().unwrap().value.unwrap() {
        Value::StringValue(text) => text,
        Value::IntValue(number) => number.to_string(),
        other => panic!("{other:?}"),
    };
    attributes.iter().map(|attribute| (attribute.key.as_str(), text(attribute))).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_request_is_a_span_without_personal_data() {
    let store = TestStore::new();
    let event = serde_json::json!({ "userId": 12, "agentAccount": "agent-smith", "whatsApp": ACCOUNT, "name": "jack",
        "source": 2, "countryCode": "China", "detailStatus": 13, "createTime": 1_720_437_931 });
    assert_eq!(store.import(&store.file("events.ndjson", &event.to_string())).status, 0);
    let (collector, url) = Collector::start().await;
    // No proxy is used for a collector on this machine.
    let closed = ClosedPort::new();
    let proxies = ["http_proxy", "HTTP_PROXY", "ALL_PROXY"].map(|name| (name, closed.url()));
    // A slash at the end of the address does not change the path.
    let server = TestStore::serve_by(serve(&store, &format!("{url}/"), &[]).envs([NO_SCHEDULE]).envs(proxies));

    let asked = client(&server, "k").account_location(ACCOUNT).header("x-request-id", "first");
    let asked = asked.header("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
    let asked = asked.header("tracestate", format!("who={ACCOUNT}"));
    assert_eq!(asked.await.unwrap().unwrap().user_id.to_string(), "12");
    client(&server, "wrong-secret").account_location(ACCOUNT).await.unwrap_err();
    assert_eq!(send(&server, "GET /healthz"), "HTTP/1.1 200 OK\r\n");
    assert_eq!(send(&server, &format!("GET /{ACCOUNT}?name=jack")), "HTTP/1.1 404 Not Found\r\n");
    assert_eq!(send(&server, &format!("JACK{ACCOUNT} /docs/")), "HTTP/1.1 405 Method Not Allowed\r\n");
    let log = stop(server);
    assert!(!log.contains("BatchSpanProcessor"), "{log}");

    let spans = collector.spans();
    let names: Vec<_> = spans.iter().map(|span| span.name.as_str()).collect();
    let query = "POST /group-dispatch-api/user/queryWhatsAppInfo";
    assert_eq!(names, [query, query, "GET /healthz", "GET", "HTTP /docs/"]);
    let attributes_of_span: Vec<_> = spans.iter().map(|span| attributes(&span.attributes)).collect();
    let route = "/group-dispatch-api/user/queryWhatsAppInfo";
    for (attributes_of_span, expected) in attributes_of_span.iter().zip([
        vec![
            ("group_dispatch.request_id", "first"),
            ("group_dispatch.tenant_id", "7"),
            ("http.request.method", "POST"),
            ("http.response.status_code", "200"),
            ("http.route", route),
            ("url.path", route),
            ("url.scheme", "http"),
        ],
        vec![
            ("group_dispatch.code", "522"),
            ("http.request.method", "POST"),
            ("http.response.status_code", "401"),
            ("http.route", route),
            ("url.path", route),
            ("url.scheme", "http"),
        ],
        vec![
            ("http.request.method", "GET"),
            ("http.response.status_code", "200"),
            ("http.route", "/healthz"),
            ("url.path", "/healthz"),
            ("url.scheme", "http"),
        ],
        vec![
            ("group_dispatch.code", "404"),
            ("http.request.method", "GET"),
            ("http.response.status_code", "404"),
            ("url.scheme", "http"),
        ],
        vec![
            ("group_dispatch.code", "405"),
            ("http.request.method", "_OTHER"),
            ("http.response.status_code", "405"),
            // The route has many paths.
            ("http.route", "/docs/"),
            ("url.scheme", "http"),
        ],
    ]) {
        let is_generated = |(name, value): &(&str, &str)| *name == "group_dispatch.request_id" && *value != "first";
        let attributes_of_span = attributes_of_span
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .filter(|attribute| !is_generated(attribute));
        assert_eq!(attributes_of_span.collect::<Vec<_>>(), expected);
    }
    for (span, attributes_of_span) in spans.iter().zip(&attributes_of_span) {
        assert_eq!(span.kind(), SpanKind::Server);
        assert!(span.end_time_unix_nano > span.start_time_unix_nano);
        let id = &attributes_of_span["group_dispatch.request_id"];
        assert!(log.contains(id), "the log contains {id}");
        assert_eq!(span.status.clone().unwrap_or_default().code(), StatusCode::Unset, "the server did not fail");
    }
    let ids = |span: &Span| (hex(&span.trace_id), hex(&span.parent_span_id));
    let callers = ("0af7651916cd43dd8448eb211c80319c".to_owned(), "b7ad6b7169203331".to_owned());
    assert_eq!(ids(&spans[0]), callers);
    assert!(
        ids(&spans[1]).0 != callers.0 && spans[1].parent_span_id.is_empty(),
        "a request without a caller starts a trace"
    );
    for (_, bytes) in collector.came() {
        let text = String::from_utf8_lossy(&bytes);
        for secret in [ACCOUNT, "jack", "JACK", "agent-smith", "wrong-secret"] {
            assert!(!text.contains(secret), "{secret} was sent");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_error_marks_the_span_as_failed() {
    let (store, (collector, url)) = (TestStore::new(), Collector::start().await);
    let server = TestStore::serve_by(serve(&store, &url, &["--max-requests", "1"]).envs([NO_SCHEDULE]));
    // The request is admitted, and the server waits for its body.
    let mut waiting = TcpStream::connect(server.url.strip_prefix("http://").unwrap()).unwrap();
    let head = "POST /group-dispatch-api/user/queryUserStatus HTTP/1.1\r\nhost: here\r\ncontent-type: application/json";
    let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_millis().to_string();
    let token = Credentials::new(7, "k").token(&now);
    write!(waiting, "{head}\r\ntenant_id: 7\r\ntimestamp: {now}\r\ntoken: {token}\r\ncontent-length: 13\r\nexpect: 100-continue\r\n\r\n")
        .unwrap();
    assert_eq!(next_line(&mut BufReader::new(&waiting)), "HTTP/1.1 100 Continue\r\n");
    client(&server, "k").all_online().await.unwrap_err();
    drop(waiting);
    stop(server);
    let span = &collector.spans()[0];
    assert_eq!(span.name, "POST /group-dispatch-api/user/queryAllOlWhatsAppInfo");
    assert_eq!(attributes(&span.attributes)["error.type"], "503");
    assert_eq!(span.status.clone().unwrap().code(), StatusCode::Error);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_variables_of_opentelemetry_are_respected() {
    let defaults = [("service.name", "group-dispatch"), ("service.version", env!("CARGO_PKG_VERSION"))];
    for (variables, expected) in [
        (vec![], defaults.to_vec()),
        (
            vec![
                ("OTEL_RESOURCE_ATTRIBUTES", "service.name=ours,deployment.environment.name=staging"),
                ("OTEL_EXPORTER_OTLP_HEADERS", "x-collector-key=open"),
            ],
            vec![("service.name", "ours"), ("deployment.environment.name", "staging")],
        ),
        (
            vec![("OTEL_SERVICE_NAME", "dispatch-eu"), ("OTEL_RESOURCE_ATTRIBUTES", "service.name=ours")],
            vec![("service.name", "dispatch-eu"), defaults[1]],
        ),
    ] {
        let (store, (collector, url)) = (TestStore::new(), Collector::start().await);
        let server = TestStore::serve_by(serve(&store, &url, &[]).envs(variables.clone()));
        send(&server, "GET /healthz");
        stop(server);
        let resources = collector.resources();
        let attributes_of_span = attributes(&resources[0].resource.as_ref().unwrap().attributes);
        for (name, value) in expected {
            assert_eq!(attributes_of_span[name], value, "{variables:?}");
        }
        let (headers, _) = &collector.came()[0];
        let given = variables.iter().any(|(name, _)| *name == "OTEL_EXPORTER_OTLP_HEADERS").then_some("open");
        assert_eq!(headers.get("x-collector-key").map(|key| key.to_str().unwrap()), given);
        assert_eq!(headers["content-type"], "application/x-protobuf");
    }
}

#[test]
fn a_failing_collector_does_not_delay_the_server() {
    let closed = ClosedPort::new();
    // Accepts connections and never responds.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let silent_at = silent.local_addr().unwrap();
    let said_of_silent = ["BatchSpanProcessor.Shutdown.Timeout", "BatchSpanProcessor.SpansDropped"];
    for (address, complaints) in
        [(closed.address(), &["BatchSpanProcessor.ExportError"][..]), (silent_at, &said_of_silent)]
    {
        let store = TestStore::new();
        // Spans are sent one by one, with room for one more. Spans after an export that takes a day are lost.
        let small = [("OTEL_BSP_MAX_QUEUE_SIZE", "1"), ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "1")];
        let patient = ("OTEL_EXPORTER_OTLP_TIMEOUT", "86400000");
        let server = TestStore::serve_by(serve(&store, &format!("http://{address}"), &[]).envs(small).envs([patient]));
        for _ in 0..5 {
            assert_eq!(server.json(&["all"])[0]["source"], 1);
        }
        let log = stop(server);
        assert_eq!(log.matches("\"request\"").count(), 5, "{log}");
        for complaint in complaints {
            assert!(log.contains(complaint), "{complaint} is not in {log}");
        }
        assert!(log.lines().last().unwrap().contains("\"stopped\""), "{log}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_path_of_a_collector_is_not_appended_twice() {
    let (store, (collector, url)) = (TestStore::new(), Collector::start().await);
    for (count, path) in ["/v1/traces", "/v1/traces/", ""].into_iter().enumerate() {
        let server = TestStore::serve_by(&mut serve(&store, &format!("{url}{path}"), &[]));
        send(&server, "GET /healthz");
        stop(server);
        assert_eq!(collector.spans().len(), count + 1, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_span_is_sent_if_the_sdk_is_disabled() {
    for (value, is_disabled) in [("true", true), ("TRUE", true), ("false", false), ("1", false)] {
        let (store, (collector, url)) = (TestStore::new(), Collector::start().await);
        let server = TestStore::serve_by(serve(&store, &url, &[]).env("OTEL_SDK_DISABLED", value));
        send(&server, "GET /healthz");
        stop(server);
        assert_eq!(collector.came().is_empty(), is_disabled, "{value}");
    }
}
