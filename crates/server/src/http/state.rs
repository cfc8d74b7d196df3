//! What all requests share.

use std::{ops::Deref, sync::Arc};

use super::{
    config::Config, docs_site::Site, metrics::Metrics, middleware::admission::Admission, rate_limit::RateLimits,
    served_contracts::ServedContracts,
};
use crate::store::Store;

/// The state of a server. A clone shares it.
#[derive(Clone)]
pub struct AppState(Arc<Shared>);

pub struct Shared {
    pub store: Store,
    pub config: Config,
    pub metrics: Arc<Metrics>,
    pub admission: Admission,
    pub rate_limits: RateLimits,
    pub contracts: ServedContracts,
    pub site: Site,
}

impl Deref for AppState {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl AppState {
    pub fn new(store: Store, config: Config) -> Self {
        let config = config.clamped();
        let metrics = Arc::new(Metrics::new(store.clone()));
        Self(Arc::new(Shared {
            admission: Admission::new(&config.limits, Arc::clone(&metrics)),
            rate_limits: RateLimits::new(config.limits.requests_per_second),
            contracts: ServedContracts::new(config.public_url.as_ref()),
            site: Site::default(),
            store,
            config,
            metrics,
        }))
    }
}
