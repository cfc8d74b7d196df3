//! Runs a [`Mirror`] in real time: sends its questions to the vendor, and its facts to a store.

use std::{
    collections::BTreeMap,
    convert::Infallible,
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use group_dispatch_client::{Client, Error, QueryResponse, RetryPolicy};
use group_dispatch_types::{BusinessCode, Operation, Source, ingest::MirrorId};
use tokio::{
    sync::{Notify, watch},
    time::sleep,
};

use crate::{
    clock::ClockOffset,
    mirror::{Mirror, Settings, Step, Stored},
    question::{Answer, Failure, Question, Reply},
    store::{MirrorStore, StoreFailure},
};

/// No sleep is longer, so that a machine that was suspended goes on soon.
const LONGEST_SLEEP: Duration = Duration::from_secs(30);

/// A mirror with its vendor and its store.
pub struct Driver<S> {
    vendor: Client,
    store: S,
    mirror: Mirror,
    id: MirrorId,
    hint: Hint,
    progress: watch::Sender<Progress>,
    /// What fails at the moment, so that it is logged once.
    failing: BTreeMap<Peer, String>,
}

/// Makes a mirror ask the vendor at once, because something may have changed. It still keeps to its share of the vendor's
/// limit, and to a pause after a failure.
#[derive(Clone, Debug, Default)]
pub struct Hint(Arc<Notify>);

impl Hint {
    /// Gives the hint.
    pub fn give(&self) {
        self.0.notify_one();
    }
}

/// What a mirror has done since it started. Times are in Unix epoch milliseconds of this machine's clock.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// The requests to the vendor.
    pub requests: BTreeMap<Operation, Requests>,
    /// Events that were new to the store.
    pub stored: u64,
    /// Events that the store had already.
    pub repeated: u64,
    /// Gaps that were declared.
    pub gaps: u64,
    /// How often another mirror had looked.
    pub conflicts: u64,
    /// How often the store failed.
    pub store_failures: u64,
    /// The latest look of each source that is stored.
    pub looks: BTreeMap<Source, i64>,
    /// How far the vendor's clock is ahead, if an answer had its time.
    pub clock_offset: Option<ClockOffset>,
    /// The time between two rounds.
    pub interval: Duration,
}

/// Requests to an endpoint of the vendor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Requests {
    /// Those that were answered.
    pub answered: u64,
    /// Those that failed.
    pub failed: u64,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Peer {
    Vendor(Operation),
    Store,
}

impl<S: MirrorStore> Driver<S> {
    /// Creates a mirror of a vendor in a store. The client sends each question once: the mirror decides when to ask again.
    #[must_use]
    pub fn new(vendor: Client, store: S, settings: Settings) -> Self {
        let id = MirrorId::try_from(fastrand::u64(..=MirrorId::MAX.get())).unwrap_or(MirrorId::MAX);
        let (progress, _) = watch::channel(Progress::default());
        let mirror = Mirror::new(settings);
        Self { vendor, store, mirror, id, hint: Hint::default(), progress, failing: BTreeMap::new() }
    }

    /// Returns what it has done, now and later.
    #[must_use]
    pub fn progress(&self) -> watch::Receiver<Progress> {
        self.progress.subscribe()
    }

    /// Returns the hint that makes it ask at once.
    #[must_use]
    pub fn hint(&self) -> Hint {
        self.hint.clone()
    }

    /// Mirrors until the future is dropped, which is harmless at any time.
    pub async fn run(mut self) -> Infallible {
        loop {
            match self.mirror.step(now()) {
                Step::Wait(until) => self.wait(until).await,
                Step::Ask(question) => {
                    let reply = self.ask(question).await;
                    self.mirror.replied(reply);
                }
                Step::Recall(recall) => match self.store.recall(&recall).await {
                    Ok(memory) => {
                        self.note(Peer::Store, None);
                        self.mirror.recalled(memory, now());
                    }
                    Err(failure) => self.store_failed(&failure),
                },
                Step::Store(facts) => {
                    let gaps = facts.gaps.len() as u64;
                    match self.store.append(facts.request(self.id)).await {
                        Ok(receipt) => {
                            self.note(Peer::Store, None);
                            let counts = (receipt.stored.get() as u64, receipt.repeated.get() as u64);
                            let stored = Stored::from(receipt);
                            self.count(&stored, counts, gaps);
                            self.mirror.stored(stored, now());
                        }
                        Err(failure) => self.store_failed(&failure),
                    }
                }
            }
            self.publish();
        }
    }

    async fn wait(&mut self, until: i64) {
        let time = Duration::from_millis(u64::try_from(until.saturating_sub(now())).unwrap_or(0));
        tokio::select! {
            () = sleep(time.min(LONGEST_SLEEP)) => {}
            () = self.hint.0.notified() => self.mirror.hurry(now()),
        }
    }

