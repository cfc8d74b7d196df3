//! The events and gaps of a tenant by time, as programs read them.

use group_dispatch_server::{
    ApiKey,
    event::{Provenance, ProvenanceKind, StatusEvent},
    store::{
        FactFilter, Gap, GapQuery, HistoryQuery, MirroredFacts, PageRequest, Retention, Store, StoreError, TimeOrder,
    },
};
use group_dispatch_types::{Source, UtcOffset};

use super::fixture::*;

fn of(filter: FactFilter) -> HistoryQuery {
    HistoryQuery { filter, ..HistoryQuery::default() }
}

fn agent_account(text: &str) -> FactFilter {
    FactFilter { agent_account: Some(text.into()), ..FactFilter::default() }
}

async fn times(store: &Store, query: HistoryQuery) -> Vec<i64> {
    let page = store.history(tenant(1), query).await.unwrap();
    assert!(page.next.is_none());
    page.events.iter().map(|event| event.event.at).collect()
}

#[tokio::test]
async fn an_event_is_read_by_time_with_every_member_as_soon_as_it_is_stored() {
    let odd = StatusEvent {
        event_id: Some("\0id".into()),
        user_name: Some("李".into()),
        name: Some(String::new()),
        provenance: Provenance::Fed,
        ..online(1, 20)
    };
    let store = with([odd.clone(), offline(2, 10)]).await;
    let page = store.history(tenant(1), HistoryQuery::default()).await.unwrap();
    assert!(page.events[1].event == odd && page.events[0].event == offline(2, 10));
    assert!(page.events[1].seq < page.events[0].seq && page.next.is_none());
    let newest = PageRequest { order: TimeOrder::NewestFirst, limit: 1, cursor: None };
    let page = store.history(tenant(1), HistoryQuery { page: newest, ..HistoryQuery::default() }).await.unwrap();
    let next = PageRequest { cursor: page.next, ..newest };
    assert_eq!((page.events.len(), page.events[0].event.at), (1, 20));
    assert_eq!(times(&store, HistoryQuery { page: next, ..HistoryQuery::default() }).await, [10]);
    assert_eq!(times(&store, of(FactFilter { from: Some(10), to: Some(20), ..FactFilter::default() })).await, [10]);
    let other = store.place.open(UtcOffset::VENDOR).await;
    assert_eq!(times(&other, HistoryQuery::default()).await, [10, 20]);
    let unknown = store.history(tenant(2), HistoryQuery::default()).await.err();
    assert!(matches!(unknown, Some(StoreError::UnknownTenant(id)) if id == tenant(2)));
    assert!(matches!(store.gaps(tenant(2), GapQuery::default()).await.err(), Some(StoreError::UnknownTenant(_))));
    store.add_tenant(tenant(2), ApiKey::new("key")).await.unwrap();
    assert_eq!(store.history(tenant(2), HistoryQuery::default()).await.unwrap().events.len(), 0);
}

#[tokio::test]
async fn a_login_account_selects_the_agents_that_have_it_now() {
    let named = |id, account: &str, at| StatusEvent { agent_account: account.into(), ..online(id, at) };
    let store = with([named(1, "old", 10), named(1, "new", 20), named(2, "old", 30), named(3, "new", 40)]).await;
    assert_eq!(times(&store, of(agent_account("new"))).await, [10, 20, 40]);
    assert_eq!(times(&store, of(agent_account("old"))).await, [30]);
    assert_eq!(times(&store, of(agent_account("nobody"))).await, [0; 0]);
    assert_eq!(times(&store, of(FactFilter { user_id: Some(user(3)), ..agent_account("new") })).await, [40]);
    assert_eq!(times(&store, of(FactFilter { user_id: Some(user(2)), ..agent_account("new") })).await, [0; 0]);
    assert_eq!(times(&store, of(FactFilter { user_id: Some(user(2)), ..FactFilter::default() })).await, [30]);
    let gap = |id| Gap {
        source: Source::Pc,
        user_id: user(id),
        agent_account: "old".into(),
        whatsapp: None,
        from: None,
        to: id.into(),
    };
    let facts = MirroredFacts { gaps: vec![gap(1), gap(2)], ..MirroredFacts::default() };
    store.append_mirrored(tenant(1), facts).await.unwrap();
    let gaps = store.gaps(tenant(1), GapQuery { filter: agent_account("new"), ..GapQuery::default() }).await.unwrap();
    assert!(gaps.gaps == [gap(1)]);
}

#[tokio::test]
async fn a_fed_copy_of_a_logged_event_is_read_only_among_fed_events() {
    let logged = |event| StatusEvent { provenance: Provenance::Logged { ordinal: 0 }, ..event };
    let observed = |event| StatusEvent { provenance: Provenance::Observed { not_before: None }, ..event };
    let store = with([online(1, 1_400), online(1, 1_900), logged(online(1, 1_000)), observed(online(1, 1_000))]).await;
    let of = |provenance| HistoryQuery { provenance, ..HistoryQuery::default() };
    assert_eq!(times(&store, of(Some(ProvenanceKind::Fed))).await, [1_400, 1_900]);
    assert_eq!(times(&store, of(Some(ProvenanceKind::Logged))).await, [1_000]);
    assert_eq!(times(&store, of(Some(ProvenanceKind::Observed))).await, [1_000]);
    let is_hidden = async || times(&store, of(None)).await == [1_000, 1_000, 1_900];
    // In PostgreSQL it is hidden when the transactions of other tests have ended that ran when it was stored.
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(60);
    while !is_hidden().await {
        assert!(std::time::Instant::now() < deadline, "{:?}", times(&store, of(None)).await);
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn what_has_expired_is_not_read() {
    const DAY: i64 = 24 * 60 * 60 * 1000;
    let now = i64::try_from(std::time::UNIX_EPOCH.elapsed().unwrap().as_millis()).unwrap();
    let store = with([online(1, now - 40 * DAY), online(2, now - DAY)]).await;
    assert_eq!(times(&store, HistoryQuery::default()).await.len(), 2);
    // Whether it is deleted already or not.
    let keeping = store.place.open_keeping(Some(Retention { days: 30 })).await;
    assert_eq!(times(&keeping, HistoryQuery::default()).await, [now - DAY]);
    let older = FactFilter { from: Some(0), ..FactFilter::default() };
    assert_eq!(times(&keeping, of(older)).await, [now - DAY]);
}
