//! What runs behind a sender: it makes batches, and sends each until it is there.

use std::{collections::BTreeMap, mem, pin::pin, sync::Arc, time::Duration};

use group_dispatch_types::ingest::{Refusal, StatusEvent, StatusEventsRequest};
use tokio::sync::{mpsc, oneshot};

use super::{
    race::{First, race},
    state::State,
};
use crate::{Client, Error, schedule::Schedule, watch::clock::Clock};

/// What the pauses after failures begin with.
const FIRST_PAUSE: Duration = Duration::from_millis(500);

pub enum Command {
    Take(StatusEvent),
    /// Send what was taken, and reply when it is there.
    Flush(oneshot::Sender<()>),
}

pub struct Delivery {
    client: Client,
    batch: usize,
    max_wait: Duration,
    commands: mpsc::Receiver<Command>,
    state: Arc<State>,
    clock: Clock,
    schedule: Schedule,
    pending: Vec<StatusEvent>,
    flushes: Vec<oneshot::Sender<()>>,
    /// How many events the service takes in a request; fewer than a batch where those are too long for it.
    most: usize,
}

impl Delivery {
    pub fn new(
        client: Client,
        batch: usize,
        max_wait: Duration,
        commands: mpsc::Receiver<Command>,
        state: Arc<State>,
    ) -> Self {
        let (clock, schedule) = (Clock::start(), Schedule::new(FIRST_PAUSE));
        let (pending, flushes) = (Vec::new(), Vec::new());
        Self { client, batch, max_wait, commands, state, clock, schedule, pending, flushes, most: batch }
    }

    /// Ends with its sender.
    pub async fn run(mut self) {
        while let Some(command) = self.commands.recv().await {
            self.take(command);
            self.fill().await;
            while let Err(error) = self.attempt().await {
                let due = self.schedule.after_failure(self.clock.now(), error.retry_after());
                self.state.fail(error);
                if self.commands.is_closed() {
                    return;
                }
                race(self.state.hurried(), self.clock.sleep_until(due)).await;
            }
            for flush in self.flushes.drain(..) {
                // Who gave up waiting is told the next time.
                let _ = flush.send(());
            }
        }
    }

    fn take(&mut self, command: Command) {
        match command {
            Command::Take(event) => self.pending.push(event),
            Command::Flush(reply) => self.flushes.push(reply),
        }
    }

    /// Takes more until the batch is full, it has waited long enough, or it is asked for.
    async fn fill(&mut self) {
        let due = self.clock.now().saturating_add(self.max_wait);
        let mut waited = pin!(self.clock.sleep_until(due));
        while self.pending.len() < self.batch && self.flushes.is_empty() {
            match race(self.commands.recv(), waited.as_mut()).await {
                First::Left(Some(command)) => self.take(command),
                First::Left(None) | First::Right(()) => return,
            }
        }
    }

    async fn attempt(&mut self) -> Result<(), Error> {
        self.state.begin_attempt();
        self.deliver().await
    }

    /// Sends what is pending; what could not be sent stays.
    async fn deliver(&mut self) -> Result<(), Error> {
        while !self.pending.is_empty() {
            let rest = self.pending.split_off(self.most.min(self.pending.len()));
            let request = StatusEventsRequest(mem::replace(&mut self.pending, rest));
            let started = self.clock.now();
            let error = match self.client.feed_batch(&request).await {
                Ok(receipt) => {
                    self.state.stored(&receipt);
                    self.schedule.after_answer(started, self.clock.now());
                    continue;
                }
                Err(error) => error,
            };
            let mut kept = request.0;
            let sorted_out = self.sort_out(&mut kept, &error);
            kept.append(&mut self.pending);
            self.pending = kept;
            if !sorted_out {
                return Err(error);
            }
        }
        Ok(())
    }

    /// Mends what keeps a request from being taken: events that are refused, or too many for one body. Whether it is worth
    /// sending again at once.
    fn sort_out(&mut self, events: &mut Vec<StatusEvent>, error: &Error) -> bool {
        if error.is_body_too_large() {
            if let [_] = events.as_slice()
                && let Some(event) = events.pop()
            {
                let reason = match error {
                    Error::Http { .. } => "event: longer than a proxy in front of the service takes (HTTP status 413)",
                    _ => "event: longer than the service takes",
                };
                self.state.refused(event, reason.to_owned());
                // It was what made the others too many.
                self.most = self.batch;
            } else {
                self.most = events.len() / 2;
            }
            return true;
        }
        let mut reasons: BTreeMap<usize, &str> =
            error.refusals().iter().map(|Refusal { index, reason }| (index.get(), reason.as_str())).collect();
        let before = events.len();
        for (index, event) in mem::take(events).into_iter().enumerate() {
            match reasons.remove(&index) {
                Some(reason) => self.state.refused(event, reason.to_owned()),
                None => events.push(event),
            }
        }
        events.len() < before
    }
}
