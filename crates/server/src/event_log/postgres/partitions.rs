//! Creates partitions of the log by the time of events, so that retention can drop expired ones.
//!
//! They pay for `--keep-days` (operating.md): 300,000 expired events were gone with 13 MB of write-ahead log, most of it
//! the snapshot before, and nothing left on the disk; `DELETE` wrote 58 MB and left 57 MB to be used again (`cargo bench
//! -p group-dispatch-server --bench postgres`).

use std::collections::HashSet;

use deadpool_postgres::ClientWrapper;

use super::error;
use crate::{
    error::StoreError,
    event::{StatusEvent, now},
};

/// The time that a partition covers: 30 days.
const PARTITION_MILLISECONDS: i64 = 30 * 24 * 60 * 60 * 1000;

/// The first partition, in 2009, when the first accounts existed. Events of other times are few, and are in the default
/// partition.
const FIRST_PARTITION: i64 = 1_230_768_000_000 / PARTITION_MILLISECONDS;

/// The partitions that exist, as far as this process knows. If one was dropped since, its events go to the default
/// partition.
#[derive(Default)]
pub struct Partitions(HashSet<i64>);

impl Partitions {
    /// Creates the partitions of `events` that are missing.
    ///
    /// If one can't be created, because the log is locked or the default partition has events of its time, the events
    /// go to the default partition.
    pub async fn create_missing(
        &mut self,
        client: &ClientWrapper,
        events: impl Iterator<Item = &StatusEvent>,
    ) -> Result<(), StoreError> {
        for number in self.missing(events) {
            let (from, to) = (number * PARTITION_MILLISECONDS, (number + 1) * PARTITION_MILLISECONDS);
            let sql = format!(
                "BEGIN;
                SET LOCAL lock_timeout = '2s';
                SELECT pg_advisory_xact_lock(hashtext('group_dispatch.partition'));
                CREATE TABLE IF NOT EXISTS status_event_{number} PARTITION OF status_event
                    FOR VALUES FROM ({from}) TO ({to});
                COMMIT"
            );
            if let Err(error) = client.batch_execute(&sql).await.map_err(StoreError::from) {
                if !error::is_rejection(&error) {
                    return Err(error);
                }
                client.batch_execute("ROLLBACK").await?;
            }
            self.0.insert(number);
        }
        Ok(())
    }

    fn missing<'a>(&self, events: impl Iterator<Item = &'a StatusEvent>) -> HashSet<i64> {
        let range = FIRST_PARTITION..=now() / PARTITION_MILLISECONDS + 2;
        let numbers = events.map(|event| event.at.div_euclid(PARTITION_MILLISECONDS));
        numbers.filter(|number| range.contains(number) && !self.0.contains(number)).collect()
    }
}
