//! Decides when a snapshot is due.

use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};

use tokio::sync::Notify;

/// A start applies this many events in a fraction of a second, so that fewer are not worth a snapshot.
const MIN_EVENTS: usize = 200_000;
/// A snapshot has about this many bytes for each event that it covers.
const BYTES_PER_EVENT: usize = 23;
/// A snapshot is due when the events after it are this fraction of those that it covers.
const GROWTH_DIVISOR: usize = 8;

/// Counts the events that no snapshot covers.
#[derive(Default)]
pub struct SnapshotScheduler {
    events: AtomicUsize,
    /// The size of the latest snapshot that this process has read or written, and its generation.
    bytes: AtomicUsize,
    generation: AtomicI64,
    due: Notify,
}

impl SnapshotScheduler {
    /// Records a snapshot that was read or written; it covers `events` of the counted events.
    pub fn record(&self, generation: i64, bytes: usize, events: usize) {
        self.generation.store(generation, Ordering::Relaxed);
        self.bytes.store(bytes, Ordering::Relaxed);
        self.covered(events);
    }

    /// Records that a snapshot of any process covers `events` of the counted events.
    pub fn covered(&self, events: usize) {
        let _ = self.events.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |now| Some(now.saturating_sub(events)));
    }

    /// Records the generation of the latest snapshot. Returns whether it is a new one, of another process.
    pub fn is_newer(&self, generation: i64) -> bool {
        self.generation.swap(generation, Ordering::Relaxed) < generation
    }

    /// Counts events that were applied to the index.
    pub fn count(&self, events: usize) {
        self.events.fetch_add(events, Ordering::Relaxed);
        if self.is_due() {
            self.due.notify_one();
        }
    }

    /// Returns how many events no snapshot covers.
    pub fn events(&self) -> usize {
        self.events.load(Ordering::Relaxed)
    }

    /// Returns whether a snapshot is worth writing.
    pub fn is_due(&self) -> bool {
        self.events() >= MIN_EVENTS.max(self.bytes.load(Ordering::Relaxed) / BYTES_PER_EVENT / GROWTH_DIVISOR)
    }

    /// Returns when a snapshot may be due.
    pub async fn due(&self) {
        self.due.notified().await;
    }
}
