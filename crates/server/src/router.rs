use std::{any::Any, sync::Arc, time::Duration};

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request, State},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use group_dispatch_types::{BusinessCode, UtcOffset};
use tower_http::catch_panic::CatchPanicLayer;

use crate::{answer::Failure, information, ingest, operations::operations, request_log, store::Store};

/// What an operator may choose.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// How far a request's timestamp may be from the server's clock, either way (D17).
    pub timestamp_window: Duration,
    /// The largest body, in bytes.
    pub body_limit: usize,
    /// The largest body of status events, in bytes.
    pub ingest_body_limit: usize,
    /// The zone in which clock times of events are read (D8).
    pub utc_offset: UtcOffset,
    /// How long a request may take from its head to its answer.
    pub request_timeout: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            timestamp_window: Duration::from_secs(5 * 60),
            body_limit: 64 * 1024,
            ingest_body_limit: 8 * 1024 * 1024,
            utc_offset: UtcOffset::default(),
            request_timeout: Duration::from_secs(30),
        }
    }
}

/// What every handler works with.
#[derive(Clone)]
pub struct App {
    pub store: Arc<dyn Store>,
    pub settings: Settings,
}

/// The HTTP service over a store: the five queries, the feed of events, `/openapi.yaml`, `/openapi.json`, `/docs`, `/healthz`, `/readyz`.
pub fn router(store: Arc<dyn Store>, settings: Settings) -> Router {
    let app = App { store, settings };
    Router::new()
        .merge(Router::from(operations()))
        .merge(ingest::routes(settings))
        .merge(information::routes())
        .fallback(unknown_path)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(DefaultBodyLimit::max(settings.body_limit))
        .layer(CatchPanicLayer::custom(broken))
        .layer(middleware::from_fn_with_state(app.clone(), within_time))
        .layer(middleware::from_fn(request_log::log))
        .with_state(app)
}

async fn unknown_path() -> Failure {
    Failure::new(BusinessCode::UnknownPath, "path: unknown; /docs and /openapi.yaml tell those that are served")
}

async fn method_not_allowed(request: Request) -> Failure {
    let path = request.uri().path();
    let is_asked = path.starts_with("/group-dispatch-api/") || path == ingest::PATH;
    let expected = if is_asked { "POST" } else { "GET" };
    Failure::new(BusinessCode::MethodNotAllowed, format!("method: expected {expected}"))
}

/// Nothing is meant to panic; if something does, its request alone fails. What it said is not repeated.
fn broken(_: Box<dyn Any + Send>) -> Response {
    Failure::new(BusinessCode::InternalError, "internal error").into_response()
}

async fn within_time(State(app): State<App>, request: Request, next: Next) -> Response {
    match tokio::time::timeout(app.settings.request_timeout, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Failure::new(
            BusinessCode::RequestTimeout,
            format!("request: expected whole within {} seconds", app.settings.request_timeout.as_secs_f32()),
        )
        .into_response(),
    }
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use hyper_util::service::TowerToHyperService;

    use super::*;

    #[tokio::test]
    async fn a_panic_fails_its_request_alone_and_is_not_repeated() {
        async fn panics() -> &'static str {
            panic!("8618217331411")
        }
        let router: Router = Router::new().route("/", get(panics)).layer(CatchPanicLayer::custom(broken));
        let request = Request::new(axum::body::Body::empty());
        let response = hyper::service::Service::call(&TowerToHyperService::new(router), request).await.unwrap();
        assert_eq!(response.status(), 500);
        let body = axum::body::to_bytes(response.into_body(), 1000).await.unwrap();
        assert_eq!(body, r#"{"code":500,"data":null,"message":"internal error"}"#);
    }
}
