//! One connection to PostgreSQL, set up for the log. It ends when the [`Session`] is dropped.

use std::{
    future::poll_fn,
    ops::{Deref, DerefMut},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicI32, Ordering},
    },
};

use deadpool_postgres::{ClientWrapper, Transaction};
use tokio::sync::Notify;
use tokio_postgres::{
    AsyncMessage, Client, Connection, IsolationLevel, SimpleQueryMessage, SimpleQueryRow, Socket, error::DbError,
    tls::MakeTlsConnect,
};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::error::StoreError;

/// The settings of every connection. Acknowledged events must be on disk whatever the database's default is; only a
/// stricter setting is kept. JIT is off because the queries are short: compiling them takes a hundred times as long,
/// and disabled planner methods, which have high costs, would trigger it. A client that has vanished must not keep its
/// advisory locks for the two hours that the system waits by default. Then follow the fields of [`Backend`].
const SETTINGS: &str = "
    SET search_path TO group_dispatch;
    SET jit TO off;
    SET client_min_messages TO warning;
    SET tcp_keepalives_idle TO 30;
    SET tcp_keepalives_interval TO 10;
    SET tcp_keepalives_count TO 3;
    SELECT set_config('synchronous_commit', 'on', false)
    WHERE current_setting('synchronous_commit') NOT IN ('on', 'remote_apply');
    SELECT pg_backend_pid(),
        coalesce((
            SELECT (extract(epoch FROM backend_start) * 1000000)::bigint FROM pg_stat_get_activity(pg_backend_pid())
        ), 0),
        (extract(epoch FROM pg_postmaster_start_time()) * 1000000)::bigint, current_setting('transaction_read_only')";

/// Where the function of PostgreSQL's source that waits for standbys reports a wait that ended early.
const WAIT_ROUTINE: &str = "SyncRepWaitForLSN";

/// The part of a connection that has to be polled.
type Driver = Connection<Socket, <MakeRustlsConnect as MakeTlsConnect<Socket>>::Stream>;

pub struct Session {
    client: ClientWrapper,
    inbox: Arc<Inbox>,
    backend: Backend,
}

/// The process of PostgreSQL behind a connection.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Backend {
    pub process: Process,
    /// When its server was started, in microseconds, which distinguishes servers.
    pub server: i64,
    /// Whether it took no writes when it was connected.
    pub is_read_only: bool,
}

/// A process of PostgreSQL, which no later one is equal to, on any server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Process {
    pub pid: i32,
    /// In microseconds; 0 if the role in use may not know.
    pub started: i64,
}

/// What a connection receives besides the answers to its queries.
#[derive(Default)]
struct Inbox {
    own_pid: AtomicI32,
    is_unreplicated: AtomicBool,
    notified: Notify,
    closed: Notify,
}

impl Session {
    /// Polls a new connection, which has no settings yet.
    pub fn new(client: Client, driver: Driver) -> Self {
        let inbox = Arc::new(Inbox::default());
        let polled = tokio::spawn(receive(driver, Arc::clone(&inbox)));
        Self { client: ClientWrapper::new(client, polled), inbox, backend: Backend::default() }
    }

    /// Sets the connection up.
    pub async fn set_up(&mut self) -> Result<(), StoreError> {
        let row = self.query_row(SETTINGS).await?;
        let column = |index| row.try_get(index).map(Option::unwrap_or_default);
        let process = Process {
            pid: column(0)?.parse().map_err(StoreError::database)?,
            started: column(1)?.parse().map_err(StoreError::database)?,
        };
        self.backend = Backend {
            process,
            server: column(2)?.parse().map_err(StoreError::database)?,
            is_read_only: column(3)? == "on",
        };
        self.inbox.own_pid.store(process.pid, Ordering::Relaxed);
        Ok(())
    }

    /// Runs statements, and returns the last row.
    async fn query_row(&self, statements: &str) -> Result<SimpleQueryRow, StoreError> {
        let messages = self.client.simple_query(statements).await?;
        let row = messages.into_iter().rev().find_map(|message| match message {
            SimpleQueryMessage::Row(row) => Some(row),
            _ => None,
        });
        row.ok_or_else(|| StoreError::database("the database answered without a row"))
    }

    /// Returns whether its server takes no writes now.
    pub async fn is_read_only(&self) -> Result<bool, StoreError> {
        Ok(self.query_row("SHOW transaction_read_only").await?.try_get(0)? == Some("on"))
    }

    pub fn backend(&self) -> &Backend {
        &self.backend
    }

    /// Returns whether PostgreSQL has warned since the last call that a commit may be on no standby.
    pub fn take_unreplicated(&self) -> bool {
        self.inbox.is_unreplicated.swap(false, Ordering::Relaxed)
    }

    /// Returns when another process has sent a notification.
    pub async fn notified(&self) {
        self.inbox.notified.notified().await;
    }

    /// Returns when the connection is closed.
    pub async fn closed(&self) {
        self.inbox.closed.notified().await;
    }
}

impl Deref for Session {
    type Target = ClientWrapper;

    fn deref(&self) -> &ClientWrapper {
        &self.client
    }
}

impl DerefMut for Session {
    fn deref_mut(&mut self) -> &mut ClientWrapper {
        &mut self.client
    }
}

/// Polls a connection until it is closed. A warning is noted before the answer that it belongs to is delivered.
async fn receive(mut driver: Driver, inbox: Arc<Inbox>) {
    // The client reports the errors of its connection.
    while let Some(Ok(message)) = poll_fn(|context| driver.poll_message(context)).await {
        match message {
            AsyncMessage::Notice(notice) if is_unreplicated(&notice) => {
                inbox.is_unreplicated.store(true, Ordering::Relaxed);
            }
            AsyncMessage::Notification(notification)
                if notification.process_id() != inbox.own_pid.load(Ordering::Relaxed) =>
            {
                inbox.notified.notify_one();
            }
            _ => {}
        }
    }
    inbox.closed.notify_one();
}

/// Returns whether PostgreSQL warns that the transaction "has already committed locally, but might not have been
/// replicated to the standby". The text is translated, and the code (01000) is that of any warning.
fn is_unreplicated(notice: &DbError) -> bool {
    notice.routine() == Some(WAIT_ROUTINE)
}

/// Begins a transaction that sees what others did before it got the lock, whatever the database's default is.
pub async fn begin(session: &mut Session) -> Result<Transaction<'_>, StoreError> {
    Ok(session.build_transaction().isolation_level(IsolationLevel::ReadCommitted).start().await?)
}
