//! The pool of connections, and the one way to use it: [`Connections::run`], which limits the time of each use.
//!
//! A connection goes back to the pool only after a use that succeeded. After any other end (an error, a timeout, a panic,
//! or a caller that stopped waiting) it is closed, because it may hang or be in the middle of a transaction. Closing
//! sends no cancel request: a commit that has begun ends as PostgreSQL decides.
//!
//! If a connection is lost, a new generation of connections begins: those of an older one lead to the same server, which
//! may hang, or be a standby now. They are closed, at the latest after their use. The next use opens a new one, and tries
//! the hosts of the address again. If that leads to another server, a generation begins as well: all connections of one
//! lead to the same server, so that reads don't alternate between two.

use std::{future::Future, time::Duration};

use deadpool::managed::{self, Metrics, Object, Pool, RecycleError, RecycleResult};
use parking_lot::Mutex;
use tokio::time::timeout;

use super::{
    connect::ConnectOptions,
    error::{is_connection_lost, not_replicated},
    session::Session,
};
use crate::error::StoreError;

/// The limit of a read. Like all limits here it is below the 30 seconds of a request.
pub const READ_LIMIT: Duration = Duration::from_secs(15);
/// The limit of a change of a tenant.
pub const CHANGE_LIMIT: Duration = Duration::from_secs(20);
/// The limit of a step of retention, for which no request waits.
pub const RETENTION_LIMIT: Duration = Duration::from_secs(120);
/// The limit of the check whether the database answers.
pub const READY_LIMIT: Duration = Duration::from_secs(5);

/// Connections of the pool: one appends, the others read, apply retention, and change tenants. Outside the pool, one
/// listens and one writes snapshots. Twelve servers fit into PostgreSQL's default of 100 connections.
const MAX_CONNECTIONS: usize = 6;

/// Further settings of the connections of the pool. They end what a closed connection left behind, before it is in the
/// way of a retry for long: a backend that hangs does not notice that its client is gone.
const POOL_SETTINGS: &str = "
    SET statement_timeout TO '15s'; SET lock_timeout TO '5s'; SET idle_in_transaction_session_timeout TO '15s'";

/// The connections of a log.
#[derive(Clone)]
pub struct Connections(Pool<Manager>);

/// Connections to one server, opened while none of them was lost.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Generation {
    number: u64,
    server: i64,
}

impl Connections {
    pub fn new(options: ConnectOptions) -> Result<Self, StoreError> {
        let pool = Pool::builder(Manager { options, generation: Mutex::default() }).max_size(MAX_CONNECTIONS).build();
        pool.map(Self).map_err(StoreError::database)
    }

    /// Does `work` on a connection, both within `limit`.
    ///
    /// # Errors
    /// If the work fails or does not end in time, no connection can be opened, or a commit was not replicated.
    pub async fn run<T>(
        &self,
        limit: Duration,
        work: impl AsyncFnOnce(&mut Session) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let generation = self.generation();
        let work = async {
            let mut used = Used(Some(self.0.get().await?));
            let (session, _) = &mut **used.0.as_mut().ok_or(StoreError::Closed)?;
            let value = work(session).await?;
            if session.take_unreplicated() {
                return Err(not_replicated());
            }
            used.keep();
            Ok(value)
        };
        let outcome = timeout(limit, work).await.unwrap_or_else(|_| Err(StoreError::Unresponsive));
        // Another use may have begun a new generation meanwhile.
        if outcome.as_ref().is_err_and(is_connection_lost) && self.generation() == generation {
            self.renew();
        }
        outcome
    }

    fn generation(&self) -> u64 {
        self.0.manager().generation.lock().number
    }

    /// Begins a new generation: the connections of today are closed, those in use after it.
    pub fn renew(&self) {
        self.0.manager().generation.lock().number += 1;
        self.0.retain(|_, _| false);
    }

    pub fn close(&self) {
        self.0.close();
    }

    pub fn is_closed(&self) -> bool {
        self.0.is_closed()
    }
}

/// A connection in use. It is closed when this is dropped, unless [`keep`](Self::keep) was called.
struct Used(Option<Object<Manager>>);

impl Used {
    /// Gives the connection back to the pool.
    fn keep(mut self) {
        drop(self.0.take());
    }
}

impl Drop for Used {
    fn drop(&mut self) {
        if let Some(session) = self.0.take() {
            drop(Object::take(session));
        }
    }
}

/// Opens connections for the pool.
pub struct Manager {
    options: ConnectOptions,
    /// The one that begins with the next connection, or has begun.
    generation: Mutex<Generation>,
}

impl managed::Manager for Manager {
    type Type = (Session, Generation);
    type Error = StoreError;

    async fn create(&self) -> Result<Self::Type, StoreError> {
        let begun = *self.generation.lock();
        let session = self.options.connect().await?;
        session.batch_execute(POOL_SETTINGS).await?;
        let opened = Generation { server: session.backend().server, ..begun };
        let mut generation = self.generation.lock();
        if *generation == begun {
            *generation = opened;
        }
        Ok((session, opened))
    }

    async fn recycle(&self, (session, generation): &mut Self::Type, _: &Metrics) -> RecycleResult<StoreError> {
        if session.is_closed() || *generation != *self.generation.lock() {
            return Err(RecycleError::message("the connection is closed, or of an older generation"));
        }
        Ok(())
    }
}

/// Limits the time of an operation on a connection outside the pool.
pub async fn within<T, E>(limit: Duration, work: impl Future<Output = Result<T, E>>) -> Result<T, StoreError>
where
    StoreError: From<E>,
{
    Ok(timeout(limit, work).await.map_err(|_| StoreError::Unresponsive)??)
}
