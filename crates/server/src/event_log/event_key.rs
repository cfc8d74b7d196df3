//! The key of an event: equal for equal events of a tenant, by which repeats are recognized.
//!
//! Keys are stored by both logs, so they must never change.

use md5::{Digest, Md5};

use crate::event::StatusEvent;

/// Returns the key of an event: a hash of its id or, without an id, of all other members. An event with an id never
/// equals one without.
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
    } = event;
    let mut key = Key(Md5::new());
    key.optional(event_id.as_deref());
    if event_id.is_none() {
        key.0.update(user_id.get().to_le_bytes());
        key.0.update(whatsapp.get().to_le_bytes());
        key.0.update(status.code().to_le_bytes());
        key.0.update(source.code().to_le_bytes());
        key.0.update(detail_status.code().to_le_bytes());
        key.0.update(at.to_le_bytes());
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
        }
    }

    #[test]
    fn every_member_changes_the_key() {
        let changes: [fn(&mut StatusEvent); 14] = [
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
}
