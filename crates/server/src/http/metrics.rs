//! The metrics of a server, as `/metrics` shows them. Labels are endpoints, statuses and codes: never tenants or people.

mod collector;
mod format;
pub mod mirror;

use std::{fmt, sync::OnceLock};

use group_dispatch_types::{BusinessCode, Operation};
use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram, info::Info},
    registry::{Metric, Registry, Unit},
};

pub use self::{collector::Process, format::Format};
use self::{collector::StoreSize, mirror::MirrorReporter};
use super::{
    endpoint::Endpoint,
    request_context::{FeedSignature, IngestCounts},
    request_observer::RequestRecord,
};
use crate::store::Store;

/// The upper bounds of the buckets of durations, in seconds: those of OpenTelemetry's conventions, which begin at 0.005, and
/// smaller ones for responses from memory.
const DURATION_SECONDS: [f64; 20] = [
    0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5,
    5.0, 7.5, 10.0,
];

type Label = [(&'static str, &'static str); 1];

/// Counters, gauges and a histogram. Limits read some of the gauges.
pub struct Metrics {
    registry: Registry,
    requests: Family<RequestLabels, Counter>,
    durations: Family<DurationLabels, Histogram, fn() -> Histogram>,
    /// Of each operation the counter and the histogram of requests with status 200, which are nearly all: so they need no
    /// lookup.
    successes: [OnceLock<(Counter, Histogram)>; Operation::ALL.len()],
    response_bytes: Counter,
    events: Family<Label, Counter>,
    feed_signatures: Family<[(&'static str, &'static str); 2], Counter>,
    shed: Family<Label, Counter>,
    connections_refused: Family<Label, Counter>,
    connections_cut: Family<Label, Counter>,
    webhook_messages: Counter,
    webhook_attempts: Family<Label, Counter>,
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

/// What came of an attempt to deliver a message to a webhook.
#[derive(Clone, Copy, Debug)]
pub enum Attempted {
    /// The receiver has the message.
    Delivered,
    /// It is sent again later.
    Retried,
    /// It was the last attempt.
    GivenUp,
    /// The receiver wants no more messages.
    Disabled,
}

impl Attempted {
    const ALL: [Self; 4] = [Self::Delivered, Self::Retried, Self::GivenUp, Self::Disabled];

    fn label(self) -> Label {
        let outcome = match self {
            Self::Delivered => "delivered",
            Self::Retried => "retried",
            Self::GivenUp => "given_up",
            Self::Disabled => "disabled",
        };
        [("outcome", outcome)]
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

/// The attributes of OpenTelemetry's metric `http.server.request.duration`, as Prometheus names them. An attribute that is
/// not set has an empty value, which Prometheus treats as a missing label.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct DurationLabels {
    http_request_method: &'static str,
    http_response_status_code: u16,
    http_route: Option<&'static str>,
    error_type: Option<u16>,
    /// Always http: the server has no TLS, which a reverse proxy may add.
    url_scheme: &'static str,
}

impl Metrics {
    /// Makes the metrics of a server over `store`, and of a mirror in this process.
    pub fn new(store: Store, mirror: Option<MirrorReporter>) -> Self {
        let mut registry = Registry::default();
        registry.register_collector(Box::new(StoreSize(store)));
        registry.register_collector(Box::new(Process));
        if let Some(mirror) = mirror {
            registry.register_collector(Box::new(mirror));
        }
        Self::in_registry(registry)
    }

    /// Makes the metrics of a listener whose connections nobody asks about.
    pub fn of_connections() -> Self {
        Self::in_registry(Registry::default())
    }

