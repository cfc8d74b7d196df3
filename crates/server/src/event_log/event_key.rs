//! What tells an event from every other of its tenant.

use md5::{Digest, Md5};

use crate::event::StatusEvent;

/// Two events of a tenant are the same exactly when their keys are equal: by the feeder's id if there is one, by all
/// other members if there is none. An event with an id never equals one without.
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

/// Takes in members so that no two lists of them look alike: numbers have a fixed width, texts their length in front.
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
    fn each_member_counts() {
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
    fn text_does_not_run_over_into_the_next_member() {
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
