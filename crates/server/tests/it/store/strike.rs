//! Striking an event: presence is as if it had never come, in all servers, after a start and with a snapshot.

use group_dispatch_server::{
    event::StatusEvent,
    store::{Admin, EventFilter, Store, Strike},
};
use group_dispatch_types::{Source, UtcOffset};
use proptest::{collection::vec, prelude::*, strategy::ValueTree, test_runner::TestRunner};

use super::{fixture::*, model, state::Known};

fn at(at: i64) -> EventFilter {
    EventFilter { event_id: None, user_id: None, whatsapp: None, source: None, times: at..at + 1 }
}

async fn strike(store: &Fixture, filter: EventFilter) -> Strike {
    let admin = Admin::open(&store.place.database()).await.unwrap();
    let struck = admin.strike(tenant(1), filter, false).await.unwrap();
    admin.close().await.unwrap();
    struck
}

const FUTURE: i64 = 253_402_000_000_000;

#[tokio::test]
async fn an_event_of_the_future_is_taken_back_everywhere() {
    let bad = StatusEvent { user_name: Some("Wrong".into()), ..offline(1, FUTURE) };
    let store = with([online(1, 10), bad.clone(), online(1, 20)]).await;
    let other = store.place.open(UtcOffset::VENDOR).await;
    store.save_snapshot().await.unwrap();
    assert_eq!((presence(&store, Source::Pc, ALL), presence(&other, Source::Pc, ALL)), (vec![], vec![]));
    assert!(matches!(strike(&store, at(FUTURE)).await, Strike::Struck(found) if *found == bad));
    let without = with([online(1, 10), online(1, 20)]).await;
    let expected = Known::of(&without, tenant(1));
    for server in [&*store, &other] {
        soon(|| Known::of(server, tenant(1)) == expected).await;
        // Fed again, it is a repeat.
        let appended = server.append(tenant(1), vec![bad.clone(), online(1, 20)]).await.unwrap();
        assert_eq!((appended.stored, appended.repeated), (0, 2));
        assert!(Known::of(server, tenant(1)) == expected);
    }
    store.append(tenant(1), vec![offline(1, 30)]).await.unwrap();
    assert_eq!(presence(&store, Source::Pc, ALL), []);
    soon(|| presence(&other, Source::Pc, ALL).is_empty()).await;
    without.append(tenant(1), vec![offline(1, 30)]).await.unwrap();
    for has_snapshot in [false, true] {
        let again = store.place.open(UtcOffset::VENDOR).await;
        assert!(Known::of(&again, tenant(1)) == Known::of(&without, tenant(1)), "after a start: {has_snapshot}");
        assert_eq!(again.append(tenant(1), vec![bad.clone()]).await.unwrap().repeated, 1);
        store.save_snapshot().await.unwrap();
        assert!(store.place.has_snapshot().await);
    }
    assert!(matches!(strike(&store, at(FUTURE)).await, Strike::Missing), "it is struck already");
}

/// Whatever the event said and in whatever order the others came, and while others are appended.
#[tokio::test]
async fn without_an_event_all_answers_are_as_if_it_had_never_come() {
    let mut runner = TestRunner::deterministic();
    let strategy = (vec(model::event(), 40..80), any::<prop::sample::Index>(), vec(model::event(), 1..40));
    for _ in 0..4 {
        let (events, struck, later) = strategy.new_tree(&mut runner).unwrap().current();
        // Without ids, so that each can be found by its time.
        let events: Vec<StatusEvent> = events.into_iter().map(StatusEvent::from).collect();
        let events: Vec<_> = events
            .into_iter()
            .zip(0..)
            .map(|(event, n)| StatusEvent { event_id: Some(format!("s{n}")), ..event })
            .collect();
        let later: Vec<StatusEvent> = later.into_iter().map(StatusEvent::from).collect();
        let struck = struck.index(events.len());
        let (store, without) = (with(events.clone()).await, empty().await);
        let mut others = events.clone();
        others.remove(struck);
        without.add_tenant(tenant(1), group_dispatch_server::ApiKey::new("key")).await.unwrap();
        without.append(tenant(1), others).await.unwrap();
        without.append(tenant(1), later.clone()).await.unwrap();
        let filter = EventFilter { event_id: Some(format!("s{struck}")), times: i64::MIN..i64::MAX, ..at(0) };
        let append = async |store: &Store| {
            for event in later {
                store.append(tenant(1), vec![event]).await.unwrap();
            }
        };
        let (outcome, ()) = tokio::join!(strike(&store, filter), append(&store));
        assert!(matches!(outcome, Strike::Struck(_)));
        let expected = Known::of(&without, tenant(1));
        soon(|| Known::of(&store, tenant(1)) == expected).await;
        assert!(Known::of(&store.place.open(UtcOffset::VENDOR).await, tenant(1)) == expected);
    }
}
