//! Sends status events one by one: an [`EventSender`] collects them into batches and delivers these in the background.
//!
//! ```text
//! EventSender::send ---- queue ----> Delivery ----> Client::feed_batch
//!             ^                         |
//!             +------- State <----------+   failures, counts, refused events
//! ```

mod delivery;
mod state;

use std::{fmt, pin::pin, sync::Arc, time::Duration};

use futures_util::future::{Either, select};
use group_dispatch_types::ingest::{StatusEvent, StatusEventsRequest};
use tokio::sync::{mpsc, oneshot};

pub use self::state::{Delivered, RefusedEvent};
use self::{
    delivery::{Command, Delivery},
    state::State,
};
use crate::{Client, Error, call, clock};

/// Events of a full batch by default.
const BATCH_EVENTS: usize = 1_000;
/// The default time after which a batch is sent although it is not full.
const MAX_WAIT: Duration = Duration::from_secs(1);

impl Client {
    /// Returns a builder of a sender, which sends status events to a group-dispatch-server in batches.
    ///
    /// ```no_run
    /// # use group_dispatch_client::{Client, Error, types::ingest::StatusEvent};
    /// # async fn example(client: Client, events: Vec<StatusEvent>) -> Result<(), Error> {
    /// let sender = client.sender().start()?;
    /// for event in events {
    ///     sender.send(event).await?;
    /// }
    /// // The events are durable when `close` returns.
    /// let delivered = sender.close().await?;
    /// for refused in delivered.refused {
    ///     println!("{:?}: {}", refused.event, refused.reason);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn sender(&self) -> EventSenderBuilder {
        EventSenderBuilder { client: self.clone(), batch: BATCH_EVENTS, max_wait: MAX_WAIT }
    }
}

/// Builds an [`EventSender`].
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until the sender is started"]
pub struct EventSenderBuilder {
    client: Client,
    batch: usize,
    max_wait: Duration,
}

impl EventSenderBuilder {
    /// Sets the number of events of a full batch, from 1 to 10,000: 1,000 by default. A full batch is sent immediately.
    pub fn batch(mut self, events: usize) -> Self {
        self.batch = events.clamp(1, StatusEventsRequest::MOST);
        self
    }

    /// Sets the time that an event waits for its batch to become full: one second by default.
    pub fn max_wait(mut self, time: Duration) -> Self {
        self.max_wait = time;
        self
    }

    /// Starts the sender.
    ///
    /// # Errors
    /// [`Error::Configuration`] outside of a tokio runtime.
    pub fn start(self) -> Result<EventSender, Error> {
        call::check_runtime()?;
        let state = Arc::new(State::default());
        // Holds the next batch while one is being sent.
        let (queue, commands) = mpsc::channel(self.batch);
        clock::spawn(Delivery::new(self.client, self.batch, self.max_wait, commands, Arc::clone(&state)).run());
        Ok(EventSender { queue, state })
    }
}

/// Sends status events to a group-dispatch-server in batches. Created by [`Client::sender`].
///
/// **Order.** Of the events of one account at one source and one time, the one that is sent last counts. Send a log, which
/// is newest first, from its end.
///
/// **Acknowledgement** is by [`flush`](Self::flush). When it returns, every event that was sent before is durable, or the
/// server refused it. A program that reads events from a queue flushes at intervals and commits its position then. `send`
/// alone guarantees nothing: events that are not flushed are lost if the process ends.
///
/// **Repeating is harmless**, both for a batch that is sent again and for a program that starts again at its last committed
/// position: the server recognizes an event by its `event_id`, or by all its members if there is none. The sender generates
/// no ids, because they would be different after a restart.
///
/// **Refused events** are returned with the reason by the next flush, each once; the rest of their batch is stored. While
/// 10,000 of them have not been fetched, the sender accepts no further events.
///
/// **Failures** that remain after the client's own retries are returned by the next call, each once. No event is lost: the
/// batch is kept and sent again after a pause, which grows up to a minute, or immediately by a flush. Until then at most two
/// batches are held, and `send` waits.
///
/// When dropped, the sender tries once more to send the events that it holds, and does not report the result.
pub struct EventSender {
    queue: mpsc::Sender<Command>,
    state: Arc<State>,
}

impl EventSender {
    /// Adds an event to the next batch. Waits while the queue is full, because the service is slower than the caller or
    /// fails.
    ///
    /// # Errors
    /// The error of a delivery that failed since the last call, or [`Error::InvalidRequest`] if too many refused events have
    /// not been fetched with [`flush`](Self::flush). The event was not added. It is returned with the error and may be sent
    /// again.
    pub async fn send(&self, event: StatusEvent) -> Result<(), SendError> {
        if let Err(error) = self.state.check_room() {
            return Err(SendError::new(event, error));
        }
        match select(pin!(self.state.failure()), pin!(self.queue.reserve())).await {
            Either::Left((error, _)) => Err(SendError::new(event, error)),
            Either::Right((Err(_), _)) => Err(SendError::new(event, delivery_ended())),
            Either::Right((Ok(slot), _)) => {
                slot.send(Command::Add(event));
                Ok(())
            }
        }
    }

    /// Sends all events that were added so far and waits for the result. Returns the outcome of all events since the last
    /// successful flush.
    ///
    /// # Errors
    /// The error of the delivery. All events are kept, and sent again later or by another flush.
    pub async fn flush(&self) -> Result<Delivered, Error> {
        // An earlier failure is retried now, and the result of that counts.
        self.state.begin_flush();
        let (reply, replied) = oneshot::channel();
        let done = async {
            self.queue.send(Command::Flush(reply)).await.ok()?;
            replied.await.ok()
        };
        match select(pin!(self.state.failure()), pin!(done)).await {
            Either::Left((error, _)) => Err(error),
            Either::Right((Some(()), _)) => Ok(self.state.take_delivered()),
            Either::Right((None, _)) => Err(delivery_ended()),
        }
    }

    /// Flushes and ends the sender.
    ///
    /// # Errors
    /// The error of the delivery. Events that were not delivered are dropped; to keep them, call [`flush`](Self::flush)
    /// first.
    pub async fn close(self) -> Result<Delivered, Error> {
        self.flush().await
    }
}

impl Drop for EventSender {
    fn drop(&mut self) {
        self.state.end_pause();
    }
}

impl fmt::Debug for EventSender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventSender").finish_non_exhaustive()
    }
}

fn delivery_ended() -> Error {
    Error::Configuration("the tokio runtime of the sender has ended".to_owned())
}

/// An event that was not added, and the reason.
#[derive(Debug, thiserror::Error)]
#[error("{error}")]
#[non_exhaustive]
pub struct SendError {
    /// The event, to be sent again.
    pub event: Box<StatusEvent>,
    /// The error of the delivery of earlier events.
    pub error: Error,
}

impl SendError {
    fn new(event: StatusEvent, error: Error) -> Self {
        Self { event: Box::new(event), error }
    }
}

impl From<SendError> for Error {
    fn from(error: SendError) -> Self {
        error.error
    }
}
