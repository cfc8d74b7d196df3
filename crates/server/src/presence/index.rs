//! The tenants, and the index of each.

use std::{collections::BTreeMap, sync::Arc};

use group_dispatch_types::signing::TenantId;
use hashbrown::HashMap;
use parking_lot::RwLock;

use super::{accounts::Accounts, tenant::TenantIndex};
use crate::{
    event::LoggedEvent,
    tenant::{LoggedTenant, TenantKey, TenantNumber},
};

/// All tenants with their keys and indices.
#[derive(Default)]
pub struct PresenceIndex(RwLock<Directory>);

#[derive(Default)]
struct Directory {
    by_id: HashMap<TenantId, Arc<Tenant>>,
    by_number: BTreeMap<TenantNumber, Arc<Tenant>>,
}

/// A tenant and its index.
pub struct Tenant {
    pub number: TenantNumber,
    pub keys: Vec<TenantKey>,
    pub index: Arc<TenantIndex>,
}

/// The size of the index.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Size {
    /// Tenants.
    pub tenants: usize,
    /// Agents that events were about.
    pub agents: usize,
    /// WhatsApp accounts that events were about. An account at two sources counts twice.
    pub accounts: usize,
    /// Events that answers can show.
    pub events: usize,
}

impl PresenceIndex {
    pub fn tenant(&self, id: TenantId) -> Option<Arc<Tenant>> {
        self.0.read().by_id.get(&id).cloned()
    }

    /// Replaces the tenants. One that stays keeps its index, unless its number is another one: then it was removed and
    /// added again.
    pub fn set_tenants(&self, tenants: Vec<LoggedTenant>) {
        let mut directory = self.0.write();
        let mut before = std::mem::take(&mut *directory);
        for LoggedTenant { number, id, keys } in tenants {
            let known = before.by_id.remove(&id).filter(|tenant| tenant.number == number);
            let index = known.map_or_else(Arc::default, |tenant| Arc::clone(&tenant.index));
            let tenant = Arc::new(Tenant { number, keys, index });
            directory.by_number.insert(number, Arc::clone(&tenant));
            directory.by_id.insert(id, tenant);
        }
    }

    /// Returns the index of the tenant with this number, unless it was removed.
    pub fn tenant_index(&self, number: TenantNumber) -> Option<Arc<TenantIndex>> {
        self.0.read().by_number.get(&number).map(|tenant| Arc::clone(&tenant.index))
    }

    /// Applies events of any tenants. Those of removed tenants are skipped.
    pub fn apply(&self, events: &[(TenantNumber, LoggedEvent)]) {
        for events in events.chunk_by(|one, next| one.0 == next.0) {
            if let Some(index) = events.first().and_then(|(number, _)| self.tenant_index(*number)) {
                index.apply(events.iter().map(|(_, event)| event));
            }
        }
    }

    /// Counts what the index has.
    pub fn size(&self) -> Size {
        let tenants = self.all();
        let mut size = Size { tenants: tenants.len(), ..Size::default() };
        for tenant in tenants {
            let state = tenant.index.read();
            size.agents += state.agents.len();
            size.accounts += state.sources.values().map(Accounts::len).sum::<usize>();
            size.events += state.sources.values().map(|accounts| accounts.rings.len()).sum::<usize>();
        }
        size
    }

    /// Returns all tenants, by number.
    pub fn all(&self) -> Vec<Arc<Tenant>> {
        self.0.read().by_number.values().cloned().collect()
    }
}
