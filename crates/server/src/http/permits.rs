//! Permits: how many of a kind are under way at a time, shared fairly among tenants.

use std::{collections::HashMap, sync::Arc, time::Duration};

use group_dispatch_types::signing::TenantId;
use parking_lot::Mutex;
use prometheus_client::metrics::gauge::Gauge;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

/// How long to wait for others to be gone.
const BRIEFLY: Duration = Duration::from_millis(500);

/// Lets in so many at a time, and no more than half of them of one tenant: others are served however slow one of them is.
pub struct Gate {
    all: Arc<Semaphore>,
    of_one: usize,
    /// Tenants that proved who they are: nobody else can make it grow.
    tenants: Mutex<HashMap<Option<TenantId>, Arc<Semaphore>>>,
    inside: Gauge,
}

/// A place inside.
pub struct Place {
    _of_tenant: OwnedSemaphorePermit,
    _of_all: OwnedSemaphorePermit,
    inside: Gauge,
}

impl Gate {
    pub fn new(most: usize, inside: &Gauge) -> Self {
        let most = most.min(Semaphore::MAX_PERMITS);
        Self {
            all: Arc::new(Semaphore::new(most)),
            of_one: most.div_ceil(2),
            tenants: Mutex::default(),
            inside: inside.clone(),
        }
    }

    /// Waits briefly; none if there is no place by then.
    pub async fn enter(&self, tenant: Option<TenantId>) -> Option<Place> {
        let fresh = || Arc::new(Semaphore::new(self.of_one));
        let of_tenant = Arc::clone(self.tenants.lock().entry(tenant).or_insert_with(fresh));
        let places = async {
            let of_tenant = of_tenant.acquire_owned().await.ok()?;
            Some((of_tenant, Arc::clone(&self.all).acquire_owned().await.ok()?))
        };
        let (of_tenant, of_all) = timeout(BRIEFLY, places).await.ok().flatten()?;
        self.inside.inc();
        Some(Place { _of_tenant: of_tenant, _of_all: of_all, inside: self.inside.clone() })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.inside.dec();
    }
}
