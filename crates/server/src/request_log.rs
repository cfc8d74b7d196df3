//! One line a request, without personal data: no header but the request's id, no body, and nothing of a caller's choice
//! that is not checked first.

use std::{
    sync::{Arc, OnceLock},
    time::Instant,
};

use axum::{
    extract::{MatchedPath, Request},
    http::{HeaderMap, HeaderName, HeaderValue, Method},
    middleware::Next,
    response::Response,
};
use group_dispatch_types::{BusinessCode, signing::TenantId};
use uuid::Uuid;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const LONGEST_REQUEST_ID: usize = 128;

/// Where the check of the signature leaves, for the log, whose request it is.
#[derive(Clone, Default)]
pub struct ProvenTenant(Arc<OnceLock<TenantId>>);

impl ProvenTenant {
    pub fn set(&self, tenant: TenantId) {
        // A request is of one tenant, however often it is checked.
        let _ = self.0.set(tenant);
    }
}

/// Logs a request and gives its answer an id: the request's own `x-request-id`, or a new one.
pub async fn log(mut request: Request, next: Next) -> Response {
    let began = Instant::now();
    let id = given_id(request.headers()).unwrap_or_else(|| Uuid::new_v4().to_string());
    let method = known(request.method());
    let path = request.extensions().get::<MatchedPath>().cloned();
    let tenant = ProvenTenant::default();
    request.extensions_mut().insert(tenant.clone());
    let mut response = next.run(request).await;
    let code = response.extensions().get::<BusinessCode>().map(|code| code.code());
    tracing::info!(
        request_id = id,
        method,
        path = path.as_ref().map_or("unknown", MatchedPath::as_str),
        tenant = tenant.0.get().map(|tenant| tenant.get()),
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

/// A method by its name. HTTP lets callers make up their own, which may be anything.
fn known(method: &Method) -> &'static str {
    [Method::GET, Method::POST, Method::PUT, Method::DELETE, Method::HEAD, Method::OPTIONS, Method::PATCH]
        .iter()
        .zip(["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"])
        .find_map(|(known, name)| (known == method).then_some(name))
        .unwrap_or("other")
}
