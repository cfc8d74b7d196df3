//! Whether queries and feeds work: what the database says when it is asked, and the results of appends.
//!
//! ```text
//!                    database answers      takes no writes      does not answer, or its file is gone
//! queries            work                  work                 fail: responses get old
//! feeds              work, unless appends  fail                 fail
//!                    or the probe fail
//! ```
//!
//! However many clients ask, the database is asked at most once a second. It is asked to write only if no append has
//! succeeded lately: a full disk and locks are noticed even if nobody feeds. Appends that wait are noticed even if the
//! database answers others.

use std::{
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};

use parking_lot::Mutex;
use tokio::time::timeout_at;

use crate::{
    error::{StoreError, chain},
    event_log::EventLog,
};

/// How long an answer of the database is reused.
const RESULT_MAX_AGE: Duration = Duration::from_secs(1);
/// How long an append, or a probe, shows that feeds work; and how long a failed append shows that they don't.
const APPEND_MAX_AGE: Duration = Duration::from_secs(10);
/// How long appends may wait without one that succeeds.
const APPEND_PATIENCE: Duration = Duration::from_secs(5);
/// How long the database may take to answer.
const TIMEOUT: Duration = Duration::from_secs(2);

/// Whether queries and feeds work. The default is that they do.
#[derive(Clone, Debug)]
pub struct Readiness {
    /// Queries fail, in this sense, if the database does not answer: they are still answered from memory, but what other
    /// processes store is missing.
    pub queries: Condition,
    /// Feeds fail if events can't be stored.
    pub feeds: Condition,
}

/// Whether something works.
#[derive(Clone, Debug)]
pub struct Condition {
    /// Since when it works, or fails.
    pub since: SystemTime,
    /// Why it fails; `None` if it works. Has neither personal data nor addresses.
    pub failure: Option<String>,
}

impl Condition {
    fn working() -> Self {
        Self { since: SystemTime::now(), failure: None }
    }

    /// Returns whether it works.
    #[must_use]
    pub fn works(&self) -> bool {
        self.failure.is_none()
    }

    /// Records an outcome, and logs it if it is news.
    fn record(&mut self, what: &str, outcome: Result<(), &StoreError>) {
        match outcome {
            Ok(()) if self.works() => return,
            Ok(()) => tracing::info!("{what} work again"),
            Err(error) => {
                if self.works() {
                    tracing::error!(error = chain(error), "{what} fail");
                }
                let failure = error.to_string();
                if self.failure.as_deref() == Some(&failure) {
                    return;
                }
                let since = if self.works() { SystemTime::now() } else { self.since };
                *self = Self { since, failure: Some(failure) };
                return;
            }
        }
        *self = Self::working();
    }
}

/// Keeps what is known about a store.
pub struct ReadinessCheck {
    /// When the database was last asked. Held while it is asked.
    asked: tokio::sync::Mutex<Option<Instant>>,
    known: Arc<Mutex<Known>>,
}

/// An append that has not ended.
pub struct PendingAppend(Arc<Mutex<Known>>);

impl Drop for PendingAppend {
    fn drop(&mut self) {
        self.0.lock().pending -= 1;
    }
}

struct Known {
    readiness: Readiness,
    /// The last append or probe that succeeded, and the last append that failed.
    stored: Option<Instant>,
    append_failed: Option<Instant>,
    /// How many appends have not ended, and since when there have been some without one that succeeded.
    pending: usize,
    waiting_since: Instant,
}

impl Known {
    fn is_waiting_long(&self) -> bool {
        self.pending > 0 && self.waiting_since.elapsed() >= APPEND_PATIENCE
    }
}

impl Default for ReadinessCheck {
    fn default() -> Self {
        let readiness = Readiness { queries: Condition::working(), feeds: Condition::working() };
        let waiting_since = Instant::now();
        let known = Known { readiness, stored: None, append_failed: None, pending: 0, waiting_since };
        Self { asked: tokio::sync::Mutex::default(), known: Arc::new(Mutex::new(known)) }
    }
}

impl ReadinessCheck {
    /// Records that an append begins.
    pub fn begin_append(&self) -> PendingAppend {
        let mut known = self.known.lock();
        if known.pending == 0 {
            known.waiting_since = Instant::now();
        }
        known.pending += 1;
        PendingAppend(Arc::clone(&self.known))
    }

    /// Records the result of an append. Errors that are the caller's say nothing about the store.
    pub fn record_append(&self, outcome: Result<(), &StoreError>) {
        let mut known = self.known.lock();
        match outcome {
            Ok(()) => {
                let now = Instant::now();
                (known.stored, known.waiting_since) = (Some(now), now);
            }
            Err(StoreError::UnknownTenant(_) | StoreError::TimeOutOfRange) => return,
            Err(_) => known.append_failed = Some(Instant::now()),
        }
        known.readiness.feeds.record("feeds", outcome);
    }

    /// Returns what is known, and asks the database if that was not done in the last second. Takes two seconds at most.
    pub async fn check(&self, log: &dyn EventLog) -> Readiness {
        let mut asked = self.asked.lock().await;
        if asked.is_none_or(|asked| asked.elapsed() >= RESULT_MAX_AGE) {
            let deadline = Instant::now() + TIMEOUT;
            let answer = within(deadline, log.ready()).await;
            let stored = match &answer {
                Ok(()) if self.needs_probe() => Some(within(deadline, log.probe()).await),
                _ => None,
            };
            self.record_answer(answer, stored);
            *asked = Some(Instant::now());
        }
        self.known.lock().readiness.clone()
    }

    fn needs_probe(&self) -> bool {
        let known = self.known.lock();
        let is_recent = |time: Option<Instant>| time.is_some_and(|time| time.elapsed() < APPEND_MAX_AGE);
        // While appends fail, a small change that succeeds says little.
        !is_recent(known.append_failed)
            && !known.is_waiting_long()
            && (!known.readiness.feeds.works() || !is_recent(known.stored))
    }

    fn record_answer(&self, answer: Result<(), StoreError>, stored: Option<Result<(), StoreError>>) {
        let mut known = self.known.lock();
        let answers = match &answer {
            Ok(()) | Err(StoreError::ReadOnly) => Ok(()),
            Err(error) => Err(error),
        };
        known.readiness.queries.record("queries", answers);
        let waiting = known.is_waiting_long().then_some(Err(StoreError::Unresponsive));
        if let Some(feeds) = answer.err().map(Err).or(waiting).or(stored) {
            if feeds.is_ok() {
                known.stored = Some(Instant::now());
            }
            known.readiness.feeds.record("feeds", feeds.as_ref().copied());
        }
    }

    /// Forgets when the database was asked.
    pub async fn reset(&self) {
        *self.asked.lock().await = None;
    }
}

async fn within(deadline: Instant, answer: impl Future<Output = Result<(), StoreError>>) -> Result<(), StoreError> {
    timeout_at(deadline.into(), answer).await.unwrap_or(Err(StoreError::Unresponsive))
}
