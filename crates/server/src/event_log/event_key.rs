//! The key of an event: equal for equal events of a tenant, by which repeats are recognized.
//!
//! Keys are stored by both logs, so they must never change.

use md5::{Digest, Md5};

use crate::event::{Provenance, StatusEvent};

/// Returns the key of an event: a hash of its id or, without an id, of all other members; of a logged event, a hash of
/// what [`Provenance::Logged`] lists. An event with an id never equals one without, and events of different provenance
/// are never equal.
pub fn event_key(event: &StatusEvent) -> [u8; 16] {
    let StatusEvent {
        event_id,
        user_id,
        agent_account,
        user_name,
        whatsapp,
        name,
        status,
        source,
        country_code,
        detail_status,
        at,
        provenance,
    } = event;
    let mut key = Key(Md5::new());
    let id = event_id.as_deref().filter(|_| *provenance == Provenance::Fed);
    match provenance {
        // Begins with 0 or 1.
        Provenance::Fed => key.optional(id),
        Provenance::Logged { ordinal } => {
            key.0.update([2]);
            key.0.update(ordinal.to_le_bytes());
        }
        Provenance::Observed { not_before } => {
            key.0.update([3, u8::from(not_before.is_some())]);
            key.0.update(not_before.unwrap_or_default().to_le_bytes());
        }
    }
    if id.is_none() {
        key.0.update(user_id.get().to_le_bytes());
        key.0.update(whatsapp.get().to_le_bytes());
        key.0.update(status.code().to_le_bytes());
        key.0.update(source.code().to_le_bytes());
        key.0.update(detail_status.code().to_le_bytes());
        key.0.update(at.to_le_bytes());
    }
    // A record of the vendor's log keeps its key when an agent, an account or a country gets another name.
    if id.is_none() && !matches!(provenance, Provenance::Logged { .. }) {
        key.text(agent_account);
        key.optional(user_name.as_deref());
        key.optional(name.as_deref());
        key.text(country_code);
    }
    key.0.finalize().into()
}

/// Hashes members so that different members give different input: numbers have a fixed width, and each text follows its
/// length.
struct Key(Md5);

impl Key {
    fn text(&mut self, text: &str) {
        self.0.update((text.len() as u64).to_le_bytes());
        self.0.update(text);
    }

    fn optional(&mut self, text: Option<&str>) {
        self.0.update([u8::from(text.is_some())]);
        if let Some(text) = text {
            self.text(text);
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use group_dispatch_types::{AccountStatus, Source, StatusDetail, UserId, WhatsAppNumber};

    use super::*;

    fn event() -> StatusEvent {
        StatusEvent {
            event_id: None,
            user_id: UserId::from(1),
            agent_account: "a".into(),
            user_name: Some("b".into()),
            whatsapp: WhatsAppNumber::MAX,
            name: None,
            status: AccountStatus::Online,
            source: Source::Pc,
            country_code: "c".into(),
            detail_status: StatusDetail::PcOnline,
            at: 0,
            provenance: Provenance::Fed,
        }
    }

    /// They are in the databases of all versions.
    #[test]
    fn the_keys_of_fed_events_never_change() {
        let named = StatusEvent { event_id: Some("a".into()), ..event() };
        let keys = [event(), named].map(|event| u128::from_be_bytes(event_key(&event)));
        assert_eq!(keys, [0xd1b0_07fb_c033_7357_bf4a_0b16_8e91_4729, 0x112f_18b7_a30e_01fa_a57a_94d9_bb0b_26a1]);
    }

    #[test]
    fn every_member_changes_the_key() {
        let changes: [fn(&mut StatusEvent); 19] = [
            |_| {},
            |e| e.event_id = Some("a".into()),
            |e| e.event_id = Some(String::new()),
            |e| e.user_id = UserId::from(2),
            |e| e.agent_account = "ab".into(),
            |e| e.user_name = None,
            |e| e.user_name = Some(String::new()),
            |e| e.whatsapp = "1".parse().unwrap(),
            |e| e.name = Some(String::new()),
            |e| e.status = AccountStatus::Banned,
            |e| e.source = Source::Mobile,
            |e| e.country_code = String::new(),
            |e| e.detail_status = StatusDetail::PcBanned,
            |e| e.at = 1,
            |e| e.provenance = Provenance::Logged { ordinal: 0 },
            |e| e.provenance = Provenance::Logged { ordinal: 1 },
            |e| e.provenance = Provenance::Observed { not_before: None },
            |e| e.provenance = Provenance::Observed { not_before: Some(0) },
            |e| e.provenance = Provenance::Observed { not_before: Some(1) },
        ];
        let keys: std::collections::HashSet<_> = changes
            .iter()
            .map(|change| {
                let mut event = event();
                change(&mut event);
                event_key(&event)
            })
            .collect();
        assert_eq!(keys.len(), changes.len());
    }

    #[test]
    fn adjacent_texts_are_separated() {
        let (mut one, mut other) = (event(), event());
        (one.user_name, one.name) = (Some("xy".into()), Some("z".into()));
        (other.user_name, other.name) = (Some("x".into()), Some("yz".into()));
        assert_ne!(event_key(&one), event_key(&other));
        (one.user_name, one.name) = (Some("x".into()), None);
        (other.user_name, other.name) = (None, Some("x".into()));
        assert_ne!(event_key(&one), event_key(&other));
    }

    #[test]
    fn with_an_id_nothing_else_counts() {
        let (mut one, mut other) = (event(), event());
        (one.event_id, other.event_id) = (Some("1".into()), Some("1".into()));
        other.at = 1;
        assert_eq!(event_key(&one), event_key(&other));
    }

    #[test]
    fn a_logged_event_is_the_same_under_other_names_and_an_observed_one_is_not() {
        let renames: [fn(&mut StatusEvent); 5] = [
            |e| e.agent_account = "ab".into(),
            |e| e.user_name = None,
            |e| e.name = Some(String::new()),
            |e| e.country_code = String::new(),
            |e| e.event_id = Some("a".into()),
        ];
        for (number, rename) in renames.into_iter().enumerate() {
            let key_of = |provenance| {
                let (one, mut other) = (StatusEvent { provenance, ..event() }, StatusEvent { provenance, ..event() });
                rename(&mut other);
                event_key(&one) == event_key(&other)
            };
            assert!(key_of(Provenance::Logged { ordinal: 7 }));
            assert_eq!(key_of(Provenance::Observed { not_before: Some(7) }), number == 4, "only fed events have an id");
        }
    }

    #[test]
    fn every_member_but_the_names_changes_the_key_of_a_logged_event() {
        let changes: [fn(&mut StatusEvent); 8] = [
            |_| {},
            |e| e.user_id = UserId::from(2),
            |e| e.whatsapp = "1".parse().unwrap(),
            |e| e.status = AccountStatus::Banned,
            |e| e.source = Source::Mobile,
            |e| e.detail_status = StatusDetail::PcBanned,
            |e| e.at = 1_000,
            |e| e.provenance = Provenance::Logged { ordinal: 1 },
        ];
        let keys: std::collections::HashSet<_> = changes
            .iter()
            .map(|change| {
                let mut event = StatusEvent { provenance: Provenance::Logged { ordinal: 0 }, ..event() };
                change(&mut event);
                event_key(&event)
            })
            .collect();
        assert_eq!(keys.len(), changes.len());
    }
}
