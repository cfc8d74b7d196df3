//! One line a request, without personal data: no header but the request's id, no body, and nothing of a caller's choice
//! that is not checked first.

use std::time::Duration;

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue, Method},
    response::Response,
};
use group_dispatch_types::{BusinessCode, signing::TenantId};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const LONGEST_REQUEST_ID: usize = 128;

/// What the line says of a request before it is answered.
pub struct RequestLog {
    id: HeaderValue,
    method: &'static str,
    path: &'static str,
}

impl RequestLog {
    /// A request has an id: its own `x-request-id`, or a new one.
    pub fn new(request: &Request, path: &'static str) -> Self {
        let id = given_id(request.headers()).cloned().unwrap_or_else(new_id);
        Self { id, method: known(request.method()), path }
    }

    /// Writes the line, and the id into the answer.
    pub fn finish(
        &self,
        response: &mut Response,
        tenant: Option<TenantId>,
        code: Option<BusinessCode>,
        took: Duration,
    ) {
        tracing::info!(
            request_id = self.id.to_str().unwrap_or_default(),
            method = self.method,
            path = self.path,
            tenant = tenant.map(TenantId::get),
            status = response.status().as_u16(),
            code = code.map(BusinessCode::code),
            milliseconds = took.as_secs_f64() * 1000.0,
            "request",
        );
        response.headers_mut().insert(REQUEST_ID, self.id.clone());
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
