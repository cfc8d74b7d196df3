//! The tenants, and the index of each.

use std::sync::Arc;

use hashbrown::HashMap;
use parking_lot::RwLock;

use super::tenant::TenantIndex;
use crate::{
    ApiKey, TenantId,
    event::LoggedEvent,
    tenant::{LoggedTenant, TenantNumber},
};

/// The tenants, and what follows from their events.
///
/// Every fact is the latest of its kind by time and arrival, so that events may be told in any order and again: what is
/// known in the end is the same.
#[derive(Default)]
pub struct PresenceIndex(RwLock<Directory>);

#[derive(Default)]
struct Directory {
    by_id: HashMap<TenantId, Arc<Tenant>>,
    numbers: HashMap<TenantNumber, TenantId>,
}

/// A tenant and what is known of it.
pub struct Tenant {
    pub number: TenantNumber,
    pub key: ApiKey,
    pub index: Arc<TenantIndex>,
}

/// How much is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Size {
    /// Tenants.
    pub tenants: usize,
    /// Agents that were met.
    pub agents: usize,
    /// WhatsApp accounts that were met; one that was at two sources counts twice.
    pub accounts: usize,
    /// Events that answers can tell of.
    pub events: usize,
}

impl PresenceIndex {
    pub fn tenant(&self, id: TenantId) -> Option<Arc<Tenant>> {
        self.0.read().by_id.get(&id).cloned()
    }

    /// From now on these are the tenants. Who stays keeps what is known of it, unless it has another number: then it was
    /// removed and added again.
    pub fn set_tenants(&self, tenants: Vec<LoggedTenant>) {
        let mut directory = self.0.write();
        let mut before = std::mem::take(&mut *directory);
        for LoggedTenant { number, id, key } in tenants {
            let known = before.by_id.remove(&id).filter(|tenant| tenant.number == number);
            let index = known.map_or_else(Arc::default, |tenant| Arc::clone(&tenant.index));
            directory.numbers.insert(number, id);
            directory.by_id.insert(id, Arc::new(Tenant { number, key, index }));
        }
    }

    /// What is known of the tenant with this number, if it is not removed.
    pub fn index(&self, number: TenantNumber) -> Option<Arc<TenantIndex>> {
        let directory = self.0.read();
        let tenant = directory.by_id.get(directory.numbers.get(&number)?)?;
        Some(Arc::clone(&tenant.index))
    }

    /// Learns from events of any tenants; those of removed tenants are nobody's.
    pub fn apply(&self, events: &[(TenantNumber, LoggedEvent)]) {
        for events in events.chunk_by(|one, next| one.0 == next.0) {
            if let Some(index) = events.first().and_then(|(number, _)| self.index(*number)) {
                index.apply(events.iter().map(|(_, event)| event));
            }
        }
    }

    /// How much is known.
    pub fn size(&self) -> Size {
        let tenants = self.all();
        let mut size = Size { tenants: tenants.len(), ..Size::default() };
        for tenant in tenants {
            let state = tenant.index.read();
            size.agents += state.agents.len();
            size.accounts += state.sources.values().map(|at| at.accounts.len()).sum::<usize>();
            size.events += state.sources.values().map(|at| at.accounts.records.len()).sum::<usize>();
        }
        size
    }

    /// Everything about everyone, by number.
    pub fn all(&self) -> Vec<Arc<Tenant>> {
        let mut tenants: Vec<_> = self.0.read().by_id.values().cloned().collect();
        tenants.sort_by_key(|tenant| tenant.number);
        tenants
    }
}
