use std::hash::BuildHasher;

use compact_str::CompactString;
use group_dispatch_types::{AccountStatus, Source, StatusDetail};
use hashbrown::{DefaultHashBuilder, HashTable};
use serde::Serialize;

use super::{chunked_vec::ChunkedVec, ids::KindIndex};

/// What an event says besides who and when. Events differ in little here, so that each kind is kept once.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct EventKind<Text> {
    pub source: Source,
    pub status: AccountStatus,
    pub detail_status: StatusDetail,
    pub country_code: Text,
}

impl<Text: AsRef<str>> EventKind<Text> {
    pub fn is_online(&self) -> bool {
        self.status == AccountStatus::Online
    }

    /// Whether an event of this kind says whose the account is now: it came online, or it was banned, which ends every
    /// session with it. Any other event ends its own agent's session alone (D16).
    pub fn claims(&self) -> bool {
        matches!(self.status, AccountStatus::Online | AccountStatus::Banned)
    }

    fn borrowed(&self) -> EventKind<&str> {
        let Self { source, status, detail_status, ref country_code } = *self;
        EventKind { source, status, detail_status, country_code: country_code.as_ref() }
    }
}

/// What answers say of every event of a kind, as JSON: kinds are few and events many.
pub struct JsonTemplate {
    /// From the beginning of an event up to the time.
    pub before_time: String,
    /// From the time up to the name.
    pub after_time: String,
    /// From the name up to the account's number.
    pub after_name: String,
    /// The same where the source is not told.
    pub status: String,
}

impl JsonTemplate {
    fn of(kind: &EventKind<&str>) -> Self {
        let EventKind { source, status, detail_status, country_code } = kind;
        let status = format!(r#""status":{},"whatsApp":""#, json(status));
        Self {
            before_time: format!(r#"{{"countryCode":{},"createTime":""#, json(country_code)),
            after_time: format!(r#"","detailStatus":{},"#, json(detail_status)),
            after_name: format!(r#""source":{},{status}"#, json(source)),
            status,
        }
    }
}

/// Texts and numbers can always be written.
fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// Every kind that an event is of.
#[derive(Default)]
pub struct EventKinds {
    kinds: ChunkedVec<Used>,
    places: HashTable<KindIndex>,
    hasher: DefaultHashBuilder,
}

struct Used {
    kind: EventKind<CompactString>,
    template: JsonTemplate,
    /// How many events are of it.
    times: u32,
}

impl EventKinds {
    pub fn get(&self, index: KindIndex) -> &EventKind<CompactString> {
        &self.kinds[index.0].kind
    }

    pub fn template(&self, index: KindIndex) -> &JsonTemplate {
        &self.kinds[index.0].template
    }

    /// The place of a kind; one more event is of it.
    pub fn acquire(&mut self, kind: EventKind<&str>) -> KindIndex {
        let hash = self.hasher.hash_one(kind);
        let known = self.places.find(hash, |place| self.get(*place).borrowed() == kind).copied();
        let place = known.unwrap_or_else(|| {
            let template = JsonTemplate::of(&kind);
            let EventKind { source, status, detail_status, country_code } = kind;
            let kind = EventKind { source, status, detail_status, country_code: country_code.into() };
            let place = KindIndex(self.kinds.add(Used { kind, template, times: 0 }));
            let (kinds, hasher) = (&self.kinds, &self.hasher);
            let hash_of = |place: &KindIndex| hasher.hash_one(kinds[place.0].kind.borrowed());
            self.places.insert_unique(hash, place, hash_of);
            place
        });
        self.acquire_again(place);
        place
    }

    /// One more event is of a kind that another is of.
    pub fn acquire_again(&mut self, place: KindIndex) {
        self.kinds[place.0].times += 1;
    }

    /// One event less is of a kind.
    pub fn release(&mut self, place: KindIndex) {
        let used = &mut self.kinds[place.0];
        used.times -= 1;
        if used.times == 0 {
            let hash = self.hasher.hash_one(used.kind.borrowed());
            if let Ok(entry) = self.places.find_entry(hash, |other| *other == place) {
                entry.remove();
            }
            self.kinds.free(place.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(country_code: &str) -> EventKind<&str> {
        let (source, status, detail_status) = (Source::Pc, AccountStatus::Online, StatusDetail::PcOnline);
        EventKind { source, status, detail_status, country_code }
    }

    #[test]
    fn a_kind_is_kept_once_and_for_as_long_as_an_event_is_of_it() {
        let mut kinds = EventKinds::default();
        let place = kinds.acquire(of("Colombia"));
        assert!(kinds.acquire(of("Colombia")) == place);
        kinds.release(place);
        assert!(kinds.acquire(of("Colombia")) == place, "an event is still of it");
        for country in 0..10_000 {
            let country = country.to_string();
            let place = kinds.acquire(of(&country));
            assert_eq!(kinds.get(place).country_code, country);
            kinds.release(place);
        }
        assert_eq!((kinds.kinds.end(), kinds.places.len()), (2, 1), "what no event is of leaves its place to others");
    }
}
