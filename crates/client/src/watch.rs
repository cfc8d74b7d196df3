//! Reports who comes online, moves and leaves: by the changes of a group-dispatch-server, or by polling.
//!
//! ```text
//! Watch -- request when `Schedule` says so --> Client::all_online, or pages of Client::changes
//!   |                                               |
//!   |                 groups, IncompleteGroups (what was left out of the response), age; or lines with positions
//!   v                                               v
//! Change  <-- differences of two `Snapshot`s --  Presence
//! ```

mod change;
mod incomplete;
mod page;
mod presence;
mod snapshot;

use std::{
    collections::{BTreeSet, VecDeque},
    fmt, future,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use futures_core::Stream;
use group_dispatch_types::{
    BusinessCode, Source, SourceGroup, WhatsAppNumber,
    history::{ChangeLine, ChangePage, ChangePosition, HistoryChangesRequest, PageLimit, WaitSeconds},
};

pub use self::change::{Agent, Change};
use self::{incomplete::IncompleteGroups, presence::Presence};
use crate::{Client, Error, Query, call, clock::Stopwatch, response_head, schedule::Schedule};

/// How often a group-dispatch-server is asked how old its data is.
const AGE_INTERVAL: Duration = Duration::from_secs(5);

impl Client {
    /// Watches who is online: by the changes of a group-dispatch-server ([`Client::changes`]), or by polling
    /// queryAllOlWhatsAppInfo at this interval where the service has no changes, such as the vendor's. The first request shows
    /// which of the two it is.
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
            mode: Mode::Undecided,
            since: None,
            rewound: None,
            reached: None,
            returned: None,
            reset: None,
            age_due: Duration::ZERO,
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
/// **Positions.** A group-dispatch-server gives each change a position. A program that stores
/// [`position`](Self::position) with what it did goes on there with [`since`](Self::since). If the server has lost the
/// position, each source is reported as [`Change::Began`] again, and [`take_reset`](Self::take_reset) says why. A service
/// that is polled has no positions.
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
    mode: Mode,
    /// Where to go on instead of with who is online.
    since: Option<ChangePosition>,
    /// The accounts whose first event behind `since` was read, if there is such a position.
    rewound: Option<BTreeSet<(Source, WhatsAppNumber)>>,
    /// The position behind all lines that were read.
    reached: Option<ChangePosition>,
    /// The position of the change that was returned last.
    returned: Option<ChangePosition>,
    /// Why who is online began again.
    reset: Option<String>,
    /// When the server is asked next how old its data is.
    age_due: Duration,
    /// When the next request is due.
    due: Duration,
    polling: Option<PollFuture>,
    /// How old the data of the latest response was when it arrived.
    age: Option<Duration>,
    /// Changes that the stream has not returned yet.
    unreported: VecDeque<PlacedChange>,
}

/// A change and its position.
type PlacedChange = (Change, Option<ChangePosition>);

/// How a watch knows who is online.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// Nobody has answered yet whether there are changes.
    Undecided,
    Polling,
    /// By the changes behind `reached`.
    Following,
}

#[cfg(not(target_arch = "wasm32"))]
type PollFuture = Pin<Box<dyn Future<Output = PollResult> + Send>>;
#[cfg(target_arch = "wasm32")]
type PollFuture = Pin<Box<dyn Future<Output = PollResult>>>;

/// A finished request.
struct PollResult {
    started: Duration,
    ended: Duration,
    response: Result<Response, Error>,
}

/// What a response says.
enum Response {
    Polled {
        groups: Vec<SourceGroup>,
        incomplete: IncompleteGroups,
        age: Option<Duration>,
    },
    /// The age is absent if it was not asked for.
    Page {
        page: ChangePage,
        age: Option<Option<Duration>>,
    },
}

