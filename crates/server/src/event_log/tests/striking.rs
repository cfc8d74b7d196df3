//! Striking: a struck event is in the log and is never read again.

use std::time::{Duration, Instant};

use super::{TestDatabase, fixture::*, snapshots::save};
use crate::{
    event::StatusEvent,
    event_log::{
        EventLog,
        strike::{EventFilter, Strike},
    },
};

fn any_at(at: i64) -> EventFilter {
    EventFilter { event_id: None, user_id: None, whatsapp: None, source: None, times: at..at + 1 }
}

fn later(number: u32) -> StatusEvent {
    StatusEvent { at: DAY + 1_000 * i64::from(number), ..event(number) }
}

async fn is_struck(log: &dyn EventLog, filter: EventFilter) -> bool {
    matches!(log.strike(tenant(1), filter, false).await.unwrap(), Strike::Struck(_))
}

/// Applies retention to its end. Returns how many events it deleted.
async fn delete_all(log: &dyn EventLog, before: Option<i64>) -> u64 {
    let mut deleted = 0;
    loop {
        let step = log.apply_retention(before).await.unwrap();
        deleted += step.events;
        if !step.more {
            return deleted;
        }
    }
}

async fn strikes(log: &dyn EventLog) -> u64 {
    log.read(Default::default(), 0).await.unwrap().tenants.unwrap()[0].strikes
}

#[tokio::test]
async fn a_struck_event_is_never_read_and_never_stored_again() {
    for database in TestDatabase::each().await {
        let (log, other) = (database.log().await, database.log().await);
        add(&*log, 1).await;
        let named = StatusEvent { event_id: Some("\0id".into()), ..later(3) };
        append(&*log, vec![later(1), later(2), named.clone(), later(4)]).await;
        let mut reader = Reader::default();
        reader.read(&*log).await;
        save(&*log, reader.cursor, &[b"has them"]).await;
        let dry = other.strike(tenant(1), any_at(later(2).at), true).await.unwrap();
        assert!(matches!(dry, Strike::Struck(found) if *found == later(2)));
        assert_eq!((all(&*log).await, strikes(&*log).await), (vec![1, 2, 3, 4], 0));
        assert!(log.latest_snapshot().await.unwrap().is_some());

        assert!(is_struck(&*other, any_at(later(2).at)).await);
        assert!(
            is_struck(&*other, EventFilter { event_id: Some("\0id".into()), times: 0..i64::MAX, ..any_at(0) }).await
        );
        assert_eq!((all(&*log).await, strikes(&*log).await), (vec![1, 4], 2));
        assert!(log.latest_snapshot().await.unwrap().is_none());
        let of_before = log.begin_snapshot(reader.cursor).await.unwrap();
        assert!(of_before.is_none(), "a reader of before has what was struck");
        for log in [log, other, database.log().await] {
            assert_eq!(append(&*log, vec![later(2), named.clone(), later(1)]).await, (0, 3));
            assert_eq!(all(&*log).await, [1, 4]);
        }
    }
}

#[tokio::test]
async fn only_one_event_is_struck_and_only_while_all_are_there() {
    for database in TestDatabase::each().await {
        let log = database.log().await;
        add(&*log, 1).await;
        append(&*log, vec![event(1), event(2), later(3)]).await;
        let strike = async |filter| log.strike(tenant(1), filter, false).await.unwrap();
        assert!(matches!(strike(any_at(DAY)).await, Strike::Ambiguous));
        assert!(matches!(strike(any_at(DAY + 1)).await, Strike::Missing));
        assert!(log.strike(tenant(2), any_at(DAY), false).await.is_err(), "an unknown tenant");
        assert!(matches!(strike(EventFilter { user_id: Some(2.into()), ..any_at(DAY) }).await, Strike::Struck(_)));
        let again = strike(EventFilter { user_id: Some(2.into()), ..any_at(DAY) }).await;
        assert!(matches!(again, Strike::Missing));
        let other_source = EventFilter { source: Some(2.into()), ..any_at(DAY) };
        assert!(matches!(strike(other_source).await, Strike::Missing));
        let other_account = EventFilter { whatsapp: Some(7.try_into().unwrap()), ..any_at(DAY) };
        assert!(matches!(strike(other_account).await, Strike::Missing));

        let (mut reader, mut deleted) = (Reader::default(), 0);
        let deadline = Instant::now() + Duration::from_secs(60);
        while deleted < 2 {
            // In PostgreSQL, a snapshot covers no event as long as a transaction of before runs in the cluster, as those of
            // other tests.
            assert!(Instant::now() < deadline, "the struck one has expired as well");
            reader.read(&*log).await;
            save(&*log, reader.cursor, &[b"has them"]).await;
            deleted += delete_all(&*log, Some(DAY + 1)).await;
        }
        assert!(matches!(strike(any_at(later(3).at)).await, Strike::EventsExpired));
        assert_eq!(all(&*log).await, [3]);
    }
}

#[tokio::test]
async fn struck_events_go_with_their_tenant() {
    for database in TestDatabase::each().await {
        let log = database.log().await;
        add(&*log, 1).await;
        append(&*log, vec![event(1), later(2)]).await;
        assert!(is_struck(&*log, any_at(DAY)).await);
        log.remove_tenant(tenant(1), true).await.unwrap();
        assert_eq!(delete_all(&*log, None).await, 2);
    }
}

/// The other process knows the keys of all events up to one that it has read, and not that of the struck one.
#[tokio::test]
async fn an_event_that_was_struck_before_another_process_saw_it_is_not_stored_again() {
    for database in TestDatabase::each().await {
        let (log, other) = (database.log().await, database.log().await);
        add(&*log, 1).await;
        assert_eq!(append(&*log, vec![later(1)]).await, (1, 0));
        assert_eq!(append(&*other, vec![later(2)]).await, (1, 0));
        assert!(is_struck(&*other, any_at(later(2).at)).await);
        assert_eq!(append(&*log, vec![later(2)]).await, (0, 1));
        assert_eq!(all(&*log).await, [1]);
    }
}
