#![allow(clippy::unwrap_used)]

use group_dispatch_types::{AccountStatus, AgentSource, Source, StatusDetail, UserId, UtcOffset, WhatsAppNumber};
use proptest::{collection::vec, prelude::*, sample::select};

use super::{Facts, Times};
use crate::{
    event::StatusEvent,
    store::{AgentFilter, Asked, LoggedEvent, Question},
};

const ACCOUNTS: std::ops::Range<u64> = 1..4;

/// An event of a world so small that lists are full and accounts go from agent to agent.
fn event() -> impl Strategy<Value = StatusEvent> {
    (1..3_u32, ACCOUNTS, select(vec![10, 20]), select(vec!["a", "b", "c"]), 0..1_000_i64).prop_map(
        |(user, account, status, country, at)| StatusEvent {
            event_id: None,
            user_id: UserId::from(user),
            agent_account: "agent".into(),
            user_name: None,
            whatsapp: WhatsAppNumber::new(account).unwrap(),
            name: None,
            status: AccountStatus::from(status),
            source: Source::Pc,
            country_code: country.into(),
            detail_status: StatusDetail::PcOnline,
            at: at * 1_000,
        },
    )
}

fn logged(events: Vec<StatusEvent>) -> Vec<LoggedEvent> {
    events.into_iter().zip(1..).map(|(event, seq)| LoggedEvent { seq, event }).collect()
}

/// All there is to know, as answers tell it.
fn told(facts: &Facts, oldest: i64) -> String {
    let accounts = ACCOUNTS.map(|number| Asked::Log(Some(WhatsAppNumber::new(number).unwrap())));
    let mut out = Vec::new();
    for asked in accounts.chain([Asked::Log(None), Asked::Online, Asked::Recent]) {
        let question = Question { asked, source: AgentSource::Pc, filter: AgentFilter::default() };
        facts.answer(&question, Times { offset: UtcOffset::UTC, oldest }, &mut out);
    }
    String::from_utf8(out).unwrap()
}

proptest! {
    /// Who forgets what is too old tells the same as who remembers it and keeps it back.
    #[test]
    fn what_is_forgotten_is_missed_nowhere(
        events in vec(event(), 0..400),
        forgetting in vec((0..1_000_i64, 0..400_usize), 0..4),
    ) {
        let events = logged(events);
        let (forgets, remembers) = (Facts::default(), Facts::default());
        remembers.learn(events.iter());
        let mut oldest = i64::MIN;
        let mut known = 0;
        for (before, until) in forgetting {
            let until = until.clamp(known, events.len().max(known));
            forgets.learn(events[known..until].iter());
            known = until;
            oldest = oldest.max(before * 1_000);
            forgets.forget(oldest);
        }
        forgets.learn(events[known..].iter());
        prop_assert_eq!(told(&forgets, oldest), told(&remembers, oldest));
    }

    /// In whatever order and however often events are learnt, what is known in the end is the same.
    #[test]
    fn the_order_of_learning_does_not_matter(events in vec(event(), 0..400).prop_map(logged).prop_flat_map(|events| {
        let again = [events.clone(), events.clone()].concat();
        (Just(events), Just(again).prop_shuffle())
    })) {
        let (events, shuffled) = events;
        let (one, other) = (Facts::default(), Facts::default());
        one.learn(events.iter());
        other.learn(shuffled.iter());
        prop_assert_eq!(told(&one, i64::MIN), told(&other, i64::MIN));
    }
}
