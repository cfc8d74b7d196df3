//! What mirrors store: looks, events and gaps, all of one call or nothing.

use std::sync::Arc;

use group_dispatch_server::{
    ApiKey,
    event::{Provenance, StatusEvent},
    store::{
        Admin, Appended, EventFilter, Freshness, Gap, KeyAccess, Look, LookConflict, Mirrored, MirroredFacts,
        Retention, Store, StoreError, Strike, TenantKey,
    },
};
use group_dispatch_types::{AccountStatus, Source, StatusDetail, UtcOffset};
use tokio::task::JoinSet;

use super::fixture::*;

/// A mirror's look at PC.
pub fn look(mirror: u64, after: Option<i64>, at: i64) -> Look {
    Look {
        source: Source::Pc,
        at,
        after,
        continues: after.is_some(),
        is_partial: false,
        mirror,
        log_read: Some(at - 1),
        clock_offset: -7,
        uncertainty: 3,
        requests_per_minute: Some(mirror as u32 * 10),
        interval: Some(mirror as u32 * 1_000),
    }
}

pub fn logged(ordinal: u32, event: StatusEvent) -> StatusEvent {
    StatusEvent { provenance: Provenance::Logged { ordinal }, ..event }
}

pub fn observed(not_before: Option<i64>, event: StatusEvent) -> StatusEvent {
    let provenance = Provenance::Observed { not_before };
    StatusEvent { provenance, detail_status: StatusDetail::Unknown(0), ..event }
}

pub fn gap(to: i64) -> Gap {
    Gap { source: Source::Pc, user_id: user(1), agent_account: "agent1".into(), whatsapp: None, from: None, to }
}

pub fn facts(looks: &[Look], events: &[StatusEvent], gaps: &[Gap]) -> MirroredFacts {
    MirroredFacts { looks: looks.to_vec(), events: events.to_vec(), gaps: gaps.to_vec() }
}

fn all(stored: usize, repeated: usize) -> Appended {
    Appended { stored, repeated }
}

pub async fn append(store: &Store, facts: MirroredFacts) -> Mirrored {
    store.append_mirrored(tenant(1), facts).await.unwrap()
}

fn last_looks(store: &Store) -> Vec<(Source, i64)> {
    let freshness = store.freshness(tenant(1)).unwrap();
    freshness.iter().map(|freshness| (freshness.source, freshness.last)).collect()
}

pub async fn events(store: &Store) -> u64 {
    store.tenants().await.unwrap()[0].events
}

#[tokio::test]
async fn what_a_mirror_stores_is_visible_at_once_and_soon_at_other_servers() {
    let store = with([]).await;
    let other = store.place.open(UtcOffset::VENDOR).await;
    assert_eq!(store.freshness(tenant(1)), Some(vec![]));
    assert_eq!(store.freshness(tenant(2)), None);
    let came =
        [logged(0, online(1, 1_000)), observed(None, StatusEvent { whatsapp: account(200), ..online(1, 1_500) })];
    let stored = append(&store, facts(&[look(5, None, 2_000)], &came, &[gap(900)])).await;
    assert_eq!(stored, Mirrored::Stored { events: all(2, 0), looks: all(1, 0), gaps: all(1, 0) });
    let freshness = Freshness {
        source: Source::Pc,
        first: 2_000,
        since: 2_000,
        last: 2_000,
        mirror: 5,
        log_read: Some(1_999),
        clock_offset: -7,
        uncertainty: 3,
        requests_per_minute: Some(50),
        interval: Some(5_000),
        ended: None,
    };
    let sees_all = |store: &Store, freshness: Freshness| {
        let last = store.tenant(tenant(1)).and_then(|known| known.last_look(Source::Pc));
        presence(store, Source::Pc, ALL) == [(1, vec![100, 200])]
            && store.freshness(tenant(1)) == Some(vec![freshness])
            && last == Some(freshness.last)
    };
    assert!(sees_all(&store, freshness));
    soon(|| sees_all(&other, freshness)).await;

    // Nothing has changed, and somebody has looked.
    append(&other, facts(&[look(6, Some(2_000), 3_000)], &[], &[])).await;
    let freshness = Freshness {
        last: 3_000,
        mirror: 6,
        log_read: Some(2_999),
        requests_per_minute: Some(60),
        interval: Some(6_000),
        ..freshness
    };
    assert!(sees_all(&other, freshness));
    soon(|| sees_all(&store, freshness)).await;
    assert_eq!(store.place.rows("look").await, 1, "one stretch");
    let again = store.place.open(UtcOffset::VENDOR).await;
    assert!(sees_all(&again, freshness));
    // A stretch that was interrupted ends.
    append(&other, facts(&[Look { continues: false, ..look(6, Some(3_000), 9_000) }], &[], &[])).await;
    assert!(
        sees_all(&other, Freshness { since: 9_000, last: 9_000, log_read: Some(8_999), ..freshness }),
        "the first look is that of all stretches"
    );
    assert_eq!(store.place.rows("look").await, 2);
    // A mirror of an older version does not say how many requests it sends.
    let older = Look { requests_per_minute: None, interval: None, ..look(6, Some(9_000), 10_000) };
    append(&other, facts(&[older], &[], &[])).await;
    let said = |store: &Store| {
        store.freshness(tenant(1)).unwrap().iter().map(|of| (of.requests_per_minute, of.interval)).collect::<Vec<_>>()
    };
    assert_eq!(said(&other), [(None, None)]);
    assert_eq!(said(&store.place.open(UtcOffset::VENDOR).await), [(None, None)]);
}

