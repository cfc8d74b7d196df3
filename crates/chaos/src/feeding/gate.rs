//! What the feeders share: whether they send, and what was achieved so far.

use std::{
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, atomic::AtomicI64},
    time::{Duration, Instant},
};

use crate::{event::Event, journal::Journal, server::Server};

/// The feeders of a world; two for each tenant.
pub const FEEDERS: usize = 6;

/// See the [module](self).
pub struct Shared {
    pub seed: u64,
    pub servers: Vec<Arc<Server>>,
    pub journal: Journal,
    pub gate: Mutex<Gate>,
    pub changed: Condvar,
    /// How wrong the clock of each feeder is, in milliseconds.
    pub clocks: [AtomicI64; FEEDERS],
    /// What each server acknowledged last.
    pub latest: Mutex<Vec<Option<Acknowledged>>>,
}

/// An event that a server acknowledged.
#[derive(Clone)]
pub struct Acknowledged {
    pub tenant: u64,
    pub event: Event,
    pub at: Instant,
}

/// What feeders and the campaign wait for.
pub struct Gate {
    pub mode: Mode,
    /// Feeders that are at work on a batch.
    pub busy: usize,
    pub last_success: Instant,
    pub longest_gap: Duration,
    /// The events of acknowledged batches.
    pub acknowledged: u64,
    pub problem: Option<String>,
}

/// Whether feeders send.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    Paused,
    Feeding,
    /// Paused, and a batch that fails is not sent again.
    Abandoning,
    Ended,
}

impl Shared {
    /// Locks the gate.
    pub fn gate(&self) -> MutexGuard<'_, Gate> {
        self.gate.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until no feeder is at work. Returns `false` if that takes too long.
    pub fn wait_until_quiet(&self, limit: Duration) -> bool {
        let gate = self.gate();
        let waited = self.changed.wait_timeout_while(gate, limit, |gate| gate.busy > 0);
        waited.unwrap_or_else(PoisonError::into_inner).0.busy == 0
    }

    /// Waits until there is something to send. Returns `false` at the end.
    pub fn begin(&self) -> bool {
        let is_paused = |gate: &mut Gate| matches!(gate.mode, Mode::Paused | Mode::Abandoning);
        let waited = self.changed.wait_while(self.gate(), is_paused);
        let mut gate = waited.unwrap_or_else(PoisonError::into_inner);
        gate.busy += 1;
        gate.mode != Mode::Ended
    }

    /// Notes that a feeder has an answer to its batch.
    pub fn end(&self) {
        self.gate().busy -= 1;
        self.changed.notify_all();
    }

    /// Returns whether a batch that fails is not sent again.
    pub fn gives_up(&self) -> bool {
        matches!(self.gate().mode, Mode::Abandoning | Mode::Ended)
    }

    /// Notes the last event that a server acknowledged.
    pub fn acknowledged_by(&self, server: usize, tenant: u64, event: &Event) {
        let acknowledged = Acknowledged { tenant, event: event.clone(), at: Instant::now() };
        self.latest.lock().unwrap_or_else(PoisonError::into_inner)[server] = Some(acknowledged);
    }

    /// Returns the last event that another server acknowledged.
    pub fn acknowledged_by_another(&self, server: usize) -> Option<Acknowledged> {
        let latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        let others = latest.iter().enumerate().filter(|(number, _)| *number != server);
        others.filter_map(|(_, acknowledged)| acknowledged.clone()).max_by_key(|acknowledged| acknowledged.at)
    }

    /// Notes an acknowledged batch.
    pub fn succeeded(&self, events: usize) {
        let (mut gate, now) = (self.gate(), Instant::now());
        gate.longest_gap = gate.longest_gap.max(now - gate.last_success);
        gate.last_success = now;
        gate.acknowledged += events as u64;
    }
}
