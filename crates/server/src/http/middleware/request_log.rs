//! One line a request, and what an observer hears of it, without personal data: no header but the request's id and that
//! of the trace that it is part of, no body, and nothing of a caller's choice that is not checked first.

use std::time::Duration;

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue, Method},
    response::Response,
};
use group_dispatch_types::{BusinessCode, signing::TenantId};

use crate::http::{
    observer::{Observed, Observer},
    request_context::Notes,
};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
const LONGEST_REQUEST_ID: usize = 128;

/// What the line says of a request before it is answered.
pub struct RequestLog {
    id: HeaderValue,
    method: &'static str,
    path: &'static str,
    traceparent: Option<HeaderValue>,
    observer: Option<&'static dyn Observer>,
}

impl RequestLog {
    /// A request has an id: its own `x-request-id`, or a new one.
    pub fn new(request: &Request, path: &'static str, observer: Option<&'static dyn Observer>) -> Self {
        let id = given_id(request.headers()).cloned().unwrap_or_else(new_id);
        let traceparent = observer.and_then(|_| request.headers().get(TRACEPARENT).cloned());
        Self { id, method: known(request.method()), path, traceparent, observer }
    }

    /// Writes the line, and the id into the answer.
    pub fn finish<B>(self, response: &mut Response<B>, notes: &Notes, code: Option<BusinessCode>, took: Duration) {
        let request = Observed {
            id: self.id.to_str().unwrap_or_default(),
            traceparent: self.traceparent.as_ref().and_then(|parent| parent.to_str().ok()),
            method: self.method,
            endpoint: notes.endpoint().name(),
            path: self.path,
            tenant: notes.tenant(),
            status: response.status().as_u16(),
            code,
            took,
        };
        let events = notes.fed();
        tracing::info!(
            request_id = request.id,
            method = request.method,
            path = request.path,
            tenant = request.tenant.map(TenantId::get),
            status = request.status,
            code = request.code.map(BusinessCode::code),
            milliseconds = request.took.as_micros() as f64 / 1000.0,
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
        .filter(|id| (1..=LONGEST_REQUEST_ID).contains(&id.len()) && id.as_bytes().iter().all(u8::is_ascii_graphic))
}

/// Ids tell requests apart; they are no secret, and so need no more than a quick source of chance.
fn new_id() -> HeaderValue {
    let chance = fastrand::u128(..);
    let id: [u8; 32] = std::array::from_fn(|place| b"0123456789abcdef"[(chance >> (4 * place)) as usize & 15]);
    HeaderValue::from_bytes(&id).unwrap_or_else(|_| HeaderValue::from_static("-"))
}

/// A method by its name. HTTP lets callers make up their own, which may be anything.
fn known(method: &Method) -> &'static str {
    [Method::GET, Method::POST, Method::PUT, Method::DELETE, Method::HEAD, Method::OPTIONS, Method::PATCH]
        .iter()
        .zip(["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"])
        .find_map(|(known, name)| (known == method).then_some(name))
        .unwrap_or("other")
}
