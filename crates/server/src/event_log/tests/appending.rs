//! Appends: what is stored, what is a repeat, and what is rejected.

use std::sync::Arc;

use group_dispatch_types::{AccountStatus, Source, StatusDetail, UserId, WhatsAppNumber};

use super::{TestDatabase, fixture::*};
use crate::{
    error::StoreError,
    event::{Provenance, StatusEvent},
    event_log::ReadCursor,
    tenant::Removal,
};

#[tokio::test]
async fn every_member_is_read_back() {
    for database in TestDatabase::each().await {
        let log = database.log().await;
        add(&*log, 1).await;
        let (first, last) = StatusEvent::TIMES.into_inner();
        let odd = StatusEvent {
            event_id: Some("\0\u{1A}0 '\\".into()),
            user_id: UserId::MAX,
            agent_account: "\0".into(),
            user_name: Some("张\u{1A}".into()),
            whatsapp: WhatsAppNumber::MAX,
            name: Some(String::new()),
            status: AccountStatus::Unknown(99),
            source: Source::Mobile,
            country_code: "哥伦比亚".into(),
            detail_status: StatusDetail::Unknown(-1),
            at: first,
            provenance: Provenance::Fed,
        };
        let empty =
            StatusEvent { at: last, agent_account: String::new(), country_code: String::new(), name: None, ..event(7) };
        let known = |number, provenance| StatusEvent { provenance, ..event(number) };
        let batch = vec![
            odd,
            empty,
            event(8),
            known(8, Provenance::Logged { ordinal: 0 }),
            known(8, Provenance::Logged { ordinal: u32::MAX }),
            known(8, Provenance::Observed { not_before: None }),
            known(8, Provenance::Observed { not_before: Some(first) }),
        ];
        let logged = log.append(tenant(1), batch.clone()).await.unwrap();
        let mut reader = Reader::default();
        reader.read(&*log).await;
        reader.events.sort_by_key(|logged| logged.seq);
        for ((stored, read), event) in logged.stored.iter().zip(&reader.events).zip(&batch) {
            assert!(stored.event == *event && read.event == *event && stored.seq == read.seq);
        }
        assert_eq!((logged.stored.len(), reader.events.len()), (7, 7));
        assert_eq!(append(&*log, batch.clone()).await, (0, 7));
        assert_eq!(append(&*database.log().await, batch).await, (0, 7));
    }
}

#[tokio::test]
async fn numbers_grow_within_and_between_batches() {
    for database in TestDatabase::each().await {
        let log = database.log().await;
        add(&*log, 1).await;
        let mut last = 0;
        for batch in [events(0..1), events(0..700), events(700..956), events(956..957), vec![]] {
            for logged in log.append(tenant(1), batch).await.unwrap().stored {
                assert!(logged.seq > last);
                last = logged.seq;
            }
        }
        assert_eq!(all(&*log).await.len(), 957);
    }
}

#[tokio::test]
async fn an_event_id_alone_identifies_an_event() {
    for database in TestDatabase::each().await {
        let log = database.log().await;
        add(&*log, 1).await;
        let id = |at| StatusEvent { event_id: Some("x".into()), at, ..event(1) };
        assert_eq!(append(&*log, vec![id(DAY), id(0)]).await, (1, 1));
        assert_eq!(append(&*log, vec![id(i64::from(u32::MAX)), event(1)]).await, (1, 1));
    }
}

#[tokio::test]
async fn a_logged_event_that_comes_again_under_other_names_is_a_repeat() {
    for database in TestDatabase::each().await {
        let log = database.log().await;
        add(&*log, 1).await;
        let logged = |ordinal| StatusEvent { provenance: Provenance::Logged { ordinal }, ..event(1) };
        let renamed = |event: StatusEvent| StatusEvent {
            agent_account: "renamed".into(),
            user_name: Some("renamed".into()),
            name: None,
            country_code: "renamed".into(),
            ..event
        };
        assert_eq!(append(&*log, vec![logged(0), logged(1), renamed(logged(0))]).await, (2, 1));
        assert_eq!(append(&*log, vec![renamed(logged(1)), logged(2)]).await, (1, 1));
        assert_eq!(append(&*database.log().await, vec![renamed(logged(2))]).await, (0, 1));
        assert_eq!(append(&*log, vec![event(1), renamed(event(1))]).await, (2, 0), "fed events");
    }
}

