//! The metrics of a server, as `/metrics` shows them. Labels are endpoints, statuses and codes: never tenants or people.

mod collector;
mod format;

use std::{fmt, sync::OnceLock, time::Duration};

use axum::http::StatusCode;
use group_dispatch_types::BusinessCode;
use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram, info::Info},
    registry::{Metric, Registry, Unit},
};

use self::collector::StoreAndProcess;
pub use self::format::Format;
use super::{
    endpoint::Endpoint,
    request_context::{FeedSignature, IngestCounts},
};
use crate::store::Store;

/// The upper bounds of the latencies' buckets, in seconds: from a response from memory to the request timeout.
const LATENCY_SECONDS: [f64; 15] =
    [0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1.0, 5.0, 30.0];

type Label = [(&'static str, &'static str); 1];

/// Counters, gauges and a histogram. Limits read some of the gauges.
pub struct Metrics {
    registry: Registry,
    requests: Family<RequestLabels, Counter>,
    latencies: Family<Label, Histogram, fn() -> Histogram>,
    /// Of each endpoint the counter of `requests` with status 200, which are nearly all, and the histogram of `latencies`: so
    /// they need no lookup.
    successes: [OnceLock<Counter>; Endpoint::COUNT],
    endpoint_latencies: [OnceLock<Histogram>; Endpoint::COUNT],
    response_bytes: Counter,
    events: Family<Label, Counter>,
    feed_signatures: Family<[(&'static str, &'static str); 2], Counter>,
    shed: Family<Label, Counter>,
    connections_refused: Family<Label, Counter>,
    connections_cut: Family<Label, Counter>,
    pub requests_in_flight: Gauge,
    pub large_responses_in_flight: Gauge,
    pub ingest_calls_in_flight: Gauge,
    pub connections_open: Gauge,
}

/// Why a request was rejected with 503.
#[derive(Clone, Copy, Debug)]
pub enum Shed {
    Requests,
    Waiting,
    LargeResponses,
    IngestCalls,
}

impl Shed {
    fn label(self) -> Label {
        let reason = match self {
            Self::Requests => "requests",
            Self::Waiting => "waiting",
            Self::LargeResponses => "big_answers",
            Self::IngestCalls => "feeds",
        };
        [("reason", reason)]
    }
}

/// Why a connection was refused.
#[derive(Clone, Copy, Debug)]
pub enum Refused {
    /// There are too many connections, and none has been idle long enough to be closed.
    Connections,
    /// There are too many from one address.
    Address,
}

impl Refused {
    fn label(self) -> Label {
        let reason = match self {
            Self::Connections => "connections",
            Self::Address => "address",
        };
        [("reason", reason)]
    }
}

/// Why the server closed a connection.
#[derive(Clone, Copy, Debug)]
pub enum Cut {
    /// The client did not send the whole head of a request in time.
    NoRequest,
    /// The client did not read its response in time.
    ResponseNotRead,
    /// At the limit of connections, it had been idle longest.
    MadeRoom,
}

impl Cut {
    fn label(self) -> Label {
        let reason = match self {
            Self::NoRequest => "no_request",
            Self::ResponseNotRead => "answer_not_read",
            Self::MadeRoom => "made_room",
        };
        [("reason", reason)]
    }
}

/// One more in a gauge, until this is dropped.
pub struct InUse(Gauge);

impl InUse {
    /// Returns it, and how many others there are.
    pub fn new(gauge: &Gauge) -> (Self, usize) {
        let others = gauge.inc();
        (Self(gauge.clone()), usize::try_from(others).unwrap_or_default())
    }
}

impl Drop for InUse {
    fn drop(&mut self) {
        self.0.dec();
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    endpoint: &'static str,
    status: u16,
    /// The code of the envelope; the HTTP status if the response has no envelope.
    code: i32,
}

impl Metrics {
    /// Makes the metrics of a server over `store`.
    pub fn new(store: Store) -> Self {
        let mut registry = Registry::default();
        registry.register_collector(Box::new(StoreAndProcess(store)));
        Self::in_registry(registry)
    }

