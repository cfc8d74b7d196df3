//! Reads the history of a group-dispatch-server: pages of events, gaps and sessions, streams of all events and all sessions, and
//! reports.

use std::{
    fmt::{self, Display},
    future::IntoFuture,
    pin::Pin,
    task::{Context, Poll, ready},
    vec,
};

use futures_core::Stream;
use group_dispatch_types::{
    AccountStatus, Source, StatusDetail, UserId, WhatsAppNumber,
    history::{
        CalendarDay, EventTime, HistoryCursor, HistoryEvent, HistoryEventsRequest, HistoryFreshnessRequest,
        HistoryGapsRequest, HistoryOrder, HistoryPage, HistoryReportRequest, HistorySessionsRequest, PageLimit,
        Provenance, ReportGrouping, Session, SessionPage, TimeZoneName,
    },
};

use crate::{Client, ClientRequest, Error, Query, QueryFuture};

impl Client {
    /// Reads the status events that a group-dispatch-server stores, oldest first (historyEvents). Awaiting it returns the first
    /// page; [`events`](Query::events) returns all of them.
    ///
    /// ```no_run
    /// # async fn example(client: group_dispatch_client::Client) -> Result<(), group_dispatch_client::Error> {
    /// use group_dispatch_client::types::history::{EventTime, HistoryOrder};
    /// let page = client.history().whats_app("8618217331411").order(HistoryOrder::NewestFirst).await?;
    /// for event in page.events {
    ///     match (event.create_time.or(event.not_after), event.detail_status) {
    ///         (Some(EventTime::Instant(at)), Some(detail)) => println!("{at}: {}", detail.description()),
    ///         (Some(EventTime::Instant(at)), None) => println!("until {at}: seen to have changed"),
    ///         _ => {}
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn history(&self) -> Query<HistoryEventsRequest> {
        self.query(HistoryEventsRequest::default())
    }

    /// Reads what nobody could see (historyGaps): times in which the vendor may have recorded events that were forgotten before
    /// anybody could read them.
    pub fn gaps(&self) -> Query<HistoryGapsRequest> {
        self.query(HistoryGapsRequest::default())
    }

    /// Reads when somebody looked last who is online at each source (historyFreshness).
    ///
    /// ```no_run
    /// # async fn example(client: group_dispatch_client::Client) -> Result<(), group_dispatch_client::Error> {
    /// for source in client.freshness().await?.sources {
    ///     println!("{}: {} s ago", source.source, source.age);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn freshness(&self) -> Query<HistoryFreshnessRequest> {
        self.query(HistoryFreshnessRequest::default())
    }

    /// Reads when accounts were online, and with which agent (historySessions); those that ended first are first. Awaiting it
    /// returns the first page; [`all`](Query::all) returns all of them.
    ///
    /// ```no_run
    /// # async fn example(client: group_dispatch_client::Client) -> Result<(), group_dispatch_client::Error> {
    /// use futures_util::TryStreamExt;
    /// let mut sessions = client.sessions().user_id(868_024).all();
    /// while let Some(session) = sessions.try_next().await? {
    ///     println!("{:?} to {:?}", session.from, session.to);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn sessions(&self) -> Query<HistorySessionsRequest> {
        self.query(HistorySessionsRequest::default())
    }

    /// Reads how long agents or accounts were online on a day, in UTC unless a [time zone](Query::time_zone) is set
    /// (historyReport). [`last_day`](Query::last_day) asks for several days.
    ///
    /// ```no_run
    /// # async fn example(client: group_dispatch_client::Client) -> Result<(), group_dispatch_client::Error> {
    /// use group_dispatch_client::types::history::ReportGrouping;
    /// let report = client.report("2024-07-08", ReportGrouping::Agent).time_zone("America/Bogota").await?;
    /// for row in report.rows {
    ///     let hours = row.online_milliseconds.get() as f64 / 3_600_000.0;
    ///     println!("{}: {hours:.1} h{}", row.agent_account.unwrap_or_default(), if row.at_least { " at least" } else { "" });
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The call fails with [`Error::InvalidRequest`] if the day does not have the form `YYYY-MM-DD`.
    pub fn report<D>(&self, first_day: D, by: ReportGrouping) -> Query<HistoryReportRequest>
    where
        D: TryInto<CalendarDay, Error: Display>,
    {
        let (last_day, time_zone, user_id, agent_account, whats_app, source) = Default::default();
        let request = HistoryReportRequest {
            first_day: CalendarDay::MIN,
            last_day,
            time_zone,
            by,
            user_id,
            agent_account,
            whats_app,
            source,
        };
        self.query(request).with_checked(first_day, |request, day| request.first_day = day)
    }
}

