//! What events have in common.
//!
//! Apart from agent, account, time and name, events differ in little. Each kind is stored once, with the JSON that answers
//! repeat for each of its events, and for as long as an event is of this kind: countries and codes come from outside, and
//! must not fill the memory.

use group_dispatch_types::{AccountStatus, Source, StatusDetail};
use hashbrown::HashMap;
use serde::Serialize;
use smol_str::SmolStr;

use super::{chunked_vec::ChunkedVec, slots::KindSlot};
use crate::event::ProvenanceKind;

/// What an event says apart from agent, account, time and name.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct EventKind {
    pub source: Source,
    pub status: AccountStatus,
    pub detail_status: StatusDetail,
    pub country_code: SmolStr,
    pub provenance: ProvenanceKind,
}

impl EventKind {
    pub fn is_online(&self) -> bool {
        self.status == AccountStatus::Online
    }

    pub fn is_logged(&self) -> bool {
        self.provenance == ProvenanceKind::Logged
    }

    /// Returns whether an event of this kind decides which agent has the account (D16). An account comes online with one
    /// agent, and a ban ends the account's time with every agent. Any other event is about its own agent only.
    pub fn claims(&self) -> bool {
        matches!(self.status, AccountStatus::Online | AccountStatus::Banned)
    }
}

/// The JSON that all events of a kind share.
pub struct JsonTemplate {
    /// From the beginning of an event up to its time.
    pub before_time: String,
    /// From the time up to the name.
    pub after_time: String,
    /// From the name up to the account's number.
    pub after_name: String,
    /// From the name up to the account's number, without the source.
    pub status: String,
}

impl JsonTemplate {
    fn new(EventKind { source, status, detail_status, country_code, provenance: _ }: &EventKind) -> Self {
        let status = format!(r#""status":{},"whatsApp":""#, json(status));
        Self {
            before_time: format!(r#"{{"countryCode":{},"createTime":""#, json(&country_code.as_str())),
            after_time: format!(r#"","detailStatus":{},"#, json(detail_status)),
            after_name: format!(r#""source":{},{status}"#, json(source)),
            status,
        }
    }
}

/// Texts and numbers always serialize.
fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// The kinds of all stored events.
#[derive(Default)]
pub struct EventKinds {
    kinds: ChunkedVec<UsedKind>,
    by_kind: HashMap<EventKind, KindSlot>,
    /// How many kinds are of logged events.
    logged: usize,
}

struct UsedKind {
    kind: EventKind,
    template: JsonTemplate,
    /// How many events are of this kind.
    events: u32,
}

impl EventKinds {
    pub fn get(&self, slot: KindSlot) -> &EventKind {
        &self.kinds[slot.0].kind
    }

    pub fn template(&self, slot: KindSlot) -> &JsonTemplate {
        &self.kinds[slot.0].template
    }

    /// Returns whether any event is a record of the vendor's log.
    pub fn has_logged(&self) -> bool {
        self.logged > 0
    }

    /// Returns the slot of a kind, for one more event.
    pub fn acquire(&mut self, kind: EventKind) -> KindSlot {
        let slot = self.by_kind.get(&kind).copied().unwrap_or_else(|| {
            let used = UsedKind { template: JsonTemplate::new(&kind), kind: kind.clone(), events: 0 };
            let slot = KindSlot(self.kinds.add(used));
            self.logged += usize::from(kind.is_logged());
            self.by_kind.insert(kind, slot);
            slot
        });
        self.acquire_again(slot);
        slot
    }

    /// Counts one more event of a kind that is in use.
    pub fn acquire_again(&mut self, slot: KindSlot) {
        self.kinds[slot.0].events += 1;
    }

    /// Counts one event less, and drops the kind with its last event.
    pub fn release(&mut self, slot: KindSlot) {
        let used = &mut self.kinds[slot.0];
        used.events -= 1;
        if used.events == 0 {
            self.logged -= usize::from(used.kind.is_logged());
            self.by_kind.remove(&used.kind);
            self.kinds.free(slot.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(country_code: &str) -> EventKind {
        let (source, status, detail_status) = (Source::Pc, AccountStatus::Online, StatusDetail::PcOnline);
        let provenance = ProvenanceKind::Fed;
        EventKind { source, status, detail_status, country_code: country_code.into(), provenance }
    }

    #[test]
    fn a_kind_is_stored_once_and_for_as_long_as_an_event_is_of_it() {
        let mut kinds = EventKinds::default();
        let slot = kinds.acquire(of("Colombia"));
        assert!(kinds.acquire(of("Colombia")) == slot);
        kinds.release(slot);
        assert!(kinds.acquire(of("Colombia")) == slot, "an event is still of this kind");
        for country in 0..10_000 {
            let country = country.to_string();
            let slot = kinds.acquire(of(&country));
            assert_eq!(kinds.get(slot).country_code, country);
            kinds.release(slot);
        }
        assert_eq!((kinds.kinds.end(), kinds.by_kind.len()), (2, 1), "the slot of a dropped kind is reused");
    }
}
