//! Runs work on a SQLite connection, off the async threads.
//!
//! The log has two workers: one writes, because SQLite allows one writer at a time anyway; one reads, which is enough
//! because queries never read the log. A worker runs one piece of work at a time, in the order of the calls.

use std::{borrow::BorrowMut, sync::Arc};

use rusqlite::{Connection, Transaction};
use tokio::{sync::Mutex, task::spawn_blocking};

use crate::error::StoreError;

/// A connection, or what has one. It is opened again when a transaction could not be ended.
pub struct Worker<H> {
    /// `None` when it is closed.
    handle: Arc<Mutex<Option<H>>>,
    open: Arc<dyn Fn() -> rusqlite::Result<H> + Send + Sync>,
}

impl<H: BorrowMut<Connection> + Send + 'static> Worker<H> {
    pub fn new(open: impl Fn() -> rusqlite::Result<H> + Send + Sync + 'static) -> rusqlite::Result<Self> {
        Ok(Self { handle: Arc::new(Mutex::new(Some(open()?))), open: Arc::new(open) })
    }

    /// Runs `work`. Once it has begun, it runs to its end even if the caller stops waiting.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut H) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let mut handle = Arc::clone(&self.handle).lock_owned().await;
        let open = Arc::clone(&self.open);
        spawn_blocking(move || {
            let handle = handle.as_mut().ok_or(StoreError::Closed)?;
            // Every later transaction would fail as well.
            if !(*handle).borrow().is_autocommit() {
                *handle = open()?;
            }
            work(handle)
        })
        .await?
    }

    /// Runs `work` in a transaction, which is committed if `work` succeeds.
    pub async fn transact<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.run(|handle| {
            let transaction = handle.borrow_mut().transaction()?;
            let outcome = work(&transaction)?;
            transaction.commit()?;
            Ok(outcome)
        })
        .await
    }

    /// Waits for the running work and closes the connection; later calls fail.
    pub async fn close(&self) -> Result<(), StoreError> {
        let mut handle = Arc::clone(&self.handle).lock_owned().await;
        spawn_blocking(move || handle.take().map(drop).ok_or(StoreError::Closed)).await?
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_fails_its_work_alone_and_is_not_repeated() {
        let worker = Worker::new(Connection::open_in_memory).unwrap();
        let broken = worker.transact(|_| -> Result<(), StoreError> { panic!("a phone number") }).await.unwrap_err();
        let StoreError::Database(reason) = broken else { panic!("{broken}") };
        assert_eq!(reason.to_string(), "the operation was aborted");
        worker.transact(|_| Ok(())).await.unwrap();
        worker.close().await.unwrap();
    }

    #[tokio::test]
    async fn a_transaction_that_was_left_open_costs_its_connection() {
        let worker = Worker::new(Connection::open_in_memory).unwrap();
        worker.run(|connection| Ok(connection.execute_batch("BEGIN; CREATE TABLE left (n)")?)).await.unwrap();
        worker.transact(|change| Ok(change.execute_batch("CREATE TABLE left (n)")?)).await.unwrap();
    }
}
