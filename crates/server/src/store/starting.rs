//! How a store comes to know what it answers: from the state that was saved last, and the events that came after it.

use std::time::Instant;

use super::{
    Shared, StoreError,
    log::{Changes, Position, Saved},
    model,
};

/// Parts of a saved state that are read in one go.
const PARTS_AT_ONCE: u32 = 16;

impl Shared {
    /// Learns what was saved last, and what was appended since.
    pub(super) async fn start(&self) -> Result<(), StoreError> {
        let began = Instant::now();
        loop {
            // Whatever was learnt before is forgotten with the tenants it was of.
            self.model.set_tenants(Vec::new());
            *self.position.lock() = Position::default();
            let saved = self.log.saved().await?;
            let is_loaded = match &saved {
                Some(saved) => self.load(saved).await?,
                None => false,
            };
            if !is_loaded {
                // Another may have been saved in its place meanwhile.
                if self.log.saved().await? == saved {
                    self.do_without(saved.as_ref()).await?;
                }
                if saved.is_some() {
                    continue;
                }
            }
            let events = self.catch_up().await?;
            // Another may have saved a state meanwhile, and cleared away what it covers before it was read here.
            if self.log.saved().await? == saved {
                let seconds = began.elapsed().as_secs_f32();
                tracing::info!(from_saved_state = is_loaded, events, seconds, "started");
                return Ok(());
            }
        }
    }

    /// Says whether all of it was there, and could be read.
    async fn load(&self, saved: &Saved) -> Result<bool, StoreError> {
        let Changes { tenants, .. } = self.log.read(Position::default(), 0).await?;
        self.model.set_tenants(tenants.unwrap_or_default());
        let mut bytes = 0;
        let mut left = saved.parts;
        while left > 0 {
            let places = left.saturating_sub(PARTS_AT_ONCE)..left;
            left = places.start;
            let parts = self.log.saved_parts(saved, places.clone()).await?;
            let is_read = |part: &Vec<u8>| model::load(&self.model, part).is_some();
            if parts.len() < places.len() || !parts.iter().rev().all(is_read) {
                return Ok(false);
            }
            bytes += parts.iter().map(Vec::len).sum::<usize>();
        }
        self.housekeeping.loaded(saved.generation, bytes);
        // The list of tenants is read again, with the events that follow.
        *self.position.lock() = Position { tenants: 0, ..saved.position };
        Ok(true)
    }

    /// Has the events tell all there is, if they do, where a saved state is missing or can't be read.
    async fn do_without(&self, saved: Option<&Saved>) -> Result<(), StoreError> {
        match (self.log.do_without(saved).await?, saved) {
            (true, None) => {}
            (true, Some(_)) => tracing::warn!(
                "the saved state can't be read, as when another version of this program wrote it; all events are read \
                 instead"
            ),
            (false, None) => return Err(StoreError::StateMissing),
            (false, Some(_)) => return Err(StoreError::StateUnreadable),
        }
        Ok(())
    }
}
