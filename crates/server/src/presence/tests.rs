//! Properties of the whole index: its answers after events in any order, after expiring, and after a snapshot.
#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use group_dispatch_types::{AccountStatus, Source, StatusDetail, UserId, UtcOffset, WhatsAppNumber};
use proptest::{
    collection::vec,
    prelude::*,
    sample::{Index, select},
};

use super::{
    account_counts::AccountCounts,
    agent_query::{AgentFilter, AgentQuery, QueryKind},
    index::PresenceIndex,
    render::RenderOptions,
    snapshot::{
        format::{seal, unseal},
        load::load,
        save::chunks,
    },
    state::TenantState,
    tenant::TenantIndex,
};
use crate::{
    event::{LoggedEvent, Provenance, StatusEvent},
    tenant::{LoggedTenant, TenantNumber},
};

const ACCOUNTS: std::ops::Range<u64> = 1..14;

/// An event of a world that is so small that lists are full and accounts go from agent to agent: agent, account, status,
/// source, country, and time in seconds.
pub type Event = (u32, u64, i32, Source, &'static str, i64);

/// Most events are about few accounts at one source, so that lists are full.
fn event() -> impl Strategy<Value = Event> {
    let source =
        prop_oneof![8 => Just(Source::Pc), 1 => Just(Source::Mobile), 1 => select(vec![3, 9]).prop_map(Source::from)];
    let account = prop_oneof![3 => 1..4_u64, 1 => ACCOUNTS];
    (1..3_u32, account, select(vec![10, 20, 20, 40]), source, select(vec!["a", "b", "c"]), 0..1_000_i64)
}

/// An event, and how it is known: most are fed, and an observed one says that an account came, or that it went up to some
/// seconds after it was last seen.
type Fact = (Event, Provenance);

fn fact() -> impl Strategy<Value = Fact> {
    (event(), 0..10_u32, -1..20_i64).prop_map(|(event, provenance, seconds)| {
        let (user, account, status, source, country, at) = event;
        match provenance {
            0..5 => (event, Provenance::Fed),
            5..7 => (event, Provenance::Logged { ordinal: provenance }),
            _ => {
                let status = if status == 10 { 10 } else { 30 };
                let not_before = (seconds >= 0).then(|| (at - seconds) * 1_000);
                ((user, account, status, source, country, at), Provenance::Observed { not_before })
            }
        }
    })
}

/// A fact and its number in the order of arrival.
fn known(((event, provenance), seq): (Fact, u64)) -> LoggedEvent {
    let LoggedEvent { seq, event } = logged((event, seq));
    LoggedEvent { seq, event: StatusEvent { provenance, ..event } }
}

/// An event and its number in the order of arrival.
pub fn logged(((user, account, status, source, country, at), seq): (Event, u64)) -> LoggedEvent {
    let event = StatusEvent {
        event_id: None,
        user_id: UserId::from(user),
        agent_account: "agent".into(),
        user_name: None,
        whatsapp: WhatsAppNumber::new(account).unwrap(),
        name: Some(country.to_owned()).filter(|name| name != "a"),
        status: AccountStatus::from(status),
        source,
        country_code: country.into(),
        detail_status: StatusDetail::PcOnline,
        at: at * 1_000,
        provenance: Provenance::Fed,
    };
    LoggedEvent { seq, event }
}

/// Counts the accounts one by one.
fn counted(state: &TenantState) -> AccountCounts {
    let mut counts = AccountCounts::default();
    for (&source, accounts) in &state.sources {
        for account in accounts.slots(0, u32::MAX) {
            counts.change(source, None, accounts.status(account, &state.kinds));
        }
    }
    counts
}

/// The answers to all queries, and how many accounts have which status.
fn all_answers(index: &TenantIndex, oldest: i64) -> String {
    let accounts = || ACCOUNTS.map(|number| WhatsAppNumber::new(number).unwrap());
    let state = index.read();
    assert_eq!(state.counts, counted(&state));
    let mut out = format!("{:?}", state.counts).into_bytes();
    drop(state);
    for &source in Source::ALL {
        let logs = accounts().map(|account| QueryKind::Log(Some(account)));
        for kind in logs.chain([QueryKind::Log(None), QueryKind::Online, QueryKind::Recent]) {
            let query = AgentQuery { kind, source, filter: AgentFilter::default() };
            index.answer(&query, RenderOptions { offset: UtcOffset::UTC, oldest }, &mut out);
        }
    }
    for account in accounts() {
        for sources in [&[Source::Pc, Source::Mobile][..], &[Source::Cloud], &[Source::from(9)]] {
            index.account_location(account, sources, &mut out);
        }
    }
    String::from_utf8(out).unwrap()
}

fn with_one_tenant() -> PresenceIndex {
    let model = PresenceIndex::default();
    model.set_tenants(vec![LoggedTenant { number: TenantNumber(1), id: 1.into(), keys: Vec::new(), strikes: 0 }]);
    model
}

fn index(model: &PresenceIndex) -> Arc<TenantIndex> {
    model.tenant_index(TenantNumber(1)).unwrap()
}

#[test]
fn a_chunk_of_another_format_is_not_loaded() {
    let (before, after) = (with_one_tenant(), with_one_tenant());
    index(&before).apply([logged(((1, 1, 10, Source::Pc, "a", 1), 1))].iter());
    let chunks: Vec<_> = chunks(&before.all()[0]).collect::<Result<_, _>>().unwrap();
    for mut chunk in chunks.into_iter().rev() {
        load(&after, &chunk).unwrap();
        chunk[0] += 1;
        assert!(load(&after, &chunk).is_none());
    }
}

#[test]
fn the_bytes_of_a_snapshot_belong_to_its_format() {
    let tenants = with_one_tenant();
    let events = [
        (1, 1, 10, Source::Pc, "a", 1),
        (1, 1, 20, Source::Pc, "b", 2),
        (2, 1, 10, Source::Pc, "b", 3),
        (2, 2, 10, Source::Mobile, "c", 4),
    ];
    index(&tenants).apply(events.into_iter().zip(1..).map(logged).collect::<Vec<_>>().iter());
    // Without the checksums: bytes that end with their own checksum all have the same one.
    let bytes: Vec<_> = chunks(&tenants.all()[0]).flat_map(|chunk| unseal(&chunk.unwrap()).unwrap().to_vec()).collect();
    assert_eq!((bytes.len(), crc32fast::hash(&bytes)), (185, 1_401_525_065), "other bytes need another FORMAT");
}

#[test]
fn the_record_that_says_why_an_account_went_does_not_expire() {
    let (expired, complete) = (TenantIndex::default(), TenantIndex::default());
    let facts = [
        ((1, 1, 20, Source::Pc, "a", 8), Provenance::Fed),
        ((1, 1, 10, Source::Pc, "a", 9), Provenance::Fed),
        ((1, 1, 30, Source::Pc, "a", 10), Provenance::Observed { not_before: Some(9_000) }),
    ];
    let events: Vec<_> = facts.into_iter().zip(1..).map(known).collect();
    [&expired, &complete].into_iter().for_each(|index| index.apply(events.iter()));
    expired.expire(9_500);
    // It would take the place of what has expired.
    let later = known((((2, 2, 40, Source::Pc, "b", 20), Provenance::Fed), 9));
    [&expired, &complete].into_iter().for_each(|index| index.apply(std::iter::once(&later)));
    assert_eq!(all_answers(&expired, 9_500), all_answers(&complete, 9_500));
}

proptest! {
    /// An index that expired its old events answers as one that has them all and leaves them out.
    #[test]
    fn expiring_events_changes_no_answer(
        events in vec(fact(), 0..400),
        expiring in vec((0..1_000_i64, 0..400_usize), 0..4),
    ) {
        let events: Vec<_> = events.into_iter().zip(1..).map(known).collect();
        let (expired, complete) = (TenantIndex::default(), TenantIndex::default());
        let apply = |range: std::ops::Range<usize>, oldest| {
            // Records that would say why an account went may have expired.
            let is_late = |logged: &&LoggedEvent| matches!(
                logged.event.provenance,
                Provenance::Observed { not_before: Some(time) } if time - 2_000 < oldest
            );
            let events: Vec<_> = events[range].iter().filter(|event| !is_late(event)).collect();
            expired.apply(events.iter().copied());
            complete.apply(events.iter().copied());
        };
        let mut oldest = i64::MIN;
        let mut applied = 0;
        for (before, until) in expiring {
            let until = until.clamp(applied, events.len().max(applied));
            apply(applied..until, oldest);
            applied = until;
            oldest = oldest.max(before * 1_000);
            expired.expire(oldest);
        }
        apply(applied..events.len(), oldest);
        prop_assert_eq!(all_answers(&expired, oldest), all_answers(&complete, oldest));
    }

    /// It goes on doing so, whatever is applied afterwards.
    #[test]
    fn a_loaded_snapshot_answers_as_the_saved_index(
        (saved, later) in (vec(fact(), 0..400), vec(fact(), 0..100)),
        (oldest_second, again) in (0..1_000_i64, 0..50_usize),
    ) {
        let (before, after) = (with_one_tenant(), with_one_tenant());
        let all: Vec<_> = saved.iter().chain(&later).copied().zip(1..).map(known).collect();
        index(&before).apply(all[..saved.len()].iter());
        index(&before).expire(oldest_second * 1_000);
        let chunks: Vec<_> = chunks(&before.all()[0]).collect::<Result<_, _>>().unwrap();
        for chunk in chunks.iter().rev() {
            load(&after, chunk).unwrap();
        }
        let oldest = oldest_second * 1_000;
        prop_assert_eq!(all_answers(&index(&before), oldest), all_answers(&index(&after), oldest));
        // Some of the saved events are read from the log again.
        index(&before).apply(all[saved.len()..].iter());
        index(&after).apply(all[saved.len().saturating_sub(again)..].iter());
        prop_assert_eq!(all_answers(&index(&before), oldest), all_answers(&index(&after), oldest));
    }

    /// Whether a damaged chunk loads or not, the index can be queried and events can be applied to it.
    #[test]
    fn a_damaged_chunk_does_no_harm(
        events in vec(fact(), 1..100),
        (place, byte, is_cut) in (any::<Index>(), any::<u8>(), any::<bool>()),
    ) {
        let (before, after) = (with_one_tenant(), with_one_tenant());
        let events: Vec<_> = events.into_iter().zip(1..).map(known).collect();
        index(&before).apply(events.iter());
        let mut chunks: Vec<_> = chunks(&before.all()[0]).collect::<Result<_, _>>().unwrap();
        let lengths: Vec<_> = chunks.iter().map(|chunk| unseal(chunk).unwrap().len()).collect();
        let mut place = place.index(lengths.iter().sum());
        let chunk = lengths.iter().position(|length| place.checked_sub(*length).map(|rest| place = rest).is_none());
        let chunk = &mut chunks[chunk.unwrap()];
        let (whole, checksum) = chunk.split_at(chunk.len() - 4);
        let mut damaged = whole.to_vec();
        if is_cut {
            damaged.truncate(place);
        } else {
            damaged[place] = byte;
        }
        let is_detected = unseal(&[&damaged, checksum].concat()).is_none();
        prop_assert_eq!(is_detected, damaged != whole);
        // Makes the damage invisible to the checksum.
        *chunk = seal(damaged);
        let is_loaded = chunks.iter().rev().all(|chunk| load(&after, chunk).is_some());
        prop_assert!(!(is_cut && is_loaded));
        all_answers(&index(&after), i64::MIN);
        index(&after).apply(events.iter());
        all_answers(&index(&after), i64::MIN);
    }

    /// The answers depend on the set of applied events alone.
    #[test]
    fn events_may_be_applied_in_any_order_and_twice(
        (events, shuffled) in vec(fact(), 0..400).prop_flat_map(|events| {
            let events: Vec<_> = events.into_iter().zip(1..).collect();
            let twice = [events.clone(), events.clone()].concat();
            (Just(events), Just(twice).prop_shuffle())
        }),
    ) {
        let (one, other) = (TenantIndex::default(), TenantIndex::default());
        let apply = |index: &TenantIndex, events: Vec<_>| index.apply(events.into_iter().map(known).collect::<Vec<_>>().iter());
        apply(&one, events);
        apply(&other, shuffled);
        prop_assert_eq!(all_answers(&one, i64::MIN), all_answers(&other, i64::MIN));
    }
}
