//! The pool of connections, and the one way to use it: [`Connections::run`], which limits the time of each use.
//!
//! A connection goes back to the pool only after a use that succeeded. After any other end (an error, a timeout, a panic,
//! or a caller that stopped waiting) it is closed, because it may hang or be in the middle of a transaction. Closing
//! sends no cancel request: a commit that has begun ends as PostgreSQL decides.
//!
//! If a connection is lost, the idle ones are closed as well: they lead to the same server, which may hang, or be a
//! standby now. The next use opens a new one, and tries the hosts of the address again.

use std::{
    future::Future,
    mem,
    ops::{Deref, DerefMut},
    sync::Arc,
    time::Duration,
};

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

impl Connections {
    pub fn new(options: ConnectOptions) -> Result<Self, StoreError> {
        let pool = Pool::builder(Manager(options)).max_size(MAX_CONNECTIONS).build();
        pool.map(Self).map_err(StoreError::database)
    }

    /// Does `work` on a connection, both within `limit`.
    ///
    /// # Errors
    /// If the work fails or does not end in time, no connection can be opened, or a commit was not replicated.
    pub async fn run<T, F>(&self, limit: Duration, work: impl FnOnce(Lease) -> F) -> Result<T, StoreError>
    where
        F: Future<Output = Result<T, StoreError>>,
    {
        let returned = Returned::default();
        let work = async {
            let session = self.0.get().await?;
            work(Lease { session: Some(session), returned: Arc::clone(&returned.0) }).await
        };
        let outcome = timeout(limit, work).await.unwrap_or_else(|_| Err(StoreError::Unresponsive));
        match outcome {
            Ok(_) if returned.is_unreplicated() => Err(not_replicated()),
            Ok(value) => {
                returned.keep();
                Ok(value)
            }
            Err(error) => {
                if is_connection_lost(&error) {
                    self.close_idle();
                }
                Err(error)
            }
        }
    }

    /// Closes the connections that nobody uses.
    fn close_idle(&self) {
        self.0.retain(|_, _| false);
    }

    pub fn close(&self) {
        self.0.close();
    }

    pub fn is_closed(&self) -> bool {
        self.0.is_closed()
    }
}

/// A connection for the time of one [`Connections::run`].
pub struct Lease {
    session: Option<Object<Manager>>,
    returned: Arc<Mutex<Option<Object<Manager>>>>,
}

impl Deref for Lease {
    type Target = Session;

    #[allow(clippy::expect_used)]
    fn deref(&self) -> &Session {
        self.session.as_ref().expect("it is taken when this is dropped")
    }
}

impl DerefMut for Lease {
    #[allow(clippy::expect_used)]
    fn deref_mut(&mut self) -> &mut Session {
        self.session.as_mut().expect("it is taken when this is dropped")
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        *self.returned.lock() = mem::take(&mut self.session);
    }
}

/// A connection after its use. It is closed unless [`keep`](Self::keep) is called.
#[derive(Default)]
struct Returned(Arc<Mutex<Option<Object<Manager>>>>);

impl Returned {
    fn is_unreplicated(&self) -> bool {
        self.0.lock().as_ref().is_some_and(|session| session.take_unreplicated())
    }

    /// Gives the connection back to the pool.
    fn keep(self) {
        drop(self.0.lock().take());
    }
}

impl Drop for Returned {
    fn drop(&mut self) {
        if let Some(session) = self.0.lock().take() {
            drop(Object::take(session));
        }
    }
}

/// Opens connections for the pool.
pub struct Manager(ConnectOptions);

impl managed::Manager for Manager {
    type Type = Session;
    type Error = StoreError;

    async fn create(&self) -> Result<Session, StoreError> {
        let session = self.0.connect().await?;
        session.batch_execute(POOL_SETTINGS).await?;
        Ok(session)
    }

    async fn recycle(&self, session: &mut Session, _: &Metrics) -> RecycleResult<StoreError> {
        if session.is_closed() { Err(RecycleError::message("the connection is closed")) } else { Ok(()) }
    }
}

/// Limits the time of an operation on a connection outside the pool.
pub async fn within<T, E>(limit: Duration, work: impl Future<Output = Result<T, E>>) -> Result<T, StoreError>
where
    StoreError: From<E>,
{
    Ok(timeout(limit, work).await.map_err(|_| StoreError::Unresponsive)??)
}
