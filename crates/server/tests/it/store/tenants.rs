//! Appends, tenants, and closing.

use group_dispatch_server::{
    ApiKey,
    event::StatusEvent,
    store::{Appended, Removal, StoreError, TenantSummary},
};
use group_dispatch_types::Source;

use super::fixture::*;

#[tokio::test]
async fn an_event_fed_again_is_counted_and_changes_nothing() {
    let id = |id: &str, event| StatusEvent { event_id: Some(id.into()), ..event };
    let store = with([]).await;
    let append = |events| store.append(tenant(1), events);
    let batch = vec![online(1, 10), online(1, 10), id("x", online(1, 10)), id("x", offline(1, 20))];
    assert_eq!(append(batch.clone()).await.unwrap(), Appended { stored: 2, repeated: 2 });
    assert_eq!(append(batch).await.unwrap(), Appended { stored: 0, repeated: 4 });
    assert_eq!(presence(&store, Source::Pc, ALL), [(1, vec![100])], "the first with its id counts");
    assert_eq!(append(vec![online(1, 11), id("y", online(1, 10))]).await.unwrap(), Appended { stored: 2, repeated: 0 });
    assert_eq!(append(vec![]).await.unwrap(), Appended::default());
    assert_eq!(store.tenants().await.unwrap(), [TenantSummary { id: tenant(1), events: 4 }]);
}

#[tokio::test]
async fn a_repeat_does_not_win_a_tie() {
    let store = with([online(1, 10), offline(1, 10), online(1, 10)]).await;
    assert_eq!(presence(&store, Source::Pc, ALL), []);
}

#[tokio::test]
async fn events_of_an_unknown_tenant_are_rejected() {
    let store = with([]).await;
    let refused = store.append(tenant(2), vec![online(1, 10)]).await;
    assert!(matches!(refused, Err(StoreError::UnknownTenant(id)) if id == tenant(2)));
    store.add_tenant(tenant(2), ApiKey::new("key")).await.unwrap();
    assert_eq!(store.status_log(tenant(2), Source::Pc, &ALL, None), []);
}

#[tokio::test]
async fn a_batch_with_a_time_out_of_range_is_rejected_whole() {
    let store = with([]).await;
    for at in [StatusEvent::TIMES.start() - 1, StatusEvent::TIMES.end() + 1] {
        let rejected = store.append(tenant(1), vec![online(1, 10), online(1, at)]).await;
        assert!(matches!(rejected, Err(StoreError::TimeOutOfRange)));
    }
    assert_eq!(log(&store, ALL, None), []);
}

#[tokio::test]
async fn tenants_are_added_given_other_keys_and_listed() {
    let store = empty().await;
    assert_eq!(store.tenants().await.unwrap(), []);
    assert_eq!(key(&store, 2), None);
    assert!(!store.replace_key(tenant(2), ApiKey::new("a")).await.unwrap());
    assert_eq!(store.tenants().await.unwrap(), [], "another key is for tenants that are known");
    assert!(store.add_tenant(tenant(2), ApiKey::new("a")).await.unwrap());
    assert!(store.add_tenant(tenant(1), ApiKey::new("c")).await.unwrap());
    store.append(tenant(2), vec![online(1, 10)]).await.unwrap();
    assert!(!store.add_tenant(tenant(2), ApiKey::new("b")).await.unwrap());
    assert_eq!(key(&store, 2), Some(ApiKey::new("a")), "who is known keeps the key");
    assert!(store.replace_key(tenant(2), ApiKey::new("b")).await.unwrap());
    assert_eq!(key(&store, 2), Some(ApiKey::new("b")));
    assert_eq!(key(&store, 1), Some(ApiKey::new("c")));
    let summary = |id, events| TenantSummary { id: tenant(id), events };
    assert_eq!(store.tenants().await.unwrap(), [summary(1, 0), summary(2, 1)]);
    assert!(store.readiness().await.feeds.works());
}

#[tokio::test]
async fn tenants_do_not_see_each_other() {
    let store = with([online(1, 10)]).await;
    store.add_tenant(tenant(2), ApiKey::new("key")).await.unwrap();
    let theirs = StatusEvent { agent_account: "theirs".into(), ..offline(1, 20) };
    let same = online(1, 10);
    let appended = store.append(tenant(2), vec![theirs, same]).await.unwrap();
    assert_eq!(appended, Appended { stored: 2, repeated: 0 }, "the same event of another tenant is another event");
    assert_eq!(presence(&store, Source::Pc, of_account("agent1")), [(1, vec![100])]);
    assert_eq!(log(&store, ALL, None)[0].1.len(), 1);
    assert_eq!(store.online_agents(tenant(2), Source::Pc, &ALL), []);
    assert_eq!(store.locate(tenant(2), account(100), &[Source::Pc]), None);
    let recent = store.recent_accounts(tenant(2), Source::Pc, &ALL);
    assert_eq!(recent[0].agent_account, "theirs");
}

#[tokio::test]
async fn a_tenant_is_removed_with_all_it_had() {
    let store = with([online(1, 10)]).await;
    store.add_tenant(tenant(2), ApiKey::new("key")).await.unwrap();
    store.append(tenant(2), vec![online(1, 10)]).await.unwrap();
    assert_eq!(store.remove_tenant(tenant(1), false).await.unwrap(), Removal::Refused { events: 1 });
    assert_eq!(presence(&store, Source::Pc, ALL), [(1, vec![100])], "nothing is removed");
    assert_eq!(store.remove_tenant(tenant(1), true).await.unwrap(), Removal::Removed { events: 1 });
    assert_eq!(store.remove_tenant(tenant(1), true).await.unwrap(), Removal::Unknown);
    assert_eq!(key(&store, 1), None);
    assert_eq!(store.tenants().await.unwrap(), [TenantSummary { id: tenant(2), events: 1 }]);
    // Nothing of it comes back with it.
    store.add_tenant(tenant(1), ApiKey::new("key")).await.unwrap();
    assert_eq!(presence(&store, Source::Pc, ALL), []);
    assert_eq!(recent(&store, ALL), []);
    assert_eq!(log(&store, ALL, None), []);
    let appended = store.append(tenant(1), vec![online(1, 10)]).await.unwrap();
    assert_eq!(appended, Appended { stored: 1, repeated: 0 });
}

#[tokio::test]
async fn a_tenant_without_events_is_removed_at_once() {
    let store = with([]).await;
    assert_eq!(store.remove_tenant(tenant(1), false).await.unwrap(), Removal::Removed { events: 0 });
    assert_eq!(store.tenants().await.unwrap(), []);
}

#[tokio::test]
async fn a_closed_store_rejects_changes() {
    let store = with([online(1, 10)]).await;
    let (other, running) = (store.store.clone(), store.store.clone());
    // What was asked before is done; closing waits for it.
    let (appended, closed) =
        tokio::join!(async move { running.append(tenant(1), vec![online(1, 20)]).await }, async move {
            other.close().await
        });
    assert_eq!(appended.unwrap().stored, 1);
    closed.unwrap();
    assert_eq!(log(&store, ALL, None)[0].1.len(), 2, "what was known is known");
    assert!(!store.readiness().await.queries.works());
    assert!(matches!(store.append(tenant(1), vec![]).await, Err(StoreError::Closed)));
    assert!(matches!(store.tenants().await, Err(StoreError::Closed)));
    assert!(matches!(store.close().await, Err(StoreError::Closed)));
}
