//! How a store comes to know what it answers: from the state that was saved last, and the events that came after it.

use std::time::Instant;

use super::shared::Shared;
use crate::{
    error::StoreError,
    event_log::{Changes, ReadCursor, Snapshot},
    presence,
};

/// Parts of a saved state that are read in one go.
const CHUNKS_AT_ONCE: u32 = 16;

impl Shared {
    /// Learns what was saved last, and what was appended since.
    pub(super) async fn recover(&self) -> Result<(), StoreError> {
        let began = Instant::now();
        loop {
            // Whatever was learnt before is forgotten with the tenants it was of.
            self.model.set_tenants(Vec::new());
            *self.position.lock() = ReadCursor::default();
            let saved = self.log.latest_snapshot().await?;
            if let Some(saved) = &saved
                && !self.load(saved).await?
            {
                self.discard_unreadable(saved).await?;
                continue;
            }
            if saved.is_none() && !self.log.has_all_events().await? {
                // Another may have been saved meanwhile.
                if self.log.latest_snapshot().await?.is_none() {
                    return Err(StoreError::SnapshotMissing);
                }
                continue;
            }
            let events_read = self.catch_up().await?;
            // Another may have saved a state meanwhile, and deleted what it covers before it was read here.
            if self.log.latest_snapshot().await? == saved {
                let milliseconds = began.elapsed().as_millis();
                tracing::info!(from_saved_state = saved.is_some(), events_read, milliseconds, "started");
                return Ok(());
            }
        }
    }

    /// Says whether all of it was there, and could be read.
    async fn load(&self, saved: &Snapshot) -> Result<bool, StoreError> {
        let Changes { tenants, .. } = self.log.read(ReadCursor::default(), 0).await?;
        self.model.set_tenants(tenants.unwrap_or_default());
        let mut bytes = 0;
        let mut left = saved.chunks;
        while left > 0 {
            let places = left.saturating_sub(CHUNKS_AT_ONCE)..left;
            left = places.start;
            let parts = self.log.read_chunks(saved, places.clone()).await?;
            let is_read = |part: &Vec<u8>| presence::snapshot::load(&self.model, part).is_some();
            if parts.len() < places.len() || !parts.iter().rev().all(is_read) {
                return Ok(false);
            }
            bytes += parts.iter().map(Vec::len).sum::<usize>();
        }
        self.snapshots.loaded(saved.generation, bytes);
        // The list of tenants is read again, with the events that follow.
        *self.position.lock() = ReadCursor { tenants: 0, ..saved.position };
        Ok(true)
    }

    /// Lets go of a state that can't be read, if the events tell all that it did.
    async fn discard_unreadable(&self, saved: &Snapshot) -> Result<(), StoreError> {
        let is_there = async || Ok::<_, StoreError>(self.log.latest_snapshot().await?.as_ref() == Some(saved));
        // Another may have been saved in its place meanwhile.
        if is_there().await? {
            self.log.discard_snapshot(saved).await?;
            if is_there().await? {
                return Err(StoreError::SnapshotUnreadable);
            }
            tracing::warn!(
                "the saved state can't be read, for another version of this program wrote it or it is damaged; all events \
                 are read instead"
            );
        }
        Ok(())
    }
}
