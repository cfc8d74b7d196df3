//! Polls who is online and reports changes.
//!
//! ```text
//! Watch -- request when `Schedule` says so --> Client::all_online
//!   |                                               |
//!   |                 groups, IncompleteGroups (what was left out of the response), age
//!   v                                               v
//! Change  <-- differences of two `Snapshot`s --  Presence
//! ```

mod change;
mod incomplete;
mod presence;
mod snapshot;

use std::{
    collections::VecDeque,
    fmt, future,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use futures_core::Stream;
use group_dispatch_types::{Source, SourceGroup};

pub use self::change::{Agent, Change};
use self::{incomplete::IncompleteGroups, presence::Presence};
use crate::{Client, Error, call, clock::Stopwatch, response_head, schedule::Schedule};

impl Client {
    /// Watches who is online, by polling queryAllOlWhatsAppInfo at this interval.
    ///
    /// The interval is counted from the start of one request to the start of the next, and is at least 20 ms, because the
    /// vendor allows 50 requests per second. Requests don't overlap: if one takes longer than the interval, ticks are
    /// skipped.
    ///
    /// ```no_run
    /// # use group_dispatch_client::{Change, Client};
    /// use std::time::Duration;
    ///
    /// # async fn example(client: Client) {
    /// let mut watch = client.watch(Duration::from_secs(5)).settle(Duration::from_secs(15));
    /// loop {
    ///     match watch.changes().await {
    ///         Ok(changes) => {
    ///             for change in changes {
    ///                 match change {
    ///                     Change::Began(group) => println!("{} agents are online at {}", group.list.len(), group.source),
    ///                     Change::AgentAppeared { source, agent } => println!("{} is online at {source}", agent.user_id),
    ///                     Change::AgentLeft { source, agent } => println!("{} is offline at {source}", agent.user_id),
    ///                     _ => {}
    ///                 }
    ///             }
    ///         }
    ///         Err(error) => eprintln!("{error}; retrying"),
    ///     }
    /// }
    /// # }
    /// ```
    pub fn watch(&self, interval: Duration) -> Watch {
        Watch {
            client: self.clone(),
            stopwatch: Stopwatch::start(),
            schedule: Schedule::new(interval),
            presence: Presence::default(),
            due: Duration::ZERO,
            polling: None,
            age: None,
            unreported: VecDeque::new(),
        }
    }
}

/// A stream of changes of who is online. Created by [`Client::watch`]. To get the changes of each response together, or to
/// know that a response arrived, use [`changes`](Self::changes).
///
/// **Order.** Changes can be applied one by one. For each source, accounts that came online or moved come first, each agent
/// before its accounts; then those that went offline, each agent after its accounts. The first response for a source is
/// reported as [`Change::Began`].
///
/// **Failures.** A failed request is an item, too, and changes nothing. The stream goes on after a pause, which doubles with
/// each failure up to the interval or one minute, whichever is longer, and is never shorter than `Retry-After`. This also
/// holds for permanent failures, such as a wrong API key: check [`Error::code`] to stop. The stream never ends; drop it to
/// stop.
///
/// **No false departures.** If a response lacks a group that it should have, the source keeps its last known state. If all
/// accounts of a source seem to leave at once, the next response with its group must confirm it. If elements of a response
/// were left out because they are invalid, the accounts that they may stand for keep their state: those of an agent with
/// accounts that were left out, and, if agents were left out, those of all agents that are not listed.
/// [`doubted`](Self::doubted) returns the sources of all three cases.
///
/// It must be polled within a tokio runtime with its timer enabled.
#[must_use = "a watch sends no request until it is polled"]
pub struct Watch {
    client: Client,
    stopwatch: Stopwatch,
    schedule: Schedule,
    presence: Presence,
    /// When the next request is due.
    due: Duration,
    polling: Option<PollFuture>,
    /// How old the data of the latest response was when it arrived.
    age: Option<Duration>,
    /// Changes that the stream has not returned yet.
    unreported: VecDeque<Change>,
}

#[cfg(not(target_arch = "wasm32"))]
type PollFuture = Pin<Box<dyn Future<Output = PollResult> + Send>>;
#[cfg(target_arch = "wasm32")]
type PollFuture = Pin<Box<dyn Future<Output = PollResult>>>;

/// A finished request.
struct PollResult {
    started: Duration,
    ended: Duration,
    response: Result<Polled, Error>,
}

/// What a response says.
struct Polled {
    groups: Vec<SourceGroup>,
    incomplete: IncompleteGroups,
    age: Option<Duration>,
}

impl Watch {
    /// Reports that an account left or moved only after it has been away from its agent for this time, and nothing if it is
    /// back earlier. By default both are reported immediately, as is always that an account came online.
    ///
    /// The time starts with the first response that does not have the account with its agent. An agent leaves with its last
    /// account.
    pub fn settle(mut self, time: Duration) -> Self {
        self.presence.set_settle(time);
        self
    }

    /// Waits for the next response and returns its changes, which may be none. Needs no extension trait for streams. If the
    /// stream has returned a part of a response's changes, this returns the rest.
    ///
    /// It is cancel safe: if the future is dropped before it is ready, as by `select!` or a timeout, the next call continues.
    ///
    /// # Errors
    /// The error of the request. The next call sends another one after a pause.
    pub async fn changes(&mut self) -> Result<Vec<Change>, Error> {
        future::poll_fn(|context| self.poll_changes(context)).await
    }

    /// Returns who is online by the responses so far: a group for each source, ordered by source. Empty before the first
    /// response.
    ///
    /// With [`settle`](Self::settle), accounts keep their state until its change is reported.
    #[must_use]
    pub fn present(&self) -> Vec<SourceGroup> {
        self.presence.groups()
    }

    /// Returns the sources whose group in the latest response was doubtful: it is missing, it is empty although accounts
    /// were online there, or elements were left out of it. [`present`](Self::present) returns earlier knowledge for them.
    pub fn doubted(&self) -> impl Iterator<Item = Source> {
        self.presence.doubted()
    }

    /// Returns how old the data of the latest response was when it arrived, by the header `Age`. A server that mirrors the
    /// vendor's service sends it; see [`RawResponse::age`](crate::RawResponse::age). While it grows, nothing is reported as
    /// changed, because nobody looks. A failed request does not change it.
    #[must_use]
    pub const fn age(&self) -> Option<Duration> {
        self.age
    }

    fn poll_changes(&mut self, context: &mut Context<'_>) -> Poll<Result<Vec<Change>, Error>> {
        if !self.unreported.is_empty() {
            return Poll::Ready(Ok(self.unreported.drain(..).collect()));
        }
        let polling =
            self.polling.get_or_insert_with(|| Box::pin(poll_at(self.client.clone(), self.stopwatch, self.due)));
        let PollResult { started, ended, response } = ready!(polling.as_mut().poll(context));
        self.polling = None;
        self.due = match response {
            Ok(_) => self.schedule.after_success(started, ended),
            Err(ref error) => self.schedule.after_failure(ended, error.retry_after()),
        };
        // Starts are at least an interval apart. So a settle time of three intervals spans three responses.
        Poll::Ready(response.map(|Polled { groups, incomplete, age }| {
            self.age = age;
            self.presence.apply(started, groups, &incomplete)
        }))
    }
}

/// Sends a request when it is due.
async fn poll_at(client: Client, stopwatch: Stopwatch, due: Duration) -> PollResult {
    if let Err(error) = call::check_runtime() {
        return PollResult { started: due, ended: due, response: Err(error) };
    }
    stopwatch.sleep_until(due).await;
    let started = stopwatch.elapsed();
    let response = client.all_online().run().await.map(|completed| {
        let repairs = completed.attempt.repairs();
        let incomplete = repairs.map(|repairs| IncompleteGroups::new(&completed.data, &repairs.incomplete_lists));
        let age = completed.attempt.response_head().and_then(|head| response_head::age(&head.headers));
        Polled { groups: completed.data, incomplete: incomplete.unwrap_or_default(), age }
    });
    PollResult { started, ended: stopwatch.elapsed(), response }
}

impl Stream for Watch {
    type Item = Result<Change, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(change) = self.unreported.pop_front() {
                return Poll::Ready(Some(Ok(change)));
            }
            match ready!(self.poll_changes(context)) {
                Ok(changes) => self.unreported.extend(changes),
                Err(error) => return Poll::Ready(Some(Err(error))),
            }
        }
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watch")
            .field("client", &self.client)
            .field("interval", &self.schedule.interval())
            .finish_non_exhaustive()
    }
}
