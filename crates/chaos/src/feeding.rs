//! The feeders: threads that send batches until each is acknowledged or refused, and write the journal.
//!
//! Each feeder has a tenant and a preferred server. It sends a batch again after every failure, to another server if there
//! is one. Some batches are sent to two servers at once, and some that were acknowledged are sent again, alone or together
//! with new events.

mod feeder;
mod gate;

use std::{
    sync::{Arc, Condvar, Mutex, atomic::Ordering},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

pub use self::gate::FEEDERS;
use self::{
    feeder::{CALL_TIMEOUT, Feeder},
    gate::{Gate, Mode, Shared},
};
use crate::{answers, journal::Journal, server::Server};

/// How often readiness is polled.
const POLL_INTERVAL: Duration = Duration::from_millis(200);

/// All feeders of a world. They begin paused.
pub struct Feeding {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
}

impl Feeding {
    /// Starts the feeders' threads. `next_batch` is the first number of batches that the journal does not have.
    #[must_use]
    pub fn new(seed: u64, servers: &[Arc<Server>], journal: Journal, next_batch: u64) -> Self {
        let gate = Gate {
            mode: Mode::Paused,
            busy: 0,
            last_success: Instant::now(),
            longest_gap: Duration::ZERO,
            acknowledged: 0,
            problem: None,
        };
        let (servers, latest) = (servers.to_vec(), Mutex::new(vec![None; servers.len()]));
        let clocks = Default::default();
        let shared = Shared { seed, servers, journal, gate: Mutex::new(gate), changed: Condvar::new(), clocks, latest };
        let shared = Arc::new(shared);
        let feeder = |number| {
            let shared = Arc::clone(&shared);
            thread::spawn(move || Feeder::new(shared, number).feed(next_batch))
        };
        let poller = |number, poll: fn(&Shared, usize)| {
            let shared = Arc::clone(&shared);
            thread::spawn(move || poll(&shared, number))
        };
        let pollers =
            (0..shared.servers.len()).flat_map(|number| [poller(number, poll_feeds), poller(number, poll_queries)]);
        let threads = (0..FEEDERS).map(feeder).chain(pollers).collect();
        Self { shared, threads }
    }

    /// Lets the feeders send.
    pub fn resume(&self) {
        self.shared.servers.iter().for_each(|server| server.monitor.set_fed(true));
        let mut gate = self.shared.gate();
        (gate.mode, gate.last_success) = (Mode::Feeding, Instant::now());
        self.shared.changed.notify_all();
    }

    /// Pauses, and waits until every feeder has an answer to its batch. Returns whether all had one in time; if not,
    /// they have given up their batches.
    #[must_use]
    pub fn pause(&self, limit: Duration) -> bool {
        let shared = &self.shared;
        shared.gate().mode = Mode::Paused;
        let is_quiet = shared.wait_until_quiet(limit);
        if !is_quiet {
            shared.gate().mode = Mode::Abandoning;
            // Every call has a timeout.
            let _ = shared.wait_until_quiet(CALL_TIMEOUT * 4);
        }
        shared.servers.iter().for_each(|server| server.monitor.set_fed(false));
        let mut gate = shared.gate();
        gate.longest_gap = gate.longest_gap.max(gate.last_success.elapsed());
        is_quiet
    }

    /// Forgets the longest times.
    pub fn reset(&self) {
        let mut gate = self.shared.gate();
        (gate.longest_gap, gate.last_success) = (Duration::ZERO, Instant::now());
        drop(gate);
        self.shared.servers.iter().for_each(|server| server.monitor.reset());
    }

    /// Returns the longest time in which no server acknowledged a batch.
    #[must_use]
    pub fn longest_gap(&self) -> Duration {
        let gate = self.shared.gate();
        let now = if gate.mode == Mode::Feeding { gate.last_success.elapsed() } else { Duration::ZERO };
        gate.longest_gap.max(now)
    }

    /// Returns the number of acknowledged events.
    #[must_use]
    pub fn acknowledged(&self) -> u64 {
        self.shared.gate().acknowledged
    }

    /// Sets how wrong the clock of a feeder is.
    pub fn set_clock(&self, feeder: usize, milliseconds: i64) {
        self.shared.clocks[feeder].store(milliseconds, Ordering::Relaxed);
    }

    /// Returns what keeps a feeder from feeding at all, such as a journal that can't be written.
    #[must_use]
    pub fn problem(&self) -> Option<String> {
        self.shared.gate().problem.clone()
    }

    /// Returns the journal.
    #[must_use]
    pub fn journal(&self) -> &Journal {
        &self.shared.journal
    }
}

/// Polls whether feeds are ready, until the end.
fn poll_feeds(shared: &Shared, number: usize) {
    let server = &shared.servers[number];
    while shared.gate().mode != Mode::Ended {
        server.monitor.polled_feeds(server.probe("/readyz?feeds") == Some(200));
        thread::sleep(POLL_INTERVAL);
    }
}

/// Polls whether queries are ready, and whether they show what another server acknowledged, until the end.
fn poll_queries(shared: &Shared, number: usize) {
    let server = &shared.servers[number];
    let mut awaited = None;
    while shared.gate().mode != Mode::Ended {
        awaited = awaited.or_else(|| shared.acknowledged_by_another(number));
        awaited = awaited.filter(|awaited| !answers::shows(server, awaited.tenant, &awaited.event));
        let behind = awaited.as_ref().map(|awaited| awaited.at);
        server.monitor.polled_queries(server.probe("/readyz") == Some(200), behind);
        thread::sleep(POLL_INTERVAL);
    }
}

impl Drop for Feeding {
    fn drop(&mut self) {
        self.shared.gate().mode = Mode::Ended;
        self.shared.changed.notify_all();
        for thread in self.threads.drain(..) {
            // A thread that panicked has said so.
            let _ = thread.join();
        }
    }
}
