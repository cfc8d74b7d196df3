//! Runs work on a SQLite connection, off the async threads.
//!
//! The log has two workers: one writes, because SQLite allows one writer at a time anyway; one reads, which is enough
//! because queries never read the log. A worker runs one piece of work at a time, in the order of the calls.

use std::{mem, sync::Arc};

use rusqlite::{Connection, Transaction, config::DbConfig};
use tokio::{sync::Mutex, task::spawn_blocking};

use super::open_files::{Loss, OpenFiles};
use crate::error::StoreError;

/// A connection, and a state that changes with its transactions.
pub struct Worker<S = ()> {
    /// `None` when it is closed.
    handle: Arc<Mutex<Option<(Connection, S)>>>,
    /// Opens the connection again when a transaction could not be ended.
    open: Arc<dyn Fn() -> rusqlite::Result<Connection> + Send + Sync>,
    /// The files that have to be there before and after each piece of work.
    files: Option<Arc<OpenFiles>>,
}

impl<S: Default + Send + 'static> Worker<S> {
    pub fn new(open: impl Fn() -> rusqlite::Result<Connection> + Send + Sync + 'static) -> rusqlite::Result<Self> {
        let handle = Arc::new(Mutex::new(Some((open()?, S::default()))));
        Ok(Self { handle, open: Arc::new(open), files: None })
    }

    /// Lets all work fail if the path of the database no longer names these files.
    pub fn checking(self, files: Arc<OpenFiles>) -> Self {
        Self { files: Some(files), ..self }
    }

    /// Runs `work` in a transaction, which is committed if `work` succeeds.
    pub async fn transact<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.run(move |connection, _| Ok(in_transaction(connection, work)?)).await
    }

    /// As [`transact`](Self::transact), with the state. If the transaction is not committed, the state is the default again.
    pub async fn transact_with<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Transaction<'_>, &mut S) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.run(move |connection, state| {
            // Taken out, so that an error or a panic leaves the default.
            let mut changed = mem::take(state);
            let outcome = in_transaction(connection, |transaction| work(transaction, &mut changed))?;
            *state = changed;
            Ok(outcome)
        })
        .await
    }

    /// Runs `work` where blocking is allowed. Once begun, it runs to its end even if the caller stops waiting.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection, &mut S) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let mut handle = Arc::clone(&self.handle).lock_owned().await;
        let (open, files) = (Arc::clone(&self.open), self.files.clone());
        let check = move || files.as_ref().map_or(Ok(()), |files| files.check());
        spawn_blocking(move || {
            let (connection, state) = handle.as_mut().ok_or(StoreError::Closed)?;
            check()?;
            // Every later transaction would fail as well.
            if !connection.is_autocommit() {
                *connection = open()?;
            }
            let outcome = work(connection, state)?;
            // A change counts only if the next start finds it.
            check()?;
            Ok(outcome)
        })
        .await?
    }

    /// Waits for the running work and closes the connection; later calls fail.
    pub async fn close(&self) -> Result<(), StoreError> {
        let mut handle = Arc::clone(&self.handle).lock_owned().await;
        let files = self.files.clone();
        spawn_blocking(move || {
            let (connection, _) = handle.take().ok_or(StoreError::Closed)?;
            if files.and_then(|files| files.loss()) == Some(Loss::Overwritten) {
                // The write-ahead log does not belong to what is in the file now.
                connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
            }
            connection.close().map_err(|(_, error)| error.into())
        })
        .await?
    }
}

fn in_transaction<T>(
    connection: &mut Connection,
    work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
) -> rusqlite::Result<T> {
    let transaction = connection.transaction()?;
    let outcome = work(&transaction)?;
    transaction.commit()?;
    Ok(outcome)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_fails_its_work_alone_and_is_not_repeated() {
        let worker = Worker::<()>::new(Connection::open_in_memory).unwrap();
        let broken = worker.transact(|_| -> rusqlite::Result<()> { panic!("a phone number") }).await.unwrap_err();
        let StoreError::Database(reason) = broken else { panic!("{broken}") };
        assert_eq!(reason.to_string(), "the operation was aborted");
        worker.transact(|_| Ok(())).await.unwrap();
        worker.close().await.unwrap();
    }

    #[tokio::test]
    async fn a_transaction_that_was_left_open_costs_its_connection() {
        let worker = Worker::<()>::new(Connection::open_in_memory).unwrap();
        let left_open = "BEGIN; CREATE TABLE left (n)";
        worker.handle.lock().await.as_mut().unwrap().0.execute_batch(left_open).unwrap();
        worker.transact(|change| change.execute_batch("CREATE TABLE left (n)")).await.unwrap();
    }

    #[tokio::test]
    async fn a_state_counts_only_if_its_transaction_is_committed() {
        let worker = Worker::<i32>::new(Connection::open_in_memory).unwrap();
        let add = |sql| {
            worker.transact_with(move |change, state| {
                *state += 1;
                change.execute_batch(sql).map(|()| *state)
            })
        };
        assert_eq!(add("SELECT 1").await.unwrap(), 1);
        assert_eq!(add("SELECT 1").await.unwrap(), 2);
        worker.transact(|change| change.execute_batch("not SQL")).await.unwrap_err();
        assert_eq!(add("SELECT 1").await.unwrap(), 3, "work without the state leaves it alone");
        add("not SQL").await.unwrap_err();
        assert_eq!(add("SELECT 1").await.unwrap(), 1);
    }
}