#[tokio::test]
async fn of_two_mirrors_one_stores_what_it_compared_and_the_other_compares_again() {
    let store = with([]).await;
    let by = |mirror, after, at| facts(&[look(mirror, after, at)], &[observed(after, online(1, at))], &[gap(at)]);
    assert_eq!(
        append(&store, by(1, Some(5), 10)).await,
        Mirrored::Conflict(LookConflict { source: Source::Pc, last: None })
    );
    let stored = Mirrored::Stored { events: all(1, 0), looks: all(1, 0), gaps: all(1, 0) };
    assert_eq!(append(&store, by(1, None, 10)).await, stored);
    let conflict = |last| Mirrored::Conflict(LookConflict { source: Source::Pc, last: Some(last) });
    for late in [by(2, None, 11), by(2, Some(9), 11), by(2, Some(11), 12)] {
        assert_eq!(append(&store, late).await, conflict(10));
    }
    assert_eq!((events(&store).await, store.place.rows("gap").await), (1, 1), "nothing of a conflict is stored");
    assert_eq!(append(&store, by(2, Some(10), 12)).await, stored);
    assert_eq!(append(&store, by(1, Some(10), 13)).await, conflict(12));
    assert_eq!(append(&store, by(1, Some(12), 13)).await, stored);
    assert_eq!(store.place.rows("look").await, 1);

    // Each source by itself, but all of a call or nothing.
    let mobile = |after, at| Look { source: Source::Mobile, ..look(1, after, at) };
    let both = facts(&[mobile(None, 20), look(1, Some(12), 20)], &[logged(0, offline(1, 20))], &[gap(20)]);
    assert_eq!(append(&store, both).await, conflict(13));
    assert_eq!(last_looks(&store), [(Source::Pc, 13)]);
    assert_eq!((events(&store).await, store.place.rows("gap").await), (3, 3));
    append(&store, facts(&[mobile(None, 20), look(1, Some(13), 20)], &[], &[])).await;
    assert_eq!(last_looks(&store), [(Source::Pc, 20), (Source::Mobile, 20)]);
}

#[tokio::test]
async fn a_call_that_is_repeated_after_a_lost_response_stores_nothing_twice() {
    let store = with([]).await;
    let mobile = Look { source: Source::Mobile, ..look(1, None, 10) };
    let call = facts(
        &[look(1, None, 10), mobile.clone()],
        &[logged(0, online(1, 1_000)), logged(1, online(1, 1_000)), observed(None, offline(1, 2_000))],
        &[gap(10), gap(20)],
    );
    let repeated = Mirrored::Stored { events: all(0, 3), looks: all(0, 2), gaps: all(0, 2) };
    append(&store, call.clone()).await;
    assert_eq!(append(&store, call.clone()).await, repeated);
    assert_eq!(append(&store.place.open(UtcOffset::VENDOR).await, call.clone()).await, repeated);
    // Another mirror has looked at one of the sources meanwhile.
    append(&store, facts(&[look(2, Some(10), 11)], &[], &[])).await;
    assert_eq!(append(&store, call.clone()).await, repeated);
    append(&store, facts(&[Look { after: Some(10), at: 11, ..mobile }], &[], &[])).await;
    assert!(matches!(append(&store, call.clone()).await, Mirrored::Conflict(_)));
    // Without looks, everything is recognized by itself.
    let without = MirroredFacts { looks: vec![], ..call };
    let stored = append(&store, without).await;
    assert_eq!(stored, Mirrored::Stored { events: all(0, 3), looks: all(0, 0), gaps: all(0, 2) });
    assert_eq!((events(&store).await, store.place.rows("gap").await), (3, 2));
}

