//! The messages that webhooks send: `{"type": ..., "timestamp": ..., "data": ...}`, as Standard Webhooks recommends.
//!
//! Ids, numbers and codes are written as in the contracts. The examples in `examples` are checked by a test.

use group_dispatch_types::{Source, StatusDetail, StatusTime, UserId, UtcOffset, WhatsAppNumber};
use serde::Serialize;

use super::{
    message_id::MessageId,
    outgoing::{MessageBody, OutgoingMessage},
};

/// A message before it is written as JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Message {
    /// The type, which says what `data` has.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// When it happened, in UTC.
    pub timestamp: IsoTime,
    /// What happened.
    pub data: MessageData,
}

impl Message {
    /// Creates a message.
    pub const fn new(at: i64, data: MessageData) -> Self {
        Self { kind: data.kind(), timestamp: IsoTime(at), data }
    }

    /// Returns the message as it is stored and sent, or `None` if its time can't be written.
    pub fn outgoing(&self, id: MessageId) -> Option<OutgoingMessage> {
        let body = serde_json::to_vec(self).ok().and_then(MessageBody::new)?;
        Some(OutgoingMessage { id, body })
    }
}

/// What happened. Each variant has a type of its own, with the same members in every message of it. The type of an alert that
/// is over ends with `.resolved`; its `alertId` is that of the message about its beginning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum MessageData {
    /// An account is banned.
    #[doc = concat!("```json\n", include_str!("examples/account.banned.json"), "```")]
    #[serde(rename_all = "camelCase")]
    AccountBanned {
        /// The id of the alert.
        alert_id: String,
        /// The account.
        whats_app: WhatsAppNumber,
        /// The agent that had it.
        user_id: UserId,
        /// The source where it was banned.
        source: Source,
        /// What the vendor says about it.
        detail_status: StatusDetail,
        /// Since when it is banned.
        since: IsoTime,
    },
    /// A banned account is online again.
    #[doc = concat!("```json\n", include_str!("examples/account.banned.resolved.json"), "```")]
    #[serde(rename_all = "camelCase")]
    AccountBannedResolved {
        /// The id of the alert.
        alert_id: String,
        /// The account.
        whats_app: WhatsAppNumber,
        /// Since when it was banned.
        since: IsoTime,
    },
    /// An account changes between online and not online too often.
    #[doc = concat!("```json\n", include_str!("examples/account.flapping.json"), "```")]
    #[serde(rename_all = "camelCase")]
    AccountFlapping {
        /// The id of the alert.
        alert_id: String,
        /// The account.
        whats_app: WhatsAppNumber,
        /// The agent that has it.
        user_id: UserId,
        /// The source.
        source: Source,
        /// The number of changes, of which one more than the rule allows is enough.
        changes: u32,
        /// The time in which they were, in seconds.
        within_seconds: u32,
        /// When it changed once too often.
        since: IsoTime,
    },
    /// An account that was flapping has not changed for a while.
    #[doc = concat!("```json\n", include_str!("examples/account.flapping.resolved.json"), "```")]
    #[serde(rename_all = "camelCase")]
    AccountFlappingResolved {
        /// The id of the alert.
        alert_id: String,
        /// The account.
        whats_app: WhatsAppNumber,
        /// The source.
        source: Source,
        /// When it had changed once too often.
        since: IsoTime,
    },
    /// Many accounts of a source went at once.
    #[doc = concat!("```json\n", include_str!("examples/accounts.gone.json"), "```")]
    #[serde(rename_all = "camelCase")]
    AccountsGone {
        /// The id of the alert.
        alert_id: String,
        /// The source.
        source: Source,
        /// How many accounts went.
        gone: u32,
        /// How many were online before.
        online_before: u32,
        /// The time in which they went, in seconds.
        within_seconds: u32,
        /// When too many were gone.
        since: IsoTime,
    },
    /// At least half of the accounts that were online before are online again.
    #[doc = concat!("```json\n", include_str!("examples/accounts.gone.resolved.json"), "```")]
    #[serde(rename_all = "camelCase")]
    AccountsGoneResolved {
        /// The id of the alert.
        alert_id: String,
        /// The source.
        source: Source,
        /// When too many were gone.
        since: IsoTime,
    },
    /// An agent has had no account online for too long.
    #[doc = concat!("```json\n", include_str!("examples/agent.offline.json"), "```")]
    #[serde(rename_all = "camelCase")]
    AgentOffline {
        /// The id of the alert.
        alert_id: String,
        /// The agent.
        user_id: UserId,
        /// Since when none of its accounts is online.
        since: IsoTime,
    },
    /// The agent has an account online again.
    #[doc = concat!("```json\n", include_str!("examples/agent.offline.resolved.json"), "```")]
    #[serde(rename_all = "camelCase")]
    AgentOfflineResolved {
        /// The id of the alert.
        alert_id: String,
        /// The agent.
        user_id: UserId,
        /// Since when none of its accounts was online.
        since: IsoTime,
    },
    /// Somebody tests the webhook. It says nothing about a tenant.
    #[doc = concat!("```json\n", include_str!("examples/webhook.test.json"), "```")]
    Test {},
    /// A mirror has had no good answer about a source for too long.
    #[doc = concat!("```json\n", include_str!("examples/mirror.stale.json"), "```")]
    #[serde(rename_all = "camelCase")]
    MirrorStale {
        /// The id of the alert.
        alert_id: String,
        /// The source.
        source: Source,
        /// The last good look.
        since: IsoTime,
    },
    /// The mirror has looked at the source again.
    #[doc = concat!("```json\n", include_str!("examples/mirror.stale.resolved.json"), "```")]
    #[serde(rename_all = "camelCase")]
    MirrorStaleResolved {
        /// The id of the alert.
        alert_id: String,
        /// The source.
        source: Source,
        /// The last good look before.
        since: IsoTime,
    },
}

impl MessageData {
    /// Returns the type of the message.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::AccountBanned { .. } => "account.banned",
            Self::AccountBannedResolved { .. } => "account.banned.resolved",
            Self::AccountFlapping { .. } => "account.flapping",
            Self::AccountFlappingResolved { .. } => "account.flapping.resolved",
            Self::AccountsGone { .. } => "accounts.gone",
            Self::AccountsGoneResolved { .. } => "accounts.gone.resolved",
            Self::AgentOffline { .. } => "agent.offline",
            Self::AgentOfflineResolved { .. } => "agent.offline.resolved",
            Self::Test {} => "webhook.test",
            Self::MirrorStale { .. } => "mirror.stale",
            Self::MirrorStaleResolved { .. } => "mirror.stale.resolved",
        }
    }
}

/// A time in Unix epoch milliseconds, which is written as ISO 8601 in UTC: `2026-11-29T10:15:00.000Z`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct IsoTime(pub i64);

impl Serialize for IsoTime {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let seconds = StatusTime::from_epoch_seconds(self.0.div_euclid(1000), UtcOffset::UTC);
        let text = seconds.map_err(serde::ser::Error::custom)?.to_string().replace(' ', "T");
        serializer.collect_str(&format_args!("{text}.{:03}Z", self.0.rem_euclid(1000)))
    }
}
