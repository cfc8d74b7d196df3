//! A record of the history.

use group_dispatch_types::{AccountStatus, Source, StatusDetail, UserId, WhatsAppNumber};

/// A record of queryUserStatusLog, with the truth about it. Names and country are not in it: the vendor shows the current
/// ones in all records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Record {
    /// The agent's id.
    pub user_id: UserId,
    /// The WhatsApp account.
    pub whatsapp: WhatsAppNumber,
    /// Where it happened.
    pub source: Source,
    /// The account's status after the event.
    pub status: AccountStatus,
    /// What happened.
    pub detail_status: StatusDetail,
    /// When it happened by the vendor's clock, in Unix epoch seconds. Its text on the wire is the clock time at UTC+8.
    pub create_time: i64,
    /// When it happened, in Unix epoch milliseconds of true UTC.
    pub happened_at: i64,
    /// From when the answers about who is online count it, in Unix epoch milliseconds of true UTC.
    pub in_presence_at: i64,
    /// From when queryUserStatusLog has it, in Unix epoch milliseconds of true UTC.
    pub in_log_at: i64,
    /// The agent's index.
    pub(crate) agent: u32,
    /// The account's index.
    pub(crate) account: u32,
}

impl Record {
    /// Returns whether the record decides which agent has the account (D16): it came online with the agent, or was banned.
    pub(crate) fn claims(&self) -> bool {
        matches!(self.status, AccountStatus::Online | AccountStatus::Banned)
    }
}
