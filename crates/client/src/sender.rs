//! Feeding status events one by one: they are sent in batches.

mod delivery;
mod race;
mod state;

use std::{fmt, sync::Arc, time::Duration};

use group_dispatch_types::ingest::{StatusEvent, StatusEventsRequest};
use tokio::sync::{mpsc, oneshot};

pub use self::state::{Delivered, RefusedEvent};
use self::{
    delivery::{Command, Delivery},
    race::{First, race},
    state::State,
};
use crate::{Client, Error, call, clock};

const BATCH: usize = 1_000;
const MAX_WAIT: Duration = Duration::from_secs(1);

impl Client {
    /// Begins a sender, which feeds status events to a group-dispatch-server in batches.
    ///
    /// ```no_run
    /// # use group_dispatch_client::{Client, Error, types::ingest::StatusEvent};
    /// # async fn example(client: Client, events: Vec<StatusEvent>) -> Result<(), Error> {
    /// let sender = client.sender().start()?;
    /// for event in events {
    ///     sender.send(event).await?;
    /// }
    /// // Only now they are known to be durable.
    /// let delivered = sender.close().await?;
    /// for refused in delivered.refused {
    ///     println!("{:?}: {}", refused.event, refused.reason);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn sender(&self) -> EventSenderBuilder {
        EventSenderBuilder { client: self.clone(), batch: BATCH, max_wait: MAX_WAIT }
    }
}

/// Makes an [`EventSender`].
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until the sender is started"]
pub struct EventSenderBuilder {
    client: Client,
    batch: usize,
    max_wait: Duration,
}

impl EventSenderBuilder {
    /// How many events make a batch full: 1,000, and from 1 to 10,000. A full batch is sent at once.
    pub fn batch(mut self, events: usize) -> Self {
        self.batch = events.clamp(1, StatusEventsRequest::MOST);
        self
    }

    /// How long an event waits for its batch to become full: a second.
    pub fn max_wait(mut self, time: Duration) -> Self {
        self.max_wait = time;
        self
    }

    /// The sender.
    ///
    /// # Errors
    /// [`Error::Configuration`] outside of a tokio runtime.
    pub fn start(self) -> Result<EventSender, Error> {
        call::check_runtime()?;
        let state = Arc::new(State::default());
        // What waits to become a batch, while a batch is on its way.
        let (queue, commands) = mpsc::channel(self.batch);
        clock::spawn(Delivery::new(self.client, self.batch, self.max_wait, commands, Arc::clone(&state)).run());
        Ok(EventSender { queue, state })
    }
}

/// Feeds status events to a group-dispatch-server, in batches. Made by [`Client::sender`].
///
/// **Order:** of the events of one account at one source and one time, the one that is sent last counts. Send a log, which
/// is newest first, from its end.
///
/// **Acknowledgement** is per [`flush`](Self::flush): when it returns, every event that was sent before is durable, or is
/// among those that the server refused. A feeder that reads from a queue flushes now and then, and then moves its mark
/// there. `send` alone promises nothing: what it took is lost with the process.
///
/// **Repeating is harmless**, by batches as well as by a feeder that starts over at its last mark: the server knows an
/// event again by its `event_id`, or where it has none by all of it. None is made up here, for it would be another one
/// after a restart.
///
/// **Refused events** come back with the reason, each once, by the next flush; the rest of their batch is stored. When
/// 10,000 have come together, no more events are taken before they are fetched.
///
/// **Failures**, after the client's own retries, are told by the next call, each once. No event is lost by them: the batch is
/// kept and sent again, after a pause that grows up to a minute, or at once by a flush. Meanwhile no more than two
/// batches are held, and `send` waits.
///
/// Dropped, it sends what it has once more, and tells nobody what became of it.
pub struct EventSender {
    queue: mpsc::Sender<Command>,
    state: Arc<State>,
}

impl EventSender {
    /// Takes an event, to be sent with the next batch; waits where there is no room, because the service is slower than
    /// its feeder or fails.
    ///
    /// # Errors
    /// That of a delivery that has failed since the last call, or [`Error::InvalidRequest`] where too many refused events
    /// wait to be fetched by a [`flush`](Self::flush). The event was not taken and comes back with the error; it may be
    /// sent again.
    pub async fn send(&self, event: StatusEvent) -> Result<(), SendError> {
        if let Err(error) = self.state.check_room() {
            return Err(SendError::new(event, error));
        }
        match race(self.state.failure(), self.queue.reserve()).await {
            First::Left(error) => Err(SendError::new(event, error)),
            First::Right(Err(_)) => Err(SendError::new(event, ended())),
            First::Right(Ok(room)) => {
                room.send(Command::Take(event));
                Ok(())
            }
        }
    }

    /// Sends what was taken so far, and waits for the end of it. Tells what became of all events since the last flush that
    /// succeeded.
    ///
    /// # Errors
    /// That of the delivery. All that was taken is kept, and sent again by itself or by another flush.
    pub async fn flush(&self) -> Result<Delivered, Error> {
        // What failed before is tried again now, and that is what counts.
        self.state.begin_flush();
        let (reply, replied) = oneshot::channel();
        let done = async {
            self.queue.send(Command::Flush(reply)).await.ok()?;
            replied.await.ok()
        };
        match race(self.state.failure(), done).await {
            First::Left(error) => Err(error),
            First::Right(Some(())) => Ok(self.state.take_delivered()),
            First::Right(None) => Err(ended()),
        }
    }

    /// Flushes, and ends the sender.
    ///
    /// # Errors
    /// That of the delivery. What was not delivered is then given up; where it must not be, [`flush`](Self::flush) first.
    pub async fn close(self) -> Result<Delivered, Error> {
        self.flush().await
    }
}

impl Drop for EventSender {
    fn drop(&mut self) {
        self.state.hurry();
    }
}

impl fmt::Debug for EventSender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventSender").finish_non_exhaustive()
    }
}

fn ended() -> Error {
    Error::Configuration("the runtime that the sender was started in has ended".to_owned())
}

/// An event that was not taken, and why.
#[derive(Debug, thiserror::Error)]
#[error("{error}")]
#[non_exhaustive]
pub struct SendError {
    /// The event, to be sent again.
    pub event: Box<StatusEvent>,
    /// How the delivery of those before it failed.
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