/// The next request.
enum Request {
    AllOnline,
    Page { query: Box<Query<HistoryChangesRequest>>, asks_age: bool },
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
        let changes = self.positioned_changes().await?;
        Ok(changes.into_iter().map(|(change, _)| change).collect())
    }

    /// Like [`changes`](Self::changes), with the position of each change; see [`position`](Self::position). The changes of
    /// one event have the position before it, but for the last of them.
    ///
    /// # Errors
    /// As [`changes`](Self::changes).
    pub async fn positioned_changes(&mut self) -> Result<Vec<(Change, Option<ChangePosition>)>, Error> {
        future::poll_fn(|context| self.poll_changes(context)).await
    }

    /// Goes on behind this position instead of beginning with who is online. There is no [`Change::Began`] then, and polling is
    /// no way out: a service without changes is an error.
    ///
    /// Whether an account was online at the position follows from its first event behind it: if that repeats what was known,
    /// the change is reported again.
    pub fn since(mut self, position: ChangePosition) -> Self {
        self.since = Some(position);
        self
    }

    /// Returns the position behind all changes that were returned. `None` if the service is polled, or before who is online was
    /// returned to its end.
    ///
    /// While a change is held back for the [`settle`](Self::settle) time, it is the position before that change: whoever goes
    /// on there misses nothing, and may get some changes again.
    #[must_use]
    pub fn position(&self) -> Option<&ChangePosition> {
        if self.unreported.is_empty() { self.safe_position() } else { self.returned.as_ref() }
    }

    /// Returns why the changes that were returned last begin with who is online again, in words, and forgets it: the server has
    /// lost the position.
    pub fn take_reset(&mut self) -> Option<String> {
        // Not before who is online is known.
        if self.mode == Mode::Following { self.reset.take() } else { None }
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

    fn poll_changes(&mut self, context: &mut Context<'_>) -> Poll<Result<Vec<PlacedChange>, Error>> {
        if !self.unreported.is_empty() {
            return Poll::Ready(Ok(self.unreported.drain(..).collect()));
        }
        loop {
            let mut polling = match self.polling.take() {
                Some(polling) => polling,
                None => Box::pin(poll_at(self.client.clone(), self.stopwatch, self.due, self.next_request())),
            };
            let Poll::Ready(PollResult { started, ended, response }) = polling.as_mut().poll(context) else {
                self.polling = Some(polling);
                return Poll::Pending;
            };
            match response {
                Ok(Response::Polled { groups, incomplete, age }) => {
                    self.due = self.schedule.after_success(started, ended);
                    self.age = age;
                    // Starts are at least an interval apart. So a settle time of three intervals spans three responses.
                    let changes = self.presence.apply(started, groups, &incomplete);
                    return Poll::Ready(Ok(changes.into_iter().map(|change| (change, None)).collect()));
                }
                Ok(Response::Page { page, age }) => {
                    self.schedule.after_success(ended, ended);
                    self.due = ended;
                    if let Some(age) = age {
                        (self.age, self.age_due) = (age, ended.saturating_add(AGE_INTERVAL));
                    }
                    // Who is online now is only what the changes behind `since` are applied to.
                    let is_base = self.since.is_some();
                    self.apply_page(ended, page);
                    if is_base {
                        continue;
                    }
                    return Poll::Ready(Ok(self.unreported.drain(..).collect()));
                }
                Err(Error::Business { code: BusinessCode::PositionLost, message, .. })
                    if self.mode == Mode::Following =>
                {
                    self.begin_again(message);
                }
                Err(error) if self.mode == Mode::Undecided && self.may_poll() && has_no_changes(&error) => {
                    self.mode = Mode::Polling;
                }
                Err(error) => {
                    self.due = self.schedule.after_failure(ended, error.retry_after());
                    return Poll::Ready(Err(error));
                }
            }
        }
    }

    fn next_request(&self) -> Request {
        let query = self.client.changes();
        let asks_age = self.age_due <= self.stopwatch.elapsed();
        match (self.mode, &self.reached) {
            (Mode::Polling, _) => Request::AllOnline,
            (Mode::Following, Some(reached)) => {
                let wait = self.longest_wait();
                let timeout = self.client.shared.timeout.saturating_add(Duration::from_secs(wait.get().into()));
                let query = query.since(reached.clone()).timeout(timeout);
                let query = query.with(|request| (request.wait, request.limit) = (Some(wait), Some(PageLimit::MAX)));
                Request::Page { query: Box::new(query), asks_age }
            }
            _ => Request::Page { query: Box::new(query), asks_age },
        }
    }

    /// Returns how long a page may wait: until the next change has settled, and not until an attempt times out.
    fn longest_wait(&self) -> WaitSeconds {
        let settled = self.presence.next_settled().map(|settled| settled.saturating_sub(self.stopwatch.elapsed()));
        let longest = self.client.shared.attempt_timeout / 2;
        let wait = settled.unwrap_or(longest).min(longest);
        let seconds = wait.as_secs().saturating_add(u64::from(wait.subsec_nanos() > 0));
        u32::try_from(seconds).ok().and_then(|seconds| WaitSeconds::try_from(seconds).ok()).unwrap_or(WaitSeconds::MAX)
    }

    fn may_poll(&self) -> bool {
        self.since.is_none() && self.reset.is_none()
    }

    /// Begins again with who is online, because the position is lost.
    fn begin_again(&mut self, message: String) {
        self.mode = Mode::Undecided;
        self.reset = Some(message);
        (self.rewound, self.reached) = (None, None);
    }

    fn apply_page(&mut self, now: Duration, ChangePage { lines, position }: ChangePage) {
        if self.mode == Mode::Following {
            self.apply_events(now, &lines);
            let before = self.safe_position().cloned();
            let settled = self.presence.settle(now);
            return self.report(before, settled, Some(position));
        }
        let began = self.presence.replace(page::groups(lines));
        self.mode = Mode::Following;
        match self.since.take() {
            Some(since) => (self.reached, self.rewound) = (Some(since), Some(BTreeSet::new())),
            None => self.report(None, began, Some(position)),
        }
    }

    fn apply_events(&mut self, now: Duration, lines: &[ChangeLine]) {
        let agents = page::agents(lines);
        let events = || lines.iter().filter_map(|line| Some((line, line.event.as_ref()?)));
        if let Some(rewound) = &mut self.rewound {
            // All of them before the first is applied, because an agent comes with its first account and leaves with its last.
            for (_, event) in events() {
                if rewound.insert((event.source, event.whats_app)) {
                    self.presence.rewind(event.source, event.whats_app, page::online_before(event));
                }
            }
        }
        for (line, event) in events() {
            let before = self.safe_position().cloned();
            let online = page::online_now(event, line.online_with, &agents, &self.presence);
            let changes = online
                .map(|online| self.presence.observe(now, event.source, event.whats_app, online, self.reached.as_ref()));
            self.report(before, changes.unwrap_or_default(), line.position.clone());
        }
    }

    /// Adds changes that all lines up to the position `behind` led to.
    fn report(&mut self, before: Option<ChangePosition>, changes: Vec<Change>, behind: Option<ChangePosition>) {
        self.reached = behind;
        let last = changes.len().saturating_sub(1);
        for (number, change) in changes.into_iter().enumerate() {
            let position = if number == last { self.safe_position().cloned() } else { before.clone() };
            self.unreported.push_back((change, position));
        }
    }

    /// Returns the position from which on nothing is missed of what has not been reported.
    fn safe_position(&self) -> Option<&ChangePosition> {
        self.presence.oldest_held().unwrap_or(self.reached.as_ref())
    }
}

