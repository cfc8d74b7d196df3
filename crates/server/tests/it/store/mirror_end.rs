//! A mirror that was ended makes nothing out of date, and may begin again.

use group_dispatch_server::{
    ApiKey,
    store::{Admin, Freshness, Look, LookConflict, MirrorEnd, Mirrored, Store},
};
use group_dispatch_types::{Source, UtcOffset};

use super::{
    fixture::*,
    mirrored::{append, events, facts, gap, logged, look, observed},
};

/// Returns the last look at each source that can be out of date.
fn last(store: &Store) -> Vec<Option<i64>> {
    let known = store.tenant(tenant(1)).unwrap();
    Source::ALL.iter().map(|source| known.last_look(*source)).collect()
}

#[tokio::test]
async fn a_mirror_that_was_ended_makes_nothing_stale_until_it_looks_again() {
    let store = with([]).await;
    let other = store.place.open(UtcOffset::VENDOR).await;
    let admin = Admin::open(&store.place.database()).await.unwrap();
    assert_eq!(admin.end_mirror(tenant(1)).await.unwrap(), MirrorEnd::NotMirrored);
    assert_eq!(admin.end_mirror(tenant(2)).await.unwrap(), MirrorEnd::Unknown);

    let mobile = Look { source: Source::Mobile, ..look(1, None, 3_000) };
    let call =
        facts(&[look(1, None, 1_000)], &[logged(0, online(1, 1_000)), observed(None, online(2, 900))], &[gap(900)]);
    append(&store, call).await;
    append(&store, facts(&[Look { continues: false, ..look(1, Some(1_000), 2_000) }, mobile], &[], &[])).await;
    store.add_tenant(tenant(3), ApiKey::new("key")).await.unwrap();
    store.append_mirrored(tenant(3), facts(&[look(1, None, 1_000)], &[], &[])).await.unwrap();
    soon(|| last(&other) == [Some(2_000), Some(3_000), None]).await;
    let before = store.freshness(tenant(1)).unwrap();

    // Other servers detect it, and one that starts later knows it.
    assert_eq!(admin.end_mirror(tenant(1)).await.unwrap(), MirrorEnd::Ended { last: 3_000 });
    assert_eq!(admin.end_mirror(tenant(1)).await.unwrap(), MirrorEnd::NotMirrored, "it was ended before");
    admin.close().await.unwrap();
    for server in [&store.store, &other] {
        soon(|| last(server) == [None; 3]).await;
    }
    let later = store.place.open(UtcOffset::VENDOR).await;
    assert_eq!(last(&later), [None; 3]);
    assert_eq!(later.tenant(tenant(3)).unwrap().last_look(Source::Pc), Some(1_000), "another tenant is as before");

    // What was mirrored stays, and so do the looks, behind which a mirror goes on.
    assert_eq!((events(&store).await, store.place.rows("gap").await), (2, 1));
    assert_eq!(presence(&later, Source::Pc, ALL), [(1, vec![100])]);
    let ended = later.freshness(tenant(1)).unwrap();
    assert!(ended.iter().all(|freshness| freshness.ended.is_some_and(|at| at > 3_000)), "{ended:?}");
    let but_for_the_end: Vec<_> = ended.into_iter().map(|freshness| Freshness { ended: None, ..freshness }).collect();
    assert_eq!(but_for_the_end, before);

    // A look that does not know the one before is a conflict as ever.
    let conflict = Mirrored::Conflict(LookConflict { source: Source::Pc, last: Some(2_000) });
    assert_eq!(append(&other, facts(&[look(2, None, 9_000)], &[], &[])).await, conflict);
    append(&other, facts(&[Look { continues: false, ..look(2, Some(2_000), 9_000) }], &[], &[])).await;
    for server in [&store.store, &other, &later] {
        soon(|| last(server) == [Some(9_000), None, None]).await;
    }
    let pc = other.freshness(tenant(1)).unwrap()[0];
    assert_eq!((pc.first, pc.since, pc.last, pc.ended), (1_000, 9_000, 9_000, None), "nobody looked in between");
    // It may also continue its stretch, if it never stopped.
    let mobile = |after, at| Look { source: Source::Mobile, ..look(1, Some(after), at) };
    append(&other, facts(&[mobile(3_000, 4_000)], &[], &[])).await;
    let mobile = other.freshness(tenant(1)).unwrap()[1];
    assert_eq!((mobile.since, mobile.last, mobile.ended), (3_000, 4_000, None));
    assert_eq!(last(&other), [Some(9_000), Some(4_000), None]);
}
