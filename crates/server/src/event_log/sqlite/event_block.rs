//! The bytes of a block of events: a page of the history reads them instead of the rows, which are all over the file.
//!
//! Each event says what differs from the one before it: the agent and the account, if they are others, and how much later it
//! is. So an event takes about 13 bytes where the one before is of the same account, and 40 where it is not.

use group_dispatch_types::{AccountStatus, Source, StatusDetail, WhatsAppNumber};
use rusqlite::{Result, types::Type};
use serde::{Deserialize, Serialize};

use crate::{
    event::{LoggedEvent, Provenance, StatusEvent},
    tenant::TenantNumber,
};

/// An event as it is saved.
#[derive(Serialize, Deserialize)]
struct Saved<'a> {
    /// `None`: that of the event before.
    #[serde(borrow)]
    agent: Option<Agent<'a>>,
    /// `None`: that of the event before.
    #[serde(borrow)]
    account: Option<Account<'a>>,
    /// How much more they are than those of the event before.
    seq: i64,
    at: i64,
    detail_status: i32,
    /// `None`: the one that the detail status belongs to.
    status: Option<i32>,
    event_id: Option<&'a str>,
    /// The columns of a provenance that is not fed.
    provenance: Option<(Option<i64>, Option<i64>)>,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Agent<'a> {
    tenant: i64,
    user_id: u64,
    agent_account: &'a str,
    user_name: Option<&'a str>,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Account<'a> {
    whatsapp: u64,
    source: i32,
    name: Option<&'a str>,
    country_code: &'a str,
}

impl<'a> Agent<'a> {
    fn of(tenant: TenantNumber, event: &'a StatusEvent) -> Self {
        let (agent_account, user_name) = (&event.agent_account, event.user_name.as_deref());
        Self { tenant: tenant.0, user_id: event.user_id.get(), agent_account, user_name }
    }
}

impl<'a> Account<'a> {
    fn of(event: &'a StatusEvent) -> Self {
        let (name, country_code) = (event.name.as_deref(), &event.country_code);
        Self { whatsapp: event.whatsapp.get(), source: event.source.code(), name, country_code }
    }
}

/// Returns the status that a detail status belongs to.
fn usual_status(detail_status: i32) -> i32 {
    detail_status / 10 * 10
}

/// Returns the bytes of some events.
pub fn encode<'a>(events: impl IntoIterator<Item = &'a (TenantNumber, LoggedEvent)>) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let (mut agent, mut account, mut seq, mut at) = (Agent::default(), Account::default(), 0, 0);
    for (tenant, logged) in events {
        let event = &logged.event;
        let (status, detail_status) = (event.status.code(), event.detail_status.code());
        let saved = Saved {
            agent: Some(Agent::of(*tenant, event)).filter(|of| *of != agent),
            account: Some(Account::of(event)).filter(|of| *of != account),
            seq: logged.seq.cast_signed() - seq,
            at: event.at - at,
            detail_status,
            status: Some(status).filter(|status| *status != usual_status(detail_status)),
            event_id: event.event_id.as_deref(),
            provenance: Some(event.provenance.columns()).filter(|columns| *columns != (None, None)),
        };
        (agent, account) = (Agent::of(*tenant, event), Account::of(event));
        (seq, at) = (logged.seq.cast_signed(), event.at);
        bytes = postcard::to_extend(&saved, bytes)
            .map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
    }
    Ok(bytes)
}

/// Reads the events of a block, in their order.
pub struct Block<'a> {
    bytes: &'a [u8],
    agent: Agent<'a>,
    account: Account<'a>,
    seq: i64,
    at: i64,
}

/// An event of a block.
pub struct Entry<'a> {
    agent: Agent<'a>,
    account: Account<'a>,
    seq: i64,
    at: i64,
    saved: Saved<'a>,
}

impl<'a> Block<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, agent: Agent::default(), account: Account::default(), seq: 0, at: 0 }
    }

    fn read(&mut self) -> postcard::Result<Entry<'a>> {
        let (saved, rest) = postcard::take_from_bytes::<Saved<'a>>(self.bytes)?;
        self.bytes = rest;
        self.agent = saved.agent.unwrap_or(self.agent);
        self.account = saved.account.unwrap_or(self.account);
        self.seq = self.seq.wrapping_add(saved.seq);
        self.at = self.at.wrapping_add(saved.at);
        Ok(Entry { agent: self.agent, account: self.account, seq: self.seq, at: self.at, saved })
    }
}

impl<'a> Iterator for Block<'a> {
    type Item = Result<Entry<'a>>;

