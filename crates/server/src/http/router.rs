//! The routes of the server.

use axum::{Router, extract::Request};
use group_dispatch_types::BusinessCode;

use super::{
    config::Settings,
    endpoint::Endpoint,
    error::Failure,
    handlers::{ingest, operator, queries::operations},
    middleware::Front,
    request_context::Notes,
    state::{App, Call},
};
use crate::store::Store;

impl App {
    pub fn front(self) -> Front {
        let metrics = match self.settings.metrics_listen {
            None => operator::metrics(),
            Some(_) => Router::new(),
        };
        // They are called directly; here they stand for the other methods.
        let nobodys = Call { app: self.clone(), notes: Notes::new(Endpoint::Unknown) };
        let routes = Router::new()
            .merge(Router::from(operations()).merge(ingest::operation()).with_state(nobodys))
            .merge(operator::routes())
            .merge(metrics)
            .fallback(unknown_path)
            .method_not_allowed_fallback(method_not_allowed)
            .with_state(self.clone());
        Front::new(self, routes)
    }
}

/// The HTTP service over a store: the five queries, the feed of events, `/openapi.yaml`, `/openapi.json`, `/docs`, `/healthz`, `/readyz`, and
/// `/metrics` unless that has an address of its own.
pub fn router(store: Store, settings: Settings) -> Router {
    Router::new().fallback_service(App::new(store, settings).front())
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
