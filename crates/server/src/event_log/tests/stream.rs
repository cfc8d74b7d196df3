//! The order of the log for readers of changes.

use std::sync::Arc;

use tokio::task::JoinSet;

use super::{TestDatabase, fixture::*};
use crate::event_log::{
    EventLog, ReadCursor,
    stream::{Lost, StreamEvent, StreamPosition, StreamRead, StreamSearch},
};

/// Reads everything behind a position, in pages. Also returns the position at the end.
pub async fn read_by(log: &dyn EventLog, after: StreamPosition, limit: usize) -> (Vec<StreamEvent>, StreamPosition) {
    let (mut events, mut after) = (Vec::new(), after);
    loop {
        match log.stream(StreamSearch { after, tenant: None, limit }).await.unwrap() {
            StreamRead::Lost(lost) => panic!("{lost:?}"),
            StreamRead::Page(page) => {
                assert!(page.end >= after, "a page never goes back");
                events.extend(page.events);
                after = page.end;
                if !page.more {
                    return (events, after);
                }
            }
        }
    }
}

pub async fn read(log: &dyn EventLog, after: StreamPosition) -> Vec<StreamEvent> {
    read_by(log, after, 1_000).await.0
}

/// Where each event is, as a text, and its number.
pub fn places(events: &[StreamEvent]) -> Vec<(String, u64)> {
    events.iter().map(|event| (event.position.to_string(), event.logged.event.user_id.get())).collect()
}

pub async fn lost(log: &dyn EventLog, after: StreamPosition) -> Option<Lost> {
    match log.stream(StreamSearch { after, tenant: None, limit: 10 }).await.unwrap() {
        StreamRead::Lost(lost) => Some(lost),
        StreamRead::Page(_) => None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn all_readers_have_one_order_whenever_and_wherever_they_read() {
    for database in TestDatabase::each().await {
        let logs = [database.log().await, database.log().await, database.log().await];
        add(&*logs[0], 1).await;
        let start = logs[0].stream_end().await.unwrap();
        assert!(read(&*logs[1], start).await.is_empty());
        let mut tasks = JoinSet::new();
        for (log, first) in logs.iter().zip((0..).step_by(300)) {
            let (writer, reader) = (Arc::clone(log), Arc::clone(log));
            tasks.spawn(async move {
                for number in (first..first + 300).step_by(6) {
                    assert_eq!(append(&*writer, events(number..number + 6)).await, (6, 0));
                }
                Vec::new()
            });
            tasks.spawn(async move {
                let (mut seen, mut after) = (Vec::new(), start);
                while seen.len() < 900 {
                    // Each goes on at the position of the last event, as a text, or at the end of the page.
                    let end = reader.stream_end().await.unwrap();
                    let (new, read) = read_by(&*reader, after, 1 + seen.len() % 40).await;
                    assert!(read >= end, "what had ended is read");
                    after = match new.last() {
                        Some(last) if seen.len() % 2 == 0 => last.position.to_string().parse().unwrap(),
                        _ => read,
                    };
                    seen.extend(new);
                }
                places(&seen)
            });
        }
        let mut lists: Vec<_> = tasks.join_all().await.into_iter().filter(|list| !list.is_empty()).collect();
        lists.push(places(&read(&*database.log().await, start).await));
        assert_eq!(lists.len(), 4);
        assert!(lists.iter().all(|list| *list == lists[0]), "all have the same events at the same positions");
        let mut numbers: Vec<_> = lists[0].iter().map(|(_, number)| *number).collect();
        numbers.sort_unstable();
        assert_eq!(numbers, (0..900).collect::<Vec<_>>(), "each event once");
        let position = |(text, _): &(String, u64)| text.parse::<StreamPosition>().unwrap();
        assert!(lists[0].iter().map(position).is_sorted_by(|one, other| one < other));
    }
}

#[tokio::test]
async fn the_events_of_an_append_keep_their_order_and_each_position_is_a_place_to_go_on() {
    for database in TestDatabase::each().await {
        let log = database.log().await;
        add(&*log, 1).await;
        add(&*log, 2).await;
        let start = log.stream_end().await.unwrap();
        for numbers in [0..3, 3..4, 4..9] {
            append(&*log, events(numbers.clone())).await;
            log.append(tenant(2), events(numbers)).await.unwrap();
            log.stream_end().await.unwrap();
        }
        let whole = read(&*log, start).await;
        let of_first = whole.iter().filter(|event| event.tenant.0 == whole[0].tenant.0);
        assert_eq!(
            of_first.map(|event| event.logged.event.user_id.get()).collect::<Vec<_>>(),
            (0..9).collect::<Vec<_>>()
        );
        assert!(whole.is_sorted_by_key(|event| event.arrived));
        for (index, event) in whole.iter().enumerate() {
            assert_eq!(places(&read(&*log, event.position).await), places(&whole[index + 1..]));
            let search = StreamSearch { after: event.position, tenant: Some(event.tenant), limit: 1_000 };
            let StreamRead::Page(page) = log.stream(search).await.unwrap() else { panic!() };
            let same = whole[index + 1..].iter().filter(|other| other.tenant.0 == event.tenant.0).cloned();
            assert_eq!(places(&page.events), places(&same.collect::<Vec<_>>()), "of one tenant");
        }
        assert_eq!(append(&*log, events(0..3)).await, (0, 3));
        let end = log.stream_end().await.unwrap();
        assert!(read(&*log, end).await.is_empty(), "a repeat is no event");
        assert_eq!(read_by(&*log, end, 5).await.1, end);
    }
}

#[tokio::test]
async fn a_position_that_the_log_did_not_give_out_is_lost() {
    for database in TestDatabase::each().await {
        let log = database.log().await;
        add(&*log, 1).await;
        append(&*log, events(0..3)).await;
        let end = log.stream_end().await.unwrap();
        let text = end.to_string();
        let (step, tag) = text.split_once('.').unwrap();
        let other = u32::from_str_radix(tag, 16).unwrap() ^ 1;
        for unknown in [format!("{step}.{other:08x}"), format!("{}.{tag}", step.parse::<u64>().unwrap() + 1)] {
            assert_eq!(lost(&*log, unknown.parse().unwrap()).await, Some(Lost::Unknown), "{unknown}");
        }
        assert_eq!(lost(&*log, end).await, None);
    }
}

#[tokio::test]
async fn what_has_expired_is_no_place_to_go_on_and_the_end_always_is() {
    for database in TestDatabase::each().await {
        let log = database.log().await;
        add(&*log, 1).await;
        let mut positions = vec![log.stream_end().await.unwrap()];
        for number in 0..4 {
            append(&*log, vec![event(number)]).await;
            positions.push(log.stream_end().await.unwrap());
        }
        // Later than all steps were made.
        let cutoff = crate::event::now() + 1_000_000;
        while log.apply_retention(Some(cutoff)).await.unwrap().more {}
        let (end, older) = positions.split_last().unwrap();
        for position in older {
            assert_eq!(lost(&*log, *position).await, Some(Lost::Expired));
        }
        assert!(read(&*log, *end).await.is_empty());
        append(&*log, vec![event(9)]).await;
        log.stream_end().await.unwrap();
        let found = read(&*log, *end).await;
        assert_eq!(found.iter().map(|event| event.logged.event.user_id.get()).collect::<Vec<_>>(), [9]);
        assert!(log.read(ReadCursor::default(), 10).await.is_ok());
    }
}
