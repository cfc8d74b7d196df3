//! What a tenant may ask.

use std::sync::{Arc, atomic::Ordering};

use axum::body::Bytes;
use group_dispatch_types::{Source, UserId, WhatsAppNumber};

use super::{
    Shared,
    model::{Tenant, Times},
};
use crate::ApiKey;

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
        let times = Times { offset: self.store.offset, oldest: self.store.oldest.load(Ordering::Relaxed) };
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

/// A question about agents.
#[derive(Clone)]
pub struct Question {
    /// What is asked of them.
    pub asked: Asked,
    /// Where.
    pub source: Source,
    /// Whom it is about; agents of whom there is nothing to say are left out.
    pub filter: AgentFilter,
}

/// What is asked of agents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// The accounts that are online, as they are at one moment.
    Online,
    /// The latest 50 events, newest first (D15); those of one account, if one is given.
    Log(Option<WhatsAppNumber>),
    /// The ten accounts that came online last, newest first, with the status they have at the source now (D15).
    Recent,
}

/// Which agents are meant; an absent part is no filter.
#[derive(Clone, Default)]
pub struct AgentFilter {
    /// The agent with this id.
    pub user_id: Option<UserId>,
    /// The agent with this login account.
    pub agent_account: Option<String>,
}

impl AgentFilter {
    /// Whether all agents are meant.
    pub(crate) fn is_none(&self) -> bool {
        self.user_id.is_none() && self.agent_account.is_none()
    }
}
