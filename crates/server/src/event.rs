//! The only truth: what happened to a WhatsApp account, when, at which source, and with which agent.

use group_dispatch_types::{AccountStatus, Source, StatusDetail, UserId, WhatsAppNumber};

/// One status event of a tenant.
#[derive(Clone, PartialEq, Eq)]
pub struct StatusEvent {
    /// The feeder's name for the event, which makes feeding it again harmless. Without one, an event that is equal in
    /// every member counts as the same.
    pub event_id: Option<String>,
    /// The agent.
    pub user_id: UserId,
    /// The agent's login account.
    pub agent_account: String,
    /// The agent's name, where it is known.
    pub user_name: Option<String>,
    /// The account.
    pub whatsapp: WhatsAppNumber,
    /// The account's nickname, where it has one.
    pub name: Option<String>,
    /// The account's status after the event.
    pub status: AccountStatus,
    /// Where it happened.
    pub source: Source,
    /// The account's country, a name in any language.
    pub country_code: String,
    /// What happened.
    pub detail_status: StatusDetail,
    /// When it happened, in Unix epoch milliseconds.
    pub at: i64,
}
