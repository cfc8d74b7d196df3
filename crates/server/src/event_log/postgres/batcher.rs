//! Writes what many append: what comes while a transaction is under way is gathered, and written in the next one.

use std::sync::Arc;

use deadpool_postgres::Pool;
use parking_lot::Mutex;
use tokio::{
    sync::{Mutex as Turns, mpsc, oneshot},
    task::JoinSet,
};

use super::{
    append::Appender,
    batch::{Batch, Written},
    failure::Failure,
    notify::Messenger,
};
use crate::{TenantId, error::StoreError, event_log::Logged};

/// So many transactions at a time: while the database is busy with one, the next is made ready.
const LANES: usize = 2;
/// A transaction takes no more batches when it has so many events.
const MANY: usize = 10_000;
/// So many batches wait here; who brings another waits before it is taken.
const QUEUE: usize = 64;

pub struct Writer {
    queue: Mutex<Option<mpsc::Sender<Waiting>>>,
    lanes: Turns<JoinSet<()>>,
}

/// A batch, and who waits for what becomes of it.
struct Waiting {
    tenant: TenantId,
    batch: Batch,
    answer: oneshot::Sender<Result<Logged, StoreError>>,
}

impl Writer {
    pub fn new(pool: Pool, messenger: Arc<Messenger>) -> Self {
        let (queue, waiting) = mpsc::channel(QUEUE);
        let (waiting, appender) = (Arc::new(Turns::new(waiting)), Arc::new(Appender::new(pool)));
        let mut lanes = JoinSet::new();
        for _ in 0..LANES {
            let (waiting, appender, messenger) = (Arc::clone(&waiting), Arc::clone(&appender), Arc::clone(&messenger));
            lanes.spawn(async move {
                while let Some(group) = next(&waiting).await {
                    write(&appender, group).await;
                    // Also where it failed: it may be there all the same.
                    messenger.tell();
                }
            });
        }
        Self { queue: Mutex::new(Some(queue)), lanes: Turns::new(lanes) }
    }

    /// What has been taken into the queue is written even when nobody waits for it any more.
    pub async fn append(&self, tenant: TenantId, batch: Batch) -> Result<Logged, StoreError> {
        let queue = self.queue.lock().clone().ok_or(StoreError::Closed)?;
        let (answer, answered) = oneshot::channel();
        queue.send(Waiting { tenant, batch, answer }).await.map_err(|_| StoreError::Closed)?;
        drop(queue);
        answered.await.map_err(|_| StoreError::database("an append was broken off"))?
    }

    /// Returns when all that was asked before is written.
    pub async fn close(&self) {
        self.queue.lock().take();
        let mut lanes = self.lanes.lock().await;
        while lanes.join_next().await.is_some() {}
    }
}

/// What waits, as much as one transaction takes; none when no more will come.
async fn next(waiting: &Turns<mpsc::Receiver<Waiting>>) -> Option<Vec<Waiting>> {
    let mut waiting = waiting.lock().await;
    let first = waiting.recv().await?;
    let mut events = first.batch.len();
    let mut group = vec![first];
    while events < MANY
        && let Ok(next) = waiting.try_recv()
    {
        events += next.batch.len();
        group.push(next);
    }
    Some(group)
}

async fn write(appender: &Appender, group: Vec<Waiting>) {
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

fn logged((tenant, batch): (TenantId, Batch), written: Option<Written>) -> Result<Logged, StoreError> {
    written.map(|written| batch.logged(written)).ok_or(StoreError::UnknownTenant(tenant))
}

/// One failure, for each who is concerned.
fn told(failure: &Failure) -> StoreError {
    match failure {
        Failure::Store(StoreError::Closed) => StoreError::Closed,
        failure => StoreError::database(failure.to_string()),
    }
}
