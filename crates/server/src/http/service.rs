//! The middleware stack: what happens to every request before and after its handler, in [`HttpService::respond`], from the
//! outside in.
//!
//! ```text
//! request ──> 1 log, metrics, request id ──> 2 admission ──> 3 timeout ──> 4 catch panics ──> 5 dispatch
//!                                                                                              │
//!                        an operation by POST: operations::dispatch, from the contracts  <─────┤
//!                        everything else: axum's routes (docs, contracts, health, metrics) <───┘
//! ```
//!
//! The steps are calls in one async function and no tower layers, because the layers of tower-http 0.7 don't do these jobs:
//! `catch_panic` and `timeout` respond without the envelope, and box each body into frames of [`Bytes`](axum::body::Bytes), so
//! that hyper can't send the chunks of a long body with one system call; `timeout` can't distinguish a slow client from a slow
//! server; `request_id` takes any id that a client sends; tower's `load_shed` and `concurrency_limit` know no exempt
//! endpoints and no tenants. The routes that are not operations are axum's, with any layer that they need.
//!
//! The steps borrow the request, and the handler's future stays where it is made: each async function that took the request
//! would hold it twice, and each adapter would copy the whole future (4 KB, twice) for every request.

use std::{
    mem,
    net::IpAddr,
    panic::AssertUnwindSafe,
    pin::pin,
    sync::{Arc, atomic::Ordering::Relaxed},
    time::Instant,
};

use axum::{
    Router,
    extract::Request,
    http::{Method, Response},
};
use futures_util::future::FutureExt;
use group_dispatch_types::BusinessCode;
use tokio::time::timeout_at;
use tower::Service;

use super::{
    body::ResponseBody, caller::Caller, config::Config, endpoint::Endpoint, error::ApiError, help_link::HelpLink,
    middleware::request_log::RequestLog, operations, request_context::RequestContext, state::AppState,
};

/// The HTTP service of a server.
pub struct HttpService {
    state: Arc<AppState>,
    /// The routes that are not operations.
    routes: Router,
}

impl HttpService {
    pub fn new(state: Arc<AppState>, routes: Router) -> Self {
        Self { state, routes }
    }

    /// Responds to a request, which comes from this address if it is known.
    pub async fn respond(&self, request: &mut Request, client: Option<IpAddr>) -> Response<ResponseBody> {
        let state = &self.state;
        let started = Instant::now();
        let (endpoint, path) = Endpoint::from_path(request.uri().path());
        let help = HelpLink::from(request.uri().path());
        let context = RequestContext::new(endpoint, client);
        let log = RequestLog::begin(request, path, state.config.observer);
        let mut response = match state.admission.admit(endpoint, started) {
            Ok(_admitted) => {
                let limits = &state.config;
                // The operator's endpoints end by themselves: readiness in two seconds, and with its own response.
                let is_limited = !endpoint.is_operator_endpoint();
                let deadline = started + if is_limited { limits.request_timeout } else { Config::LONGEST_TIMEOUT };
                let handler = pin!(AssertUnwindSafe(self.dispatch(request, &context)).catch_unwind());
                match timeout_at(deadline.into(), handler).await {
                    Ok(Ok(response)) => response,
                    // The message of a panic may have personal data in it.
                    Ok(Err(_)) => ApiError::internal().into_response(),
                    Err(_) => self.timed_out(&context).into_response(),
                }
            }
            Err(busy) => busy.into_response(),
        };
        state.config.http_status.apply(endpoint, &mut response);
        help.insert(&mut response);
        log.finish(&mut response, &context, &state.metrics, started.elapsed());
        response
    }

    async fn dispatch(&self, request: &mut Request, context: &RequestContext) -> Response<ResponseBody> {
        match context.endpoint {
            Endpoint::Operation(operation) if request.method() == Method::POST => {
                let response = match Caller::authenticate(&self.state, context, request) {
                    Ok(caller) => operations::dispatch(operation, caller, request).await,
                    Err(error) => Err(error),
                };
                response.unwrap_or_else(ApiError::into_response)
            }
            Endpoint::Operation(_) => ApiError::method_not_allowed(context.endpoint.method()).into_response(),
            _ => match self.routes.clone().call(mem::take(request)).await {
                Ok(response) => response.map(ResponseBody::Axum),
                Err(error) => match error {},
            },
        }
    }

    /// Until the whole request was received, the client was too slow; after that, the server was.
    fn timed_out(&self, context: &RequestContext) -> ApiError {
        let seconds = self.state.config.request_timeout.as_secs_f32();
        if context.has_arrived.load(Relaxed) {
            tracing::warn!(endpoint = context.endpoint.name(), "a request timed out");
            let message = format!("the server did not finish the request within {seconds} seconds");
            ApiError::new(BusinessCode::InternalError, message)
        } else {
            let message = format!("request: expected whole within {seconds} seconds");
            ApiError::new(BusinessCode::RequestTimeout, message)
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::{
        body::{Body, to_bytes},
        routing::get,
    };

    use super::*;
    use crate::{
        Config,
        store::{Database, Store, StoreOptions},
    };

    #[tokio::test]
    async fn a_panic_fails_its_request_alone_and_is_not_repeated() {
        async fn panics() -> &'static str {
            panic!("8618217331411")
        }
        let folder = tempfile::tempdir().unwrap();
        let database = Database::Sqlite(folder.path().join("store.db"));
        let store = Store::open(&database, StoreOptions::default()).await.unwrap();
        let state = AppState::new(store, Config::default());
        let service = HttpService::new(Arc::clone(&state), Router::new().route("/", get(panics)));
        for _ in 0..2 {
            let response = service.respond(&mut Request::new(Body::empty()), None).await;
            assert_eq!(response.status(), 500);
            let body = to_bytes(response.into_body().into(), 1000).await.unwrap();
            assert_eq!(body, r#"{"code":500,"data":null,"message":"internal error"}"#);
            assert_eq!(state.metrics.requests_in_flight.get(), 0);
        }
    }
}
