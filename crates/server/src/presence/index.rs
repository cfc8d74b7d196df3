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

impl Directory {
    fn change(&mut self, change: impl Fn(&mut Tenant)) {
        for tenant in self.by_id.values_mut() {
            change(Arc::make_mut(tenant));
            self.by_number.insert(tenant.number, Arc::clone(tenant));
        }
    }
}

/// A tenant and its index.
#[derive(Clone)]
pub struct Tenant {
    pub number: TenantNumber,
    pub keys: Vec<TenantKey>,
    pub index: Arc<TenantIndex>,
    /// How many events of the tenant are struck.
    strikes: u64,
    /// Whether the index may have events that the log has no more, because they were struck or lost. Then it is computed
    /// again.
    is_stale: bool,
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
        for LoggedTenant { number, id, keys, strikes } in tenants {
            let known = before.by_id.remove(&id).filter(|tenant| tenant.number == number);
            let known = known.map(|tenant| (Arc::clone(&tenant.index), tenant.is_stale || tenant.strikes != strikes));
            let (index, is_stale) = known.unwrap_or_default();
            let tenant = Arc::new(Tenant { number, keys, index, strikes, is_stale });
            directory.by_number.insert(number, Arc::clone(&tenant));
            directory.by_id.insert(id, tenant);
        }
    }

    /// Returns whether the index of a tenant may have events that the log has no more.
    pub fn is_stale(&self) -> bool {
        self.0.read().by_number.values().any(|tenant| tenant.is_stale)
    }

    /// Records that any index may have events that the log has no more.
    pub fn set_stale(&self) {
        self.0.write().change(|tenant| tenant.is_stale = true);
    }

    /// Replaces the indices that are stale by those of an index that was computed again.
    pub fn replace_stale(&self, fresh: &Self) {
        let fresh = fresh.0.read();
        self.0.write().change(|tenant| {
            if tenant.is_stale
                && let Some(fresh) = fresh.by_number.get(&tenant.number)
            {
                tenant.index = Arc::clone(&fresh.index);
                (tenant.strikes, tenant.is_stale) = (fresh.strikes, fresh.is_stale);
            }
        });
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
