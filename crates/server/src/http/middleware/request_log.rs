//! One log line for each request, and the call of the observer. Neither has personal data: no header but the request's id
//! and its trace, no body, and nothing that a client made up without a check. The line of a request whose signature or key is
//! refused also has the reason, the tenant that it claims to be of, and the client's address.

use std::time::Duration;

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue, Method},
    response::Response,
};
use group_dispatch_types::{BusinessCode, signing::TenantId};
use http_body::Body;

use crate::http::{
    error::Reason,
    metrics::Metrics,
    request_context::RequestContext,
    request_observer::{RequestObserver, RequestRecord},
};
use crate::store::KeyName;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
const MAX_REQUEST_ID_BYTES: usize = 128;

/// What the log line shows of a request before its response.
pub struct RequestLog {
    id: HeaderValue,
    method: &'static str,
    path: &'static str,
    traceparent: Option<HeaderValue>,
    observer: Option<&'static dyn RequestObserver>,
}

impl RequestLog {
    /// Takes the request's own `x-request-id` if it is valid, or makes an id.
    pub fn begin(request: &Request, path: &'static str, observer: Option<&'static dyn RequestObserver>) -> Self {
        let id = given_id(request.headers()).cloned().unwrap_or_else(new_id);
        let traceparent = observer.and_then(|_| request.headers().get(TRACEPARENT).cloned());
        Self { id, method: method_name(request.method()), path, traceparent, observer }
    }

    /// Counts the request, writes the line, calls the observer, and adds the id to the response.
    pub fn finish<B: Body>(
        self,
        response: &mut Response<B>,
        context: &RequestContext,
        metrics: &Metrics,
        took: Duration,
    ) {
        let code = response.extensions().get::<BusinessCode>().copied();
        let request = RequestRecord {
            id: self.id.to_str().unwrap_or_default(),
            traceparent: self.traceparent.as_ref().and_then(|parent| parent.to_str().ok()),
            method: self.method,
            endpoint: context.endpoint.name(),
            path: self.path,
            tenant: context.tenant.get().copied(),
            status: response.status().as_u16(),
            code,
            took,
        };
        metrics.count_response(context.endpoint, &request, response.body().size_hint().exact().unwrap_or_default());
        let events = context.ingest_counts.get();
        let refused = code.filter(|code| matches!(code.http_status(), 401 | 403));
        let reason = refused.map(|code| match response.extensions().get() {
            Some(Reason(reason)) => (*reason).to_owned(),
            None => code.to_string(),
        });
        tracing::info!(
            // A fixed target: `--log` filters name it, wherever this file stands.
            target: "group_dispatch_server::request_log",
            request_id = request.id,
            method = request.method,
            path = request.path,
            tenant = request.tenant.map(TenantId::get),
            key = context.key.get().map(KeyName::as_str),
            status = request.status,
            code = request.code.map(BusinessCode::code),
            reason,
            address = refused.and(context.client).map(|client| display(client.to_canonical())),
            claimed_tenant = context.claimed_tenant.get().copied().map(TenantId::get),
            milliseconds = request.took.as_micros() as f64 / 1000.0,
            signature = context.feed_signature.get().map(|signature| signature.name()),
            stored = events.map(|events| events.stored),
            repeated = events.map(|events| events.repeated),
            refused = events.map(|events| events.refused),
            "request",
        );
        if let Some(observer) = self.observer {
            observer.answered(&request);
        }
        response.headers_mut().insert(REQUEST_ID, self.id);
    }
}

fn given_id(headers: &HeaderMap) -> Option<&HeaderValue> {
    headers
        .get(REQUEST_ID)
        .filter(|id| (1..=MAX_REQUEST_ID_BYTES).contains(&id.len()) && id.as_bytes().iter().all(u8::is_ascii_graphic))
}

/// An id is no secret: a fast random generator is enough.
fn new_id() -> HeaderValue {
    let random = fastrand::u128(..);
    let id: [u8; 32] = std::array::from_fn(|digit| b"0123456789abcdef"[(random >> (4 * digit)) as usize & 15]);
    HeaderValue::from_bytes(&id).unwrap_or_else(|_| HeaderValue::from_static("-"))
}

/// Returns the name of a method that HTTP defines. A client may make up others.
fn method_name(method: &Method) -> &'static str {
    let defined = ["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"];
    defined.into_iter().find(|name| *name == method.as_str()).unwrap_or("other")
}
