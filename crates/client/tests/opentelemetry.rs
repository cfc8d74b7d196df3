//! The feature `opentelemetry`: which requests carry a trace context, and what the metric of their durations shows.
//!
//! A program of its own with one test, because propagator and meter provider are global.
#![allow(clippy::panic, clippy::unwrap_used)]

#[path = "it/common/mod.rs"]
#[allow(dead_code)]
mod common;

use std::collections::{BTreeMap, BTreeSet};

use common::{KEY, builder, credentials, refusing, user_status};
use group_dispatch_client::{BusinessCode, Client, RateLimit, RetryPolicy, Source};
use group_dispatch_httpmock::{httpmock::MockServer, *};
use opentelemetry::{
    Context, KeyValue,
    baggage::BaggageExt as _,
    global,
    propagation::{TextMapCompositePropagator, TextMapPropagator},
    trace::{
        FutureExt as _, SpanContext, SpanId, TraceContextExt as _, TraceFlags, TraceId, TraceState, TracerProvider as _,
    },
};
use opentelemetry_sdk::{
    metrics::{
        InMemoryMetricExporter, PeriodicReader, SdkMeterProvider,
        data::{AggregatedMetrics, MetricData},
    },
    propagation::{BaggagePropagator, TraceContextPropagator},
    trace::{InMemorySpanExporter, SdkTracerProvider, SpanData},
};
use tracing_subscriber::prelude::*;

const CALLERS: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

/// The caller's span, as a program without `tracing` has it.
fn callers_context() -> Context {
    let (trace, span) = (TraceId::from_hex("0af7651916cd43dd8448eb211c80319c"), SpanId::from_hex("b7ad6b7169203331"));
    let span = SpanContext::new(trace.unwrap(), span.unwrap(), TraceFlags::SAMPLED, true, TraceState::NONE);
    Context::new().with_remote_span_context(span).with_baggage([KeyValue::new("user", "zhang-the-agent")])
}

fn traceparents(calls: &Calls) -> Vec<Option<String>> {
    let header = |request: &_| -> Option<String> {
        let request: &group_dispatch_httpmock::httpmock::HttpMockRequest = request;
        assert_eq!(
            request.headers().get("baggage"),
            None,
            "what the program knows of its users is not for the service"
        );
        Some(request.headers().get("traceparent")?.to_str().unwrap().to_owned())
    };
    calls.requests().iter().map(header).collect()
}

/// Sends one call, and returns the header of each of its requests.
async fn sent(
    answers: Vec<MockResponse<QueryUserStatus>>,
    context: Option<Context>,
    own: Option<&str>,
) -> Vec<Option<String>> {
    let server = MockServer::start_async().await;
    let calls = server.respond_to(QueryUserStatus, answers);
    let mut query = builder(server.base_url()).build().unwrap().query(user_status());
    if let Some(own) = own {
        query = query.header("traceparent", own);
    }
    match context {
        Some(context) => query.into_future().with_context(context).await.unwrap(),
        None => query.await.unwrap(),
    };
    traceparents(&calls)
}

fn ok() -> Vec<MockResponse<QueryUserStatus>> {
    vec![MockResponse::empty()]
}

#[tokio::test]
async fn requests_carry_the_context_that_the_program_has_and_are_measured() {
    assert_eq!(sent(ok(), Some(callers_context()), None).await, [None], "without a propagator");
    let propagators: Vec<Box<dyn TextMapPropagator + Send + Sync>> =
        vec![Box::new(TraceContextPropagator::new()), Box::new(BaggagePropagator::new())];
    global::set_text_map_propagator(TextMapCompositePropagator::new(propagators));
    assert_eq!(sent(ok(), None, None).await, [None], "without a span");
    assert_eq!(sent(ok(), Some(callers_context()), None).await, [Some(CALLERS.to_owned())]);
    let own = "00-11111111111111111111111111111111-2222222222222222-00";
    assert_eq!(sent(ok(), Some(callers_context()), Some(own)).await, [Some(own.to_owned())], "the call's own header");
    with_tracing().await;
    durations().await;
}