/// Returns whether the response to the first request shows that the service has no changes. The vendor's service knows neither
/// the path nor the signature, and writes errors with HTTP status 200. If it is something else that fails, such as a wrong key, a
/// poll fails as well and says so.
fn has_no_changes(error: &Error) -> bool {
    match error {
        Error::Business { code: BusinessCode::PositionLost, .. } => false,
        Error::Business { status: 200, .. } | Error::Decode { .. } => true,
        Error::BudgetExhausted { last } => has_no_changes(last),
        // In a browser, a path without CORS headers looks like a connection that fails.
        Error::Connection { .. } => cfg!(target_arch = "wasm32"),
        _ => !error.is_retryable(),
    }
}

/// Sends a request when it is due.
async fn poll_at(client: Client, stopwatch: Stopwatch, due: Duration, request: Request) -> PollResult {
    if let Err(error) = call::check_runtime() {
        return PollResult { started: due, ended: due, response: Err(error) };
    }
    stopwatch.sleep_until(due).await;
    let started = stopwatch.elapsed();
    let response = match request {
        Request::AllOnline => all_online(&client).await,
        Request::Page { query, asks_age } => page(&client, *query, asks_age).await,
    };
    PollResult { started, ended: stopwatch.elapsed(), response }
}

async fn all_online(client: &Client) -> Result<Response, Error> {
    let completed = client.all_online().run().await?;
    let repairs = completed.attempt.repairs();
    let incomplete = repairs.map(|repairs| IncompleteGroups::new(&completed.data, &repairs.incomplete_lists));
    let age = completed.attempt.response_head().and_then(|head| response_head::age(&head.headers));
    Ok(Response::Polled { groups: completed.data, incomplete: incomplete.unwrap_or_default(), age })
}

async fn page(client: &Client, query: Query<HistoryChangesRequest>, asks_age: bool) -> Result<Response, Error> {
    let page = query.await?;
    // Without it, the changes are as good as before.
    let report = if asks_age { client.freshness().await.ok() } else { None };
    let age = report.map(|report| {
        let ages = report.sources.iter().filter(|source| source.ended.is_none()).map(|source| source.age.get());
        ages.max().map(Duration::from_secs)
    });
    Ok(Response::Page { page, age })
}

impl Stream for Watch {
    type Item = Result<Change, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some((change, position)) = self.unreported.pop_front() {
                self.returned = position;
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
