//! Notifies other processes of changes, and receives their notifications.
//!
//! Notifications are no part of an append, because PostgreSQL commits transactions that notify one at a time. They only
//! save time: whoever misses one finds the change at the next poll.

use std::{
    future::poll_fn,
    sync::{
        Arc,
        atomic::{AtomicI32, Ordering},
    },
    time::Duration,
};

use tokio::{sync::Notify, task::JoinHandle, time};
use tokio_postgres::{AsyncMessage, Client};

use super::{connect::ConnectOptions, open_lock};
use crate::error::{StoreError, chain};

/// How often the log is read without a notification.
const POLL_INTERVAL: Duration = Duration::from_millis(500);
/// Changes within this time share one notification.
const NOTIFY_DELAY: Duration = Duration::from_millis(10);
const RETRY_DELAY: Duration = Duration::from_millis(250);

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
    pub fn new(options: ConnectOptions, first: Client) -> Self {
        let signals = Arc::new(Signals::default());
        let task = tokio::spawn({
            let (signals, mut first) = (Arc::clone(&signals), Some(first));
            async move {
                loop {
                    if let Err(error) = run(&options, &signals, &mut first).await {
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

/// Returns when the connection is lost.
async fn run(options: &ConnectOptions, signals: &Signals, first: &mut Option<Client>) -> Result<(), StoreError> {
    let (client, mut driver) = options.connect().await?;
    let own_pid = AtomicI32::new(0);
    let send = async {
        own_pid.store(client.query_one("SELECT pg_backend_pid()", &[]).await?.try_get(0)?, Ordering::Relaxed);
        client.batch_execute(LISTEN).await?;
        client.batch_execute(open_lock::SHARE).await?;
        *first = None;
        // Notifications may have been missed before.
        signals.incoming.notify_one();
        loop {
            signals.outgoing.notified().await;
            client.batch_execute("NOTIFY group_dispatch").await?;
            time::sleep(NOTIFY_DELAY).await;
        }
    };
    let receive = async {
        while let Some(message) = poll_fn(|context| driver.poll_message(context)).await {
            if let AsyncMessage::Notification(notification) = message?
                && notification.process_id() != own_pid.load(Ordering::Relaxed)
            {
                signals.incoming.notify_one();
            }
        }
        Ok(())
    };
    tokio::select! {
        outcome = receive => outcome,
        outcome = send => outcome,
    }
}
