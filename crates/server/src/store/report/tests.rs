//! What a report takes for online at each moment is what the presence index answers at that moment.
#![allow(clippy::unwrap_used)]

use group_dispatch_types::{AccountStatus, Source, StatusDetail, UserId, WhatsAppNumber};
use proptest::{collection::vec, prelude::*};

use crate::{
    event::{LoggedEvent, Provenance, StatusEvent, fact::StatusFact},
    presence::index::PresenceIndex,
    report::Timeline,
    tenant::{LoggedTenant, TenantNumber},
};

/// Milliseconds since the event before, agent, account, status, and how it is known.
type Event = (i64, u32, u64, i32, u8);

/// An event of three agents with two accounts. Most runs have long stretches without a claim.
fn event() -> impl Strategy<Value = Event> {
    let status = prop_oneof![3 => Just(10), 1 => Just(20), 12 => Just(30), 1 => Just(40)];
    (0..2_i64, 1..4_u32, 1..3_u64, status, 0..8_u8)
}

fn status_event((_, agent, account, status, known): Event, at: i64) -> StatusEvent {
    StatusEvent {
        event_id: None,
        user_id: UserId::from(agent),
        agent_account: String::new(),
        user_name: None,
        whatsapp: WhatsAppNumber::new(account).unwrap(),
        name: None,
        status: AccountStatus::from(if known == 0 && status != 10 { 30 } else { status }),
        source: Source::Pc,
        country_code: String::new(),
        detail_status: StatusDetail::Unknown(0),
        at,
        provenance: match known {
            0 => Provenance::Observed { not_before: Some(0) },
            1 => Provenance::Logged { ordinal: 0 },
            _ => Provenance::Fed,
        },
    }
}

proptest! {
    #[test]
    fn the_timeline_is_what_the_index_answers(events in prop_oneof![vec(event(), 1..40), vec(event(), 200..500)]) {
        let index = PresenceIndex::default();
        index.set_tenants(vec![LoggedTenant { number: TenantNumber(1), id: 1.into(), keys: Vec::new(), strikes: 0 }]);
        let tenant = index.tenant_index(TenantNumber(1)).unwrap();
        let mut timeline = Timeline::default();
        let mut at = 1_720_396_800_000;
        for (seq, event) in (1..).zip(events) {
            at += event.0;
            let logged = LoggedEvent { seq, event: status_event(event, at) };
            tenant.apply([&logged].into_iter());
            timeline.apply(&StatusFact::from(&logged));
            let accounts = [1, 2].map(|number| (Source::Pc, WhatsAppNumber::new(number).unwrap()));
            let answered = tenant.online_agents(accounts);
            let computed: Vec<_> = accounts
                .iter()
                .map(|place| {
                    let mut lasting = timeline.lasting();
                    lasting.find(|session| (session.source, session.whatsapp) == *place).map(|session| session.user_id)
                })
                .collect();
            prop_assert_eq!(answered, computed, "after event {}", seq);
        }
    }
}
