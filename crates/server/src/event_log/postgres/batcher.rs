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

use std::{panic::AssertUnwindSafe, sync::Arc};

use deadpool_postgres::Pool;
use futures_util::FutureExt;
use group_dispatch_types::signing::TenantId;
use parking_lot::Mutex;
use tokio::{
    sync::{mpsc, oneshot},
    task::JoinHandle,
};

use super::{append::Appender, append_batch::Append, error::is_rejection, notify::Notifier};
use crate::{error::StoreError, event::StatusEvent, event_log::LoggedBatch};

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
    pub fn new(pool: Pool, notifier: Arc<Notifier>) -> Self {
        let (queue, mut pending) = mpsc::channel(QUEUE_LENGTH);
        let task = tokio::spawn(async move {
            let mut appender = Appender::new(pool.clone());
            while let Some(batch) = next_batch(&mut pending).await {
                // A panic fails the appends of its batch, whose callers are dropped, and no later ones.
                if AssertUnwindSafe(write(&mut appender, batch)).catch_unwind().await.is_err() {
                    appender = Appender::new(pool.clone());
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
        queue.send(Append::new(tenant, events, caller)).await.map_err(|_| StoreError::Closed)?;
        drop(queue);
        outcome.await.map_err(|_| StoreError::database("the append was aborted"))?
    }

    /// Returns when all earlier appends are written; later ones fail.
    pub async fn close(&self) {
        self.queue.lock().take();
        if let Some(task) = self.task.lock().await.take() {
            // A panic has failed its appends already.
            let _ = task.await;
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

async fn write(appender: &mut Appender, batch: Vec<Append>) {
    let mut batches = vec![batch];
    while let Some(batch) = batches.pop() {
        match appender.append(&batch).await {
            Ok(written) => batch.into_iter().zip(written).for_each(|(append, written)| append.finish(Ok(written))),
            // One append may be the reason: each gets a transaction of its own.
            Err(error) if batch.len() > 1 && is_rejection(&error) => {
                batches.extend(batch.into_iter().rev().map(|append| vec![append]));
            }
            Err(error) => batch.into_iter().for_each(|append| append.finish(Err(copy(&error)))),
        }
    }
}

/// Returns the error for one of several callers.
fn copy(error: &StoreError) -> StoreError {
    match error {
        StoreError::Closed => StoreError::Closed,
        StoreError::Database(source) => StoreError::database(source.to_string()),
        error => StoreError::database(error.to_string()),
    }
}
