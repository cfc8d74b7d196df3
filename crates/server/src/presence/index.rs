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
    /// How many events of the tenant are struck.
    strikes: u64,
    /// How many of them the index does not have. If it has some, it is computed again.
    applied_strikes: u64,
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
            let known = known.map(|tenant| (Arc::clone(&tenant.index), tenant.applied_strikes));
            let (index, applied_strikes) = known.unwrap_or_else(|| (Arc::default(), strikes));
            let tenant = Arc::new(Tenant { number, keys, index, strikes, applied_strikes });
            directory.by_number.insert(number, Arc::clone(&tenant));
            directory.by_id.insert(id, tenant);
        }
    }

    /// Returns whether the index of a tenant has events that were struck since.
    pub fn is_stale(&self) -> bool {
        self.0.read().by_number.values().any(|tenant| tenant.strikes != tenant.applied_strikes)
    }

    /// Replaces the indices that have struck events by those of an index that was computed again.
    pub fn replace_stale(&self, fresh: &Self) {
        let (mut directory, fresh) = (self.0.write(), fresh.0.read());
        let Directory { by_id, by_number } = &mut *directory;
        for before in by_id.values_mut().filter(|tenant| tenant.strikes != tenant.applied_strikes) {
            if let Some(fresh) = fresh.by_number.get(&before.number) {
                let (index, applied_strikes) = (Arc::clone(&fresh.index), fresh.applied_strikes);
                let Tenant { number, ref keys, strikes, .. } = **before;
                *before = Arc::new(Tenant { number, keys: keys.clone(), index, strikes, applied_strikes });
                by_number.insert(before.number, Arc::clone(before));
            }
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
