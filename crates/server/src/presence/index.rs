//! The tenants, and the index of each.

use std::{collections::BTreeMap, sync::Arc};

use group_dispatch_types::{Source, signing::TenantId};
use hashbrown::HashMap;
use parking_lot::RwLock;

use super::{account_counts::AccountCounts, accounts::Accounts, last_looks::LastLooks, tenant::TenantIndex};
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
    pub last_looks: Arc<LastLooks>,
    /// How many events of the tenant are struck.
    strikes: u64,
    /// Why the index may differ from the log. Then it is computed again.
    stale: Option<Stale>,
}

/// Why the index of a tenant may have events that the log has no more, or lack some. The most serious reason is the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stale {
    /// Events were struck.
    Struck,
    /// Events may have expired before they were read, so that the index lacks them.
    Unread,
    /// The database was restarted or is another one, and may have lost events.
    Lost,
}

/// The size of the index.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Size {
    /// Tenants.
    pub tenants: usize,
    /// Agents that events were about.
    pub agents: usize,
    /// WhatsApp accounts that events were about. An account at two sources counts twice.
    pub accounts: usize,
    /// Events that answers can show.
    pub events: usize,
    /// The accounts by source and by the status that their latest event gave them.
    pub presence: AccountCounts,
}

impl PresenceIndex {
    pub fn tenant(&self, id: TenantId) -> Option<Arc<Tenant>> {
        self.0.read().by_id.get(&id).cloned()
    }

    /// Replaces the tenants. One that stays keeps its index and its looks, unless its number is another one: then it was removed and
    /// added again.
    pub fn set_tenants(&self, tenants: Vec<LoggedTenant>) {
        let mut directory = self.0.write();
        let mut before = std::mem::take(&mut *directory);
        for LoggedTenant { number, id, keys, strikes } in tenants {
            let known = before.by_id.remove(&id).filter(|tenant| tenant.number == number);
            let known = known.map(|tenant| {
                let struck = (tenant.strikes != strikes).then_some(Stale::Struck);
                (Arc::clone(&tenant.index), Arc::clone(&tenant.last_looks), tenant.stale.max(struck))
            });
            let (index, last_looks, stale) = known.unwrap_or_default();
            let tenant = Arc::new(Tenant { number, keys, index, last_looks, strikes, stale });
            directory.by_number.insert(number, Arc::clone(&tenant));
            directory.by_id.insert(id, tenant);
        }
    }

    /// Replaces the last looks of all tenants. A source that is not listed is not mirrored.
    pub fn set_last_looks(&self, looks: impl Iterator<Item = (TenantNumber, Source, i64)>) {
        let listed: BTreeMap<_, _> = looks.map(|(tenant, source, last)| ((tenant, source.code()), last)).collect();
        for (number, tenant) in &self.0.read().by_number {
            for source in Source::ALL {
                tenant.last_looks.set(*source, listed.get(&(*number, source.code())).copied());
            }
        }
    }

    /// Returns why the index of a tenant may differ from the log: the most serious reason of all tenants.
    pub fn stale(&self) -> Option<Stale> {
        self.0.read().by_number.values().filter_map(|tenant| tenant.stale).max()
    }

    /// Records that any index may differ from the log.
    pub fn set_stale(&self, why: Stale) {
        self.0.write().change(|tenant| tenant.stale = tenant.stale.max(Some(why)));
    }

    /// Replaces the indices that are stale by those of an index that was computed again.
    pub fn replace_stale(&self, fresh: &Self) {
        let fresh = fresh.0.read();
        self.0.write().change(|tenant| {
            if tenant.stale.is_some()
                && let Some(fresh) = fresh.by_number.get(&tenant.number)
            {
                tenant.index = Arc::clone(&fresh.index);
                (tenant.strikes, tenant.stale) = (fresh.strikes, fresh.stale);
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
            size.presence.add(&state.counts);
            size.events += state.sources.values().map(|accounts| accounts.rings.len()).sum::<usize>();
        }
        size
    }

    /// Returns all tenants, by number.
    pub fn all(&self) -> Vec<Arc<Tenant>> {
        self.0.read().by_number.values().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_is_stale_for_the_most_serious_reason() {
        let tenants = |strikes: [u64; 2]| {
            let tenants = (1..).zip(strikes).map(|(number, strikes)| LoggedTenant {
                number: TenantNumber(number),
                id: number.unsigned_abs().into(),
                keys: Vec::new(),
                strikes,
            });
            tenants.collect::<Vec<_>>()
        };
        let index = PresenceIndex::default();
        index.set_tenants(tenants([0, 0]));
        assert_eq!(index.stale(), None);
        index.set_tenants(tenants([0, 1]));
        assert_eq!(index.stale(), Some(Stale::Struck));
        index.set_stale(Stale::Lost);
        index.set_tenants(tenants([1, 1]));
        assert_eq!(index.stale(), Some(Stale::Lost));
        let fresh = PresenceIndex::default();
        fresh.set_tenants(tenants([1, 1]));
        index.replace_stale(&fresh);
        assert_eq!(index.stale(), None);
    }
}
