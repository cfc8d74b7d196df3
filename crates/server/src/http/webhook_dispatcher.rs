//! Sends the messages of webhooks: computes alerts, reads what is due, makes attempts, and records what came of them.
//!
//! Each server of a database runs one. A webhook belongs to one of them at a time, for as long as it says so again and again; the
//! webhooks of a server that is gone belong to others soon. An attempt begins only if it ends while the webhook still belongs to
//! this server, so that others need not know of it. If the server ends before it has recorded the attempt, the message is sent
//! again, with the same id.

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::{
    sync::SetOnce,
    task::{JoinError, JoinSet},
    time::sleep,
};

use super::{
    metrics::{Attempted, Metrics},
    webhook_sender::WebhookSender,
};
use crate::{
    error::{StoreError, chain},
    event,
    event_log::webhooks::{AttemptRecord, DeliveryState, DueDelivery, StoredWebhook, WebhookNumber},
    log_interval::LogInterval,
    store::{Alerting, Store},
    webhooks::{
        destination::{PlainHttp, WebhookUrl},
        outcome::{Failure, Outcome},
        retry::{FinishedAttempt, RetryDecision, decide},
    },
};

/// How often alerts are computed and messages read.
const INTERVAL: Duration = Duration::from_secs(1);
/// For how long a webhook belongs to a server, in milliseconds.
const OWNED_MS: i64 = 30_000;
/// For how long a webhook has to belong to a server that begins an attempt, in milliseconds: longer than an attempt with its
/// record takes.
const ATTEMPT_MS: i64 = 20_000;
/// Attempts of a webhook at a time: a receiver that is slow delays only its own messages.
const ATTEMPTS_PER_WEBHOOK: usize = 4;
/// The shortest time between two log lines about a database that fails.
const LOG_INTERVAL: Duration = Duration::from_secs(60);

/// Sends messages until the server stops.
pub struct Dispatcher {
    store: Store,
    sender: Arc<WebhookSender>,
    metrics: Arc<Metrics>,
    /// Names this process among those that share the database.
    owner: i64,
    alerting: Alerting,
    attempts: JoinSet<AttemptRecord>,
    /// Attempts that have ended and are not recorded yet.
    ended: Vec<AttemptRecord>,
    /// The deliveries whose attempts run or are not recorded yet.
    busy: HashMap<i64, WebhookNumber>,
}

impl Dispatcher {
    pub fn new(store: Store, sender: WebhookSender, metrics: Arc<Metrics>) -> Self {
        Self {
            store,
            sender: Arc::new(sender),
            metrics,
            owner: fastrand::i64(..),
            alerting: Alerting::default(),
            attempts: JoinSet::new(),
            ended: Vec::new(),
            busy: HashMap::new(),
        }
    }

    /// Works until the server stops; then waits for the attempts that have begun, and gives up its webhooks.
    pub async fn run(mut self, stopping: Arc<SetOnce<()>>) {
        let mut log_interval = LogInterval::new(LOG_INTERVAL);
        loop {
            let begun = Instant::now();
            match self.round(event::now()).await {
                Ok(()) => {}
                Err(StoreError::Closed) => return,
                // A standby: the servers of the database that it follows send.
                Err(StoreError::ReadOnly) => {}
                Err(error) if log_interval.is_due() => {
                    tracing::warn!(error = chain(&error), "webhooks wait, because the database fails");
                }
                Err(_) => {}
            }
            tokio::select! {
                _ = stopping.wait() => break,
                () = sleep(INTERVAL.saturating_sub(begun.elapsed())) => {}
                Some(attempt) = self.attempts.join_next() => self.finish(attempt),
            }
        }
        while let Some(attempt) = self.attempts.join_next().await {
            self.finish(attempt);
        }
        if let Err(error) = self.record().await {
            tracing::warn!(
                error = chain(&error),
                "attempts of webhooks were not recorded: their messages are sent again"
            );
        }
        if let Err(error) = self.store.webhook_log().release_webhooks(self.owner).await {
            tracing::debug!(error = chain(&error), "the webhooks of this server belong to it for some seconds more");
        }
    }

