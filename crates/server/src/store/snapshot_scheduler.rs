//! When it is time to save the state.

use std::sync::{
    Arc,
    atomic::{AtomicI64, AtomicUsize, Ordering},
};

use tokio::sync::Notify;

/// It is not worth saving what is learnt from fewer events: that takes a fraction of a second.
const MIN_EVENTS: usize = 200_000;
/// About so many bytes an event takes in a saved state.
const BYTES_PER_EVENT: usize = 23;
/// A state is saved again when it has grown, or changed, by this part of it.
const GROWTH_DIVISOR: usize = 8;

/// Knows when it is time to save.
#[derive(Default)]
pub struct SnapshotScheduler {
    pub events_since_snapshot: AtomicUsize,
    /// How large the state was when it was saved last.
    bytes: AtomicUsize,
    pub generation: AtomicI64,
    pub due: Arc<Notify>,
}

impl SnapshotScheduler {
    /// What is known is what was saved, then and so large.
    pub fn loaded(&self, generation: i64, bytes: usize) {
        self.generation.store(generation, Ordering::Relaxed);
        self.bytes.store(bytes, Ordering::Relaxed);
    }

    /// So many events were learnt that no saved state covers.
    pub fn count(&self, events: usize) {
        self.events_since_snapshot.fetch_add(events, Ordering::Relaxed);
        if self.is_due() {
            self.due.notify_one();
        }
    }

    /// Whether it is worth saving.
    pub fn is_due(&self) -> bool {
        let much = MIN_EVENTS.max(self.bytes.load(Ordering::Relaxed) / BYTES_PER_EVENT / GROWTH_DIVISOR);
        self.events_since_snapshot.load(Ordering::Relaxed) >= much
    }
}
