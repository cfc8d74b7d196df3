//! Follows the changes of a group-dispatch-server: a stream of lines, from pages that wait for the next event.
//!
//! Each page is a request of its own, signed, limited and retried like any other. A connection that breaks or a proxy that
//! closes it costs one request, and nothing is lost: the next one names the same position.

use std::{
    fmt::{self, Display},
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
    vec,
};

use futures_core::Stream;
use group_dispatch_types::{
    BusinessCode, Source, UserId, WhatsAppNumber,
    history::{ChangeLine, ChangeLineType, ChangePage, ChangePosition, HistoryChangesRequest, PageLimit, WaitSeconds},
};

use crate::{Client, Error, Query, call, clock::Stopwatch, schedule::Schedule};

/// How long a page may wait for its first event: the longest time that the contract allows.
const WAIT: WaitSeconds = WaitSeconds::MAX;
/// The timeout of a page that waits.
const TIMEOUT: Duration = Duration::from_secs(60);
/// The shortest pause after a failure.
const MIN_PAUSE: Duration = Duration::from_secs(1);

impl Client {
    /// Reads the changes of a group-dispatch-server in the order in which it stores them (historyChanges). Awaiting it returns
    /// a page: behind the position [`since`](Query::since), or, without one, who is online now. [`follow`](Query::follow)
    /// returns a stream of all that comes.
    ///
    /// ```no_run
    /// # async fn example(client: group_dispatch_client::Client) -> Result<(), group_dispatch_client::Error> {
    /// use futures_util::TryStreamExt;
    /// use group_dispatch_client::types::history::ChangeLineType;
    /// let mut changes = client.changes().follow();
    /// while let Some(line) = changes.try_next().await? {
    ///     match (line.type_, line.account, line.event) {
    ///         (ChangeLineType::Reset, ..) => println!("forget who was online"),
    ///         (_, Some(account), _) => println!("{} is online", account.whats_app),
    ///         (_, _, Some(event)) => println!("{}: online with {:?}", event.whats_app, line.online_with),
    ///         _ => {}
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn changes(&self) -> Query<HistoryChangesRequest> {
        self.query(HistoryChangesRequest::default())
    }
}

impl Query<HistoryChangesRequest> {
    /// Returns what is behind this position.
    pub fn since(self, position: ChangePosition) -> Self {
        self.with(|request| request.since = Some(position))
    }

    /// Returns only what concerns the agent with this id.
    pub fn user_id(self, id: impl Into<UserId>) -> Self {
        self.with(|request| request.user_id = Some(id.into()))
    }

    /// Returns only what concerns this WhatsApp account, given as a number or as people write phone numbers.
    ///
    /// # Errors
    /// The call fails with [`Error::InvalidRequest`] if this is not a phone number.
    pub fn whats_app<V>(self, account: V) -> Self
    where
        V: TryInto<WhatsAppNumber, Error: Display>,
    {
        self.with_checked(account, |request, account| request.whats_app = Some(account))
    }

    /// Returns only what happens at this source.
    pub fn source(self, source: Source) -> Self {
        self.with(|request| request.source = Some(source))
    }

    /// Sets how many seconds a page behind a position waits for its first event: 0 to 20, and 0 by default.
    ///
    /// # Errors
    /// The call fails with [`Error::InvalidRequest`] if the number is out of this range.
    pub fn wait_for(self, seconds: u32) -> Self {
        self.with_checked(seconds, |request, seconds: WaitSeconds| request.wait = Some(seconds))
    }

    /// Sets the largest number of events of a page: 1 to 1,000, and 100 by default.
    ///
    /// # Errors
    /// The call fails with [`Error::InvalidRequest`] if the number is out of this range.
    pub fn limit(self, limit: u32) -> Self {
        self.with_checked(limit, |request, limit: PageLimit| request.limit = Some(limit))
    }

    /// Returns a stream of the changes that are there and of all that come.
    pub fn follow(self) -> Changes {
        Changes {
            query: self.with(|request| request.wait = Some(WAIT)).timeout(TIMEOUT),
            stopwatch: Stopwatch::start(),
            schedule: Schedule::new(MIN_PAUSE),
            due: Duration::ZERO,
            request: None,
            lines: Vec::new().into_iter(),
            position: None,
            next: None,
        }
    }
}

