//! A feeder: a thread that sends one batch after the other.

use std::{
    sync::{Arc, atomic::Ordering},
    thread,
    time::{Duration, Instant},
};

use anyhow::Result;
use serde_json::Value;

use super::gate::Shared;
use crate::{
    event::{BatchId, BatchSpec, Event, TENANTS, events, rng},
    http::{Client, now, signed},
};

/// How long a feeder waits for a response.
pub const CALL_TIMEOUT: Duration = Duration::from_secs(10);
const INGEST_PATH: &str = "/ingest/v1/status-events";

enum Answer {
    Kept { stored: usize },
    Refused,
    Failed,
}

/// See the [module](self).
pub struct Feeder {
    shared: Arc<Shared>,
    number: usize,
    clients: Vec<Client>,
    /// The last batches that were acknowledged.
    kept: Vec<BatchSpec>,
}

impl Feeder {
    /// Creates the feeder with a number below [`FEEDERS`](super::gate::FEEDERS).
    pub fn new(shared: Arc<Shared>, number: usize) -> Self {
        let clients = shared.servers.iter().map(|server| Client::new(server.address, CALL_TIMEOUT)).collect();
        Self { shared, number, clients, kept: Vec::new() }
    }

    /// Sends batches until the end, beginning with this number.
    pub fn feed(mut self, first_batch: u64) {
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
                if let Some(event) = sent.last() {
                    self.shared.acknowledged_by(server, spec.tenant, event);
                }
                self.shared.succeeded(spec.events);
            }
            Answer::Refused => self.shared.journal.refused(spec.id)?,
            Answer::Failed => monitor.failed(),
        }
        Ok(answer)
    }
}
