//! When it is time to save the state.

use std::sync::{
    Arc,
    atomic::{AtomicI64, AtomicUsize, Ordering},
};

use tokio::sync::Notify;

/// It is not worth saving what is learnt from fewer events: that takes a fraction of a second.
const FEW_EVENTS: usize = 200_000;
/// About so many bytes an event takes in a saved state.
const BYTES_AN_EVENT: usize = 23;
/// A state is saved again when it has grown, or changed, by this part of it.
const PART: usize = 8;

/// Knows when it is time to save.
#[derive(Default)]
pub struct Clerk {
    pub unsaved: AtomicUsize,
    /// How large the state was when it was saved last.
    bytes: AtomicUsize,
    pub generation: AtomicI64,
    pub due: Arc<Notify>,
}

impl Clerk {
    /// What is known is what was saved, then and so large.
    pub fn loaded(&self, generation: i64, bytes: usize) {
        self.generation.store(generation, Ordering::Relaxed);
        self.bytes.store(bytes, Ordering::Relaxed);
    }

    /// So many events were learnt that no saved state covers.
    pub fn count(&self, events: usize) {
        self.unsaved.fetch_add(events, Ordering::Relaxed);
        if self.is_due() {
            self.due.notify_one();
        }
    }

    /// Whether it is worth saving.
    pub fn is_due(&self) -> bool {
        let much = FEW_EVENTS.max(self.bytes.load(Ordering::Relaxed) / BYTES_AN_EVENT / PART);
        self.unsaved.load(Ordering::Relaxed) >= much
    }
}
