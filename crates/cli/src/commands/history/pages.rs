//! Reads the pages of the history one after the other, as a stream of their items.

use futures_util::stream::{self, Stream, StreamExt, TryStreamExt};
use group_dispatch_client::{Client, ClientRequest, Error};
use group_dispatch_types::history::{
    Gap, GapPage, HistoryCursor, HistoryEvent, HistoryEventsRequest, HistoryGapsRequest, HistoryPage,
    HistorySessionsRequest, Session, SessionPage,
};

use crate::service::warnings;

/// A request whose response is a page.
pub trait PageRequest: ClientRequest + Clone {
    type Item;

    /// Returns the request of the page that follows the one with this `next`.
    fn after(&self, next: HistoryCursor) -> Self;

    /// Returns the items of a page, and the cursor of the next one.
    fn split(page: Self::Data) -> (Vec<Self::Item>, Option<HistoryCursor>);
}

impl PageRequest for HistoryEventsRequest {
    type Item = HistoryEvent;

    fn after(&self, next: HistoryCursor) -> Self {
        Self { cursor: Some(next), ..self.clone() }
    }

    fn split(page: HistoryPage) -> (Vec<HistoryEvent>, Option<HistoryCursor>) {
        (page.events, page.next)
    }
}

impl PageRequest for HistoryGapsRequest {
    type Item = Gap;

    fn after(&self, next: HistoryCursor) -> Self {
        Self { cursor: Some(next), ..self.clone() }
    }

    fn split(page: GapPage) -> (Vec<Gap>, Option<HistoryCursor>) {
        (page.gaps, page.next)
    }
}

impl PageRequest for HistorySessionsRequest {
    type Item = Session;

    fn after(&self, next: HistoryCursor) -> Self {
        Self { cursor: Some(next), ..self.clone() }
    }

    fn split(page: SessionPage) -> (Vec<Session>, Option<HistoryCursor>) {
        (page.sessions, page.next)
    }
}

/// Returns all items, and requests a page when its first item is awaited. Unlike the stream of the client, it prints a warning
/// if a part of a response is invalid.
pub fn read_all<R: PageRequest>(client: &Client, request: R) -> impl Stream<Item = Result<R::Item, Error>> {
    let pages = stream::try_unfold(Some(request), async move |request| {
        let Some(request) = request else { return Ok::<_, Error>(None) };
        let (items, next) = R::split(warnings::send_and_warn(client.query(request.clone())).await?);
        Ok(Some((stream::iter(items).map(Ok::<_, Error>), next.map(|next| request.after(next)))))
    });
    pages.try_flatten()
}
