//! Reads the history of a group-dispatch-server: pages of events and of gaps, and a stream of all events.

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
        EventTime, HistoryCursor, HistoryEvent, HistoryEventsRequest, HistoryFreshnessRequest, HistoryGapsRequest,
        HistoryOrder, HistoryPage, PageLimit, Provenance,
    },
};

use crate::{Client, Error, Query, QueryFuture};

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
}

/// The filters that events and gaps have in common.
macro_rules! filters {
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

filters!(HistoryEventsRequest, HistoryGapsRequest);

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
        HistoryEvents { following: Some(self), request: None, page: Vec::new().into_iter() }
    }
}

impl Query<HistoryFreshnessRequest> {
    /// Returns only this source.
    pub fn source(self, source: Source) -> Self {
        self.with(|request| request.source = Some(source))
    }
}

/// A stream of all events of the history that meet the filters. [`Query::events`] creates it.
///
/// It ends after the last event, or after an error.
#[must_use = "a stream sends no request until it is polled"]
pub struct HistoryEvents {
    /// The query of the page after `page`; none if no page follows.
    following: Option<Query<HistoryEventsRequest>>,
    request: Option<QueryFuture<HistoryPage>>,
    page: vec::IntoIter<HistoryEvent>,
}

impl Stream for HistoryEvents {
    type Item = Result<HistoryEvent, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(event) = self.page.next() {
                return Poll::Ready(Some(Ok(event)));
            }
            let Some(query) = self.following.clone() else { return Poll::Ready(None) };
            let request = self.request.get_or_insert_with(|| query.clone().into_future());
            let response = ready!(request.as_mut().poll(context));
            (self.request, self.following) = (None, None);
            let HistoryPage { events, next } = match response {
                Ok(page) => page,
                Err(error) => return Poll::Ready(Some(Err(error))),
            };
            self.page = events.into_iter();
            self.following = next.map(|next| query.cursor(next));
        }
    }
}

impl fmt::Debug for HistoryEvents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HistoryEvents").field("following", &self.following).finish_non_exhaustive()
    }
}
