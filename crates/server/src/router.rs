use std::{net::SocketAddr, ops::Deref, sync::Arc, time::Duration};

use axum::{Router, extract::Request};
use group_dispatch_types::BusinessCode;

use crate::{
    answer::Failure,
    docs,
    endpoint::Endpoint,
    front::Front,
    http_status::HttpStatus,
    information, ingest,
    limits::Limits,
    load::Load,
    metrics::Metrics,
    notes::{Call, Notes},
    observer::Observer,
    operations::operations,
    public_url::PublicUrl,
    rate_limit::RateLimits,
    served_contracts::ServedContracts,
    store::Store,
};

/// What an operator may choose.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How far a request's timestamp may be from the server's clock, either way (D17).
    pub timestamp_window: Duration,
    /// The largest body, in bytes.
    pub body_limit: usize,
    /// The largest body of status events, in bytes.
    pub ingest_body_limit: usize,
    /// How long a request may take from its head to its answer; [`LONGEST_WAIT`](Self::LONGEST_WAIT) at most.
    pub request_timeout: Duration,
    /// The HTTP status of errors that the queries return (D19).
    pub http_status: HttpStatus,
    /// The address that callers reach the server by, where it is another one than it listens on. The contracts that it
    /// shows name it first.
    pub public_url: Option<PublicUrl>,
    /// How much is taken on.
    pub limits: Limits,
    /// Where `/metrics` is served: nowhere else than at this address or, without one, beside the queries.
    pub metrics_listen: Option<SocketAddr>,
    /// Who hears of each request; it stays as long as the process.
    pub observer: Option<&'static dyn Observer>,
}

impl Settings {
    /// A day. Nothing is waited for any longer, for clocks can't tell every later moment.
    pub const LONGEST_WAIT: Duration = Duration::from_secs(24 * 60 * 60);
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            timestamp_window: Duration::from_secs(5 * 60),
            body_limit: 64 * 1024,
            ingest_body_limit: 8 * 1024 * 1024,
            request_timeout: Duration::from_secs(30),
            http_status: HttpStatus::default(),
            public_url: None,
            limits: Limits::default(),
            metrics_listen: None,
            observer: None,
        }
    }
}

/// What every handler works with.
#[derive(Clone)]
pub struct App(Arc<Parts>);

pub struct Parts {
    pub store: Store,
    pub settings: Settings,
    pub metrics: Arc<Metrics>,
    pub load: Load,
    pub rates: RateLimits,
    pub contracts: ServedContracts,
    pub site: docs::Site,
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl App {
    pub fn new(store: Store, mut settings: Settings) -> Self {
        let Limits { idle_timeout, write_timeout, .. } = &mut settings.limits;
        for wait in [&mut settings.request_timeout, idle_timeout, write_timeout] {
            *wait = Settings::LONGEST_WAIT.min(*wait);
        }
        let mut metrics = Metrics::new();
        metrics.tell_of(store.clone());
        let metrics = Arc::new(metrics);
        let load = Load::new(&settings.limits, Arc::clone(&metrics));
        let rates = RateLimits::new(settings.limits.requests_per_second);
        let contracts = ServedContracts::new(settings.public_url.as_ref());
        Self(Arc::new(Parts { store, settings, metrics, load, rates, contracts, site: docs::Site::default() }))
    }

    pub fn front(self) -> Front {
        let metrics = match self.settings.metrics_listen {
            None => information::metrics(),
            Some(_) => Router::new(),
        };
        // They are called directly; here they stand for the other methods.
        let nobodys = Call { app: self.clone(), notes: Notes::new(Endpoint::Unknown) };
        let routes = Router::new()
            .merge(Router::from(operations()).merge(ingest::operation()).with_state(nobodys))
            .merge(information::routes())
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
