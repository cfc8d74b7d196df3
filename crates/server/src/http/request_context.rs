//! What becomes known about a request while it is handled: the middleware logs and counts it.

use std::sync::{
    OnceLock,
    atomic::{AtomicBool, Ordering::Relaxed},
};

use group_dispatch_types::signing::TenantId;

use super::endpoint::Endpoint;

/// How many status events of a call were stored, were stored already, and were refused.
#[derive(Clone, Copy, Debug, Default)]
pub struct IngestCounts {
    pub stored: usize,
    pub repeated: usize,
    pub refused: usize,
}

/// A request that is being handled.
pub struct RequestContext {
    pub endpoint: Endpoint,
    tenant: OnceLock<TenantId>,
    has_arrived: AtomicBool,
    ingest_counts: OnceLock<IngestCounts>,
}

impl RequestContext {
    pub fn new(endpoint: Endpoint) -> Self {
        Self { endpoint, tenant: OnceLock::new(), has_arrived: AtomicBool::new(false), ingest_counts: OnceLock::new() }
    }

    /// Returns the tenant, once the signature was found valid.
    pub fn tenant(&self) -> Option<TenantId> {
        self.tenant.get().copied()
    }

    pub fn set_tenant(&self, tenant: TenantId) {
        let _ = self.tenant.set(tenant);
    }

    /// Whether the whole body was received: from then on the request waits for the server, not for the client.
    pub fn has_arrived(&self) -> bool {
        self.has_arrived.load(Relaxed)
    }

    pub fn set_arrived(&self) {
        self.has_arrived.store(true, Relaxed);
    }

    pub fn ingest_counts(&self) -> Option<IngestCounts> {
        self.ingest_counts.get().copied()
    }

    pub fn set_ingest_counts(&self, counts: IngestCounts) {
        let _ = self.ingest_counts.set(counts);
    }
}
