//! Spans for each call and each attempt, with the names of OpenTelemetry's HTTP client conventions, and a metric of the
//! attempts.

use std::time::Duration;

use group_dispatch_types::Operation;
use tracing::{Level, Span, debug, enabled, field::Empty, info_span};

use crate::{ClientRequest, Error, attempt::Attempt, clock, config::Shared};

/// The span of a call.
pub struct CallSpan(Span);

impl CallSpan {
    pub fn new<R: ClientRequest>(shared: &Shared, request: &R) -> Self {
        // Saves the cost of a disabled span.
        if !enabled!(Level::INFO) {
            return Self(Span::none());
        }
        let span = info_span!(
            "group_dispatch.call",
            otel.name = R::OPERATION.id(),
            otel.kind = "internal",
            otel.status_code = Empty,
            error.r#type = Empty,
            group_dispatch.operation = R::OPERATION.id(),
            group_dispatch.request_body = Empty,
        );
        if shared.traces_personal_data && !span.is_disabled() {
            span.record("group_dispatch.request_body", serde_json::to_string(request).unwrap_or_default());
        }
        Self(span)
    }

    /// Creates the span of one of the call's requests.
    pub fn attempt(&self, shared: &Shared, operation: Operation, attempts: u32) -> Span {
        if !enabled!(Level::INFO) {
            return Span::none();
        }
        let span = info_span!(
            parent: &self.0,
            "group_dispatch.request",
            otel.name = Empty,
            otel.kind = "client",
            otel.status_code = Empty,
            error.r#type = Empty,
            http.request.method = "POST",
            http.request.resend_count = Empty,
            http.response.status_code = Empty,
            network.protocol.version = Empty,
            server.address = shared.server.address,
            server.port = shared.server.port,
            url.full = Empty,
            url.template = operation.path(),
            group_dispatch.request_id = Empty,
            group_dispatch.left_out = Empty,
            group_dispatch.repaired = Empty,
        );
        if !span.is_disabled() {
            span.record("otel.name", format!("POST {}", operation.path()));
            span.record("url.full", format!("{}{}", shared.base_url, operation.path()));
            if attempts > 1 {
                span.record("http.request.resend_count", attempts - 1);
            }
        }
        span
    }

    /// Logs a retry before its pause.
    pub fn log_retry(&self, error: &Error, pause: Duration) {
        debug!(parent: &self.0, error.r#type = error.kind(), pause_ms = clock::milliseconds(pause), "retrying");
    }

    pub fn log_clock_skew(&self, offset: i64) {
        debug!(
            parent: &self.0,
            offset_ms = offset,
            "this machine's clock differs from the service's; signing by the service's"
        );
    }

    pub fn record_end(&self, error: Option<&Error>) {
        record_error(&self.0, error);
    }
}

/// Records how an attempt ended.
#[cfg_attr(not(feature = "opentelemetry"), expect(unused_variables, reason = "only the metric shows them"))]
pub fn record_attempt(
    shared: &Shared,
    span: &Span,
    attempt: &Attempt,
    operation: Operation,
    took: Duration,
    error: Option<&Error>,
) {
    #[cfg(feature = "opentelemetry")]
    shared.metrics.record(crate::otel::RequestEnd {
        operation,
        took,
        status: attempt.response_head().map(|head| head.status.as_u16()),
        protocol_version: attempt.response_head().and_then(|head| head.protocol_version),
        error_type: error.map(Error::kind),
    });
    if span.is_disabled() {
        return;
    }
    if let Some(head) = attempt.response_head() {
        span.record("http.response.status_code", head.status.as_u16());
        if let Some(version) = head.protocol_version {
            span.record("network.protocol.version", version);
        }
        if let Some(id) = head.request_id() {
            span.record("group_dispatch.request_id", id);
        }
    }
    if let Some(repairs) = attempt.repairs() {
        span.record("group_dispatch.left_out", repairs.left_out.count());
        span.record("group_dispatch.repaired", repairs.repaired.count());
    }
    record_error(span, error);
}

/// Counts a request whose call is dropped before it ends, such as by a timeout of the program. It is forgotten at the end.
#[cfg(feature = "opentelemetry")]
pub struct Unfinished<'a> {
    pub shared: &'a Shared,
    pub operation: Operation,
    pub started: crate::clock::Instant,
}

#[cfg(feature = "opentelemetry")]
impl Drop for Unfinished<'_> {
    fn drop(&mut self) {
        self.shared.metrics.record(crate::otel::RequestEnd {
            operation: self.operation,
            took: self.started.elapsed(),
            status: None,
            protocol_version: None,
            error_type: Some("cancelled".to_owned()),
        });
    }
}

fn record_error(span: &Span, error: Option<&Error>) {
    if let Some(error) = error
        && !span.is_disabled()
    {
        span.record("otel.status_code", "ERROR");
        span.record("error.type", error.kind());
    }
}
