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
    retention::{HOUR, Retention, now},
    shared::Shared,
};
use crate::{
    error::{StoreError, chain},
    event_log::Trimmed,
    presence::snapshot::save::chunks,
};

/// So many parts are saved in one transaction: each waits for the disk.
const PARTS_AT_ONCE: usize = 8;
/// After a failure: what fails now, such as a full disk, fails again at once.
const PAUSE: Duration = Duration::from_secs(60);
/// Between two steps of clearing away, so that appending comes first.
const BREATH: Duration = Duration::from_millis(5);

impl Shared {
    pub async fn save(&self) -> Result<(), StoreError> {
        // What was appended here, the log may not have told of yet.
        self.catch_up().await?;
        let clerk = &self.housekeeping;
        let unsaved = clerk.unsaved.load(Ordering::Relaxed);
        let position = *self.position.lock();
        if let Some(mut saving) = self.log.begin_save(position).await? {
            let mut bytes = 0;
            for tenant in self.model.all() {
                let mut parts = chunks(&tenant);
                loop {
                    let next = move || (parts.by_ref().take(PARTS_AT_ONCE).collect::<Result<Vec<_>, _>>(), parts);
                    let (some, rest) = spawn_blocking(next).await?;
                    let some =
                        some.map_err(|error| StoreError::database(format!("a chunk can't be saved: {error}")))?;
                    if some.is_empty() {
                        break;
                    }
                    parts = rest;
                    bytes += some.iter().map(Vec::len).sum::<usize>();
                    self.log.save_parts(&mut saving, some).await?;
                }
            }
            let generation = saving.generation;
            self.log.finish_save(saving).await?;
            clerk.loaded(generation, bytes);
        }
        // Where another does it for this one, it is done as well; and where two do it at once, it is done once.
        let _ =
            clerk.unsaved.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |now| Some(now.saturating_sub(unsaved)));
        Ok(())
    }

    /// Saves unless another did while this one counted.
    async fn save_in_turn(&self) -> Result<(), StoreError> {
        let clerk = &self.housekeeping;
        let last = self.log.saved().await?.map_or(0, |saved| saved.generation);
        if clerk.generation.swap(last, Ordering::Relaxed) < last {
            clerk.unsaved.store(0, Ordering::Relaxed);
            return Ok(());
        }
        self.save().await
    }

    async fn clear_away(&self, oldest: Option<i64>) -> Result<(), StoreError> {
        if let Some(oldest) = oldest {
            self.oldest.store(oldest, Ordering::Relaxed);
            let tenants = self.model.all();
            spawn_blocking(move || tenants.iter().for_each(|tenant| tenant.index.expire(oldest))).await?;
            // Only what a saved state covers may go.
            self.save().await?;
        }
        let mut cleared = 0;
        loop {
            let Trimmed { events, more } = self.log.trim(oldest).await?;
            cleared += events;
            self.cleared.fetch_add(events, Ordering::Relaxed);
            if !more {
                break;
            }
            sleep(BREATH).await;
        }
        if cleared > 0 {
            tracing::info!(events = cleared, "events that were too old, or of removed tenants, were cleared away");
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
            next_hour = Instant::now() + Duration::from_millis((HOUR - now().rem_euclid(HOUR)).unsigned_abs());
            shared.clear_away(retention.map(Retention::oldest)).await
        } else {
            shared.save_in_turn().await
        };
        match outcome {
            Ok(()) => {}
            Err(StoreError::Closed) => return,
            Err(error) => {
                tracing::warn!(error = chain(&error), "saving or clearing away failed; it is tried again later");
                drop(shared);
                sleep(PAUSE).await;
                continue;
            }
        }
        let due = Arc::clone(&shared.housekeeping.due);
        drop(shared);
        tokio::select! {
            () = sleep_until(next_hour) => {}
            () = due.notified() => {}
        }
    }
}
