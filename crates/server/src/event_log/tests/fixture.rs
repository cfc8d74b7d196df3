//! Events to append, and a reader that follows a log.

use std::{collections::HashMap, time::Duration};

use crate::{
    ApiKey, TenantId,
    event::{LoggedEvent, Provenance, StatusEvent},
    event_log::{Changes, EventLog, LoggedBatch, ReadCursor, SnapshotChunk},
    tenant::TenantNumber,
};
use group_dispatch_types::{AccountStatus, Source, StatusDetail};

/// 2024-07-08.
pub const DAY: i64 = 1_720_396_800_000;

/// An event with a number as its user id.
pub fn event(number: u32) -> StatusEvent {
    StatusEvent {
        event_id: None,
        user_id: number.into(),
        agent_account: "agent".into(),
        user_name: None,
        whatsapp: 573_125_704_139_u64.try_into().unwrap(),
        name: Some("jack".into()),
        status: AccountStatus::Online,
        source: Source::Pc,
        country_code: "Colombia".into(),
        detail_status: StatusDetail::PcOnline,
        at: DAY,
        provenance: Provenance::Fed,
    }
}

pub fn events(numbers: std::ops::Range<u32>) -> Vec<StatusEvent> {
    numbers.map(event).collect()
}

pub fn tenant(id: u64) -> TenantId {
    id.into()
}

pub async fn add(log: &dyn EventLog, id: u64) {
    assert!(log.add_tenant(tenant(id), ApiKey::new("key")).await.unwrap());
}

/// A chunk of a snapshot, of the first tenant.
pub fn chunk(bytes: Vec<u8>) -> SnapshotChunk {
    SnapshotChunk { tenant: TenantNumber(1), bytes }
}

/// Appends events of tenant 1. Returns how many were stored and how many were repeats.
pub async fn append(log: &dyn EventLog, events: Vec<StatusEvent>) -> (usize, usize) {
    let LoggedBatch { stored, repeated, .. } = log.append(tenant(1), events).await.unwrap();
    (stored.len(), repeated)
}

/// Reads a log and counts how often each number came.
#[derive(Default)]
pub struct Reader {
    pub cursor: ReadCursor,
    pub seen: HashMap<u64, usize>,
    pub events: Vec<LoggedEvent>,
}

impl Reader {
    /// Reads to the end. Returns how many events came.
    pub async fn read(&mut self, log: &dyn EventLog) -> usize {
        self.read_by(log, 1_000).await
    }

    pub async fn read_by(&mut self, log: &dyn EventLog, most: usize) -> usize {
        let mut count = 0;
        loop {
            let Changes { events, cursor, more, .. } = log.read(self.cursor, most).await.unwrap();
            self.cursor = cursor;
            count += events.len();
            for (_, logged) in events {
                *self.seen.entry(logged.event.user_id.get()).or_default() += 1;
                self.events.push(logged);
            }
            if !more {
                return count;
            }
        }
    }

    /// Follows the log until `number` events have come.
    pub async fn follow(&mut self, log: &dyn EventLog, number: usize) {
        let following = async {
            while self.seen.len() < number {
                log.changed().await.unwrap();
                self.read(log).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(120), following)
            .await
            .expect("the appends of other processes are read");
    }
}

/// Returns the numbers of all events, each of which has to come once.
pub async fn all(log: &dyn EventLog) -> Vec<u64> {
    let mut reader = Reader::default();
    reader.read(log).await;
    assert!(reader.seen.values().all(|times| *times == 1), "each event is there once");
    let mut numbers: Vec<_> = reader.seen.into_keys().collect();
    numbers.sort_unstable();
    numbers
}
