//! How up to date the sources of all tenants are, in memory. The store replaces it when any mirror has looked.

use std::collections::BTreeMap;

use parking_lot::RwLock;

use crate::{event_log::mirrored::Freshness, tenant::TenantNumber};

/// See the [module](self).
#[derive(Default)]
pub struct FreshnessIndex(RwLock<BTreeMap<TenantNumber, Vec<Freshness>>>);

impl FreshnessIndex {
    /// Replaces everything.
    pub fn set(&self, all: Vec<(TenantNumber, Freshness)>) {
        let mut by_tenant = BTreeMap::<_, Vec<_>>::new();
        for (tenant, freshness) in all {
            by_tenant.entry(tenant).or_default().push(freshness);
        }
        *self.0.write() = by_tenant;
    }

    /// Returns the sources of a tenant that a mirror has looked at, by source.
    pub fn of(&self, tenant: TenantNumber) -> Vec<Freshness> {
        self.0.read().get(&tenant).cloned().unwrap_or_default()
    }
}
