//! Large numbers: agents of one account, accounts of one agent, agents with one login account.

use group_dispatch_server::{
    ApiKey,
    event::StatusEvent,
    store::{AgentFilter, AgentQuery, QueryKind, Retention, Store},
};
use group_dispatch_types::{Source, UtcOffset};

use super::fixture::*;

const MANY: u32 = 5_000;

fn is_long(store: &Store, kind: QueryKind, filter: AgentFilter) -> bool {
    store.tenant(tenant(1)).unwrap().is_long(&AgentQuery { kind, source: Source::Pc, filter })
}

/// The newest first, which is the worst order: each belongs before all others.
#[tokio::test]
async fn an_account_that_met_many_agents() {
    let store = with([]).await;
    let events = (1..=MANY).rev().map(|id| online(id, id.into()));
    store.append(tenant(1), events.collect()).await.unwrap();
    let all = QueryKind::Log(Some(account(100)));
    assert!(is_long(&store, all, ALL), "whoever is meant of them, all are looked at");
    assert!(is_long(&store, all, of_account("agent7")));
    assert!(!is_long(&store, QueryKind::Log(None), of_account("agent7")));
    assert_eq!(log(&store, of_account("agent7"), Some(account(100))), [(7, vec!["Colombia".to_owned()])]);
    assert_eq!(presence(&store, Source::Pc, ALL), [(u64::from(MANY), vec![100])]);

    store.save_snapshot().await.unwrap();
    let again = store.place.open(UtcOffset::VENDOR).await;
    for store in [&store.store, &again] {
        let agents: Vec<_> = log(store, ALL, Some(account(100))).into_iter().map(|(agent, _)| agent).collect();
        assert_eq!(agents, (1..=u64::from(MANY)).collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn an_agent_with_many_accounts() {
    let of = |number, event| StatusEvent { whatsapp: account(number), ..event };
    let numbers = || (1..=u64::from(MANY)).map(|number| number * 7 % 5_003 + 1);
    let store = with([of(1, online(2, 1))]).await;
    store.append(tenant(1), numbers().map(|number| of(number, online(1, 2))).collect()).await.unwrap();
    let mut sorted: Vec<_> = numbers().collect();
    sorted.sort_unstable();
    assert_eq!(presence(&store, Source::Pc, of_user(1)), [(1, sorted.clone())]);
    assert!(is_long(&store, QueryKind::Online, of_user(1)));
    assert!(!is_long(&store, QueryKind::Online, of_user(2)));
    assert!(!is_long(&store, QueryKind::Log(None), of_user(1)), "of the log there are fifty");
    assert!(!is_long(&store, QueryKind::Recent, of_user(1)));

    let leave = numbers().filter(|number| number % 3 > 0).map(|number| of(number, offline(1, 3)));
    store.append(tenant(1), leave.collect()).await.unwrap();
    sorted.retain(|number| number % 3 == 0);
    assert_eq!(presence(&store, Source::Pc, ALL), [(1, sorted), (2, vec![1])]);
}

#[tokio::test]
async fn many_agents_with_one_login_account() {
    let shared =
        |id: u32| StatusEvent { agent_account: "shared".into(), whatsapp: account(id.into()), ..online(id, 1) };
    let store = with([online(MANY + 1, 1)]).await;
    store.append(tenant(1), (1..=MANY).map(shared).collect()).await.unwrap();
    for kind in [QueryKind::Online, QueryKind::Log(None), QueryKind::Recent] {
        assert!(is_long(&store, kind, of_account("shared")));
        assert!(is_long(&store, kind, ALL));
        assert!(!is_long(&store, kind, of_user(MANY + 1)));
        assert!(!is_long(&store, kind, AgentFilter { user_id: Some(user(3)), ..of_account("shared") }));
    }
    assert_eq!(log(&store, of_account("shared"), None).len(), 5_000);
}

#[tokio::test]
async fn expired_events_of_a_new_tenant_are_not_returned() {
    let place = super::place::Place::new().await;
    let store = place.open_keeping(Some(Retention { days: 31 })).await;
    assert!(store.kept_since().is_some(), "at once");
    store.add_tenant(tenant(1), ApiKey::new("key")).await.unwrap();
    store.append(tenant(1), vec![online(1, 1_000)]).await.unwrap();
    assert_eq!(log(&store, ALL, None), []);
    assert_eq!(presence(&store, Source::Pc, ALL), [(1, vec![100])]);
}
