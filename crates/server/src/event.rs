//! The only truth: what happened to a WhatsApp account, when, at which source, and with which agent.

use std::ops::RangeInclusive;

use group_dispatch_types::{AccountStatus, Source, StatusDetail, UserId, UtcOffset, WhatsAppNumber, ingest};

use crate::json;

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
    /// When it happened, in Unix epoch milliseconds, within [`Self::TIMES`].
    pub at: i64,
}

impl StatusEvent {
    /// The times that clocks in all zones (18 hours around UTC) show within the years 0 to 9999, which is all that
    /// answers can say.
    pub const TIMES: RangeInclusive<i64> = -62_167_154_400_000..=253_402_235_999_999;

    /// Reads an event from JSON, as the contract of feeding has it: an object with the members of a queryUserStatusLog
    /// record and `userId`, `agentAccount`, and optionally `userName` and `eventId`. `status` may be left out where it follows from `detailStatus`;
    /// `createTime` is clock time at `offset`, or Unix epoch seconds or milliseconds (D8).
    ///
    /// # Errors
    /// When it is no such object; the error names the member and says what was expected, without repeating the value.
    pub fn from_json(bytes: &[u8], offset: UtcOffset) -> Result<Self, InvalidEvent> {
        let read: ingest::StatusEvent = json::read(bytes, "event").map_err(InvalidEvent)?;
        let status = read.status.or_else(|| read.detail_status.status()).ok_or_else(|| {
            InvalidEvent("status: missing, and it does not follow from an unknown detailStatus".to_owned())
        })?;
        if !read.user_id.is_within_contract() {
            return Err(InvalidEvent(format!("userId: expected an agent id of at most {}", UserId::MAX)));
        }
        let at = read.create_time.epoch_milliseconds(offset);
        if !Self::TIMES.contains(&at) {
            return Err(InvalidEvent("createTime: expected a time within the years 0 to 9999".to_owned()));
        }
        Ok(Self {
            event_id: read.event_id.filter(|id| !id.is_empty()),
            user_id: read.user_id,
            agent_account: read.agent_account,
            user_name: read.user_name.filter(|name| !name.is_empty()),
            whatsapp: read.whats_app,
            name: read.name,
            status,
            source: read.source,
            country_code: read.country_code.unwrap_or_default(),
            detail_status: read.detail_status,
            at,
        })
    }
}

/// An event in the log.
#[derive(Clone)]
pub struct LoggedEvent {
    /// The order of arrival.
    pub seq: u64,
    /// What happened.
    pub event: StatusEvent,
}

/// Why a text is not a status event.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidEvent(String);
