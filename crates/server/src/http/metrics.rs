//! What `/metrics` tells the operator. It has nothing of tenants or people in it: labels are endpoints, statuses and codes.

use std::{fmt, sync::OnceLock, time::Duration};

use axum::http::StatusCode;
use group_dispatch_types::BusinessCode;
use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{counter::Counter, family::Family, gauge::Gauge, info::Info},
    registry::{Registry, Unit},
};

use super::{endpoint::Endpoint, request_context::Fed};
use crate::store::Store;
pub use format::Format;
use known::Known;
use latencies::Latencies;
use process::Process;

mod format;
mod known;
mod latencies;
mod process;

/// Counters and gauges are atomic numbers; some of the gauges are what the limits go by.
pub struct Metrics {
    registry: Registry,
    requests: Family<Answered, Counter>,
    /// Of these, each endpoint's answers without fault: they are nearly all, and so not looked for each time.
    successes: [OnceLock<Counter>; Endpoint::ALL.len()],
    latencies: Latencies,
    answer_bytes: Counter,
    events: Family<Outcome, Counter>,
    shed: Family<Reason, Counter>,
    connections_cut: Family<Reason, Counter>,
    pub requests_in_flight: Gauge,
    pub big_answers_in_flight: Gauge,
    pub feeds_in_flight: Gauge,
    pub connections_open: Gauge,
    pub connections_refused: Counter,
}

/// Why a request was answered 503.
#[derive(Clone, Copy, Debug)]
pub enum Shed {
    Requests,
    Waiting,
    BigAnswers,
    Feeds,
}

/// Why a connection was closed on a client.
#[derive(Clone, Copy, Debug)]
pub enum Cut {
    /// It did not send the whole head of a request.
    NoRequest,
    /// It did not read its answer.
    AnswerNotRead,
}

impl Shed {
    fn reason(self) -> Reason {
        let reason = match self {
            Self::Requests => "requests",
            Self::Waiting => "waiting",
            Self::BigAnswers => "big_answers",
            Self::Feeds => "feeds",
        };
        Reason { reason }
    }
}

impl Cut {
    fn reason(self) -> Reason {
        let reason = match self {
            Self::NoRequest => "no_request",
            Self::AnswerNotRead => "answer_not_read",
        };
        Reason { reason }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    endpoint: &'static str,
    status: u16,
    /// Of the envelope. An answer that has none of its own has its HTTP status here.
    code: i32,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Reason {
    reason: &'static str,
}

/// What became of events that were fed.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Outcome {
    outcome: &'static str,
}

impl Metrics {
    pub fn new() -> Self {
        let mut registry = Registry::default();
        let build = vec![("version", env!("CARGO_PKG_VERSION"))];
        registry.register("group_dispatch_build", "What this server is", Info::new(build));
        registry.register_collector(Box::new(Process));
        let mut ours = Ours(registry.sub_registry_with_prefix("group_dispatch"));
        let metrics = Self {
            requests: ours.tell("requests", "Requests that were answered, by endpoint, HTTP status and code"),
            successes: Default::default(),
            latencies: {
                let (latencies, help) = (Latencies::default(), "Time from a request's head to its answer");
                ours.0.register_with_unit("request_duration", help, Unit::Seconds, latencies.clone());
                latencies
            },
            answer_bytes: ours.tell("answer_bytes", "Bytes of the answers' bodies"),
            events: ours.tell("events", "Status events that were fed: stored, repeated, refused"),
            shed: ours.tell("requests_shed", "Requests answered 503 because too much was going on"),
            connections_cut: ours.tell("connections_cut", "Connections closed because the client was idle or slow"),
            requests_in_flight: ours.tell("requests_in_flight", "Requests that are worked on"),
            big_answers_in_flight: ours.tell("big_answers_in_flight", "Big answers that are made or on their way"),
            feeds_in_flight: ours.tell("feeds_in_flight", "Calls that feed events and are not answered yet"),
            connections_open: ours.tell("connections_open", "Connections that are open"),
            connections_refused: ours.tell("connections_refused", "Connections refused because too many were open"),
            registry,
        };
        // A rate is seen from its first event on only where nought was told before.
        for what in [Shed::Requests, Shed::Waiting, Shed::BigAnswers, Shed::Feeds] {
            drop(metrics.shed.get_or_create(&what.reason()));
        }
        metrics.fed(Fed::default());
        for why in [Cut::NoRequest, Cut::AnswerNotRead] {
            drop(metrics.connections_cut.get_or_create(&why.reason()));
        }
        metrics
    }

    /// Tells of a store from now on.
    pub fn tell_of(&mut self, store: Store) {
        self.registry.register_collector(Box::new(Known(store)));
    }

    pub fn answered(
        &self,
        endpoint: Endpoint,
        status: StatusCode,
        code: Option<BusinessCode>,
        bytes: u64,
        took: Duration,
    ) {
        let code = code.map_or(i32::from(status.as_u16()), BusinessCode::code);
        let answered = Answered { endpoint: endpoint.name(), status: status.as_u16(), code };
        match self.successes.get(endpoint.index()) {
            Some(success) if (answered.status, code) == (200, 200) => {
                success.get_or_init(|| self.requests.get_or_create(&answered).clone()).inc();
            }
            _ => {
                self.requests.get_or_create(&answered).inc();
            }
        }
        self.latencies.observe(endpoint, took);
        self.answer_bytes.inc_by(bytes);
    }

    pub fn fed(&self, Fed { stored, repeated, refused }: Fed) {
        for (outcome, events) in [("stored", stored), ("repeated", repeated), ("refused", refused)] {
            self.events.get_or_create(&Outcome { outcome }).inc_by(events as u64);
        }
    }

    pub fn shed(&self, what: Shed) {
        self.shed.get_or_create(&what.reason()).inc();
    }

    pub fn cut(&self, why: Cut) {
        self.connections_cut.get_or_create(&why.reason()).inc();
    }

    /// All of it as it is now.
    ///
    /// # Errors
    /// When it can't be written, which a string never gives cause for.
    pub fn text(&self, format: Format) -> Result<String, fmt::Error> {
        let mut text = String::new();
        encode(&mut text, &self.registry)?;
        Ok(match format {
            Format::OpenMetrics => text,
            Format::PrometheusText => format::to_prometheus_text(&text),
        })
    }
}

/// The registry of this server's own metrics.
struct Ours<'a>(&'a mut Registry);

impl Ours<'_> {
    fn tell<M>(&mut self, name: &str, help: &str) -> M
    where
        M: prometheus_client::registry::Metric + Clone + Default,
    {
        let metric = M::default();
        self.0.register(name, help, metric.clone());
        metric
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_answered_is_told_by_endpoint_status_and_code() {
        let metrics = Metrics::new();
        let took = Duration::from_micros(300);
        metrics.answered(Endpoint::QueryUserStatus, StatusCode::OK, None, 100, took);
        metrics.answered(Endpoint::QueryUserStatus, StatusCode::UNAUTHORIZED, Some(BusinessCode::TokenWrong), 50, took);
        metrics.shed(Shed::BigAnswers);
        metrics.cut(Cut::NoRequest);
        metrics.connections_open.inc();
        let text = metrics.text(Format::OpenMetrics).unwrap();
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
            assert!(text.lines().any(|told| told == line), "{line}\n{text}");
        }
        assert!(text.ends_with("# EOF\n"));
    }
}