/// A stream of changes that never ends. [`Query::follow`] creates it.
///
/// Without a position it begins with a line for each account that is online. Each event has its position: a program that
/// stores it with what it did goes on there with [`Query::since`], and misses and doubles nothing. If the server has lost the
/// position, a line of type [`Reset`](ChangeLineType::Reset) comes, and then who is online.
///
/// **Failures.** A failed request is an item, too. The stream goes on after a pause, which grows up to a minute and is never
/// shorter than `Retry-After`. This also holds for permanent failures, such as a wrong API key: check [`Error::code`] to stop.
///
/// It must be polled within a tokio runtime with its timer enabled.
#[must_use = "a stream sends no request until it is polled"]
pub struct Changes {
    query: Query<HistoryChangesRequest>,
    stopwatch: Stopwatch,
    schedule: Schedule,
    /// When the next request is due.
    due: Duration,
    request: Option<PageFuture>,
    lines: vec::IntoIter<ChangeLine>,
    /// Behind all lines that were returned.
    position: Option<ChangePosition>,
    /// Behind the lines that are left.
    next: Option<ChangePosition>,
}

#[cfg(not(target_arch = "wasm32"))]
type PageFuture = Pin<Box<dyn Future<Output = Result<ChangePage, Error>> + Send>>;
#[cfg(target_arch = "wasm32")]
type PageFuture = Pin<Box<dyn Future<Output = Result<ChangePage, Error>>>>;

impl Changes {
    /// Returns the position behind all lines that were returned; `None` before who is online was read to its end.
    #[must_use]
    pub const fn position(&self) -> Option<&ChangePosition> {
        self.position.as_ref()
    }

    /// Returns the next line that is here.
    fn next_line(&mut self) -> Option<ChangeLine> {
        let line = self.lines.next();
        if let Some(position) = line.as_ref().and_then(|line| line.position.clone()) {
            self.position = Some(position);
        }
        if self.lines.as_slice().is_empty()
            && let Some(next) = self.next.take()
        {
            self.position = Some(next);
        }
        line
    }

    /// Begins again with who is online.
    fn reset(&mut self, message: String) -> ChangeLine {
        self.query = self.query.clone().with(|request| request.since = None);
        self.position = None;
        ChangeLine {
            type_: ChangeLineType::Reset,
            position: None,
            account: None,
            event: None,
            online_with: None,
            held: None,
            freshness: None,
            reason: None,
            message: Some(message),
        }
    }
}

impl Stream for Changes {
    type Item = Result<ChangeLine, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        loop {
            if let Some(line) = this.next_line() {
                return Poll::Ready(Some(Ok(line)));
            }
            let request =
                this.request.get_or_insert_with(|| Box::pin(page_at(this.query.clone(), this.stopwatch, this.due)));
            let response = ready!(request.as_mut().poll(context));
            this.request = None;
            let ended = this.stopwatch.elapsed();
            match response {
                Ok(ChangePage { lines, position }) => {
                    this.schedule.after_success(ended, ended);
                    this.due = ended;
                    this.query = this.query.clone().since(position.clone());
                    this.lines = lines.into_iter();
                    this.next = Some(position);
                }
                Err(Error::Business { code: BusinessCode::PositionLost, message, .. }) => {
                    return Poll::Ready(Some(Ok(this.reset(message))));
                }
                Err(error) => {
                    this.due = this.schedule.after_failure(ended, error.retry_after());
                    return Poll::Ready(Some(Err(error)));
                }
            }
        }
    }
}

/// Requests a page when it is due.
async fn page_at(
    query: Query<HistoryChangesRequest>,
    stopwatch: Stopwatch,
    due: Duration,
) -> Result<ChangePage, Error> {
    call::check_runtime()?;
    stopwatch.sleep_until(due).await;
    query.await
}

impl fmt::Debug for Changes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Changes").field("query", &self.query).field("position", &self.position).finish_non_exhaustive()
    }
}
