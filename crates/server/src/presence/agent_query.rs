//! What can be queried about agents.

use group_dispatch_types::{Source, UserId, WhatsAppNumber};

/// A query about agents at one source. Agents without a record are left out.
#[derive(Clone)]
pub struct AgentQuery {
    /// Which records.
    pub kind: QueryKind,
    /// The source.
    pub source: Source,
    /// Which agents.
    pub filter: AgentFilter,
}

/// The records that a query returns of each agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QueryKind {
    /// The accounts that are online, as they are at one moment.
    Online,
    /// The latest 50 events, newest first (D15); those of one account, if one is given.
    Log(Option<WhatsAppNumber>),
    /// The ten accounts that came online last, newest first, with the status they have at the source now (D15).
    Recent,
}

/// Which agents a query is about. An absent member selects all.
#[derive(Clone, Default)]
pub struct AgentFilter {
    /// The agent with this id.
    pub user_id: Option<UserId>,
    /// The agents with this login account.
    pub agent_account: Option<String>,
}
