//! The index follows from the log: after a start, from a snapshot, and when other processes append.

use std::sync::atomic::{AtomicU64, Ordering};

use futures_util::FutureExt as _;
use group_dispatch_server::{
    ApiKey, TenantId,
    event::StatusEvent,
    store::{OpenError, Retention, Store, StoreError, StoreOptions},
};
use group_dispatch_types::{Source, UtcOffset};
use proptest::{collection::vec, prelude::*, test_runner::TestRunner};

use super::{
    fixture::*,
    model::{self, ACCOUNTS},
};

/// The answers to all queries about a tenant.
#[derive(PartialEq)]
pub struct Known(Vec<String>);

impl Known {
    pub fn of(store: &Store, tenant: TenantId) -> Self {
        let mut answers = Vec::new();
        for filter in model::filters() {
            for &source in Source::ALL {
                answers.push(serde_json::to_string(&store.online_agents(tenant, source, &filter)));
                answers.push(serde_json::to_string(&store.recent_accounts(tenant, source, &filter)));
                for account in ACCOUNTS.map(|number| Some(account(number))).into_iter().chain([None]) {
                    answers.push(serde_json::to_string(&store.status_log(tenant, source, &filter, account)));
                }
            }
        }
        for number in ACCOUNTS {
            let location = store.locate(tenant, account(number), &[Source::Pc, Source::Cloud]);
            answers.push(serde_json::to_string(&location));
        }
        answers.push(serde_json::to_string(&store.groups(tenant)));
        answers.push(Ok(format!("{:?}", store.size().presence)));
        Self(answers.into_iter().map(Result::unwrap).collect())
    }
}

#[tokio::test]
async fn a_start_from_a_snapshot_answers_like_the_log() {
    let store = empty().await;
    let next = AtomicU64::new(1);
    let runtime = tokio::runtime::Handle::current();
    let batches = || vec(vec(model::event(), 20..120), 0..4);
    let strategy = (batches(), batches());
    let config = ProptestConfig { cases: 16, ..ProptestConfig::default() };
    let check = move || {
        TestRunner::new(config).run(&strategy, |(before, after)| {
            let tenant = tenant(next.fetch_add(1, Ordering::Relaxed));
            runtime.block_on(async {
                store.add_tenant(tenant, ApiKey::new("key")).await.unwrap();
                for batch in before {
                    store.append(tenant, batch.into_iter().map(StatusEvent::from).collect()).await.unwrap();
                }
                store.save_snapshot().await.unwrap();
                for batch in after {
                    store.append(tenant, batch.into_iter().map(StatusEvent::from).collect()).await.unwrap();
                }
                let again = store.place.open(UtcOffset::VENDOR).await;
                prop_assert!(Known::of(&again, tenant) == Known::of(&store, tenant));
                Ok(())
            })
        })
    };
    tokio::task::spawn_blocking(check).await.unwrap().unwrap();
}

/// D16: the claim of the agent who has the account has fallen out of what is kept, and another agent's older one has
/// not.
#[tokio::test]
async fn an_account_stays_with_its_agent_after_fifty_ends_and_a_start() {
    for order in [[1, 2], [2, 1]] {
        let [holder, former] = order;
        let events = [online(former, 5), online(holder, 10)].into_iter();
        let store = with(events.chain((11..=60).map(|at| offline(holder, at)))).await;
        assert_eq!(presence(&store, Source::Pc, ALL), []);
        store.save_snapshot().await.unwrap();
        let again = store.place.open(UtcOffset::VENDOR).await;
        assert_eq!(presence(&again, Source::Pc, ALL), [], "{order:?}");
        // The former agent's claim is still old news, and a new one still counts.
        again.append(tenant(1), vec![online(former, 6)]).await.unwrap();
        assert_eq!(presence(&again, Source::Pc, ALL), [], "{order:?}");
        again.append(tenant(1), vec![online(former, 70)]).await.unwrap();
        assert_eq!(presence(&again, Source::Pc, ALL), [(former.into(), vec![100])], "{order:?}");
    }
}