#[tokio::test]
async fn a_rejected_append_leaves_nothing_behind() {
    for database in TestDatabase::each().await {
        let log = database.log().await;
        let refused = log.append(tenant(1), events(0..1)).await;
        assert!(matches!(refused, Err(StoreError::UnknownTenant(id)) if id == tenant(1)));
        add(&*log, 1).await;
        assert_eq!(all(&*log).await, [0; 0]);
        assert_eq!(append(&*log, events(0..1)).await, (1, 0));
    }
}

#[tokio::test]
async fn a_tenant_that_is_added_again_has_no_events() {
    for database in TestDatabase::each().await {
        let log = database.log().await;
        assert_eq!(log.remove_tenant(tenant(1), true).await.unwrap(), Removal::Unknown);
        add(&*log, 1).await;
        append(&*log, events(0..3)).await;
        assert_eq!(log.remove_tenant(tenant(1), false).await.unwrap(), Removal::Refused { events: 3 });
        assert_eq!(log.remove_tenant(tenant(1), true).await.unwrap(), Removal::Removed { events: 3 });
        assert_eq!(log.tenants().await.unwrap(), []);
        add(&*log, 1).await;
        assert_eq!(append(&*log, events(0..3)).await, (3, 0));
        while log.apply_retention(None).await.unwrap().more {}
        assert_eq!(all(&*log).await.len(), 3);
        assert_eq!(append(&*log, events(0..4)).await, (1, 3));
    }
}

#[tokio::test]
async fn a_closed_log_fails() {
    for database in TestDatabase::each().await {
        let log = database.log().await;
        add(&*log, 1).await;
        let closing = Arc::clone(&log);
        let (appended, closed) = tokio::join!(append(&*log, events(0..10)), async move {
            tokio::task::yield_now().await;
            closing.close().await
        });
        assert_eq!(appended, (10, 0), "earlier appends are completed");
        closed.unwrap();
        assert!(matches!(log.append(tenant(1), vec![]).await, Err(StoreError::Closed)));
        assert!(matches!(log.read(ReadCursor::default(), 1).await, Err(StoreError::Closed)));
        assert!(matches!(log.changed().await, Err(StoreError::Closed)));
        assert!(matches!(log.tenants().await, Err(StoreError::Closed)));
        assert!(matches!(log.ready().await, Err(StoreError::Closed)));
        assert!(matches!(log.latest_snapshot().await, Err(StoreError::Closed)));
        assert!(matches!(log.begin_snapshot(ReadCursor::default()).await, Err(StoreError::Closed)));
        assert!(matches!(log.apply_retention(None).await, Err(StoreError::Closed)));
        assert!(matches!(log.close().await, Err(StoreError::Closed)));
    }
}

#[tokio::test]
async fn repeats_among_new_events_are_skipped() {
    for database in TestDatabase::each().await {
        let log = database.log().await;
        add(&*log, 1).await;
        assert_eq!(append(&*log, events(0..10)).await, (10, 0));
        assert_eq!(append(&*log, events(5..20)).await, (10, 5), "the first that come again");
        assert_eq!(append(&*log, events(15..30)).await, (10, 5), "after others that came again");
        assert_eq!(append(&*log, events(0..30)).await, (0, 30));
        assert_eq!(append(&*log, events(30..40)).await, (10, 0));
        assert_eq!(append(&*log, events(35..45)).await, (5, 5));
        assert_eq!(all(&*log).await, (0..45).collect::<Vec<_>>());
    }
}
