//! The background task of a sender: collects events into batches and sends each until it is delivered.

use std::{collections::BTreeMap, mem, pin::pin, sync::Arc, time::Duration};

use futures_util::future::{Either, select};
use group_dispatch_types::ingest::{Refusal, StatusEvent, StatusEventsRequest};
use tokio::sync::{mpsc, oneshot};

use super::state::State;
use crate::{Client, Error, clock::Stopwatch, schedule::Schedule};

/// The interval that the pauses after failures grow from.
const FIRST_PAUSE: Duration = Duration::from_millis(500);

/// What a sender asks its delivery to do.
pub enum Command {
    /// Add the event to the batch.
    Add(StatusEvent),
    /// Send the batch, and reply when it is delivered.
    Flush(oneshot::Sender<()>),
}

pub struct Delivery {
    client: Client,
    batch: usize,
    max_wait: Duration,
    commands: mpsc::Receiver<Command>,
    state: Arc<State>,
    stopwatch: Stopwatch,
    schedule: Schedule,
    pending: Vec<StatusEvent>,
    flushes: Vec<oneshot::Sender<()>>,
    /// Events per request: fewer than a batch if a whole batch is too long for the service.
    max_events: usize,
}

impl Delivery {
    pub fn new(
        client: Client,
        batch: usize,
        max_wait: Duration,
        commands: mpsc::Receiver<Command>,
        state: Arc<State>,
    ) -> Self {
        Self {
            client,
            batch,
            max_wait,
            commands,
            state,
            stopwatch: Stopwatch::start(),
            schedule: Schedule::new(FIRST_PAUSE),
            pending: Vec::new(),
            flushes: Vec::new(),
            max_events: batch,
        }
    }

    /// Runs until the sender is dropped and its events are sent or given up.
    pub async fn run(mut self) {
        while let Some(command) = self.commands.recv().await {
            self.apply(command);
            self.fill_batch().await;
            while let Err(error) = self.attempt().await {
                let due = self.schedule.after_failure(self.stopwatch.elapsed(), error.retry_after());
                self.state.fail(error);
                if self.commands.is_closed() {
                    return;
                }
                select(pin!(self.state.pause_ended()), pin!(self.stopwatch.sleep_until(due))).await;
            }
            for flush in self.flushes.drain(..) {
                // If the caller has cancelled its flush, the next one reports the result.
                let _ = flush.send(());
            }
        }
    }

    fn apply(&mut self, command: Command) {
        match command {
            Command::Add(event) => self.pending.push(event),
            Command::Flush(reply) => self.flushes.push(reply),
        }
    }

    /// Adds events until the batch is full, has waited long enough, or is flushed.
    async fn fill_batch(&mut self) {
        let due = self.stopwatch.elapsed().saturating_add(self.max_wait);
        let mut waited = pin!(self.stopwatch.sleep_until(due));
        while self.pending.len() < self.batch && self.flushes.is_empty() {
            let command = match select(pin!(self.commands.recv()), waited.as_mut()).await {
                Either::Left((Some(command), _)) => command,
                Either::Left((None, _)) | Either::Right(_) => return,
            };
            self.apply(command);
        }
    }

    async fn attempt(&mut self) -> Result<(), Error> {
        self.state.begin_attempt();
        self.deliver().await
    }

    /// Sends the pending events. Those that were not delivered stay pending.
    async fn deliver(&mut self) -> Result<(), Error> {
        while !self.pending.is_empty() {
            let rest = self.pending.split_off(self.max_events.min(self.pending.len()));
            let request = StatusEventsRequest(mem::replace(&mut self.pending, rest));
            let started = self.stopwatch.elapsed();
            let error = match self.client.feed_batch(&request).await {
                Ok(receipt) => {
                    self.state.add_stored(&receipt);
                    self.schedule.after_success(started, self.stopwatch.elapsed());
                    continue;
                }
                Err(error) => error,
            };
            let mut kept = request.0;
            let is_worth_sending = self.remove_cause(&mut kept, &error);
            kept.append(&mut self.pending);
            self.pending = kept;
            if !is_worth_sending {
                return Err(error);
            }
        }
        Ok(())
    }

    /// Removes the cause of a refusal: takes out refused events, or lowers the number of events per request. Returns whether
    /// the rest is worth sending immediately.
    fn remove_cause(&mut self, events: &mut Vec<StatusEvent>, error: &Error) -> bool {
        if error.is_body_too_large() {
            if let [_] = events.as_slice()
                && let Some(event) = events.pop()
            {
                let reason = match error {
                    Error::Http { .. } => {
                        "event: longer than a proxy in front of the service accepts (HTTP status 413)"
                    }
                    _ => "event: longer than the service accepts",
                };
                self.state.add_refused(event, reason.to_owned());
                // This event alone was too long, and not the number of events.
                self.max_events = self.batch;
            } else {
                self.max_events = events.len() / 2;
            }
            return true;
        }
        let mut reasons: BTreeMap<usize, &str> =
            error.refusals().iter().map(|Refusal { index, reason }| (index.get(), reason.as_str())).collect();
        let before = events.len();
        for (index, event) in mem::take(events).into_iter().enumerate() {
            match reasons.remove(&index) {
                Some(reason) => self.state.add_refused(event, reason.to_owned()),
                None => events.push(event),
            }
        }
        events.len() < before
    }
}
