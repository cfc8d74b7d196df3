//! What a report takes for online at each moment is what the presence index answers at that moment.
#![allow(clippy::unwrap_used)]

use group_dispatch_types::{AccountStatus, Source, StatusDetail, UserId, WhatsAppNumber};
use proptest::{collection::vec, prelude::*};

use crate::{
    event::{LoggedEvent, Provenance, StatusEvent, fact::StatusFact},
    presence::index::PresenceIndex,
    report::{
        Session,
        feed::{Feed, Sink, State},
        timeline::{Change, Timeline},
    },
    tenant::{LoggedTenant, TenantNumber},
};

/// Milliseconds since the event before, agent, account, status, and how it is known.
type Event = (i64, u32, u64, i32, u8);

/// An event of three agents with two accounts.
fn event() -> impl Strategy<Value = Event> {
    let status = prop_oneof![3 => Just(10), 1 => Just(20), 12 => Just(30), 1 => Just(40)];
    (0..2_i64, 1..4_u32, 1..3_u64, status, 0..8_u8)
}

/// An event after which an account seldom changes: its agent says nothing while another one has about fifty records, which then
/// count as a claim.
fn record() -> impl Strategy<Value = Event> {
    let (rare, frequent) = ((0..2_i64, Just(1_u32), Just(10)), (0..2_i64, Just(2_u32), Just(30)));
    let (rare, frequent) = (rare.boxed(), frequent.boxed());
    let event = prop_oneof![1 => rare, 60 => frequent];
    (event, 0..8_u8).prop_map(|((later, agent, status), known)| (later, agent, 1, status, known))
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
    fn the_timeline_is_what_the_index_answers(events in prop_oneof![
        vec(event(), 1..40),
        vec(event(), 200..500),
        vec(record(), 200..500),
    ]) {
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

/// Collects the sessions that end, and the times of flaps.
#[derive(Default)]
struct Ended(Vec<Session>, Vec<i64>);

impl Sink for Ended {
    fn take(&mut self, fact: &StatusFact, change: Change) {
        self.0.extend(change.ended);
        self.1.extend(change.began.filter(|began| began.is_flap).map(|_| fact.at));
    }

    fn is_done(&self) -> bool {
        false
    }
}

/// Feeds facts from a state on, and stops before the end or not. Returns what ended, the sessions that last, and the states.
fn feed(facts: &[StatusFact], from: &State, marks: Vec<i64>, stops: bool) -> (Ended, Vec<Session>, Vec<State>) {
    let (mut feed, mut ended) = (Feed::new(from.timeline.clone(), marks), Ended::default());
    facts.iter().filter(|fact| fact.at >= from.at).for_each(|fact| feed.push(*fact, &mut ended));
    if stops {
        feed.stop()
    } else {
        feed.finish(&mut ended)
    }
    let states = feed.take_kept();
    let mut lasting: Vec<Session> = feed.into_timeline().lasting().collect();
    lasting.sort_by_key(|session| session.began.place());
    (ended, lasting, states)
}

proptest! {
    #[test]
    fn a_report_goes_on_from_a_state_as_if_it_had_read_everything(
        events in vec(event(), 2..120),
        lengths in vec(0..1500_i64, 120),
        place in any::<prop::sample::Index>(),
    ) {
        let mut at = 1_720_396_800_000;
        let facts: Vec<StatusFact> = (1..)
            .zip(events)
            .zip(lengths)
            .map(|((seq, event), length)| {
                at += length;
                StatusFact::from(&LoggedEvent { seq, event: status_event(event, at) })
            })
            .collect();
        let begin = || State { at: i64::MIN, timeline: Timeline::default() };
        let mark = facts[place.index(facts.len())].at;
        let (all, lasting, states) = feed(&facts, &begin(), vec![mark, at + 5_000], false);
        prop_assert_eq!(states.len(), 2);
        let stopped = feed(&facts[..=place.index(facts.len())], &begin(), Vec::new(), true).2;
        for state in states.iter().chain(&stopped) {
            prop_assert_eq!(state.at % 1000, 0);
            let (later, still_lasting, _) = feed(&facts, state, Vec::new(), false);
            let expected: Vec<Session> =
                all.0.iter().filter(|session| session.ended.unwrap().at >= state.at).copied().collect();
            let flaps: Vec<i64> = all.1.iter().filter(|at| **at >= state.at).copied().collect();
            prop_assert_eq!((later.0, later.1), (expected, flaps));
            prop_assert_eq!(&still_lasting, &lasting);
        }
    }
}
