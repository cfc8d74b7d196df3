//! The queries of one tenant.

use std::sync::{Arc, atomic::Ordering};

use bytes::Bytes;
use group_dispatch_types::{Source, UserId, WhatsAppNumber};

use super::shared::Shared;
use crate::{
    presence::{agent_query::AgentQuery, index::Tenant, render::RenderOptions},
    tenant::TenantKey,
};

/// A tenant of the store, and its queries. They are answered from memory.
#[derive(Clone)]
pub struct KnownTenant {
    pub(super) tenant: Arc<Tenant>,
    pub(super) store: Arc<Shared>,
}

impl KnownTenant {
    /// Returns the keys that sign the tenant's requests, by name.
    #[must_use]
    pub fn keys(&self) -> &[TenantKey] {
        &self.tenant.keys
    }

    /// Returns when a mirror last looked at a source: Unix epoch milliseconds, by the clock of the mirror. `None` if none
    /// has, so that all data of the source was fed, or if the mirror was ended.
    #[must_use]
    pub fn last_look(&self, source: Source) -> Option<i64> {
        self.tenant.last_looks.get(source)
    }

    /// Returns whether the answer may be so large that rendering it would delay other requests.
    #[must_use]
    pub fn is_long(&self, query: &AgentQuery) -> bool {
        self.tenant.index.is_long(query)
    }

    /// Writes the agents that a query selects, as JSON.
    pub fn answer(&self, query: &AgentQuery, out: &mut Vec<u8>) {
        let options =
            RenderOptions { offset: self.store.utc_offset, oldest: self.store.kept_since.load(Ordering::Relaxed) };
        self.tenant.index.answer(query, options, out);
    }

    /// Returns the cached [`all_online`](Self::all_online), if it is still valid.
    #[must_use]
    pub fn cached_all_online(&self) -> Option<Arc<[Bytes]>> {
        self.tenant.index.cached_all_online()
    }

    /// Returns all agents that have accounts online on PC and mobile, with those accounts, at one moment: JSON, in
    /// pieces. The result is cached until something changes.
    #[must_use]
    pub fn all_online(&self) -> Arc<[Bytes]> {
        self.tenant.index.all_online()
    }

    /// Returns for each account with which agent it is online at a source; `None` if it is not online there (D16).
    #[must_use]
    pub fn online_agents(&self, accounts: impl IntoIterator<Item = (Source, WhatsAppNumber)>) -> Vec<Option<UserId>> {
        self.tenant.index.online_agents(accounts)
    }

    /// Writes where an account is online among `sources`, as JSON: the source where it came online last, or null.
    pub fn account_location(&self, account: WhatsAppNumber, sources: &[Source], out: &mut Vec<u8>) {
        self.tenant.index.account_location(account, sources, out);
    }
}
