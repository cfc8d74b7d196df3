//! One line a request, without personal data: no header, no body, and no path that is not one of ours.

use std::time::Instant;

use axum::{
    extract::{MatchedPath, Request},
    http::{HeaderMap, HeaderName, HeaderValue},
    middleware::Next,
    response::Response,
};
use group_dispatch_types::{BusinessCode, signing::TENANT_ID_HEADER};
use uuid::Uuid;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const LONGEST_REQUEST_ID: usize = 128;

/// Logs a request and gives its answer an id: the request's own `x-request-id`, or a new one.
pub async fn log(request: Request, next: Next) -> Response {
    let began = Instant::now();
    let id = given_id(request.headers()).unwrap_or_else(|| Uuid::new_v4().to_string());
    let method = request.method().clone();
    let path = request.extensions().get::<MatchedPath>().cloned();
    let tenant = given_tenant(request.headers());
    let mut response = next.run(request).await;
    let code = response.extensions().get::<BusinessCode>().map(|code| code.code());
    tracing::info!(
        request_id = id,
        %method,
        path = path.as_ref().map_or("unknown", MatchedPath::as_str),
        tenant,
        status = response.status().as_u16(),
        code,
        milliseconds = began.elapsed().as_secs_f64() * 1000.0,
        "request",
    );
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

fn given_id(headers: &HeaderMap) -> Option<String> {
    let id = headers.get(REQUEST_ID)?.to_str().ok()?;
    let fit = (1..=LONGEST_REQUEST_ID).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic());
    fit.then(|| id.to_owned())
}

/// The tenant that a request claims to be of, where it is a number at all.
fn given_tenant(headers: &HeaderMap) -> Option<u64> {
    headers.get(TENANT_ID_HEADER)?.to_str().ok()?.trim().parse().ok()
}
