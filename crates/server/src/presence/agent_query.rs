//! What can be asked about agents.

use group_dispatch_types::{Source, UserId, WhatsAppNumber};

/// A question about agents.
#[derive(Clone)]
pub struct AgentQuery {
    /// What is asked of them.
    pub kind: QueryKind,
    /// Where.
    pub source: Source,
    /// Whom it is about; agents of whom there is nothing to say are left out.
    pub filter: AgentFilter,
}

/// What is asked of agents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QueryKind {
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
    pub fn is_none(&self) -> bool {
        self.user_id.is_none() && self.agent_account.is_none()
    }
}