    fn in_registry(mut registry: Registry) -> Self {
        let build = vec![("version", env!("CARGO_PKG_VERSION"))];
        registry.register("group_dispatch_build", "The version of this server", Info::new(build));
        let durations = Family::new_with_constructor((|| Histogram::new(DURATION_SECONDS)) as fn() -> Histogram);
        let help = "Time from a request's head to its response";
        registry.register_with_unit("http_server_request_duration", help, Unit::Seconds, durations.clone());
        let ours = registry.sub_registry_with_prefix("group_dispatch");
        let metrics = Self {
            requests: register(ours, "requests", "Requests, by endpoint, HTTP status and code"),
            durations,
            successes: Default::default(),
            response_bytes: register(ours, "answer_bytes", "Bytes of the responses' bodies"),
            events: register(ours, "events", "Status events that were fed: stored, repeated, refused"),
            feed_signatures: register(
                ours,
                "feed_signatures",
                "Calls that feed events or read the history, by signature and whether it is valid",
            ),
            shed: register(ours, "requests_shed", "Requests rejected with 503, by the limit that was reached"),
            connections_refused: register(
                ours,
                "connections_refused",
                "Connections refused, by the limit that was reached",
            ),
            connections_cut: register(ours, "connections_cut", "Connections closed for being idle or slow"),
            webhook_messages: register(ours, "webhook_messages", "Messages about alerts, for webhooks"),
            webhook_attempts: register(ours, "webhook_attempts", "Attempts to deliver messages, by what came of them"),
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
        for attempted in Attempted::ALL {
            drop(metrics.webhook_attempts.get_or_create(&attempted.label()));
        }
        metrics
    }

    /// Counts a request that has its response, whose body has this many bytes.
    pub fn count_response(&self, endpoint: Endpoint, request: &RequestRecord<'_>, bytes: u64) {
        let RequestRecord { status, code, took, .. } = *request;
        self.response_bytes.inc_by(bytes);
        let took = took.as_secs_f64();
        if let Endpoint::Operation(operation) = endpoint
            && (status, code) == (200, None)
        {
            let success = &self.successes[operation as usize];
            let (requests, durations) = success.get_or_init(|| {
                let requests = self.requests.get_or_create_owned(&RequestLabels::of(request));
                (requests, self.durations.get_or_create_owned(&DurationLabels::of(request)))
            });
            requests.inc();
            durations.observe(took);
        } else {
            self.requests.get_or_create(&RequestLabels::of(request)).inc();
            self.durations.get_or_create(&DurationLabels::of(request)).observe(took);
        }
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

    pub fn count_webhook_messages(&self, messages: usize) {
        self.webhook_messages.inc_by(messages as u64);
    }

    pub fn count_webhook_attempt(&self, attempted: Attempted) {
        self.webhook_attempts.get_or_create(&attempted.label()).inc();
    }

    /// Returns all metrics as they are now.
    ///
    /// # Errors
    /// When they can't be written to a string, which doesn't happen.
    pub fn render(&self, format: Format) -> Result<String, fmt::Error> {
        render(&self.registry, format)
    }
}

/// Returns the metrics of a registry as they are now.
///
/// # Errors
/// When they can't be written to a string, which doesn't happen.
pub fn render(registry: &Registry, format: Format) -> Result<String, fmt::Error> {
    let mut text = String::new();
    encode(&mut text, registry)?;
    Ok(match format {
        Format::OpenMetrics => text,
        Format::PrometheusText => format::to_prometheus_text(&text),
    })
}

impl RequestLabels {
    fn of(request: &RequestRecord<'_>) -> Self {
        let code = request.code.map_or(i32::from(request.status), BusinessCode::code);
        Self { endpoint: request.endpoint, status: request.status, code }
    }
}

impl DurationLabels {
    fn of(request: &RequestRecord<'_>) -> Self {
        Self {
            http_request_method: request.http_method(),
            http_response_status_code: request.status,
            http_route: request.http_route(),
            error_type: request.error_type(),
            url_scheme: "http",
        }
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
    use std::time::Duration;

    use super::*;

    fn record(status: u16, code: Option<BusinessCode>, took: Duration) -> RequestRecord<'static> {
        let (endpoint, path) = (Operation::QueryUserStatus.id(), Operation::QueryUserStatus.path());
        RequestRecord { id: "", traceparent: None, method: "POST", endpoint, path, tenant: None, status, code, took }
    }

    #[test]
    fn responses_are_counted_by_endpoint_status_and_code() {
        let metrics = Metrics::in_registry(Registry::default());
        let (endpoint, took) = (Operation::QueryUserStatus.into(), Duration::from_micros(300));
        metrics.count_response(endpoint, &record(200, None, took), 100);
        metrics.count_response(endpoint, &record(401, Some(BusinessCode::TokenWrong), took), 30);
        // Under `--http-status vendor`, the code alone says that the server failed.
        metrics.count_response(endpoint, &record(200, Some(BusinessCode::DatabaseError), took), 20);
        let unknown =
            RequestRecord { method: "other", endpoint: "unknown", path: "unknown", ..record(404, None, took) };
        metrics.count_response(Endpoint::Unknown, &unknown, 0);
        metrics.count_shed(Shed::LargeResponses);
        metrics.count_cut(Cut::NoRequest);
        metrics.connections_open.inc();
        let text = metrics.render(Format::OpenMetrics).unwrap();
        let duration = |method: &str, status: u16, route: &str, error: &str| {
            let labels = format!(
                r#"http_request_method="{method}",http_response_status_code="{status}",http_route="{route}",error_type="{error}",url_scheme="http""#
            );
            format!("http_server_request_duration_seconds_count{{{labels}}} 1")
        };
        let route = Operation::QueryUserStatus.path();
        for line in [
            r#"group_dispatch_requests_total{endpoint="queryUserStatus",status="200",code="200"} 1"#,
            r#"group_dispatch_requests_total{endpoint="queryUserStatus",status="401",code="522"} 1"#,
            r#"group_dispatch_requests_total{endpoint="queryUserStatus",status="200",code="517"} 1"#,
            &duration("POST", 200, route, ""),
            &duration("POST", 401, route, ""),
            &duration("POST", 200, route, "500"),
            &duration("_OTHER", 404, "", ""),
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
            metrics.count_response(Operation::QueryUserStatus.into(), &record(200, None, took), 0);
        }
        let text = metrics.render(Format::OpenMetrics).unwrap();
        let name = "http_server_request_duration_seconds";
        for (bound, count) in [("0.00005", 1), ("0.0001", 2), ("10.0", 2), ("+Inf", 3)] {
            let start = format!("{name}_bucket{{le=\"{bound}\",");
            let found = text.lines().find(|line| line.starts_with(&start)).and_then(|line| line.rsplit_once(' '));
            assert_eq!(found.map(|(_, count)| count.to_owned()), Some(count.to_string()), "{bound}\n{text}");
        }
        assert_eq!(text.matches(&format!("{name}_count{{")).count(), 1, "what had no request has no series: {text}");
    }
}
