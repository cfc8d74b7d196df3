//! What all requests share.

use std::sync::Arc;

use tokio::sync::SetOnce;

use super::{
    config::Config, docs_site::Site, metrics::Metrics, middleware::admission::Admission, rate_limit::RateLimits,
};
use crate::store::Store;

/// The state of a server.
pub struct AppState {
    pub store: Store,
    pub config: Config,
    pub metrics: Arc<Metrics>,
    pub admission: Admission,
    pub rate_limits: RateLimits,
    pub site: Site,
    /// Is set when the server stops: responses that have no end of their own end then.
    pub stopping: Arc<SetOnce<()>>,
}

impl AppState {
    pub fn new(store: Store, config: Config) -> Arc<Self> {
        let config = config.clamped();
        let metrics = Arc::new(Metrics::new(store.clone(), config.mirror.clone()));
        Arc::new(Self {
            admission: Admission::new(&config.limits, Arc::clone(&metrics)),
            rate_limits: RateLimits::new(config.limits.requests_per_second),
            site: Site::default(),
            stopping: Arc::default(),
            store,
            config,
            metrics,
        })
    }
}
