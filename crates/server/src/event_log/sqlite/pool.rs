//! Connections that are opened when they are needed, kept, and never more than agreed.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, Transaction};
use tokio::{sync::Semaphore, task::spawn_blocking};

use crate::error::StoreError;

/// A connection, or what has one.
pub trait Handle: Send + 'static {
    fn connection(&mut self) -> &mut Connection;

    fn close(self) -> Result<(), StoreError>;
}

impl Handle for Connection {
    fn connection(&mut self) -> &mut Connection {
        self
    }

    fn close(self) -> Result<(), StoreError> {
        Ok(Self::close(self).map_err(|(_, error)| error)?)
    }
}

/// At most so many connections of one kind, each used by one transaction at a time.
pub struct Pool<H> {
    most: usize,
    /// One for each transaction that may run; who waits is served in turn, without holding a thread.
    permits: Arc<Semaphore>,
    shared: Arc<Shared<H>>,
}

struct Shared<H> {
    idle: Mutex<Vec<H>>,
    open: Box<dyn Fn() -> Result<H, StoreError> + Send + Sync>,
}

impl<H: Handle> Pool<H> {
    pub fn new(most: usize, open: impl Fn() -> Result<H, StoreError> + Send + Sync + 'static) -> Self {
        let shared = Shared { idle: Mutex::default(), open: Box::new(open) };
        Self { most, permits: Arc::new(Semaphore::new(most)), shared: Arc::new(shared) }
    }

    /// Opens a connection to be kept.
    pub fn warm(&self) -> Result<(), StoreError> {
        let connection = (self.shared.open)()?;
        self.shared.idle().push(connection);
        Ok(())
    }

    /// Does `work` in one transaction, off the async threads; commits if it succeeds, changes nothing if not.
    ///
    /// It runs to its end even when the caller stops waiting.
    pub async fn transact<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.with(|handle| transact(handle.connection(), work)).await
    }

    /// Does `work`, off the async threads.
    ///
    /// It runs to its end even when the caller stops waiting.
    pub async fn with<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut H) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let permit = Arc::clone(&self.permits).acquire_owned().await.map_err(|_| StoreError::Closed)?;
        let shared = Arc::clone(&self.shared);
        let job = spawn_blocking(move || {
            let mut handle = shared.take()?;
            let outcome = work(&mut handle);
            shared.put_back(handle);
            // Not earlier: who holds all permits must find all connections idle.
            drop(permit);
            outcome
        });
        job.await?
    }

    /// Does `work` in turn, without anybody waiting for it. If it fails nobody is told but the log.
    pub fn in_background(&self, work: impl FnOnce(&mut H) -> Result<(), StoreError> + Send + 'static) {
        let pool = self.clone();
        tokio::spawn(async move {
            match pool.with(work).await {
                Ok(()) | Err(StoreError::Closed) => {}
                Err(error) => tracing::warn!(error = crate::error::chain(&error), "the database failed"),
            }
        });
    }

    /// Waits for what is running, then closes every connection; from then on all fails.
    pub async fn close(&self) -> Result<(), StoreError> {
        let most = u32::try_from(self.most).unwrap_or(u32::MAX);
        let permits = Arc::clone(&self.permits).acquire_many_owned(most).await.map_err(|_| StoreError::Closed)?;
        self.permits.close();
        let shared = Arc::clone(&self.shared);
        let job = spawn_blocking(move || {
            let connections = std::mem::take(&mut *shared.idle());
            let outcome = connections.into_iter().try_for_each(Handle::close);
            drop(permits);
            outcome
        });
        job.await?
    }
}

impl<H: Handle> Shared<H> {
    /// A panic can't leave the list half changed, so a poisoned lock is as good as any.
    fn idle(&self) -> MutexGuard<'_, Vec<H>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self) -> Result<H, StoreError> {
        let idle = self.idle().pop();
        idle.map_or_else(&self.open, Ok)
    }

    /// A connection whose transaction could not be ended would fail for everyone after: it is dropped.
    fn put_back(&self, mut handle: H) {
        if handle.connection().is_autocommit() {
            self.idle().push(handle);
        }
    }
}

fn transact<T>(
    connection: &mut Connection,
    work: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let transaction = connection.transaction()?;
    let outcome = work(&transaction)?;
    transaction.commit()?;
    Ok(outcome)
}

impl<H> Clone for Pool<H> {
    fn clone(&self) -> Self {
        Self { most: self.most, permits: Arc::clone(&self.permits), shared: Arc::clone(&self.shared) }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_costs_a_connection_and_no_more() {
        let pool = Pool::new(1, || Ok(Connection::open_in_memory()?));
        let broken = pool.transact(|_| -> Result<(), StoreError> { panic!("a phone number") }).await.unwrap_err();
        let StoreError::Database(reason) = broken else { panic!("{broken}") };
        assert_eq!(reason.to_string(), "what was being done was broken off");
        pool.transact(|_| Ok(())).await.unwrap();
        pool.close().await.unwrap();
    }
}
