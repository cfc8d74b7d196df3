//! Where observed and logged events show: in presence, in the accounts that came online last, and in the status log.

use group_dispatch_server::event::{Provenance, StatusEvent};
use group_dispatch_types::{AccountStatus, Source, StatusDetail, UtcOffset};

use super::fixture::*;

const SECOND: i64 = 1_000;

fn came(id: u32, at: i64) -> StatusEvent {
    let provenance = Provenance::Observed { not_before: None };
    StatusEvent { detail_status: StatusDetail::Unknown(0), provenance, ..online(id, at) }
}

fn went(id: u32, not_before: Option<i64>, at: i64) -> StatusEvent {
    StatusEvent { status: AccountStatus::Offline, provenance: Provenance::Observed { not_before }, ..came(id, at) }
}

fn logged(ordinal: u32, event: StatusEvent) -> StatusEvent {
    StatusEvent { provenance: Provenance::Logged { ordinal }, ..event }
}

fn banned(id: u32, at: i64) -> StatusEvent {
    StatusEvent { status: AccountStatus::Banned, detail_status: StatusDetail::PcBanned, ..online(id, at) }
}

fn recent_statuses(store: &group_dispatch_server::store::Store) -> Vec<AccountStatus> {
    let agents = store.recent_accounts(tenant(1), Source::Pc, &ALL);
    agents.iter().flat_map(|agent| &agent.whats_app_list).filter_map(|account| account.status).collect()
}

#[tokio::test]
async fn an_observed_account_is_present_and_in_no_log() {
    let store = with([came(1, 10)]).await;
    assert_eq!(presence(&store, Source::Pc, ALL), [(1, vec![100])]);
    assert_eq!(location(&store, &[Source::Pc]), Some((1, Source::Pc)));
    assert_eq!(recent(&store, ALL), [(1, vec![100])]);
    let no_log = async |store: &Fixture| {
        for account in [None, Some(account(100))] {
            assert_eq!(log(store, ALL, account), []);
        }
    };
    no_log(&store).await;
    store.append(tenant(1), vec![went(1, Some(10), 20)]).await.unwrap();
    assert_eq!(presence(&store, Source::Pc, ALL), []);
    assert_eq!(recent(&store, ALL), [(1, vec![100])]);
    assert_eq!(recent_statuses(&store), [AccountStatus::Offline]);
    no_log(&store).await;
}

#[tokio::test]
async fn the_record_that_says_why_an_account_went_gives_its_status() {
    let at = |second: i64| second * SECOND;
    let store = with([logged(0, online(1, at(10))), went(1, Some(at(20)), at(30))]).await;
    assert_eq!(recent_statuses(&store), [AccountStatus::Offline], "nothing is known");
    store.append(tenant(1), vec![logged(0, banned(1, at(17)))]).await.unwrap();
    assert_eq!(recent_statuses(&store), [AccountStatus::Offline], "the account was seen after it");
    store.append(tenant(1), vec![logged(0, banned(1, at(18)))]).await.unwrap();
    assert_eq!(recent_statuses(&store), [AccountStatus::Banned], "as far as the clocks agree");
    store.save_snapshot().await.unwrap();
    let again = store.place.open(UtcOffset::VENDOR).await;
    assert_eq!(recent_statuses(&again), [AccountStatus::Banned]);
    for store in [&*store, &again] {
        let late = StatusEvent { status: AccountStatus::Disconnected, ..banned(1, at(29)) };
        store.append(tenant(1), vec![logged(0, late)]).await.unwrap();
        assert_eq!(recent_statuses(store), [AccountStatus::Disconnected], "the newest one");
        assert_eq!(presence(store, Source::Pc, ALL), []);
    }
    let of_nobody = with([logged(0, banned(1, at(18))), logged(0, online(1, at(19))), went(1, None, at(20))]).await;
    assert_eq!(recent_statuses(&of_nobody), [AccountStatus::Offline], "nobody looked before");
}

#[tokio::test]
async fn an_observed_event_gives_way_to_a_later_one_and_its_claim_stays() {
    let (fed, seen, left) = (online(1, 10), came(2, 20), logged(0, offline(2, 30)));
    let orders = [[&fed, &seen, &left], [&left, &seen, &fed], [&seen, &fed, &left], [&left, &fed, &seen]];
    for order in orders {
        let store = with(order.map(Clone::clone)).await;
        assert_eq!(presence(&store, Source::Pc, ALL), [], "the account left the agent that it was with last");
        assert_eq!(store.size().events, 2);
        store.save_snapshot().await.unwrap();
        let again = store.place.open(UtcOffset::VENDOR).await;
        assert_eq!(presence(&again, Source::Pc, ALL), [], "loaded");
        again.append(tenant(1), vec![online(1, 19)]).await.unwrap();
        assert_eq!(presence(&again, Source::Pc, ALL), [], "that was before");
        again.append(tenant(1), vec![online(1, 21)]).await.unwrap();
        assert_eq!(presence(&again, Source::Pc, ALL), [(1, vec![100])]);
    }
}

#[tokio::test]
async fn a_fed_copy_is_hidden_for_each_logged_one() {
    let second = |event: StatusEvent| StatusEvent { at: 5 * SECOND + event.at, ..event };
    let fed =
        |id: &str, at| second(StatusEvent { event_id: Some(id.into()), country_code: id.into(), ..online(1, at) });
    let of_log = |ordinal, at| second(logged(ordinal, StatusEvent { country_code: "log".into(), ..online(1, at) }));
    let countries = |store: &Fixture| {
        let [(1, countries)] = &log(store, ALL, None)[..] else { panic!("one agent") };
        assert_eq!(log(store, ALL, Some(account(100))), [(1, countries.clone())]);
        countries.clone()
    };
    let store = with([fed("a", 0), fed("b", 400), fed("c", 999), fed("next second", 1_000)]).await;
    assert_eq!(countries(&store).len(), 4);
    store.append(tenant(1), vec![of_log(0, 0)]).await.unwrap();
    assert_eq!(countries(&store), ["next second", "b", "log", "a"]);
    store.append(tenant(1), vec![of_log(1, 0), second(logged(0, offline(1, 0)))]).await.unwrap();
    assert_eq!(countries(&store), ["next second", "Colombia", "log", "log", "a"]);
    store.append(tenant(1), vec![of_log(2, 0), of_log(3, 0)]).await.unwrap();
    assert_eq!(countries(&store), ["next second", "log", "log", "Colombia", "log", "log"]);
}

/// A ring has room for 50 records, whether an observed event is the newest or not.
#[tokio::test]
async fn an_observed_event_takes_the_place_of_no_record() {
    let store = with([]).await;
    let records = (0..60).map(|at| logged(0, offline(1, at * SECOND))).collect();
    store.append(tenant(1), records).await.unwrap();
    let lengths = |store: &Fixture| log(store, ALL, Some(account(100)))[0].1.len();
    store.append(tenant(1), vec![came(1, 70 * SECOND)]).await.unwrap();
    assert_eq!((lengths(&store), store.size().events), (50, 51));
    store.append(tenant(1), vec![came(1, 80 * SECOND)]).await.unwrap();
    assert_eq!((lengths(&store), store.size().events), (50, 51));
    store.append(tenant(1), vec![logged(0, online(1, 90 * SECOND))]).await.unwrap();
    assert_eq!((lengths(&store), store.size().events), (50, 50));
}
