//! A tenant's events, about invented people: 1,000 accounts of 10 agents.

use group_dispatch_server::{
    TenantId,
    event::{Provenance, StatusEvent},
};
use group_dispatch_types::{AccountStatus, Source, StatusDetail};

use crate::Outcome;

pub const KEY: &str = "key";

pub fn tenant() -> TenantId {
    TenantId::from(1)
}

/// Returns events from the `first` on, all of them different.
pub fn events(first: u32, count: u32) -> Outcome<Vec<StatusEvent>> {
    (first..first + count).map(event).collect()
}

fn event(number: u32) -> Outcome<StatusEvent> {
    let account = number % 1_000;
    let agent = account / 100;
    let (status, detail_status) = if number.is_multiple_of(3) {
        (AccountStatus::Offline, StatusDetail::PcClientClosed)
    } else {
        (AccountStatus::Online, StatusDetail::PcOnline)
    };
    Ok(StatusEvent {
        event_id: None,
        user_id: agent.into(),
        agent_account: format!("agent{agent}"),
        user_name: Some(format!("Agent {agent}")),
        whatsapp: (8_613_000_000_000 + u64::from(account)).try_into()?,
        name: Some(format!("name{account}")),
        status,
        source: Source::Pc,
        country_code: "Colombia".into(),
        detail_status,
        at: 1_767_225_600_000 + i64::from(number),
        provenance: Provenance::Fed,
    })
}
