//! Writes what many append: what comes while a transaction is under way is gathered, and written in the next one.

use std::sync::Arc;

use deadpool_postgres::Pool;
use parking_lot::Mutex;
use tokio::{
    sync::{mpsc, oneshot},
    task::JoinSet,
};

use super::{
    append::Appender,
    batch::{Batch, Written},
    failure::Failure,
    notify::Notifier,
};
use crate::{TenantId, error::StoreError, event_log::LoggedBatch};

/// So many transactions at a time: while the database is busy with one, the next is made ready.
const WORKERS: usize = 2;
/// A transaction takes no more batches when it has so many events.
const MAX_BATCH_EVENTS: usize = 10_000;
/// So many batches wait here; who brings another waits before it is taken.
const QUEUE_LENGTH: usize = 64;

pub struct Batcher {
    queue: Mutex<Option<mpsc::Sender<PendingAppend>>>,
    workers: tokio::sync::Mutex<JoinSet<()>>,
}

/// A batch, and who waits for what becomes of it.
struct PendingAppend {
    tenant: TenantId,
    batch: Batch,
    answer: oneshot::Sender<Result<LoggedBatch, StoreError>>,
}

impl Batcher {
    pub fn new(pool: Pool, notifier: Arc<Notifier>) -> Self {
        let (queue, waiting) = mpsc::channel(QUEUE_LENGTH);
        let (waiting, appender) = (Arc::new(tokio::sync::Mutex::new(waiting)), Arc::new(Appender::new(pool)));
        let mut workers = JoinSet::new();
        for _ in 0..WORKERS {
            let (waiting, appender, notifier) = (Arc::clone(&waiting), Arc::clone(&appender), Arc::clone(&notifier));
            workers.spawn(async move {
                while let Some(group) = next(&waiting).await {
                    write(&appender, group).await;
                    // Also where it failed: it may be there all the same.
                    notifier.tell();
                }
            });
        }
        Self { queue: Mutex::new(Some(queue)), workers: tokio::sync::Mutex::new(workers) }
    }

    /// What has been taken into the queue is written even when nobody waits for it any more.
    pub async fn append(&self, tenant: TenantId, batch: Batch) -> Result<LoggedBatch, StoreError> {
        let queue = self.queue.lock().clone().ok_or(StoreError::Closed)?;
        let (answer, answered) = oneshot::channel();
        queue.send(PendingAppend { tenant, batch, answer }).await.map_err(|_| StoreError::Closed)?;
        drop(queue);
        answered.await.map_err(|_| StoreError::database("an append was broken off"))?
    }

    /// Returns when all that was asked before is written.
    pub async fn close(&self) {
        self.queue.lock().take();
        let mut workers = self.workers.lock().await;
        while workers.join_next().await.is_some() {}
    }
}

/// What waits, as much as one transaction takes; none when no more will come.
async fn next(waiting: &tokio::sync::Mutex<mpsc::Receiver<PendingAppend>>) -> Option<Vec<PendingAppend>> {
    let mut waiting = waiting.lock().await;
    let first = waiting.recv().await?;
    let mut events = first.batch.len();
    let mut group = vec![first];
    while events < MAX_BATCH_EVENTS
        && let Ok(next) = waiting.try_recv()
    {
        events += next.batch.len();
        group.push(next);
    }
    Some(group)
}

async fn write(appender: &Appender, group: Vec<PendingAppend>) {
    let (batches, answers): (Vec<_>, Vec<_>) =
        group.into_iter().map(|waiting| ((waiting.tenant, waiting.batch), waiting.answer)).unzip();
    match appender.append(&batches).await {
        Ok(written) => {
            for ((batch, answer), written) in batches.into_iter().zip(answers).zip(written) {
                answer.send(logged(batch, written)).ok();
            }
        }
        // Nobody has to suffer for what another brought.
        Err(failure) if batches.len() > 1 && failure.is_answer() => {
            for (batch, answer) in batches.into_iter().zip(answers) {
                let alone = [batch];
                let outcome = appender.append(&alone).await;
                let [batch] = alone;
                let outcome = outcome.map_err(StoreError::from);
                answer.send(outcome.and_then(|written| logged(batch, written.into_iter().flatten().next()))).ok();
            }
        }
        Err(failure) => answers.into_iter().for_each(|answer| drop(answer.send(Err(told(&failure))))),
    }
}

fn logged((tenant, batch): (TenantId, Batch), written: Option<Written>) -> Result<LoggedBatch, StoreError> {
    written.map(|written| batch.logged(written)).ok_or(StoreError::UnknownTenant(tenant))
}

/// One failure, for each who is concerned.
fn told(failure: &Failure) -> StoreError {
    match failure {
        Failure::Store(StoreError::Closed) => StoreError::Closed,
        failure => StoreError::database(failure.to_string()),
    }
}