/// The filters that all but the freshness have in common.
macro_rules! filters {
    ($($request:ty),*) => {
        $(impl Query<$request> {
            /// Returns only what concerns the agent with this id.
            pub fn user_id(self, id: impl Into<UserId>) -> Self {
                self.with(|request| request.user_id = Some(id.into()))
            }

            /// Returns only what concerns the agent that has this login account now.
            pub fn agent_account(self, login: impl Into<String>) -> Self {
                self.with(|request| request.agent_account = Some(login.into()))
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

            /// Returns only what happened at this source.
            pub fn source(self, source: Source) -> Self {
                self.with(|request| request.source = Some(source))
            }
        })*
    };
}

filters!(HistoryEventsRequest, HistoryGapsRequest, HistorySessionsRequest, HistoryReportRequest);

/// What pages of events, gaps and sessions have in common.
macro_rules! pages {
    ($($request:ty),*) => {
        $(impl Query<$request> {
            /// Sets the first time, inclusive.
            pub fn from(self, time: EventTime) -> Self {
                self.with(|request| request.from = Some(time))
            }

            /// Sets the first time that is too late.
            pub fn to(self, time: EventTime) -> Self {
                self.with(|request| request.to = Some(time))
            }

            /// Sets the largest number of items of a page: 1 to 1,000, and 100 by default.
            ///
            /// # Errors
            /// The call fails with [`Error::InvalidRequest`] if the number is out of this range.
            pub fn limit(self, limit: u32) -> Self {
                self.with_checked(limit, |request, limit: PageLimit| request.limit = Some(limit))
            }

            /// Returns the page that follows the one with this `next`. The other filters have to be the same.
            pub fn cursor(self, next: HistoryCursor) -> Self {
                self.with(|request| request.cursor = Some(next))
            }
        })*
    };
}

pages!(HistoryEventsRequest, HistoryGapsRequest, HistorySessionsRequest);

impl Query<HistoryEventsRequest> {
    /// Returns only events after which the account had this status.
    pub fn status(self, status: AccountStatus) -> Self {
        self.with(|request| request.status = Some(status))
    }

    /// Returns only events of this kind.
    pub fn detail_status(self, detail: StatusDetail) -> Self {
        self.with(|request| request.detail_status = Some(detail))
    }

    /// Returns only events that are known in this way.
    pub fn provenance(self, provenance: Provenance) -> Self {
        self.with(|request| request.provenance = Some(provenance))
    }

    /// Sets the order: oldest first, which is the default, or newest first.
    pub fn order(self, order: HistoryOrder) -> Self {
        self.with(|request| request.order = Some(order))
    }

    /// Returns a stream of all events, which requests one page after the other. [`limit`](Self::limit) is the size of a page.
    ///
    /// ```no_run
    /// # async fn example(client: group_dispatch_client::Client) -> Result<(), group_dispatch_client::Error> {
    /// use futures_util::TryStreamExt;
    /// let mut events = client.history().user_id(868_024).limit(1000).events();
    /// while let Some(event) = events.try_next().await? {
    ///     println!("{event:?}");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn events(self) -> HistoryEvents {
        HistoryEvents(Items::new(self))
    }

    /// Returns a stream of all pages of events from a time on, one request each, until the service has no `next`.
    ///
    /// To continue later, remember the time of the last event and begin there again: events of that time may come twice.
    ///
    /// ```no_run
    /// # async fn example(client: group_dispatch_client::Client) -> Result<(), group_dispatch_client::Error> {
    /// use futures_util::TryStreamExt;
    /// use group_dispatch_client::types::history::EventTime;
    /// let mut pages = client.history().limit(1000).since(EventTime::Instant(1_720_437_931_000));
    /// while let Some(page) = pages.try_next().await? {
    ///     println!("{} events", page.events.len());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn since(self, time: EventTime) -> HistoryPages {
        HistoryPages(Pages::new(self.from(time)))
    }
}

impl Query<HistorySessionsRequest> {
    /// Returns a stream of all sessions, which requests one page after the other. [`limit`](Self::limit) is the size of a page.
    pub fn all(self) -> Sessions {
        Sessions(Items::new(self))
    }
}

