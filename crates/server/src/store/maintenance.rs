//! What a store does by itself now and then: it saves what it knows, and lets go of what is too old.

use std::{
    sync::{Arc, Weak, atomic::Ordering},
    time::Duration,
};

use tokio::{
    task::spawn_blocking,
    time::{Instant, sleep, sleep_until},
};

use super::{
    retention::{HOUR_MILLISECONDS, Retention, now},
    shared::Shared,
};
use crate::{
    error::{StoreError, chain},
    event_log::RetentionStep,
    presence::snapshot::parts,
};

/// So many parts are saved in one transaction: each waits for the disk.
const CHUNKS_AT_ONCE: usize = 8;
/// After a failure: what fails now, such as a full disk, fails again at once.
const RETRY_DELAY: Duration = Duration::from_secs(60);
/// Between two steps of clearing away, so that appending comes first.
const STEP_DELAY: Duration = Duration::from_millis(5);

impl Shared {
    pub async fn save_snapshot(&self) -> Result<(), StoreError> {
        // What was appended here, the log may not have told of yet.
        self.catch_up().await?;
        let scheduler = &self.snapshots;
        let events_since_snapshot = scheduler.events_since_snapshot.load(Ordering::Relaxed);
        let position = *self.position.lock();
        if let Some(mut saving) = self.log.begin_snapshot(position).await? {
            let mut bytes = 0;
            for tenant in self.model.all() {
                let mut parts = parts(&tenant);
                loop {
                    let next = move || (parts.by_ref().take(CHUNKS_AT_ONCE).collect::<Result<Vec<_>, _>>(), parts);
                    let (some, rest) = spawn_blocking(next).await?;
                    let some = some?;
                    if some.is_empty() {
                        break;
                    }
                    parts = rest;
                    bytes += some.iter().map(Vec::len).sum::<usize>();
                    self.log.write_chunks(&mut saving, some).await?;
                }
            }
            let generation = saving.generation;
            self.log.finish_snapshot(saving).await?;
            scheduler.loaded(generation, bytes);
        }
        // Where another does it for this one, it is done as well; and where two do it at once, it is done once.
        let _ = scheduler
            .events_since_snapshot
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |now| Some(now.saturating_sub(events_since_snapshot)));
        Ok(())
    }

    /// Saves unless another did while this one counted.
    async fn save_if_due(&self) -> Result<(), StoreError> {
        let scheduler = &self.snapshots;
        let last = self.log.latest_snapshot().await?.map_or(0, |saved| saved.generation);
        if scheduler.generation.swap(last, Ordering::Relaxed) < last {
            scheduler.events_since_snapshot.store(0, Ordering::Relaxed);
            return Ok(());
        }
        self.save_snapshot().await
    }

    async fn apply_retention(&self, oldest: Option<i64>) -> Result<(), StoreError> {
        if let Some(oldest) = oldest {
            self.kept_since.store(oldest, Ordering::Relaxed);
            let tenants = self.model.all();
            spawn_blocking(move || tenants.iter().for_each(|tenant| tenant.facts.forget(oldest))).await?;
            // Only what a saved state covers may go.
            self.save_snapshot().await?;
        }
        let mut events_deleted = 0;
        loop {
            let RetentionStep { events, more } = self.log.apply_retention(oldest).await?;
            events_deleted += events;
            self.events_deleted.fetch_add(events, Ordering::Relaxed);
            if !more {
                break;
            }
            sleep(STEP_DELAY).await;
        }
        if events_deleted > 0 {
            tracing::info!(events = events_deleted, "events that were too old, or of removed tenants, were deleted");
        }
        Ok(())
    }
}

/// Saves and clears away, for as long as the store is there.
pub async fn run(store: Weak<Shared>, retention: Option<Retention>) {
    let mut next_hour = Instant::now();
    loop {
        let Some(shared) = store.upgrade() else { return };
        let outcome = if next_hour <= Instant::now() {
            next_hour = Instant::now()
                + Duration::from_millis((HOUR_MILLISECONDS - now().rem_euclid(HOUR_MILLISECONDS)).unsigned_abs());
            shared.apply_retention(retention.map(Retention::cutoff)).await
        } else {
            shared.save_if_due().await
        };
        match outcome {
            Ok(()) => {}
            Err(StoreError::Closed) => return,
            Err(error) => {
                tracing::warn!(error = chain(&error), "saving or clearing away failed; it is tried again later");
                drop(shared);
                sleep(RETRY_DELAY).await;
                continue;
            }
        }
        let due = Arc::clone(&shared.snapshots.due);
        drop(shared);
        tokio::select! {
            () = sleep_until(next_hour) => {}
            () = due.notified() => {}
        }
    }
}
