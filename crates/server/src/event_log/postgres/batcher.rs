//! Gathers what several callers append, so that they share a transaction.
//!
//! ```text
//! caller --+
//! caller --+--> queue --> one task: writes a transaction, then takes what has arrived meanwhile
//! caller --+
//! ```
//!
//! This pays for the goal "PostgreSQL ingest at least 0.80 of `COPY`" with many small appends: 16 callers with 100 events
//! each got 0.34 to 0.48 of the speed of `COPY`, and 0.18 to 0.23 with a transaction for each append (`cargo bench -p
//! group-dispatch-server --bench postgres`; the plain version: `MAX_BATCH_EVENTS = 0`). Two transactions at a time were not
//! faster than one.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use futures_util::FutureExt;
use group_dispatch_types::signing::TenantId;
use parking_lot::Mutex;
use tokio::{
    sync::{mpsc, oneshot},
    task::JoinHandle,
    time::{Instant, sleep, timeout, timeout_at},
};

use super::{
    append::Appender,
    append_batch::Append,
    connection::Connections,
    error::{is_rejection, is_transient},
    notify::Notifier,
};
use crate::{error::StoreError, event::StatusEvent, event_log::LoggedBatch};

/// The limit of an append, with its time in the queue: below the 30 seconds of a request.
const APPEND_LIMIT: Duration = Duration::from_secs(25);
/// The limit of a try. Then the connection is taken for one that hangs, and there is time for another one.
const TRY_LIMIT: Duration = Duration::from_secs(12);
/// An append with less time left is not tried again.
const MIN_TRY: Duration = Duration::from_secs(1);
const RETRY_DELAY: Duration = Duration::from_millis(100);
/// How long closing waits for running appends.
const CLOSE_LIMIT: Duration = Duration::from_secs(10);
/// A transaction takes no further append when it has this many events.
const MAX_BATCH_EVENTS: usize = 10_000;
/// Appends that wait in the queue; further callers wait before it.
const QUEUE_LENGTH: usize = 64;

pub struct Batcher {
    /// `None` when it is closed.
    queue: Mutex<Option<mpsc::Sender<Append>>>,
    task: tokio::sync::Mutex<Option<JoinHandle<()>>>,
}

impl Batcher {
    /// `is_read_only`: whether the database takes no writes now.
    pub fn new(connections: Connections, notifier: Arc<Notifier>, is_read_only: bool) -> Self {
        let (queue, mut pending) = mpsc::channel(QUEUE_LENGTH);
        let task = tokio::spawn(async move {
            let mut writer = Writer { appender: Appender::new(connections.clone()), is_read_only };
            while let Some(batch) = next_batch(&mut pending).await {
                // A panic fails the appends of its batch, whose callers are dropped, and no later ones.
                if AssertUnwindSafe(writer.write(batch)).catch_unwind().await.is_err() {
                    writer.appender = Appender::new(connections.clone());
                }
                // Also after a failure: it may be committed.
                notifier.notify();
            }
        });
        Self { queue: Mutex::new(Some(queue)), task: tokio::sync::Mutex::new(Some(task)) }
    }

    /// Appends events. Once they are in the queue, they are written even if the caller stops waiting.
    pub async fn append(&self, tenant: TenantId, events: Vec<StatusEvent>) -> Result<LoggedBatch, StoreError> {
        let queue = self.queue.lock().clone().ok_or(StoreError::Closed)?;
        let (caller, outcome) = oneshot::channel();
        let deadline = Instant::now() + APPEND_LIMIT;
        let queued = timeout_at(deadline, queue.send(Append::new(tenant, events, deadline, caller))).await;
        queued.map_err(|_| StoreError::Unresponsive)?.map_err(|_| StoreError::Closed)?;
        drop(queue);
        outcome.await.map_err(|_| StoreError::database("the append was aborted"))?
    }

    /// Returns when all earlier appends are written, or after ten seconds; later ones fail. Those that are not written by
    /// then fail: nobody may know whether they are stored.
    pub async fn close(&self) {
        self.queue.lock().take();
        if let Some(mut task) = self.task.lock().await.take() {
            // A panic has failed its appends already.
            if timeout(CLOSE_LIMIT, &mut task).await.is_err() {
                tracing::warn!(
                    "appends were still waiting for the database when it was closed; they were not acknowledged"
                );
                task.abort();
            }
        }
    }
}

/// Takes what is in the queue, up to the size of a transaction. Returns `None` when the batcher is closed.
async fn next_batch(queue: &mut mpsc::Receiver<Append>) -> Option<Vec<Append>> {
    let mut batch = vec![queue.recv().await?];
    let mut events = batch[0].events.len();
    while events < MAX_BATCH_EVENTS
        && let Ok(next) = queue.try_recv()
    {
        events += next.events.len();
        batch.push(next);
    }
    Some(batch)
}

/// Writes batches, and decides what to do when one fails.
struct Writer {
    appender: Appender,
    /// Whether the database took no writes for the whole time of an append. Then the next ones fail immediately.
    is_read_only: bool,
}

impl Writer {
    /// Writes a batch, as often as its appends have time, and returns the outcome to their callers.
    async fn write(&mut self, batch: Vec<Append>) {
        let mut batches = vec![(batch, None)];
        while let Some((batch, failure)) = batches.pop() {
            let batch = self.finish_late(batch, failure.as_ref());
            let Some(deadline) = batch.iter().map(|append| append.deadline).min() else { continue };
            match self.appender.append(&batch, deadline.min(Instant::now() + TRY_LIMIT)).await {
                Ok(written) => {
                    self.is_read_only = false;
                    batch.into_iter().zip(written).for_each(|(append, written)| append.finish(Ok(written)));
                }
                // One append may be the reason: each gets a transaction of its own.
                Err(error) if batch.len() > 1 && is_rejection(&error) => {
                    batches.extend(batch.into_iter().rev().map(|append| (vec![append], None)));
                }
                Err(error) if self.may_retry(&error) => {
                    sleep(RETRY_DELAY).await;
                    batches.push((batch, Some(error)));
                }
                Err(error) => batch.into_iter().for_each(|append| append.finish(Err(copy(&error)))),
            }
        }
    }

    fn may_retry(&self, error: &StoreError) -> bool {
        is_transient(error) && !(self.is_read_only && matches!(error, StoreError::ReadOnly))
    }

    /// Fails the appends that have no time left, and returns the others.
    fn finish_late(&mut self, batch: Vec<Append>, failure: Option<&StoreError>) -> Vec<Append> {
        let end = Instant::now() + MIN_TRY;
        let (batch, late): (Vec<_>, Vec<_>) = batch.into_iter().partition(|append| append.deadline > end);
        self.is_read_only |= !late.is_empty() && matches!(failure, Some(StoreError::ReadOnly));
        for append in late {
            append.finish(Err(failure.map_or_else(|| StoreError::Unresponsive, copy)));
        }
        batch
    }
}

/// Returns the error for one of several callers.
fn copy(error: &StoreError) -> StoreError {
    match error {
        StoreError::Closed => StoreError::Closed,
        StoreError::ReadOnly => StoreError::ReadOnly,
        StoreError::Unresponsive => StoreError::Unresponsive,
        StoreError::DiskFull => StoreError::DiskFull,
        StoreError::Database(source) => StoreError::database(source.to_string()),
        error => StoreError::database(error.to_string()),
    }
}
