//! What every handler works with.

use std::{ops::Deref, sync::Arc};

use super::{
    config::{Limits, Settings},
    docs_site::Site,
    metrics::Metrics,
    middleware::admission::Load,
    rate_limit::RateLimits,
    request_context::{Fed, Notes},
    served_contracts::ServedContracts,
};
use crate::store::Store;

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
    pub site: Site,
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
        Self(Arc::new(Parts { store, settings, metrics, load, rates, contracts, site: Site::default() }))
    }
}

/// A call of an operation: what its handler works with.
#[derive(Clone)]
pub struct Call {
    pub app: App,
    pub notes: Notes,
}

impl Call {
    /// Counts the events of the call, once it is known what became of them.
    pub fn fed(&self, fed: Fed) {
        self.app.metrics.fed(fed);
        self.notes.set_fed(fed);
    }
}
