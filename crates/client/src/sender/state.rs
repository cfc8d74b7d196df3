//! What a sender and its delivery know of each other.

use std::{
    pin::pin,
    sync::{Mutex, MutexGuard, PoisonError},
};

use group_dispatch_types::ingest::{Receipt, StatusEvent};
use tokio::sync::Notify;

use crate::Error;

/// So many refused events wait for somebody to fetch them, and no more.
const MOST_REFUSED: usize = 10_000;

/// What became of the events of a sender.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Delivered {
    /// How many are new, and durable now.
    pub stored: u64,
    /// How many were there already.
    pub repeated: u64,
    /// Those that the server refused, each once.
    pub refused: Vec<RefusedEvent>,
}

/// An event that the server refused.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RefusedEvent {
    /// The event.
    pub event: StatusEvent,
    /// The member that is wrong, and what was expected there.
    pub reason: String,
}

#[derive(Default)]
pub struct State {
    unreported: Mutex<Unreported>,
    /// That a delivery has failed.
    failed: Notify,
    /// That a pause is over.
    hurried: Notify,
}

#[derive(Default)]
struct Unreported {
    failure: Option<Error>,
    delivered: Delivered,
}

impl State {
    fn unreported(&self) -> MutexGuard<'_, Unreported> {
        self.unreported.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether somebody fetches what is refused.
    pub fn check_room(&self) -> Result<(), Error> {
        match self.unreported().delivered.refused.len() {
            0..MOST_REFUSED => Ok(()),
            many => Err(Error::InvalidRequest(format!("{many} refused events wait to be fetched; `flush` gives them"))),
        }
    }

    /// Returns when a delivery has failed, or has before and nobody was told.
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
        self.hurry();
    }

    pub fn take_delivered(&self) -> Delivered {
        std::mem::take(&mut self.unreported().delivered)
    }

    /// Ends a pause.
    pub fn hurry(&self) {
        self.hurried.notify_one();
    }

    /// What was to be hurried until now is done at once: a pause after it is none of that.
    pub fn begin_attempt(&self) {
        pin!(self.hurried.notified()).as_mut().enable();
    }

    /// Returns when a pause is to end early.
    pub async fn hurried(&self) {
        self.hurried.notified().await;
    }

    pub fn fail(&self, error: Error) {
        self.unreported().failure = Some(error);
        self.failed.notify_waiters();
    }

    pub fn stored(&self, receipt: &Receipt) {
        let delivered = &mut self.unreported().delivered;
        delivered.stored += receipt.stored.get() as u64;
        delivered.repeated += receipt.repeated.get() as u64;
    }

    pub fn refused(&self, event: StatusEvent, reason: String) {
        self.unreported().delivered.refused.push(RefusedEvent { event, reason });
    }
}

#[cfg(test)]
mod tests {
    use futures_util::future::poll_immediate;

    use super::*;

    #[tokio::test]
    async fn a_flush_ends_the_pause_that_it_meets_and_no_later_one() {
        let state = State::default();
        state.begin_flush();
        state.begin_attempt();
        let mut pause = pin!(state.hurried());
        assert!(poll_immediate(pause.as_mut()).await.is_none());
        state.begin_flush();
        assert!(poll_immediate(pause.as_mut()).await.is_some());
    }
}