impl Query<HistoryReportRequest> {
    /// Sets the last day; without it, the report is about the first day alone.
    ///
    /// # Errors
    /// The call fails with [`Error::InvalidRequest`] if the day does not have the form `YYYY-MM-DD`.
    pub fn last_day<D>(self, day: D) -> Self
    where
        D: TryInto<CalendarDay, Error: Display>,
    {
        self.with_checked(day, |request, day| request.last_day = Some(day))
    }

    /// Sets the time zone in which days begin and end, by its name in the database of IANA.
    ///
    /// # Errors
    /// The call fails with [`Error::InvalidRequest`] if this can't be such a name; the service knows whether there is the zone.
    pub fn time_zone<V>(self, name: V) -> Self
    where
        V: TryInto<TimeZoneName, Error: Display>,
    {
        self.with_checked(name, |request, name| request.time_zone = Some(name))
    }
}

impl Query<HistoryFreshnessRequest> {
    /// Returns only this source.
    pub fn source(self, source: Source) -> Self {
        self.with(|request| request.source = Some(source))
    }
}

/// A request whose response is a page.
trait PagedRequest: ClientRequest {
    type Item: Unpin;

    fn items(page: Self::Data) -> Vec<Self::Item>;

    fn next(page: &Self::Data) -> Option<&HistoryCursor>;

    fn set_cursor(&mut self, next: HistoryCursor);
}

macro_rules! paged_requests {
    ($($request:ty => $page:ident { $items:ident: $item:ty };)*) => {
        $(impl PagedRequest for $request {
            type Item = $item;

            fn items(page: $page) -> Vec<$item> {
                page.$items
            }

            fn next(page: &$page) -> Option<&HistoryCursor> {
                page.next.as_ref()
            }

            fn set_cursor(&mut self, next: HistoryCursor) {
                self.cursor = Some(next);
            }
        })*
    };
}

paged_requests! {
    HistoryEventsRequest => HistoryPage { events: HistoryEvent };
    HistorySessionsRequest => SessionPage { sessions: Session };
}

/// All pages of a request, one after the other.
struct Pages<R: PagedRequest> {
    /// The query of the next page; none if no page follows.
    following: Option<Query<R>>,
    request: Option<QueryFuture<R::Data>>,
}

impl<R: PagedRequest> Pages<R> {
    const fn new(query: Query<R>) -> Self {
        Self { following: Some(query), request: None }
    }

    fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<R::Data, Error>>> {
        let Some(query) = self.following.clone() else { return Poll::Ready(None) };
        let request = self.request.get_or_insert_with(|| query.clone().into_future());
        let response = ready!(request.as_mut().poll(context));
        (self.request, self.following) = (None, None);
        if let Ok(page) = &response {
            self.following = R::next(page).map(|next| query.with(|request| request.set_cursor(next.clone())));
        }
        Poll::Ready(Some(response))
    }
}

/// The items of all pages of a request.
struct Items<R: PagedRequest> {
    pages: Pages<R>,
    page: vec::IntoIter<R::Item>,
}

impl<R: PagedRequest> Items<R> {
    fn new(query: Query<R>) -> Self {
        Self { pages: Pages::new(query), page: Vec::new().into_iter() }
    }

    fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<R::Item, Error>>> {
        loop {
            if let Some(item) = self.page.next() {
                return Poll::Ready(Some(Ok(item)));
            }
            match ready!(self.pages.poll_next(context)) {
                Some(Ok(page)) => self.page = R::items(page).into_iter(),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
    }
}

macro_rules! streams {
    ($($(#[$attribute:meta])* $stream:ident($inner:ty) -> $item:ty;)*) => {
        $(
            $(#[$attribute])*
            ///
            /// It ends after the last one, or after an error.
            #[must_use = "a stream sends no request until it is polled"]
            pub struct $stream($inner);

            impl Stream for $stream {
                type Item = Result<$item, Error>;

                fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
                    self.0.poll_next(context)
                }
            }

            impl fmt::Debug for $stream {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    f.debug_struct(stringify!($stream)).finish_non_exhaustive()
                }
            }
        )*
    };
}

streams! {
    /// A stream of all events of the history that meet the filters. [`Query::events`] creates it.
    HistoryEvents(Items<HistoryEventsRequest>) -> HistoryEvent;
    /// A stream of all pages of events from a time on. [`Query::since`] creates it.
    HistoryPages(Pages<HistoryEventsRequest>) -> HistoryPage;
    /// A stream of all sessions that meet the filters. [`Query::all`] creates it.
    Sessions(Items<HistorySessionsRequest>) -> Session;
}
