//! What a tenant may ask.

use std::sync::{Arc, atomic::Ordering};

use bytes::Bytes;
use group_dispatch_types::{Source, WhatsAppNumber};

use super::shared::Shared;
use crate::{
    ApiKey,
    presence::{agent_query::Question, index::Tenant, render::Times},
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
    pub fn is_long(&self, question: &Question) -> bool {
        self.tenant.facts.is_long(question)
    }

    /// Writes the agents that a question asks for, as JSON.
    pub fn answer(&self, question: &Question, out: &mut Vec<u8>) {
        let times = Times { offset: self.store.utc_offset, oldest: self.store.kept_since.load(Ordering::Relaxed) };
        self.tenant.facts.answer(question, times, out);
    }

    /// What [`all_online`](Self::all_online) made last, if it can be had at once and is still true.
    #[must_use]
    pub fn kept_all_online(&self) -> Option<Arc<[Bytes]>> {
        self.tenant.facts.kept_all_online()
    }

    /// All agents that have accounts online at PC and mobile, with those accounts, as they are at one moment: JSON, in
    /// pieces. What it made is kept for as long as nothing changes.
    #[must_use]
    pub fn all_online(&self) -> Arc<[Bytes]> {
        self.tenant.facts.all_online()
    }

    /// Writes as JSON where an account is online among `sources`: the place it came to last, if there are several, and
    /// null if there is none.
    pub fn account_location(&self, account: WhatsAppNumber, sources: &[Source], out: &mut Vec<u8>) {
        self.tenant.facts.account_location(account, sources, out);
    }
}