#[tokio::test]
async fn under_other_names_everything_is_a_repeat() {
    let store = with([]).await;
    let named = |name: &str, event| StatusEvent {
        event_id: Some(name.into()),
        agent_account: name.into(),
        user_name: Some(name.into()),
        name: Some(name.into()),
        country_code: name.into(),
        ..logged(0, event)
    };
    let by = |name: &str| {
        // The vendor's log has whole seconds, however they were written.
        let late = name.len() as i64;
        let events = [named(name, online(1, 5_000 + late)), named(name, offline(1, -1_000 + late))];
        facts(&[], &events, &[Gap { agent_account: name.into(), ..gap(10) }])
    };
    append(&store, by("a")).await;
    let repeated = Mirrored::Stored { events: all(0, 2), looks: all(0, 0), gaps: all(0, 1) };
    assert_eq!(append(&store, by("renamed")).await, repeated);
    assert_eq!(append(&store.place.open(UtcOffset::VENDOR).await, by("again")).await, repeated);
    let times: Vec<_> = store.status_log(tenant(1), Source::Pc, &ALL, None)[0]
        .whats_app_list
        .iter()
        .map(|record| record.create_time.to_string())
        .collect();
    assert_eq!(times, ["1970-01-01 08:00:05", "1970-01-01 07:59:59"]);
    let others = [Gap { whatsapp: Some(account(100)), ..gap(10) }, Gap { from: Some(1), ..gap(10) }, gap(10), gap(11)];
    let stored = append(&store, facts(&[], &[], &others)).await;
    assert_eq!(stored, Mirrored::Stored { events: all(0, 0), looks: all(0, 0), gaps: all(3, 1) });
}

#[tokio::test]
async fn a_call_that_fails_leaves_nothing_behind() {
    let store = with([online(1, 10)]).await;
    store.place.refuse(13).await;
    let bad = StatusEvent { whatsapp: account(13), ..logged(0, online(1, 20)) };
    let call = |bad| facts(&[look(1, None, 10)], &[logged(0, offline(1, 1_000)), bad], &[gap(10)]);
    assert!(store.append_mirrored(tenant(1), call(bad.clone())).await.is_err());
    let out_of_range = StatusEvent { at: i64::MAX, ..bad.clone() };
    let refused = store.append_mirrored(tenant(1), call(out_of_range)).await;
    assert!(matches!(refused, Err(StoreError::TimeOutOfRange)));
    let unknown = store.append_mirrored(tenant(2), call(bad)).await;
    assert!(matches!(unknown, Err(StoreError::UnknownTenant(id)) if id == tenant(2)));
    assert_eq!(events(&store).await, 1);
    assert_eq!((store.place.rows("look").await, store.place.rows("gap").await), (0, 0));
    assert_eq!((last_looks(&store), presence(&store, Source::Pc, ALL)), (vec![], vec![(1, vec![100])]));
    let good = logged(0, online(2, 3_000));
    let stored = Mirrored::Stored { events: all(2, 0), looks: all(1, 0), gaps: all(1, 0) };
    assert_eq!(append(&store, call(good)).await, stored);
}

/// Many mirrors at two servers look at once. Each look that is stored comes after another one.
#[tokio::test(flavor = "multi_thread")]
async fn looks_of_many_mirrors_are_in_one_order() {
    const LOOKS: i64 = 30;
    let one = with([online(9, 10)]).await;
    let other = one.place.open(UtcOffset::VENDOR).await;
    let stores = [Arc::new(one.store.clone()), Arc::new(other)];
    let mut mirrors = JoinSet::new();
    for mirror in 1..=6 {
        let store = Arc::clone(&stores[mirror as usize % 2]);
        mirrors.spawn(async move {
            let (mut last, mut won) = (None, 0);
            while last < Some(LOOKS) {
                let at = last.unwrap_or(0) + 1;
                // They differ in who was seen.
                let event = observed(last, online(mirror as u32, at * 1_000));
                match append(&store, facts(&[look(mirror, last, at)], &[event], &[])).await {
                    Mirrored::Stored { events, .. } => {
                        assert_eq!(events, all(1, 0));
                        (last, won) = (Some(at), won + 1);
                    }
                    Mirrored::Conflict(conflict) => last = conflict.last,
                }
            }
            won
        });
    }
    assert_eq!(mirrors.join_all().await.into_iter().sum::<i64>(), LOOKS);
    assert_eq!(events(&one).await, 1 + LOOKS.unsigned_abs());
    assert_eq!(one.place.rows("look").await, 1);
    // Events that are fed meanwhile are not in the way.
    one.append(tenant(1), vec![offline(9, 20)]).await.unwrap();
}

