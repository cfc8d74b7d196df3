//! Spans for each call and each attempt, named as OpenTelemetry names those of HTTP clients.

use std::time::Duration;

use tracing::{Level, Span, debug, enabled, field::Empty, info_span};

use crate::{Error, Request, attempt::Attempt, client::Shared, clock, operation::Operation};

/// The span of a call, from the question to its answer or error.
pub struct CallSpan(Span);

impl CallSpan {
    pub fn new<R: Request>(shared: &Shared, request: &R) -> Self {
        // Where nobody listens, even spans that are off would cost something.
        if !enabled!(Level::INFO) {
            return Self(Span::none());
        }
        let span = info_span!(
            "group_dispatch.call",
            otel.name = R::OPERATION.id,
            otel.kind = "internal",
            otel.status_code = Empty,
            error.r#type = Empty,
            group_dispatch.operation = R::OPERATION.id,
            group_dispatch.question = Empty,
        );
        if shared.traces_personal_data && !span.is_disabled() {
            span.record("group_dispatch.question", serde_json::to_string(request).unwrap_or_default());
        }
        Self(span)
    }

    /// The span of one of its requests.
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
            server.address = shared.server.address,
            server.port = shared.server.port,
            url.full = Empty,
            url.template = operation.path,
            group_dispatch.request_id = Empty,
            group_dispatch.left_out = Empty,
            group_dispatch.repaired = Empty,
        );
        if !span.is_disabled() {
            span.record("otel.name", format!("POST {}", operation.path));
            span.record("url.full", format!("{}{}", shared.base_url, operation.path));
            if attempts > 1 {
                span.record("http.request.resend_count", attempts - 1);
            }
        }
        span
    }

    /// SourceState before the pause.
    pub fn tries_again(&self, error: &Error, pause: Duration) {
        debug!(parent: &self.0, error.r#type = error.kind(), pause_ms = clock::milliseconds(pause), "trying again");
    }

    pub fn clock_was_wrong(&self, offset: i64) {
        debug!(
            parent: &self.0,
            offset_ms = offset,
            "this machine's clock differs from the service's; signing by the service's"
        );
    }

    pub fn ended(&self, error: Option<&Error>) {
        ended(&self.0, error);
    }
}

/// How a request ended.
pub fn answered(span: &Span, attempt: &Attempt, error: Option<&Error>) {
    if span.is_disabled() {
        return;
    }
    if let Some(received) = attempt.received() {
        span.record("http.response.status_code", received.status.as_u16());
        if let Some(id) = received.request_id() {
            span.record("group_dispatch.request_id", id);
        }
    }
    if let Some(repairs) = attempt.repairs() {
        span.record("group_dispatch.left_out", repairs.left_out.count());
        span.record("group_dispatch.repaired", repairs.repaired.count());
    }
    ended(span, error);
}

fn ended(span: &Span, error: Option<&Error>) {
    if let Some(error) = error
        && !span.is_disabled()
    {
        span.record("otel.status_code", "ERROR");
        span.record("error.type", error.kind());
    }
}
