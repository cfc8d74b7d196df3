//! Tells the others that there is something new, and hears it from them.

use std::{
    future::poll_fn,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicI32, Ordering},
    },
    time::Duration,
};

use futures_util::future::Either;
use tokio::{sync::Notify, task::JoinHandle, time};
use tokio_postgres::{AsyncMessage, Client};

use super::{
    connect::{ConnectOptions, Driver},
    failure::Failure,
    open_lock,
};

/// What came while nobody was listening is found after so long.
const POLL_INTERVAL: Duration = Duration::from_millis(500);
/// Signals that come in quick succession are told once.
const NOTIFY_DELAY: Duration = Duration::from_millis(10);
const RETRY_DELAY: Duration = Duration::from_millis(250);

/// What is said first. Signals need not survive the database, so nobody waits for the disk.
const LISTEN: &str = "SET synchronous_commit TO off; LISTEN group_dispatch";

/// A connection of its own. It is no part of any append: PostgreSQL lets commits that notify go one by one only, and
/// others have to hear of what is done anyhow. What is said here is not heard here.
pub struct Notifier {
    news: Arc<Signals>,
    task: JoinHandle<()>,
}

#[derive(Default)]
struct Signals {
    to_tell: Notify,
    heard: Notify,
}

impl Notifier {
    /// `first` is a connection that holds the shared lock until the notifier's own does.
    pub fn new(address: ConnectOptions, first: Client) -> Self {
        let news = Arc::new(Signals::default());
        let task = tokio::spawn({
            let news = Arc::clone(&news);
            let mut first = Some(first);
            async move {
                loop {
                    if let Err(failure) = converse(&address, &news, &mut first).await {
                        tracing::warn!(error = %failure, "listening to the database failed; it is tried again");
                    }
                    time::sleep(RETRY_DELAY).await;
                }
            }
        });
        Self { news, task }
    }

    /// Lets the others know, soon.
    pub fn tell(&self) {
        self.news.to_tell.notify_one();
    }

    /// Returns when there is news, and now and then without.
    pub async fn hear(&self) {
        time::timeout(POLL_INTERVAL, self.news.heard.notified()).await.ok();
    }

    pub fn stop(&self) {
        self.task.abort();
        self.news.heard.notify_one();
    }
}

impl Drop for Notifier {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Returns when the connection is lost.
async fn converse(address: &ConnectOptions, news: &Signals, first: &mut Option<Client>) -> Result<(), Failure> {
    let (client, driver) = address.connect().await?;
    let own = AtomicI32::new(0);
    let speak = async {
        own.store(client.query_one("SELECT pg_backend_pid()", &[]).await?.try_get(0)?, Ordering::Relaxed);
        client.batch_execute(LISTEN).await?;
        client.batch_execute(open_lock::SHARE).await?;
        *first = None;
        // Whatever was said before.
        news.heard.notify_one();
        loop {
            news.to_tell.notified().await;
            client.batch_execute("NOTIFY group_dispatch").await?;
            time::sleep(NOTIFY_DELAY).await;
        }
    };
    match futures_util::future::select(pin!(listen(driver, &own, news)), pin!(speak)).await {
        Either::Left((outcome, _)) | Either::Right((outcome, _)) => outcome,
    }
}

async fn listen(mut driver: Driver, own: &AtomicI32, news: &Signals) -> Result<(), Failure> {
    while let Some(message) = poll_fn(|context| driver.poll_message(context)).await {
        if let AsyncMessage::Notification(notification) = message?
            && notification.process_id() != own.load(Ordering::Relaxed)
        {
            news.heard.notify_one();
        }
    }
    Ok(())
}