#[tokio::test]
async fn a_record_takes_the_place_of_what_was_observed() {
    let store = with([]).await;
    let at = |second: i64| second * 1_000;
    append(&store, facts(&[look(1, None, at(10))], &[observed(None, online(1, at(10)))], &[])).await;
    assert_eq!((presence(&store, Source::Pc, ALL), log(&store, ALL, None)), (vec![(1, vec![100])], vec![]));
    let went = observed(Some(at(10)), offline(1, at(20)));
    append(&store, facts(&[look(1, Some(at(10)), at(20))], &[went], &[])).await;
    assert_eq!(presence(&store, Source::Pc, ALL), []);
    let banned = StatusEvent { status: AccountStatus::Banned, ..offline(1, at(15)) };
    append(&store, facts(&[look(1, Some(at(20)), at(30))], &[logged(0, banned)], &[])).await;
    let status = |store: &Store| store.recent_accounts(tenant(1), Source::Pc, &ALL)[0].whats_app_list[0].status;
    assert_eq!(status(&store), Some(AccountStatus::Banned));
    append(&store, facts(&[], &[logged(0, online(1, at(40)))], &[])).await;
    assert_eq!(presence(&store, Source::Pc, ALL), [(1, vec![100])]);
    assert_eq!(log(&store, ALL, None)[0].1.len(), 2);
    assert_eq!(events(&store).await, 4, "all of them are in the log");
}

/// A strike computes the index of the tenant again, beside the old one.
#[tokio::test]
async fn the_last_look_stays_when_presence_is_computed_again() {
    let store = with([online(1, 10), online(1, 20)]).await;
    append(&store, facts(&[look(1, None, 5_000)], &[], &[])).await;
    let last = |store: &Store| {
        Source::ALL.iter().map(|source| store.tenant(tenant(1)).unwrap().last_look(*source)).collect::<Vec<_>>()
    };
    assert_eq!(last(&store), [Some(5_000), None, None]);
    let admin = Admin::open(&store.place.database()).await.unwrap();
    let filter = EventFilter { event_id: None, user_id: None, whatsapp: None, source: None, times: 20..21 };
    assert!(matches!(admin.strike(tenant(1), filter, false).await.unwrap(), Strike::Struck(_)));
    admin.close().await.unwrap();
    soon(|| log(&store, ALL, None)[0].1.len() == 1).await;
    assert_eq!(last(&store), [Some(5_000), None, None]);
    append(&store, facts(&[look(1, Some(5_000), 6_000)], &[], &[])).await;
    assert_eq!(last(&store), [Some(6_000), None, None]);
    // A key that is added replaces the tenant's entry.
    let key = TenantKey { name: "second".parse().unwrap(), key: ApiKey::new("second"), access: KeyAccess::Ask };
    store.add_key(tenant(1), key).await.unwrap();
    assert_eq!(last(&store), [Some(6_000), None, None]);
    assert_eq!(last(&store.place.open(UtcOffset::VENDOR).await), [Some(6_000), None, None]);
}

#[tokio::test]
async fn a_clock_that_was_set_back_does_not_stop_looks() {
    let store = with([]).await;
    for call in [look(1, None, 9_000), look(1, Some(9_000), 10_000), look(1, Some(10_000), 2_000)] {
        let stored = Mirrored::Stored { events: all(0, 0), looks: all(1, 0), gaps: all(0, 0) };
        assert_eq!(append(&store, facts(&[call], &[], &[])).await, stored);
    }
    append(&store, facts(&[look(1, Some(2_000), 3_000)], &[], &[])).await;
    let freshness = store.freshness(tenant(1)).unwrap()[0];
    assert_eq!((freshness.first, freshness.since, freshness.last), (2_000, 2_000, 3_000));
    let again = store.place.open(UtcOffset::VENDOR).await;
    assert_eq!(again.freshness(tenant(1)), Some(vec![freshness]));
    assert_eq!(store.place.rows("look").await, 2, "a look that is earlier begins a new stretch");
}