    /// Records attempts that have ended, computes the alerts of all webhooks of this server, and begins the attempts that are due.
    /// One webhook that fails does not stop the others; their first error is returned.
    async fn round(&mut self, now: i64) -> Result<(), StoreError> {
        let begun = Instant::now();
        while let Some(attempt) = self.attempts.try_join_next() {
            self.finish(attempt);
        }
        // Otherwise messages would be sent again and again while nothing can be stored.
        self.record().await?;
        let log = self.store.webhook_log();
        let mut webhooks = log.claim_webhooks(self.owner, now, now.saturating_add(OWNED_MS)).await?;
        webhooks.retain(|webhook| webhook.disabled.is_none());
        self.alerting.keep(&webhooks);
        let mut failed = None;
        for webhook in &webhooks {
            match self.store.advance_webhook(&mut self.alerting, webhook, now).await {
                Ok(messages) => self.metrics.count_webhook_messages(messages),
                Err(error) => failed = failed.or(Some(error)),
            }
        }
        // Alerts may have taken long.
        let now = now.saturating_add(milliseconds(begun.elapsed()));
        let due = log.due_deliveries(self.owner, now.saturating_add(ATTEMPT_MS), now, self.wanted(&webhooks)).await?;
        for due in due {
            let Some(webhook) = webhooks.iter().find(|webhook| webhook.number == due.webhook) else { continue };
            let running = self.busy.values().filter(|number| **number == due.webhook).count();
            if running < ATTEMPTS_PER_WEBHOOK && !self.busy.contains_key(&due.number) {
                self.busy.insert(due.number, due.webhook);
                let (sender, metrics) = (Arc::clone(&self.sender), Arc::clone(&self.metrics));
                self.attempts.spawn(attempt(sender, metrics, webhook.clone(), due));
            }
        }
        failed.map_or(Ok(()), Err)
    }

    /// Returns how many messages of each webhook to read. Those whose attempts run are among them.
    fn wanted(&self, webhooks: &[StoredWebhook]) -> Vec<(WebhookNumber, usize)> {
        let running = |webhook: WebhookNumber| self.busy.values().filter(|number| **number == webhook).count();
        let wanted = webhooks.iter().map(|webhook| (webhook.number, running(webhook.number)));
        let wanted = wanted.filter(|(_, running)| *running < ATTEMPTS_PER_WEBHOOK);
        wanted.map(|(webhook, running)| (webhook, running + ATTEMPTS_PER_WEBHOOK)).collect()
    }

    /// Keeps what came of an attempt until it is recorded.
    fn finish(&mut self, attempt: Result<AttemptRecord, JoinError>) {
        // The delivery of one that panicked stays busy until the next start.
        self.ended.extend(attempt);
    }

    /// Records the attempts that have ended.
    async fn record(&mut self) -> Result<(), StoreError> {
        if !self.ended.is_empty() {
            self.store.webhook_log().record_attempts(self.ended.clone()).await?;
            for record in self.ended.drain(..) {
                self.busy.remove(&record.number);
            }
        }
        Ok(())
    }
}

/// Makes an attempt, and decides what follows it.
async fn attempt(
    sender: Arc<WebhookSender>,
    metrics: Arc<Metrics>,
    webhook: StoredWebhook,
    due: DueDelivery,
) -> AttemptRecord {
    // Whether http is allowed is checked by the sender.
    let outcome = match WebhookUrl::parse(&webhook.url, PlainHttp::Allowed) {
        Ok(url) => sender.send(&url, &due.message, &webhook.secrets).await,
        Err(_) => Outcome::Failure(Failure::InvalidRequest),
    };
    let now = event::now();
    let finished = FinishedAttempt { outcome, attempts: due.attempts.saturating_add(1), random: fastrand::f64() };
    let after = |pause: Duration| now.saturating_add(milliseconds(pause));
    let record = AttemptRecord {
        number: due.number,
        outcome: words(outcome),
        state: DeliveryState::Failed,
        next_attempt: now,
        throttled_until: None,
        disables: None,
    };
    let (attempted, record) = match decide(&finished) {
        RetryDecision::Delivered => (Attempted::Delivered, AttemptRecord { state: DeliveryState::Delivered, ..record }),
        RetryDecision::RetryAfter { pause, throttle } => (
            Attempted::Retried,
            AttemptRecord {
                state: DeliveryState::Waiting,
                next_attempt: after(pause),
                throttled_until: throttle.map(after),
                ..record
            },
        ),
        RetryDecision::GiveUp => (Attempted::GivenUp, record),
        RetryDecision::Disable => (
            Attempted::Disabled,
            AttemptRecord { disables: Some("the receiver wants no more messages (410)".to_owned()), ..record },
        ),
    };
    metrics.count_webhook_attempt(attempted);
    record
}

fn milliseconds(duration: Duration) -> i64 {
    duration.as_millis().try_into().unwrap_or(i64::MAX)
}

fn words(outcome: Outcome) -> String {
    match outcome {
        Outcome::Response { status, .. } => format!("status {status}"),
        Outcome::Failure(failure) => failure.to_string(),
    }
}

#[cfg(test)]
mod tests;
