use std::sync::{Arc, OnceLock};

use group_dispatch_types::signing::TenantId;
use parking_lot::Mutex;

use crate::{endpoint::Endpoint, load::BigAnswer, router::App};

/// A call of an operation: what its handler works with.
#[derive(Clone)]
pub struct Call {
    pub app: App,
    pub notes: Notes,
}

/// What is found out about a request on its way to the answer.
#[derive(Clone)]
pub struct Notes(Arc<Found>);

struct Found {
    endpoint: Endpoint,
    tenant: OnceLock<TenantId>,
    big_answer: Mutex<Option<BigAnswer>>,
}

impl Notes {
    pub fn new(endpoint: Endpoint) -> Self {
        Self(Arc::new(Found { endpoint, tenant: OnceLock::new(), big_answer: Mutex::default() }))
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

    pub fn set_big_answer(&self, answer: BigAnswer) {
        *self.0.big_answer.lock() = Some(answer);
    }

    pub fn take_big_answer(&self) -> Option<BigAnswer> {
        self.0.big_answer.lock().take()
    }
}