#[tokio::test]
async fn an_unreadable_snapshot_is_ignored_while_the_log_has_all_events() {
    let store = with([online(1, 10), offline(1, 20), online(2, 30)]).await;
    store.add_tenant(tenant(2), ApiKey::new("key")).await.unwrap();
    store.append(tenant(2), vec![online(1, 10)]).await.unwrap();
    store.remove_tenant(tenant(2), true).await.unwrap();
    store.save_snapshot().await.unwrap();
    store.place.damage_snapshot().await;
    // Events of a removed tenant may be missing: nothing follows from them.
    let again = store.place.open(UtcOffset::VENDOR).await;
    // The store that is still open may have deleted them already.
    soon(|| store.events_deleted() + again.events_deleted() == 1).await;
    assert!(Known::of(&again, tenant(1)) == Known::of(&store, tenant(1)));
    assert!(!store.place.has_snapshot().await, "it is deleted");
    store.save_snapshot().await.unwrap();
    store.place.damage_snapshot().await;
    let again = store.place.open(UtcOffset::VENDOR).await;
    assert!(Known::of(&again, tenant(1)) == Known::of(&store, tenant(1)));
    again.save_snapshot().await.unwrap();
    assert!(store.place.has_snapshot().await);
}

#[tokio::test]
async fn no_store_opens_without_a_readable_snapshot_if_events_have_expired() {
    let now = i64::try_from(std::time::UNIX_EPOCH.elapsed().unwrap().as_millis()).unwrap();
    let store = with([online(1, 10), online(2, now)]).await;
    store.close().await.unwrap();
    // While other transactions of the cluster are running, a snapshot does not cover what began after them.
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(60);
    let mut deleted = 0;
    while deleted == 0 {
        assert!(std::time::Instant::now() < deadline, "nothing is deleted");
        let keeping = store.place.open_keeping(Some(Retention { days: 30 })).await;
        let step = std::time::Instant::now() + std::time::Duration::from_secs(2);
        while keeping.events_deleted() == 0 && std::time::Instant::now() < step {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        deleted = keeping.events_deleted();
        keeping.close().await.unwrap();
    }
    let database = store.place.database();
    let open = || Store::open(&database, StoreOptions::default());
    store.place.damage_snapshot().await;
    assert!(matches!(open().await.err(), Some(OpenError::Store(StoreError::SnapshotUnreadable))));
    store.place.lose_snapshot().await;
    assert!(matches!(open().await.err(), Some(OpenError::Store(StoreError::SnapshotMissing))));
}

#[tokio::test]
async fn an_append_during_a_snapshot_is_not_lost() {
    let store = with([]).await;
    let of = |number: u64, at| StatusEvent { whatsapp: account(1_000 + number), ..online(7, at) };
    let appending = async {
        for turn in 0..20_i64 {
            store.append(tenant(1), (0..100).map(|number| of(number, turn)).collect()).await.unwrap();
        }
    };
    let saving = async {
        for _ in 0..10 {
            store.save_snapshot().await.unwrap();
        }
    };
    tokio::join!(appending, saving);
    let again = store.place.open(UtcOffset::VENDOR).await;
    assert!(Known::of(&again, tenant(1)) == Known::of(&store, tenant(1)));
    assert_eq!(presence(&again, Source::Pc, ALL)[0].1.len(), 100);
}

#[tokio::test]
async fn changes_of_other_processes_are_visible_soon() {
    let one = with([online(1, 10)]).await;
    let other = one.place.open(UtcOffset::VENDOR).await;
    assert_eq!(presence(&other, Source::Pc, ALL), [(1, vec![100])]);

    one.append(tenant(1), vec![offline(1, 20)]).await.unwrap();
    assert_eq!(presence(&one, Source::Pc, ALL), [], "at once, where it was appended");
    soon(|| presence(&other, Source::Pc, ALL).is_empty()).await;

    one.add_tenant(tenant(2), ApiKey::new("a")).await.unwrap();
    soon(|| key(&other, 2).is_some()).await;
    one.replace_key(tenant(2), ApiKey::new("b")).await.unwrap();
    soon(|| key(&other, 2) == Some(ApiKey::new("b"))).await;
    one.remove_tenant(tenant(1), true).await.unwrap();
    soon(|| key(&other, 1).is_none() && log(&other, ALL, None).is_empty()).await;

    // Removed and added again it is another, and nothing of what it was comes back, wherever one asks.
    one.add_tenant(tenant(1), ApiKey::new("c")).await.unwrap();
    one.append(tenant(1), vec![online(3, 5)]).await.unwrap();
    soon(|| log(&other, ALL, None).len() == 1).await;
    assert_eq!(presence(&other, Source::Pc, ALL), [(3, vec![100])]);
}

#[tokio::test]
async fn a_tenant_added_by_another_process_can_be_fed_immediately() {
    let one = empty().await;
    let other = one.place.open(UtcOffset::VENDOR).await;
    for id in 1..20 {
        one.add_tenant(tenant(id), ApiKey::new("key")).await.unwrap();
        other.append(tenant(id), vec![online(1, 10)]).await.unwrap();
        assert_eq!(other.status_log(tenant(id), Source::Pc, &ALL, None).len(), 1);
    }
}

#[tokio::test]
async fn an_abandoned_append_is_stored_and_visible() {
    let store = with([]).await;
    for at in 0..50 {
        // Begun, then forgotten.
        let _ = store.append(tenant(1), vec![online(1, at)]).now_or_never();
    }
    soon(|| log(&store, ALL, None).first().is_some_and(|(_, events)| events.len() == 50)).await;
}

#[tokio::test]
async fn expired_events_are_not_returned_and_are_deleted() {
    const DAY: i64 = 24 * 60 * 60 * 1000;
    let now = i64::try_from(std::time::UNIX_EPOCH.elapsed().unwrap().as_millis()).unwrap();
    let of = |number, event| StatusEvent { whatsapp: account(number), ..event };
    let store = with([
        of(1, online(1, now - 40 * DAY)),
        of(2, online(1, now - 40 * DAY)),
        of(2, offline(1, now - 32 * DAY)),
        of(3, online(2, now - DAY)),
    ])
    .await;
    assert_eq!(store.kept_since(), None);
    let mut keeping = store.place.open_keeping(Some(Retention { days: 31 })).await;
    let kept =
        |store: &Store| log(store, ALL, None).into_iter().map(|(agent, log)| (agent, log.len())).collect::<Vec<_>>();
    soon(|| keeping.kept_since().is_some() && kept(&keeping) == [(2, 1)]).await;
    assert_eq!(presence(&keeping, Source::Pc, ALL), [(1, vec![1]), (2, vec![3])], "it is where it was");
    assert_eq!(recent(&keeping, of_user(1)), [(1, vec![2, 1])]);
    // While other transactions of the cluster are running, a snapshot does not cover what began after them, and nothing is
    // deleted before the next retention, which a new start brings forward.
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(60);
    let mut restarts = 0;
    while keeping.tenants().await.unwrap()[0].events > 1 {
        assert!(std::time::Instant::now() < deadline, "nothing is deleted");
        let step = std::time::Instant::now() + std::time::Duration::from_secs(2);
        while keeping.events_deleted() == 0 && std::time::Instant::now() < step {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        if keeping.events_deleted() == 0 {
            restarts += 1;
            keeping = store.place.open_keeping(Some(Retention { days: 31 })).await;
        }
    }
    if restarts == 0 {
        soon(|| keeping.events_deleted() == 3).await;
    }
    // A new start loads the same from the snapshot.
    let again = store.place.open(UtcOffset::VENDOR).await;
    assert_eq!(presence(&again, Source::Pc, ALL), [(1, vec![1]), (2, vec![3])]);
    assert_eq!(recent(&again, of_user(1)), [(1, vec![2, 1])]);
    let appended = again.append(tenant(1), vec![of(3, online(2, now - DAY))]).await.unwrap();
    assert_eq!(appended.repeated, 1, "what is kept is known to be there");
}