    fn next(&mut self) -> Option<Self::Item> {
        (!self.bytes.is_empty()).then(|| self.read().map_err(unreadable))
    }
}

impl Entry<'_> {
    pub fn tenant(&self) -> i64 {
        self.agent.tenant
    }

    pub fn user_id(&self) -> i64 {
        self.agent.user_id.cast_signed()
    }

    pub fn whatsapp(&self) -> i64 {
        self.account.whatsapp.cast_signed()
    }

    pub fn at(&self) -> i64 {
        self.at
    }

    pub fn logged(&self) -> Result<LoggedEvent> {
        let Self { agent, account, saved, .. } = self;
        let (ordinal, not_before) = saved.provenance.unwrap_or_default();
        let event = StatusEvent {
            event_id: saved.event_id.map(str::to_owned),
            user_id: agent.user_id.cast_signed().try_into().map_err(unreadable)?,
            agent_account: agent.agent_account.to_owned(),
            user_name: agent.user_name.map(str::to_owned),
            whatsapp: WhatsAppNumber::new(account.whatsapp).map_err(unreadable)?,
            name: account.name.map(str::to_owned),
            status: AccountStatus::from(saved.status.unwrap_or(usual_status(saved.detail_status))),
            source: Source::from(account.source),
            country_code: account.country_code.to_owned(),
            detail_status: StatusDetail::from(saved.detail_status),
            at: self.at,
            provenance: Provenance::of_columns(ordinal, not_before).map_err(unreadable)?,
        };
        Ok(LoggedEvent { seq: self.seq.cast_unsigned(), event })
    }
}

fn unreadable(error: impl std::error::Error + Send + Sync + 'static) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(0, Type::Blob, Box::new(error))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::{collection::vec, option, prelude::*};

    use super::*;

    /// What an event is made of: number, time, tenant; agent; account; what happened.
    type Members = (
        (u64, i64, i64),
        (u32, String, Option<String>),
        (u64, i32, Option<String>, String),
        (i32, i32, Option<String>, Option<u32>, Option<Option<i64>>),
    );

    fn members() -> impl Strategy<Value = Members> {
        let text = || option::of("[ab]?");
        (
            (1..1_000_u64, StatusEvent::TIMES, 1..3_i64),
            (1..3_u32, "[ab]?", text()),
            (100..102_u64, 1..4_i32, text(), "[ab]?"),
            (0..50_i32, -50..50_i32, text(), option::of(any::<u32>()), option::of(option::of(0..9_i64))),
        )
    }

    fn event((place, agent, account, happened): Members) -> (TenantNumber, LoggedEvent) {
        let ((seq, at, tenant), (user_id, agent_account, user_name)) = (place, agent);
        let ((whatsapp, source, name, country_code), (status, detail_status, event_id, ordinal, not_before)) =
            (account, happened);
        let provenance = match (ordinal, not_before) {
            (Some(ordinal), _) => Provenance::Logged { ordinal },
            (None, Some(not_before)) => Provenance::Observed { not_before },
            (None, None) => Provenance::Fed,
        };
        let event = StatusEvent {
            event_id,
            user_id: user_id.into(),
            agent_account,
            user_name,
            whatsapp: WhatsAppNumber::new(whatsapp).unwrap(),
            name,
            status: status.into(),
            source: source.into(),
            country_code,
            detail_status: detail_status.into(),
            at,
            provenance,
        };
        (TenantNumber(tenant), LoggedEvent { seq, event })
    }

    proptest! {
        #[test]
        fn events_are_read_as_they_were_written(events in vec(members(), 0..20)) {
            let events: Vec<_> = events.into_iter().map(event).collect();
            let bytes = encode(&events).unwrap();
            let read: Vec<_> = Block::new(&bytes).map(|entry| entry.unwrap()).collect();
            prop_assert_eq!(read.len(), events.len());
            for (entry, (tenant, LoggedEvent { seq, event })) in read.iter().zip(&events) {
                let read = entry.logged().unwrap();
                prop_assert!((entry.tenant(), read.seq) == (tenant.0, *seq) && read.event == *event);
                let ids = (event.whatsapp.get().cast_signed(), event.user_id.get().cast_signed(), event.at);
                prop_assert_eq!((entry.whatsapp(), entry.user_id(), entry.at()), ids);
            }
        }

        #[test]
        fn other_bytes_are_an_error_or_other_events(bytes in vec(any::<u8>(), 0..100)) {
            for entry in Block::new(&bytes) {
                let Ok(entry) = entry else { break };
                let _ = entry.logged();
            }
        }
    }
}
