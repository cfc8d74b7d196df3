//! [`Change`]: an event of the log, as far as rules depend on it; and the keys of the state: agents, accounts and sources.

use group_dispatch_types::{AccountStatus, Source, StatusDetail, UserId, WhatsAppNumber};
use serde::{Deserialize, Serialize};

use super::raw;
use crate::event::LoggedEvent;

/// An event of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// The number of the event in the log.
    pub seq: u64,
    /// When it happened, in Unix epoch milliseconds.
    pub at: i64,
    /// The agent with which the account was.
    pub user_id: UserId,
    /// The account.
    pub whats_app: WhatsAppNumber,
    /// The source.
    pub source: Source,
    /// The account's status after it.
    pub status: AccountStatus,
    /// What happened.
    pub detail_status: StatusDetail,
}

impl Change {
    /// Returns whether the account is online after the change.
    pub fn is_online(&self) -> bool {
        self.status == AccountStatus::Online
    }

    /// Returns the account at its source.
    pub const fn account(&self) -> AccountKey {
        AccountKey { whats_app: self.whats_app, source: self.source }
    }
}

impl From<&LoggedEvent> for Change {
    fn from(LoggedEvent { seq, event }: &LoggedEvent) -> Self {
        Self {
            seq: *seq,
            at: event.at,
            user_id: event.user_id,
            whats_app: event.whatsapp,
            source: event.source,
            status: event.status,
            detail_status: event.detail_status,
        }
    }
}

/// An account at a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct AccountKey {
    /// The account.
    #[serde(with = "raw::whats_app")]
    pub whats_app: WhatsAppNumber,
    /// The source.
    #[serde(with = "raw::source")]
    pub source: Source,
}

/// An account at any source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct NumberKey(#[serde(with = "raw::whats_app")] pub WhatsAppNumber);

/// An agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct AgentKey(#[serde(with = "raw::user_id")] pub UserId);

/// A source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SourceKey(#[serde(with = "raw::source")] pub Source);

/// When an episode began, and the change that began it: several episodes may begin within the same second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Start {
    /// The time.
    pub since: i64,
    /// The number of the change; 0 if another fact began it.
    pub seq: u64,
}