/// With `tracing-opentelemetry`, each request carries the span of itself, which is exported under the same id.
async fn with_tracing() {
    let exporter = InMemorySpanExporter::default();
    let provider = SdkTracerProvider::builder().with_simple_exporter(exporter.clone()).build();
    let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("test"));
    let guard = tracing::subscriber::set_default(tracing_subscriber::registry().with(layer));
    let answers = vec![MockResponse::proxy_page(503), MockResponse::empty()];
    let headers = sent(answers, None, None).await;
    drop(guard);
    let spans = exporter.get_finished_spans().unwrap();
    let call = spans.iter().find(|span| span.name == "queryUserStatus").unwrap();
    let requests: Vec<&SpanData> = spans.iter().filter(|span| span.name.starts_with("POST ")).collect();
    assert_eq!(requests.len(), 2);
    for request in &requests {
        assert_eq!(request.parent_span_id, call.span_context.span_id());
    }
    let own = |span: &SpanData| Some(format!("00-{}-{}-01", span.span_context.trace_id(), span.span_context.span_id()));
    assert_eq!(headers, requests.into_iter().map(own).collect::<Vec<_>>());
}

/// A point of the metric: its attributes as text, and how many requests it counts.
type Points = BTreeMap<BTreeSet<String>, u64>;

fn attributes<'a>(list: impl Iterator<Item = &'a KeyValue>) -> BTreeSet<String> {
    list.map(|attribute| format!("{}={}", attribute.key, attribute.value)).collect()
}

async fn durations() {
    let exporter = InMemoryMetricExporter::default();
    let provider = SdkMeterProvider::builder().with_reader(PeriodicReader::builder(exporter.clone()).build()).build();
    global::set_meter_provider(provider.clone());
    let server = MockServer::start_async().await;
    server.respond_to(QueryUserStatus, [MockResponse::proxy_page(503), MockResponse::empty()]);
    let wrong = MockResponse::business(BusinessCode::TokenWrong);
    server.respond_to(QueryUserStatusLog, wrong);
    let client = |url: String| -> Client {
        Client::builder().base_url(url).credentials(credentials()).rate_limit(RateLimit::Unlimited).build().unwrap()
    };
    let ours = client(server.base_url());
    ours.online_agents(Source::Pc).user_name("zhang-the-agent").await.unwrap();
    ours.status_log(Source::Pc).whats_app("8618217331411").await.unwrap_err();
    let (_socket, refused) = refusing();
    let never = RetryPolicy::never();
    client(refused.clone()).all_online().retry(never).await.unwrap_err();
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let silent_url = format!("http://{}/proxied", silent.local_addr().unwrap());
    let dropped = client(silent_url.clone());
    tokio::select! {
        answer = dropped.all_online().into_future() => panic!("{answer:?}"),
        connection = silent.accept() => drop(connection.unwrap()),
    }
    provider.force_flush().unwrap();

    let mut points = Points::new();
    for metrics in exporter.get_finished_metrics().unwrap() {
        for scope in metrics.scope_metrics().filter(|scope| scope.scope().name() == "group-dispatch-client") {
            for metric in scope.metrics() {
                assert_eq!((metric.name(), metric.unit()), ("http.client.request.duration", "s"));
                let AggregatedMetrics::F64(MetricData::Histogram(histogram)) = metric.data() else {
                    panic!("{metric:?}")
                };
                for point in histogram.data_points() {
                    let bounds: Vec<f64> = point.bounds().collect();
                    assert_eq!((bounds.len(), bounds[0], bounds[13]), (14, 0.005, 10.0));
                    assert!(point.sum() > 0.0 && point.sum() < 60.0, "seconds");
                    points.insert(attributes(point.attributes()), point.count());
                }
            }
        }
    }
    let expected = |url: &str, path: &str, more: &[&str]| -> BTreeSet<String> {
        let end = url.rsplit(':').next().unwrap();
        let (port, base) = end.split_at(end.find('/').unwrap_or(end.len()));
        let all = ["http.request.method=POST", "server.address=127.0.0.1", "url.scheme=http"];
        let own = [format!("server.port={port}"), format!("url.template={base}/group-dispatch-api/user/{path}")];
        all.iter().chain(more).map(|text| (*text).to_owned()).chain(own).collect()
    };
    let url = server.base_url();
    let http = "network.protocol.version=1.1";
    let log = expected(&url, "queryUserStatusLog", &["http.response.status_code=200", http, "error.type=522"]);
    let expected = Points::from([
        (expected(&url, "queryUserStatus", &["http.response.status_code=503", http, "error.type=503"]), 1),
        (expected(&url, "queryUserStatus", &["http.response.status_code=200", http]), 1),
        (log, 1),
        (expected(&refused, "queryAllOlWhatsAppInfo", &["error.type=connection"]), 1),
        (expected(&silent_url, "queryAllOlWhatsAppInfo", &["error.type=cancelled"]), 1),
    ]);
    assert_eq!(points, expected);
    let text = format!("{points:?}");
    for private in ["zhang-the-agent", "8618217331411", KEY] {
        assert!(!text.contains(private), "{private}");
    }
}
