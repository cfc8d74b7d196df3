//! The log is cut by the time of its events, so that what is too old can go at once.

use std::{
    collections::HashSet,
    sync::{Mutex, PoisonError},
    time::{SystemTime, UNIX_EPOCH},
};

use deadpool_postgres::ClientWrapper;

use super::failure::Failure;
use crate::event::StatusEvent;

/// Each partition has the events of so many milliseconds: 30 days.
pub const PARTITION_MILLISECONDS: i64 = 30 * 24 * 60 * 60 * 1000;

/// Before 2009 there were no accounts. Events of other times are few, and stay in the partition for all else.
const FIRST_PARTITION: i64 = 1_230_768_000_000 / PARTITION_MILLISECONDS;

/// The partitions that need not be made any more, as far as this process knows. Where one was taken away since, its
/// events go to the partition for all else.
#[derive(Default)]
pub struct Partitions(Mutex<HashSet<i64>>);

impl Partitions {
    /// Makes the partitions where `events` belong and that are not there.
    ///
    /// One that can't be made, because somebody has the log locked or events of its time lie elsewhere, is not needed.
    pub async fn prepare(
        &self,
        client: &ClientWrapper,
        events: impl Iterator<Item = &StatusEvent>,
    ) -> Result<(), Failure> {
        for number in self.missing(events) {
            let sql = format!(
                "BEGIN;
                SET LOCAL lock_timeout = '2s';
                SELECT pg_advisory_xact_lock(hashtext('group_dispatch.partition'));
                CREATE TABLE IF NOT EXISTS {} PARTITION OF status_event FOR VALUES FROM ({}) TO ({});
                COMMIT",
                name(number),
                number * PARTITION_MILLISECONDS,
                (number + 1) * PARTITION_MILLISECONDS
            );
            if let Err(failure) = client.batch_execute(&sql).await.map_err(Failure::from) {
                if !failure.is_answer() {
                    return Err(failure);
                }
                client.batch_execute("ROLLBACK").await?;
            }
            self.known().insert(number);
        }
        Ok(())
    }

    fn missing<'a>(&self, events: impl Iterator<Item = &'a StatusEvent>) -> HashSet<i64> {
        let latest = now() / PARTITION_MILLISECONDS + 2;
        let numbers = events.map(|event| event.at.div_euclid(PARTITION_MILLISECONDS));
        let mut numbers: HashSet<i64> = numbers.filter(|number| (FIRST_PARTITION..=latest).contains(number)).collect();
        let known = self.known();
        numbers.retain(|number| !known.contains(number));
        numbers
    }

    /// A panic can't leave the set half changed.
    fn known(&self) -> std::sync::MutexGuard<'_, HashSet<i64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn name(number: i64) -> String {
    format!("status_event_{number}")
}

fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