#[tokio::test]
async fn the_events_of_a_large_look_come_in_several_calls() {
    let store = with([]).await;
    append(&store, facts(&[look(1, None, 1_000)], &[], &[])).await;
    let came = |number| observed(Some(1_000), StatusEvent { whatsapp: account(number), ..online(1, 2_000) });
    let part = |number| {
        let look = Look { is_partial: number < 3, ..look(1, Some(1_000), 2_000) };
        facts(&[look], &[came(number)], &[])
    };
    let stored = |new| Mirrored::Stored { events: all(new, 1 - new), looks: all(1, 0), gaps: all(0, 0) };
    assert_eq!(append(&store, part(1)).await, stored(1));
    assert_eq!(last_looks(&store), [(Source::Pc, 1_000)], "not all of the look is stored");
    assert_eq!(append(&store, part(1)).await, stored(0), "a repeat");
    assert_eq!(append(&store, part(2)).await, stored(1));
    assert_eq!(append(&store, part(3)).await, stored(1));
    assert_eq!(last_looks(&store), [(Source::Pc, 2_000)]);
    let late =
        append(&store, facts(&[Look { is_partial: true, ..look(2, Some(1_000), 2_500) }], &[came(4)], &[])).await;
    assert_eq!(late, Mirrored::Conflict(LookConflict { source: Source::Pc, last: Some(2_000) }));
}

#[tokio::test]
async fn records_that_retention_would_delete_count_as_repeated() {
    let store = with([]).await;
    let keeping = store.place.open_keeping(Some(Retention { days: 30 })).await;
    let now = i64::try_from(std::time::UNIX_EPOCH.elapsed().unwrap().as_millis()).unwrap();
    let call = facts(&[], &[logged(0, online(1, 1_000)), logged(0, online(1, now))], &[]);
    let stored = Mirrored::Stored { events: all(1, 1), looks: all(0, 0), gaps: all(0, 0) };
    assert_eq!(append(&keeping, call).await, stored);
    assert_eq!(events(&store).await, 1);
}

#[tokio::test]
async fn looks_and_gaps_end_with_retention_and_with_their_tenant() {
    const DAY: i64 = 24 * 60 * 60 * 1000;
    let now = i64::try_from(std::time::UNIX_EPOCH.elapsed().unwrap().as_millis()).unwrap();
    let store = with([]).await;
    store.add_tenant(tenant(2), ApiKey::new("key")).await.unwrap();
    let began = |after, at| Look { continues: false, ..look(1, after, at) };
    let looks = [began(None, now - 40 * DAY), began(Some(now - 40 * DAY), now - 3 * DAY)];
    for id in [1, 2] {
        let call = facts(&looks, &[], &[gap(now - 40 * DAY), gap(now - 3 * DAY)]);
        store.append_mirrored(tenant(id), call).await.unwrap();
    }
    assert_eq!(store.freshness(tenant(1)).unwrap()[0].first, now - 40 * DAY);
    let keeping = store.place.open_keeping(Some(Retention { days: 30 })).await;
    soon(|| store.freshness(tenant(1)).unwrap()[0].first == now - 3 * DAY).await;
    soon(|| keeping.freshness(tenant(1)).unwrap()[0].first == now - 3 * DAY).await;
    assert_eq!((store.place.rows("look").await, store.place.rows("gap").await), (2, 2));
    store.remove_tenant(tenant(1), false).await.unwrap();
    assert_eq!((store.place.rows("look").await, store.place.rows("gap").await), (1, 1));
    assert_eq!(store.freshness(tenant(1)), None);
    store.add_tenant(tenant(1), ApiKey::new("key")).await.unwrap();
    assert_eq!(store.freshness(tenant(1)), Some(vec![]));
    assert_eq!(store.tenant(tenant(1)).unwrap().last_look(Source::Pc), None);
    // The last look at a source stays, so that it is known since when nobody looked.
    let tomorrow = store.place.open_keeping(Some(Retention { days: 1 })).await;
    while store.place.rows("gap").await > 0 {
        tokio::task::yield_now().await;
    }
    let last = |store: &Store| store.freshness(tenant(2)).unwrap()[0].last;
    assert_eq!((last(&tomorrow), store.place.rows("look").await), (now - 3 * DAY, 1));
    assert_eq!(tomorrow.tenant(tenant(2)).unwrap().last_look(Source::Pc), Some(now - 3 * DAY));
}
