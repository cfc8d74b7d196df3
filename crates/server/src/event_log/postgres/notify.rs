//! Notifies other processes of changes, and receives their notifications.
//!
//! Notifications are no part of an append, because PostgreSQL commits transactions that notify one at a time. They only
//! save time: whoever misses one finds the change at the next poll.
//!
//! The connection also notices that its server takes no writes any more, as a primary that was replaced: reads and
//! notifications work there as before, and a server that nobody feeds would stay with it. When a connection is opened to a
//! server that takes writes, the pool opens its connections again as well.

use std::{sync::Arc, time::Duration};

use tokio::{sync::Notify, task::JoinHandle, time};

use super::{
    connect::ConnectOptions,
    connection::{Connections, within},
    error::lost,
    open_lock,
    session::Session,
};
use crate::{
    error::{StoreError, chain},
    log_interval::LogInterval,
};

/// How often the log is read without a notification.
const POLL_INTERVAL: Duration = Duration::from_millis(500);
/// Changes within this time share one notification.
const NOTIFY_DELAY: Duration = Duration::from_millis(10);
const RETRY_DELAY: Duration = Duration::from_millis(250);
/// How often a failure that goes on is logged.
const LOG_INTERVAL: Duration = Duration::from_secs(10);
/// The limit of a statement on this connection.
const STATEMENT_LIMIT: Duration = Duration::from_secs(5);
/// How often a connection is checked, and how often one to a database that takes no writes is replaced.
const CHECK_INTERVAL: Duration = Duration::from_secs(5);

/// Begins to listen. A notification need not survive a crash, so nobody waits for the disk.
const LISTEN: &str = "SET synchronous_commit TO off; LISTEN group_dispatch";

/// A connection of its own that sends and receives notifications. It does not receive its own.
pub struct Notifier {
    signals: Arc<Signals>,
    task: JoinHandle<()>,
}

#[derive(Default)]
struct Signals {
    outgoing: Notify,
    incoming: Notify,
}

impl Notifier {
    /// `first` is a connection that holds the open lock; it is kept until the notifier's own connection holds the lock.
    pub fn new(options: ConnectOptions, connections: Connections, first: Session) -> Self {
        let signals = Arc::new(Signals::default());
        let task = tokio::spawn({
            let (signals, mut first) = (Arc::clone(&signals), Some(first));
            async move {
                let mut log_interval = LogInterval::new(LOG_INTERVAL);
                loop {
                    if let Err(error) = run(&options, &connections, &signals, &mut first).await
                        && log_interval.is_due()
                    {
                        tracing::warn!(error = chain(&error), "listening to the database failed; it is retried");
                    }
                    time::sleep(RETRY_DELAY).await;
                }
            }
        });
        Self { signals, task }
    }

    /// Notifies the other processes, a little later.
    pub fn notify(&self) {
        self.signals.outgoing.notify_one();
    }

    /// Returns when another process has notified this one, or when it is time to poll.
    pub async fn notified(&self) {
        time::timeout(POLL_INTERVAL, self.signals.incoming.notified()).await.ok();
    }

    pub fn stop(&self) {
        self.task.abort();
        self.signals.incoming.notify_one();
    }
}

impl Drop for Notifier {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Returns when the connection is lost, or should be replaced.
async fn run(
    options: &ConnectOptions,
    connections: &Connections,
    signals: &Signals,
    first: &mut Option<Session>,
) -> Result<(), StoreError> {
    let session = options.connect().await?;
    // A standby can't notify, so there is nothing to listen to. The log is polled.
    let listens = match within(STATEMENT_LIMIT, session.batch_execute(LISTEN)).await {
        Ok(()) => true,
        Err(StoreError::ReadOnly) => false,
        Err(error) => return Err(error),
    };
    within(STATEMENT_LIMIT, session.batch_execute(open_lock::SHARE)).await?;
    *first = None;
    if !session.backend().is_read_only {
        connections.renew();
    }
    // Notifications may have been missed before.
    signals.incoming.notify_one();
    let send = async {
        loop {
            signals.outgoing.notified().await;
            if listens {
                within(STATEMENT_LIMIT, session.batch_execute("NOTIFY group_dispatch")).await?;
                time::sleep(NOTIFY_DELAY).await;
            }
        }
    };
    let check = async {
        loop {
            time::sleep(CHECK_INTERVAL).await;
            if !listens || within(STATEMENT_LIMIT, session.is_read_only()).await? {
                return Ok(());
            }
        }
    };
    let receive = async {
        loop {
            session.notified().await;
            signals.incoming.notify_one();
        }
    };
    tokio::select! {
        outcome = send => outcome,
        outcome = check => outcome,
        () = receive => Ok(()),
        () = session.closed() => Err(lost("the connection was closed".to_owned())),
    }
}
