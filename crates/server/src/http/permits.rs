//! Permits: how many requests of one kind may use memory at a time, shared fairly among tenants.

use std::{collections::HashMap, sync::Arc, time::Duration};

use group_dispatch_types::signing::TenantId;
use parking_lot::Mutex;
use prometheus_client::metrics::gauge::Gauge;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

use super::metrics::InUse;

/// How long a request waits for a permit.
const PERMIT_WAIT: Duration = Duration::from_millis(500);

/// A number of permits, of which one tenant gets at most half: a slow tenant can't stop the others.
pub struct Permits {
    all: Arc<Semaphore>,
    tenant_limit: usize,
    /// Grows with tenants whose signature was valid only.
    tenants: Mutex<HashMap<TenantId, Arc<Semaphore>>>,
    in_use: Gauge,
}

/// A permit. It is released when it is dropped.
pub struct Permit {
    _of_tenant: OwnedSemaphorePermit,
    _of_all: OwnedSemaphorePermit,
    _in_use: InUse,
}

impl Permits {
    /// Makes `limit` permits; `in_use` shows how many of them are in use.
    pub fn new(limit: usize, in_use: &Gauge) -> Self {
        let limit = limit.min(Semaphore::MAX_PERMITS);
        Self {
            all: Arc::new(Semaphore::new(limit)),
            tenant_limit: limit.div_ceil(2),
            tenants: Mutex::default(),
            in_use: in_use.clone(),
        }
    }

    /// Waits at most half a second for a permit.
    pub async fn acquire(&self, tenant: TenantId) -> Option<Permit> {
        let of_tenant = || Arc::new(Semaphore::new(self.tenant_limit));
        let of_tenant = Arc::clone(self.tenants.lock().entry(tenant).or_insert_with(of_tenant));
        let permits = async {
            let of_tenant = of_tenant.acquire_owned().await.ok()?;
            Some((of_tenant, Arc::clone(&self.all).acquire_owned().await.ok()?))
        };
        let (of_tenant, of_all) = timeout(PERMIT_WAIT, permits).await.ok().flatten()?;
        Some(Permit { _of_tenant: of_tenant, _of_all: of_all, _in_use: InUse::new(&self.in_use).0 })
    }
}