    fn in_registry(mut registry: Registry) -> Self {
        let build = vec![("version", env!("CARGO_PKG_VERSION"))];
        registry.register("group_dispatch_build", "The version of this server", Info::new(build));
        let ours = registry.sub_registry_with_prefix("group_dispatch");
        let latencies = Family::new_with_constructor((|| Histogram::new(LATENCY_SECONDS)) as fn() -> Histogram);
        let help = "Time from a request's head to its response";
        ours.register_with_unit("request_duration", help, Unit::Seconds, latencies.clone());
        let metrics = Self {
            requests: register(ours, "requests", "Requests, by endpoint, HTTP status and code"),
            latencies,
            successes: Default::default(),
            endpoint_latencies: Default::default(),
            response_bytes: register(ours, "answer_bytes", "Bytes of the responses' bodies"),
            events: register(ours, "events", "Status events that were fed: stored, repeated, refused"),
            feed_signatures: register(
                ours,
                "feed_signatures",
                "Calls that feed events, by signature and whether it is valid",
            ),
            shed: register(ours, "requests_shed", "Requests rejected with 503, by the limit that was reached"),
            connections_refused: register(
                ours,
                "connections_refused",
                "Connections refused, by the limit that was reached",
            ),
            connections_cut: register(ours, "connections_cut", "Connections closed for being idle or slow"),
            requests_in_flight: register(ours, "requests_in_flight", "Requests that are being handled"),
            large_responses_in_flight: register(ours, "big_answers_in_flight", "Large responses in memory"),
            ingest_calls_in_flight: register(ours, "feeds_in_flight", "Calls that feed events, until their response"),
            connections_open: register(ours, "connections_open", "Open connections"),
            registry,
        };
        // Exports zeros up front; otherwise `rate()` misses the first increment.
        for shed in [Shed::Requests, Shed::Waiting, Shed::LargeResponses, Shed::IngestCalls] {
            drop(metrics.shed.get_or_create(&shed.label()));
        }
        metrics.count_events(IngestCounts::default());
        for signature in [FeedSignature::Hmac, FeedSignature::Token] {
            for is_valid in [true, false] {
                drop(metrics.feed_signatures.get_or_create(&signature_labels(signature, is_valid)));
            }
        }
        for refused in [Refused::Connections, Refused::Address] {
            drop(metrics.connections_refused.get_or_create(&refused.label()));
        }
        for cut in [Cut::NoRequest, Cut::ResponseNotRead, Cut::MadeRoom] {
            drop(metrics.connections_cut.get_or_create(&cut.label()));
        }
        metrics
    }

    pub fn count_response(
        &self,
        endpoint: Endpoint,
        status: StatusCode,
        code: Option<BusinessCode>,
        bytes: u64,
        took: Duration,
    ) {
        let code = code.map_or(i32::from(status.as_u16()), BusinessCode::code);
        let labels = RequestLabels { endpoint: endpoint.name(), status: status.as_u16(), code };
        if (labels.status, code) == (200, 200) {
            let success = &self.successes[endpoint.index()];
            success.get_or_init(|| self.requests.get_or_create_owned(&labels)).inc();
        } else {
            self.requests.get_or_create(&labels).inc();
        }
        let latencies = &self.endpoint_latencies[endpoint.index()];
        let latencies = latencies.get_or_init(|| self.latencies.get_or_create_owned(&[("endpoint", endpoint.name())]));
        latencies.observe(took.as_secs_f64());
        self.response_bytes.inc_by(bytes);
    }

    pub fn count_events(&self, IngestCounts { stored, repeated, refused }: IngestCounts) {
        for (outcome, events) in [("stored", stored), ("repeated", repeated), ("refused", refused)] {
            self.events.get_or_create(&[("outcome", outcome)]).inc_by(events as u64);
        }
    }

    pub fn count_feed_signature(&self, signature: FeedSignature, is_valid: bool) {
        self.feed_signatures.get_or_create(&signature_labels(signature, is_valid)).inc();
    }

