//! The status event: what happened to a WhatsApp account, when, at which source, and with which agent. Everything that
//! the server answers follows from such events.

use std::{
    num::TryFromIntError,
    ops::RangeInclusive,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use group_dispatch_types::{AccountStatus, Source, StatusDetail, UserId, UtcOffset, WhatsAppNumber, ingest};

use crate::json;

pub(crate) mod fact;

/// One status event of a tenant.
#[derive(Clone, PartialEq, Eq)]
pub struct StatusEvent {
    /// The feeder's id of the event. Two events of a tenant with one id are the same event; without an id, two events
    /// are the same if all members are equal, except for [logged](Provenance::Logged) ones.
    pub event_id: Option<String>,
    /// The agent's id.
    pub user_id: UserId,
    /// The agent's login account; empty if there is no news of it.
    pub agent_account: String,
    /// The agent's name, if known.
    pub user_name: Option<String>,
    /// The WhatsApp account's number.
    pub whatsapp: WhatsAppNumber,
    /// The account's nickname, if it has one.
    pub name: Option<String>,
    /// The account's status after the event.
    pub status: AccountStatus,
    /// The source where it happened.
    pub source: Source,
    /// The name of the account's country, in any language.
    pub country_code: String,
    /// What happened.
    pub detail_status: StatusDetail,
    /// When it happened: Unix epoch milliseconds, within [`Self::TIMES`].
    pub at: i64,
    /// How the event is known.
    pub provenance: Provenance,
}

/// How an event is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Provenance {
    /// A feeder reported it.
    #[default]
    Fed,
    /// It is a record of the vendor's queryUserStatusLog. Such a record has no id: it is the same as another one of its
    /// tenant if agent, account, source, status, detail status, time and `ordinal` are equal, whatever the names are.
    Logged {
        /// Counts, from 0, the records that are equal but for their names.
        ordinal: u32,
    },
    /// Two good answers of the vendor about who is online differ: the account came (status 10) or went (status 30) between
    /// them. The event's time is that of the later answer, in the vendor's clock, and its detail status is unknown. Its names
    /// count like those of any event, so that of an account that went is the last one known. It is in no status log.
    Observed {
        /// The time of the earlier answer, in Unix epoch milliseconds of the vendor's clock; `None` if there was none.
        not_before: Option<i64>,
    },
}

/// A [`Provenance`] without its details.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ProvenanceKind {
    /// [`Provenance::Fed`].
    Fed,
    /// [`Provenance::Logged`].
    Logged,
    /// [`Provenance::Observed`].
    Observed,
}

impl Provenance {
    /// Returns the kind.
    #[must_use]
    pub const fn kind(self) -> ProvenanceKind {
        match self {
            Self::Fed => ProvenanceKind::Fed,
            Self::Logged { .. } => ProvenanceKind::Logged,
            Self::Observed { .. } => ProvenanceKind::Observed,
        }
    }

    /// Returns what the columns `ordinal` and `not_before` of both logs have. Those of a fed event are null.
    pub(crate) fn columns(self) -> (Option<i64>, Option<i64>) {
        match self {
            Self::Fed => (None, None),
            Self::Logged { ordinal } => (Some(ordinal.into()), None),
            Self::Observed { not_before } => (None, Some(not_before.unwrap_or(NEVER_BEFORE))),
        }
    }

    /// Reads the columns that [`columns`](Self::columns) returned.
    pub(crate) fn of_columns(ordinal: Option<i64>, not_before: Option<i64>) -> Result<Self, TryFromIntError> {
        Ok(match (ordinal, not_before) {
            (None, None) => Self::Fed,
            (Some(ordinal), _) => Self::Logged { ordinal: ordinal.try_into()? },
            (None, Some(not_before)) => {
                Self::Observed { not_before: Some(not_before).filter(|time| *time != NEVER_BEFORE) }
            }
        })
    }
}

/// The column `not_before` of an observed event before which there was no answer.
const NEVER_BEFORE: i64 = i64::MIN;

impl StatusEvent {
    /// The times that clocks of every zone (within 18 hours of UTC) show within the years 0 to 9999: responses can't
    /// express others.
    pub const TIMES: RangeInclusive<i64> = -62_167_154_400_000..=253_402_235_999_999;

    /// Parses an event of the ingest contract: a JSON object with the members of a queryUserStatusLog record, `userId`
    /// and `agentAccount`, and optionally `userName` and `eventId`. `status` may be missing if it follows from
    /// `detailStatus`. `createTime` is a clock time at `offset`, or Unix epoch seconds or milliseconds (D8). Texts have at
    /// most the characters of the contract (D47); events that were stored before it had such limits are longer.
    ///
    /// # Errors
    /// If the JSON is not such an object. The error names the member and what was expected, but never repeats the
    /// value.
    pub fn from_json(bytes: &[u8], offset: UtcOffset) -> Result<Self, InvalidEvent> {
        let read: ingest::StatusEvent = json::read(bytes, "event").map_err(InvalidEvent)?;
        if let Some((member, most)) = read.too_long() {
            return Err(InvalidEvent(format!("{member}: expected at most {most} characters")));
        }
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
            provenance: Provenance::Fed,
        })
    }

    /// Checks that the event is at most `max_ahead` in the future: it would outweigh all events until then.
    ///
    /// # Errors
    /// If it is.
    pub fn check_ahead(&self, max_ahead: Duration) -> Result<(), InvalidEvent> {
        let max_ahead = i64::try_from(max_ahead.as_millis()).unwrap_or(i64::MAX);
        if self.at <= now().saturating_add(max_ahead) {
            return Ok(());
        }
        Err(InvalidEvent("createTime: further in the future than --max-ahead allows".to_owned()))
    }
}

/// A status event in the log.
#[derive(Clone)]
pub(crate) struct LoggedEvent {
    /// Its number, by the order of arrival.
    pub seq: u64,
    /// The event.
    pub event: StatusEvent,
}

/// Why JSON is not a status event.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidEvent(String);

/// Returns the current time as events have it: Unix epoch milliseconds.
pub(crate) fn now() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(now.as_millis()).unwrap_or(i64::MAX)
}

/// Returns the time since a look of a mirror, whose clock may be ahead of this machine's.
pub(crate) fn time_since(look: i64) -> Duration {
    Duration::from_millis(now().saturating_sub(look).try_into().unwrap_or(0))
}
