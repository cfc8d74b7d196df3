//! The feeders: threads that send batches until each is acknowledged or refused, and write the journal.
//!
//! Each feeder has a tenant and a preferred server. It sends a batch again after every failure, to another server if there
//! is one. Some batches are sent to two servers at once, and some that were acknowledged are sent again, alone or together
//! with new events.

use std::{
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use anyhow::Result;
use serde_json::Value;

use crate::{
    event::{BatchId, BatchSpec, Event, TENANTS, events, rng},
    http::{Client, now, signed},
    journal::Journal,
    server::Server,
};

/// The feeders of a world; two for each tenant.
pub const FEEDERS: usize = 6;
/// How long a feeder waits for a response.
const CALL_TIMEOUT: Duration = Duration::from_secs(10);
/// How often readiness is polled.
const POLL_INTERVAL: Duration = Duration::from_millis(200);
const INGEST_PATH: &str = "/ingest/v1/status-events";

/// All feeders of a world. They begin paused.
pub struct Feeding {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
}

struct Shared {
    seed: u64,
    servers: Vec<Arc<Server>>,
    journal: Journal,
    gate: Mutex<Gate>,
    changed: Condvar,
    /// How wrong the clock of each feeder is, in milliseconds.
    clocks: [AtomicI64; FEEDERS],
}

struct Gate {
    mode: Mode,
    /// Feeders that are at work on a batch.
    busy: usize,
    last_success: Instant,
    longest_gap: Duration,
    /// The events of acknowledged batches.
    acknowledged: u64,
    problem: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Paused,
    Feeding,
    /// Paused, and a batch that fails is not sent again.
    Abandoning,
    Ended,
}

enum Answer {
    Kept { stored: usize },
    Refused,
    Failed,
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
        let servers = servers.to_vec();
        let clocks = Default::default();
        let shared = Shared { seed, servers, journal, gate: Mutex::new(gate), changed: Condvar::new(), clocks };
        let shared = Arc::new(shared);
        let feeder = |number| {
            let shared = Arc::clone(&shared);
            thread::spawn(move || Feeder::new(shared, number).feed(next_batch))
        };
        let poller = |server: &Arc<Server>| {
            let (server, shared) = (Arc::clone(server), Arc::clone(&shared));
            thread::spawn(move || {
                while shared.gate().mode != Mode::Ended {
                    server.monitor.polled(server.probe("/readyz?feeds") == Some(200));
                    thread::sleep(POLL_INTERVAL);
                }
            })
        };
        let threads = (0..FEEDERS).map(feeder).chain(shared.servers.iter().map(poller)).collect();
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

impl Shared {
    fn gate(&self) -> MutexGuard<'_, Gate> {
        self.gate.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait_until_quiet(&self, limit: Duration) -> bool {
        let gate = self.gate();
        let waited = self.changed.wait_timeout_while(gate, limit, |gate| gate.busy > 0);
        waited.unwrap_or_else(PoisonError::into_inner).0.busy == 0
    }

    /// Waits until there is something to send. Returns `false` at the end.
    fn begin(&self) -> bool {
        let is_paused = |gate: &mut Gate| matches!(gate.mode, Mode::Paused | Mode::Abandoning);
        let waited = self.changed.wait_while(self.gate(), is_paused);
        let mut gate = waited.unwrap_or_else(PoisonError::into_inner);
        gate.busy += 1;
        gate.mode != Mode::Ended
    }

    fn end(&self) {
        self.gate().busy -= 1;
        self.changed.notify_all();
    }

    fn gives_up(&self) -> bool {
        matches!(self.gate().mode, Mode::Abandoning | Mode::Ended)
    }

    fn succeeded(&self, events: usize) {
        let (mut gate, now) = (self.gate(), Instant::now());
        gate.longest_gap = gate.longest_gap.max(now - gate.last_success);
        gate.last_success = now;
        gate.acknowledged += events as u64;
    }
}

struct Feeder {
    shared: Arc<Shared>,
    number: usize,
    clients: Vec<Client>,
    /// The last batches that were acknowledged.
    kept: Vec<BatchSpec>,
}

impl Feeder {
    fn new(shared: Arc<Shared>, number: usize) -> Self {
        let clients = shared.servers.iter().map(|server| Client::new(server.address, CALL_TIMEOUT)).collect();
        Self { shared, number, clients, kept: Vec::new() }
    }

    fn feed(mut self, first_batch: u64) {
        let mut batch = first_batch;
        while self.shared.begin() {
            let outcome = self.feed_batch(batch);
            if let Err(error) = outcome {
                self.shared.gate().problem = Some(format!("{error:#}"));
            }
            self.shared.end();
            batch += 1;
        }
        self.shared.end();
    }

    fn clock(&self) -> i64 {
        now() + self.shared.clocks[self.number].load(Ordering::Relaxed)
    }

    fn feed_batch(&mut self, batch: u64) -> Result<()> {
        let id = BatchId { feeder: self.number, batch };
        let mut rng = rng(&[self.shared.seed, self.number as u64, batch]);
        thread::sleep(Duration::from_millis(rng.u64(5..60)));
        let count = if rng.u8(0..40) == 0 { rng.usize(300..800) } else { rng.usize(1..40) };
        let tenant = TENANTS[self.number % TENANTS.len()];
        let spec = BatchSpec { id, tenant, events: count, time: self.clock() };
        let own = events(self.shared.seed, &spec);
        // With events that the server has already, before or after its own.
        let earlier = self.kept.last().filter(|_| rng.u8(0..12) == 0);
        let mixed = earlier.map(|earlier| events(self.shared.seed, earlier)).unwrap_or_default();
        let sent = if rng.bool() { [mixed, own].concat() } else { [own, mixed].concat() };
        self.shared.journal.sent(&spec)?;
        if self.shared.servers.len() > 1 && rng.u8(0..8) == 0 {
            self.send_to_all(&spec, &sent)?;
        }
        if self.deliver(&spec, &sent)? {
            self.kept.push(spec);
            if self.kept.len() > 50 {
                self.kept.remove(0);
            }
        }
        if rng.u8(0..10) == 0 && !self.kept.is_empty() {
            let again = self.kept[rng.usize(0..self.kept.len())];
            let sent = events(self.shared.seed, &again);
            self.deliver(&again, &sent)?;
        }
        Ok(())
    }

    /// Sends a batch to all servers at once, each once.
    fn send_to_all(&self, spec: &BatchSpec, sent: &[Event]) -> Result<()> {
        thread::scope(|scope| {
            let call = |server: usize| {
                scope.spawn(move || {
                    let mut client = Client::new(self.shared.servers[server].address, CALL_TIMEOUT);
                    self.call(server, &mut client, spec, sent)
                })
            };
            let calls: Vec<_> = (0..self.shared.servers.len()).map(call).collect();
            for call in calls {
                call.join().unwrap_or(Ok(Answer::Failed))?;
            }
            Ok(())
        })
    }

    /// Sends a batch until it is acknowledged or refused, and notes that. Returns whether it is acknowledged.
    fn deliver(&mut self, spec: &BatchSpec, sent: &[Event]) -> Result<bool> {
        let servers = self.shared.servers.len();
        for attempt in 0.. {
            // Each server is tried twice, for the first attempt may use a connection that is broken already.
            let server = (self.number + attempt / 2) % servers;
            let new = Client::new(self.shared.servers[server].address, CALL_TIMEOUT);
            let mut client = std::mem::replace(&mut self.clients[server], new);
            let answer = self.call(server, &mut client, spec, sent)?;
            if !matches!(answer, Answer::Failed) {
                self.clients[server] = client;
                return Ok(matches!(answer, Answer::Kept { .. }));
            }
            if self.shared.gives_up() {
                break;
            }
            thread::sleep(Duration::from_millis(50 * (attempt as u64 + 1).min(6)));
        }
        Ok(false)
    }

    /// Sends a batch to a server once, and notes the answer.
    fn call(&self, server: usize, client: &mut Client, spec: &BatchSpec, sent: &[Event]) -> Result<Answer> {
        let monitor = &self.shared.servers[server].monitor;
        let json: Vec<Value> = sent.iter().map(Event::json).collect();
        let request = signed(INGEST_PATH, spec.tenant, self.clock(), &Value::Array(json).to_string());
        let began = Instant::now();
        let answer = client.ask(&request).map_or(Answer::Failed, |response| {
            let body: Value = serde_json::from_slice(&response.body).unwrap_or_default();
            let number = |name: &str| body["data"][name].as_u64().and_then(|number| usize::try_from(number).ok());
            match (response.status, number("stored"), number("repeated")) {
                (200, Some(stored), Some(repeated)) if stored + repeated == sent.len() => Answer::Kept { stored },
                (400, ..) => Answer::Refused,
                _ => Answer::Failed,
            }
        });
        match answer {
            Answer::Kept { stored } => {
                self.shared.journal.kept(spec.id, stored)?;
                monitor.succeeded(began);
                self.shared.succeeded(spec.events);
            }
            Answer::Refused => self.shared.journal.refused(spec.id)?,
            Answer::Failed => monitor.failed(),
        }
        Ok(answer)
    }
}
