//! Whether queries and feeds work: what the database says when it is asked, and the results of appends.
//!
//! ```text
//!                    database answers      takes no writes      does not answer, or its file is gone
//! queries            work                  work                 fail: responses get old
//! feeds              work, unless appends  fail                 fail
//!                    or the probe fail
//! ```
//!
//! However many clients ask, the database is asked at most once a second, in a task of its own: its answer is recorded even
//! if no client waits for it. It is asked to write only if no append has succeeded lately: a full disk and locks are noticed
//! even if nobody feeds. Appends that wait, and reading that does, are noticed even if the database answers others.

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
/// How long appends may wait without one that succeeds, and reading the log without a page.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long the database may take to answer.
const TIMEOUT: Duration = Duration::from_secs(2);

/// Whether queries and feeds work. The default is that they do.
#[derive(Clone, Debug)]
pub struct Readiness {
    /// Queries fail, in this sense, if the database does not answer, or the log can't be read: they are still answered from
    /// memory, but what other processes store is missing.
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
    /// When the database last answered. Held while it is asked.
    answered: Arc<tokio::sync::Mutex<Option<Instant>>>,
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
    /// Since when the log is read without a page, or can't be read.
    behind_since: Option<Instant>,
}

impl Known {
    fn is_waiting_long(&self) -> bool {
        self.pending > 0 && self.waiting_since.elapsed() >= PATIENCE
    }

    fn is_behind(&self) -> bool {
        self.behind_since.is_some_and(|since| since.elapsed() >= PATIENCE)
    }

    fn needs_probe(&self, may_write: bool) -> bool {
        let is_recent = |time: Option<Instant>| time.is_some_and(|time| time.elapsed() < APPEND_MAX_AGE);
        // While appends fail, a small change that succeeds says little.
        !is_recent(self.append_failed)
            && !self.is_waiting_long()
            && (!self.readiness.feeds.works() || may_write && !is_recent(self.stored))
    }

    fn record_answer(&mut self, answer: Result<(), StoreError>, stored: Option<Result<(), StoreError>>) {
        let answers = match &answer {
            Ok(()) | Err(StoreError::ReadOnly) if self.is_behind() => Err(&StoreError::Unresponsive),
            Ok(()) | Err(StoreError::ReadOnly) => Ok(()),
            Err(error) => Err(error),
        };
        self.readiness.queries.record("queries", answers);
        let waiting = self.is_waiting_long().then_some(Err(StoreError::Unresponsive));
        if let Some(feeds) = answer.err().map(Err).or(waiting).or(stored) {
            if feeds.is_ok() {
                self.stored = Some(Instant::now());
            }
            self.readiness.feeds.record("feeds", feeds.as_ref().copied());
        }
    }
}

impl Default for ReadinessCheck {
    fn default() -> Self {
        let readiness = Readiness { queries: Condition::working(), feeds: Condition::working() };
        let waiting_since = Instant::now();
        let known =
            Known { readiness, stored: None, append_failed: None, pending: 0, waiting_since, behind_since: None };
        Self { answered: Arc::default(), known: Arc::new(Mutex::new(known)) }
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

    /// Records that reading the log begins. One that has failed goes on.
    pub fn begin_read(&self) {
        self.known.lock().behind_since.get_or_insert_with(Instant::now);
    }

    /// Records that a page of the log was read, and whether it was the last one.
    pub fn record_page(&self, is_last: bool) {
        self.known.lock().behind_since = (!is_last).then(Instant::now);
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

    /// Returns what is known, and asks the database if that was not done in the last second. If something is known to fail,
    /// it does not wait for the answer: so a prober with little patience gets a response. Takes two seconds at most.
    pub async fn check(&self, log: &Arc<dyn EventLog>) -> Readiness {
        self.ask(log, true);
        let known = self.known();
        if !known.queries.works() || !known.feeds.works() {
            return known;
        }
        // Whoever began it, the running question ends before the deadline.
        drop(self.answered.lock().await);
        self.known()
    }

    /// Returns what is known.
    pub fn known(&self) -> Readiness {
        self.known.lock().readiness.clone()
    }

    /// Asks the database in a task of its own, unless that was done in the last second. Without `may_write` it is asked to
    /// write only if feeds are known to fail.
    pub fn ask(&self, log: &Arc<dyn EventLog>, may_write: bool) {
        let deadline = Instant::now() + TIMEOUT;
        if let Ok(mut answered) = Arc::clone(&self.answered).try_lock_owned()
            && answered.is_none_or(|answered| answered.elapsed() >= RESULT_MAX_AGE)
        {
            let (log, known) = (Arc::clone(log), Arc::clone(&self.known));
            tokio::spawn(async move {
                let answer = within(deadline, log.ready()).await;
                let needs_probe = answer.is_ok() && known.lock().needs_probe(may_write);
                let stored = if needs_probe { Some(within(deadline, log.probe()).await) } else { None };
                known.lock().record_answer(answer, stored);
                *answered = Some(Instant::now());
            });
        }
    }

    /// Forgets when the database answered.
    pub async fn reset(&self) {
        *self.answered.lock().await = None;
    }
}

async fn within(deadline: Instant, answer: impl Future<Output = Result<(), StoreError>>) -> Result<(), StoreError> {
    timeout_at(deadline.into(), answer).await.unwrap_or(Err(StoreError::Unresponsive))
}
