//! What a sender and its delivery share: results that were not reported yet, and signals between the two.

use std::{
    pin::pin,
    sync::{Mutex, MutexGuard, PoisonError},
};

use group_dispatch_types::ingest::{Receipt, StatusEvent};
use tokio::sync::Notify;

use crate::Error;

/// Refused events that are kept until they are fetched. Bounds the memory of a caller that never flushes.
const MAX_REFUSED_EVENTS: usize = 10_000;

/// The outcome of the events of a sender.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Delivered {
    /// The number of new events, which are durable now.
    pub stored: u64,
    /// The number of events that were stored before.
    pub repeated: u64,
    /// The events that the server refused, each once.
    pub refused: Vec<RefusedEvent>,
}

/// An event that the server refused.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RefusedEvent {
    /// The event.
    pub event: StatusEvent,
    /// The invalid member, and what was expected there.
    pub reason: String,
}

#[derive(Default)]
pub struct State {
    unreported: Mutex<Unreported>,
    /// Signals that a delivery has failed.
    failed: Notify,
    /// Signals that the pause after a failure is to end.
    pause_end: Notify,
}

/// Results that no call has returned yet.
#[derive(Default)]
struct Unreported {
    failure: Option<Error>,
    delivered: Delivered,
}

impl State {
    fn unreported(&self) -> MutexGuard<'_, Unreported> {
        self.unreported.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns an error if too many refused events have not been fetched.
    pub fn check_room(&self) -> Result<(), Error> {
        match self.unreported().delivered.refused.len() {
            0..MAX_REFUSED_EVENTS => Ok(()),
            count => Err(Error::InvalidRequest(format!(
                "{count} refused events have not been fetched; `flush` returns them"
            ))),
        }
    }

    /// Waits for a failure that was not reported yet, and returns it.
    pub async fn failure(&self) -> Error {
        loop {
            let failed = self.failed.notified();
            if let Some(error) = self.unreported().failure.take() {
                return error;
            }
            failed.await;
        }
    }

    pub fn begin_flush(&self) {
        self.unreported().failure = None;
        self.end_pause();
    }

    pub fn take_delivered(&self) -> Delivered {
        std::mem::take(&mut self.unreported().delivered)
    }

    /// Ends the pause after a failure early.
    pub fn end_pause(&self) {
        self.pause_end.notify_one();
    }

    /// Discards earlier signals: this attempt does what they ask for, so that they must not end a later pause.
    pub fn begin_attempt(&self) {
        pin!(self.pause_end.notified()).as_mut().enable();
    }

    /// Waits until the pause is to end early.
    pub async fn pause_ended(&self) {
        self.pause_end.notified().await;
    }

    pub fn fail(&self, error: Error) {
        self.unreported().failure = Some(error);
        self.failed.notify_waiters();
    }

    pub fn add_stored(&self, receipt: &Receipt) {
        let delivered = &mut self.unreported().delivered;
        delivered.stored += receipt.stored.get() as u64;
        delivered.repeated += receipt.repeated.get() as u64;
    }

    pub fn add_refused(&self, event: StatusEvent, reason: String) {
        self.unreported().delivered.refused.push(RefusedEvent { event, reason });
    }
}

#[cfg(test)]
mod tests {
    use futures_util::future::poll_immediate;

    use super::*;

    #[tokio::test]
    async fn a_flush_ends_the_current_pause_and_no_later_one() {
        let state = State::default();
        state.begin_flush();
        state.begin_attempt();
        let mut pause = pin!(state.pause_ended());
        assert!(poll_immediate(pause.as_mut()).await.is_none());
        state.begin_flush();
        assert!(poll_immediate(pause.as_mut()).await.is_some());
    }
}
