//! What is found out about a request on its way to the answer.

use std::sync::{
    Arc, OnceLock,
    atomic::{AtomicBool, Ordering::Relaxed},
};

use group_dispatch_types::signing::TenantId;
use parking_lot::Mutex;

use super::{endpoint::Endpoint, permits::Place};

/// What became of the events of a call.
#[derive(Clone, Copy, Debug, Default)]
pub struct Fed {
    pub stored: usize,
    pub repeated: usize,
    pub refused: usize,
}

/// What is found out about a request on its way to the answer.
#[derive(Clone)]
pub struct Notes(Arc<Found>);

struct Found {
    endpoint: Endpoint,
    tenant: OnceLock<TenantId>,
    has_arrived: AtomicBool,
    fed: OnceLock<Fed>,
    big_answer: Mutex<Option<Place>>,
}

impl Notes {
    pub fn new(endpoint: Endpoint) -> Self {
        Self(Arc::new(Found {
            endpoint,
            tenant: OnceLock::new(),
            has_arrived: AtomicBool::new(false),
            fed: OnceLock::new(),
            big_answer: Mutex::default(),
        }))
    }

    pub fn endpoint(&self) -> Endpoint {
        self.0.endpoint
    }

    /// Whose request it is, once that is proven.
    pub fn tenant(&self) -> Option<TenantId> {
        self.0.tenant.get().copied()
    }

    pub fn set_tenant(&self, tenant: TenantId) {
        // A request is of one tenant, however often it is checked.
        let _ = self.0.tenant.set(tenant);
    }

    /// Whether the request is here with all of its body: from then on it waits for the server.
    pub fn has_arrived(&self) -> bool {
        self.0.has_arrived.load(Relaxed)
    }

    pub fn set_arrived(&self) {
        self.0.has_arrived.store(true, Relaxed);
    }

    /// What became of the events that it brought, if it is known.
    pub fn fed(&self) -> Option<Fed> {
        self.0.fed.get().copied()
    }

    pub fn set_fed(&self, fed: Fed) {
        let _ = self.0.fed.set(fed);
    }

    pub fn set_big_answer(&self, place: Place) {
        *self.0.big_answer.lock() = Some(place);
    }

    pub fn take_big_answer(&self) -> Option<Place> {
        self.0.big_answer.lock().take()
    }
}
