//! Spans for each call and each attempt, named as OpenTelemetry names those of HTTP clients.

use std::time::Duration;

use tracing::{Span, debug, field::Empty, info_span};

use crate::{Error, Question, attempt::Received, client::Shared, clock, operation::Operation};

/// The span of a call, from the question to its answer or error.
pub fn call<Q: Question>(shared: &Shared, question: &Q) -> Span {
    let span = info_span!(
        "group_dispatch.call",
        otel.name = Q::OPERATION.id,
        otel.kind = "internal",
        otel.status_code = Empty,
        error.r#type = Empty,
        group_dispatch.operation = Q::OPERATION.id,
        group_dispatch.question = Empty,
    );
    if shared.traces_personal_data && !span.is_disabled() {
        span.record("group_dispatch.question", serde_json::to_string(question).unwrap_or_default());
    }
    span
}

/// The span of one request.
pub fn attempt(shared: &Shared, operation: Operation, attempts: u32) -> Span {
    let span = info_span!(
        "group_dispatch.request",
        otel.name = "POST",
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
    );
    if !span.is_disabled() {
        span.record("url.full", format!("{}{}", shared.base_url, operation.path));
        if attempts > 1 {
            span.record("http.request.resend_count", attempts - 1);
        }
    }
    span
}

/// What the answer's head says.
pub fn answered(span: &Span, received: Option<&Received>) {
    if let Some(received) = received {
        span.record("http.response.status_code", received.status.as_u16());
        if let Some(id) = received.request_id() {
            span.record("group_dispatch.request_id", id);
        }
    }
}

/// How a call or a request ended.
pub fn ended(span: &Span, error: Option<&Error>) {
    if let Some(error) = error
        && !span.is_disabled()
    {
        span.record("otel.status_code", "ERROR");
        span.record("error.type", error.kind());
    }
}

/// Told within the call's span, before the pause.
pub fn tries_again(error: &Error, pause: Duration) {
    debug!(error.r#type = error.kind(), pause_ms = clock::milliseconds(pause), "trying again");
}

/// Told within the call's span.
pub fn clock_was_wrong(offset: i64) {
    debug!(offset_ms = offset, "this machine's clock differs from the service's; signing by the service's");
}
