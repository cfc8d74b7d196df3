//! What a tenant may ask.

use std::sync::{Arc, atomic::Ordering};

use axum::body::Bytes;
use group_dispatch_types::{Source, WhatsAppNumber};

use super::shared::Shared;
use crate::{
    ApiKey,
    presence::{agent_query::AgentQuery, index::Tenant, render::RenderOptions},
};

/// A tenant that the store knows, and what there is to tell it.
#[derive(Clone)]
pub struct KnownTenant {
    pub(super) tenant: Arc<Tenant>,
    pub(super) store: Arc<Shared>,
}

impl KnownTenant {
    /// The key with which it signs.
    #[must_use]
    pub fn key(&self) -> &ApiKey {
        &self.tenant.key
    }

    /// Whether the answer to a question may be so long that others should not have to wait for it.
    #[must_use]
    pub fn is_long(&self, query: &AgentQuery) -> bool {
        self.tenant.index.is_long(query)
    }

    /// Writes the agents that a question asks for, as JSON.
    pub fn answer(&self, query: &AgentQuery, out: &mut Vec<u8>) {
        let options = RenderOptions { offset: self.store.offset, oldest: self.store.oldest.load(Ordering::Relaxed) };
        self.tenant.index.answer(query, options, out);
    }

    /// What [`all_online`](Self::all_online) made last, if it can be had at once and is still true.
    #[must_use]
    pub fn cached_all_online(&self) -> Option<Arc<[Bytes]>> {
        self.tenant.index.cached_all_online()
    }

    /// All agents that have accounts online at PC and mobile, with those accounts, as they are at one moment: JSON, in
    /// pieces. What it made is kept for as long as nothing changes.
    #[must_use]
    pub fn all_online(&self) -> Arc<[Bytes]> {
        self.tenant.index.all_online()
    }

    /// Writes as JSON where an account is online among `sources`: the place it came to last, if there are several, and
    /// null if there is none.
    pub fn account_location(&self, account: WhatsAppNumber, sources: &[Source], out: &mut Vec<u8>) {
        self.tenant.index.account_location(account, sources, out);
    }
}