    async fn ask(&mut self, question: Question) -> Reply {
        let sent = now();
        let never = RetryPolicy::never();
        let answered = match question {
            Question::AllOnline => {
                let response = self.vendor.all_online().retry(never).with_response().await;
                Answered::new(response, Answer::AllOnline)
            }
            Question::OnlineAt(source) => {
                let response = self.vendor.online_agents(source).retry(never).with_response().await;
                Answered::new(response, Answer::OnlineAt)
            }
            Question::Log { source, whats_app } => {
                let mut query = self.vendor.status_log(source).retry(never);
                if let Some(account) = whats_app {
                    query = query.whats_app(account);
                }
                Answered::new(query.with_response().await, Answer::Log)
            }
            Question::Recent { source, user_id } => {
                let query = self.vendor.recent_accounts(source).user_id(user_id).retry(never);
                Answered::new(query.with_response().await, Answer::Recent)
            }
        };
        let operation = question.operation();
        let is_answered = answered.outcome.is_ok();
        self.progress.send_modify(|progress| {
            let requests = progress.requests.entry(operation).or_default();
            *(if is_answered { &mut requests.answered } else { &mut requests.failed }) += 1;
        });
        self.note(Peer::Vendor(operation), answered.error);
        let Answered { age, date, outcome, is_whole, .. } = answered;
        Reply { sent: sent - age, received: now() - age, date: date.filter(|_| age == 0), outcome, is_whole }
    }

    fn store_failed(&mut self, failure: &StoreFailure) {
        self.progress.send_modify(|progress| progress.store_failures += 1);
        self.note(Peer::Store, Some(failure.to_string()));
        self.mirror.store_failed(now());
    }

    fn count(&self, outcome: &Stored, (stored, repeated): (u64, u64), gaps: u64) {
        self.progress.send_modify(|progress| match outcome {
            Stored::Yes(_) => {
                progress.stored += stored;
                progress.repeated += repeated;
                progress.gaps += gaps;
            }
            Stored::Conflict => progress.conflicts += 1,
        });
    }

    /// Publishes the progress when something has changed.
    fn publish(&self) {
        let looks = self.mirror.last_looks().filter_map(|(source, at)| Some((source, at?))).collect();
        let (clock_offset, interval) = (self.mirror.clock_offset(), self.mirror.interval());
        self.progress.send_if_modified(|progress| {
            let now = (looks, clock_offset, interval);
            let before = (&progress.looks, progress.clock_offset, progress.interval);
            let is_new = before != (&now.0, now.1, now.2);
            (progress.looks, progress.clock_offset, progress.interval) = now;
            is_new
        });
    }

    /// Logs when a peer begins to fail, fails in another way, or works again.
    fn note(&mut self, peer: Peer, failure: Option<String>) {
        let name = match peer {
            Peer::Vendor(operation) => operation.id(),
            Peer::Store => "store",
        };
        match failure {
            Some(failure) if self.failing.get(&peer) != Some(&failure) => {
                tracing::warn!(of = name, error = failure, "requests of the mirror fail; it goes on trying");
                self.failing.insert(peer, failure);
            }
            Some(_) => {}
            None => {
                if self.failing.remove(&peer).is_some() {
                    tracing::info!(of = name, "requests of the mirror succeed again");
                }
            }
        }
    }
}

/// What came of a request.
struct Answered {
    /// How old the answer was, in milliseconds: the vendor may be a server that mirrors another one.
    age: i64,
    date: Option<i64>,
    outcome: Result<Answer, Failure>,
    is_whole: bool,
    error: Option<String>,
}

impl Answered {
    fn new<T>(response: Result<QueryResponse<T>, Error>, answer: impl FnOnce(T) -> Answer) -> Self {
        match response {
            Ok(QueryResponse { data, response, .. }) => Self {
                age: response.age().and_then(|age| i64::try_from(age.as_millis()).ok()).unwrap_or(0),
                date: response.date().and_then(milliseconds),
                outcome: Ok(answer(data)),
                is_whole: response.left_out().is_empty(),
                error: None,
            },
            Err(error) => {
                let failure =
                    if is_refusal(&error) { Failure::Refused } else { Failure::Temporary(error.retry_after()) };
                let text = error.to_string();
                Self { age: 0, date: None, outcome: Err(failure), is_whole: false, error: Some(text) }
            }
        }
    }
}

/// Returns whether the vendor refuses the question, so that asking again soon is of no use.
fn is_refusal(error: &Error) -> bool {
    use BusinessCode::{TimestampMalformed, TimestampMissing, TimestampTimeout};
    // With the error, the client has measured the vendor's clock, and signs the next request by it.
    let is_of_clock = matches!(error.code(), Some(TimestampTimeout | TimestampMissing | TimestampMalformed));
    matches!(error, Error::Business { .. }) && !error.is_retryable() && !is_of_clock
}

fn now() -> i64 {
    milliseconds(SystemTime::now()).unwrap_or(0)
}

fn milliseconds(time: SystemTime) -> Option<i64> {
    i64::try_from(time.duration_since(UNIX_EPOCH).ok()?.as_millis()).ok()
}
