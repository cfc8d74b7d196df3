//! Reads the log for all readers of changes, and sends them what comes.

use std::{
    sync::{Arc, Weak},
    time::Duration,
};

use tokio::time::sleep;

use super::{hub::PAGE_EVENTS, shared::Shared};
use crate::{
    error::{StoreError, chain},
    event_log::stream::{StreamPage, StreamRead, StreamSearch},
    log_interval::LogInterval,
};

/// The shortest time between two reads of the log: what is appended within it is one batch.
const MIN_INTERVAL: Duration = Duration::from_millis(20);
/// The delay after a read that failed.
const RETRY_DELAY: Duration = Duration::from_millis(500);
/// The shortest time between two log lines about that.
const LOG_INTERVAL: Duration = Duration::from_secs(10);

/// Sends what comes, until the store is closed or dropped.
pub async fn run(store: Weak<Shared>) {
    let mut log_interval = LogInterval::new(LOG_INTERVAL);
    while let Some(shared) = store.upgrade() {
        if !shared.hub.has_readers() {
            shared.hub.reset();
        }
        let delay = match shared.send_changes().await {
            Ok(()) => MIN_INTERVAL,
            Err(StoreError::Closed) => return,
            Err(error) => {
                if log_interval.is_due() {
                    tracing::warn!(error = chain(&error), "reading the changes of the log failed; it is retried");
                }
                shared.hub.notify();
                RETRY_DELAY
            }
        };
        sleep(delay).await;
        // The store may be dropped while this waits: then nothing notifies any more.
        let hub = Arc::clone(&shared.hub);
        drop(shared);
        hub.changed.notified().await;
    }
}

impl Shared {
    /// Sends the events that the hub has not sent yet.
    async fn send_changes(&self) -> Result<(), StoreError> {
        let hub = &self.hub;
        if !hub.has_readers() {
            return Ok(());
        }
        let end = self.log.stream_end().await?;
        let after = *hub.read.borrow();
        let Some(mut after) = after else {
            hub.read.send_replace(Some(end));
            hub.sent.send_replace(Some(end));
            return Ok(());
        };
        loop {
            let search = StreamSearch { after, tenant: None, limit: PAGE_EVENTS };
            let StreamPage { events, end, more } = match self.log.stream(search).await? {
                StreamRead::Page(page) => page,
                StreamRead::Lost(lost) => {
                    tracing::warn!(?lost, "the log has lost the position of its readers; they begin again");
                    hub.reset();
                    hub.notify();
                    return Ok(());
                }
            };
            // Whoever subscribes from now on reads up to here.
            hub.read.send_replace(Some(end));
            // Queries must not know less than the readers of changes.
            self.catch_up().await?;
            hub.send(events);
            hub.sent.send_replace(Some(end));
            if !more {
                return Ok(());
            }
            after = end;
        }
    }
}