    pub fn count_shed(&self, shed: Shed) {
        self.shed.get_or_create(&shed.label()).inc();
    }

    pub fn count_refused(&self, refused: Refused) {
        self.connections_refused.get_or_create(&refused.label()).inc();
    }

    pub fn count_cut(&self, cut: Cut) {
        self.connections_cut.get_or_create(&cut.label()).inc();
    }

    /// Returns all metrics as they are now.
    ///
    /// # Errors
    /// When they can't be written to a string, which doesn't happen.
    pub fn render(&self, format: Format) -> Result<String, fmt::Error> {
        let mut text = String::new();
        encode(&mut text, &self.registry)?;
        Ok(match format {
            Format::OpenMetrics => text,
            Format::PrometheusText => format::to_prometheus_text(&text),
        })
    }
}

fn signature_labels(signature: FeedSignature, is_valid: bool) -> [(&'static str, &'static str); 2] {
    [("signature", signature.name()), ("outcome", if is_valid { "accepted" } else { "refused" })]
}

fn register<M: Metric + Clone + Default>(registry: &mut Registry, name: &str, help: &str) -> M {
    let metric = M::default();
    registry.register(name, help, metric.clone());
    metric
}

#[cfg(test)]
mod tests {
    use group_dispatch_types::Operation;

    use super::*;

    #[test]
    fn responses_are_counted_by_endpoint_status_and_code() {
        let metrics = Metrics::in_registry(Registry::default());
        let took = Duration::from_micros(300);
        metrics.count_response(Operation::QueryUserStatus.into(), StatusCode::OK, None, 100, took);
        metrics.count_response(
            Operation::QueryUserStatus.into(),
            StatusCode::UNAUTHORIZED,
            Some(BusinessCode::TokenWrong),
            50,
            took,
        );
        metrics.count_shed(Shed::LargeResponses);
        metrics.count_cut(Cut::NoRequest);
        metrics.connections_open.inc();
        let text = metrics.render(Format::OpenMetrics).unwrap();
        for line in [
            r#"group_dispatch_requests_total{endpoint="queryUserStatus",status="200",code="200"} 1"#,
            r#"group_dispatch_requests_total{endpoint="queryUserStatus",status="401",code="522"} 1"#,
            r#"group_dispatch_request_duration_seconds_count{endpoint="queryUserStatus"} 2"#,
            "group_dispatch_answer_bytes_total 150",
            r#"group_dispatch_requests_shed_total{reason="big_answers"} 1"#,
            r#"group_dispatch_connections_cut_total{reason="no_request"} 1"#,
            "group_dispatch_connections_open 1",
            concat!(r#"group_dispatch_build_info{version=""#, env!("CARGO_PKG_VERSION"), r#""} 1"#),
        ] {
            assert!(text.lines().any(|found| found == line), "{line}\n{text}");
        }
        assert!(text.ends_with("# EOF\n"));
    }

    #[test]
    fn buckets_hold_what_is_at_their_bound_and_add_up() {
        let metrics = Metrics::in_registry(Registry::default());
        for took in [Duration::from_micros(50), Duration::from_nanos(50_001), Duration::from_secs(60)] {
            metrics.count_response(Operation::QueryUserStatus.into(), StatusCode::OK, None, 0, took);
        }
        let text = metrics.render(Format::OpenMetrics).unwrap();
        let name = "group_dispatch_request_duration_seconds";
        let bucket = |bound: &str| format!("{name}_bucket{{le=\"{bound}\",endpoint=\"queryUserStatus\"}}");
        for (bound, count) in [("0.00005", 1), ("0.0001", 2), ("30.0", 2), ("+Inf", 3)] {
            let found = text.lines().find_map(|line| line.strip_prefix(&bucket(bound)));
            assert_eq!(found, Some(format!(" {count}").as_str()), "{bound}\n{text}");
        }
        assert!(text.contains(&format!("{name}_count{{endpoint=\"queryUserStatus\"}} 3\n")), "{text}");
        assert!(!text.contains("queryWhatsAppInfo"), "an endpoint without requests has no series: {text}");
    }
}
