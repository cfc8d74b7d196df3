//! A request with its options, before it is sent: what [`Client`](crate::Client)'s methods return.

use std::{
    fmt::{self, Display},
    future::{Future, IntoFuture},
    pin::Pin,
    sync::Arc,
    time::Duration,
};

use group_dispatch_types::{
    GetLatestOnlineWhatsAccountRequest, QueryUserStatusLogRequest, QueryUserStatusRequest, QueryWhatsAppInfoRequest,
    Source, UserId, WhatsAppNumber,
    ingest::{FeedOrder, StatusEventsRequest},
};
use reqwest::header::{
    ACCEPT_ENCODING, CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, EXPECT, HOST, HeaderName, HeaderValue, TE,
    TRANSFER_ENCODING, UPGRADE,
};

use crate::{
    ClientRequest, Error, QueryResponse, RetryPolicy,
    call::{self, CompletedCall},
    config::{CallOptions, Shared},
};

/// Headers that the client sets itself.
static RESERVED_HEADERS: [HeaderName; 9] =
    [ACCEPT_ENCODING, CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, EXPECT, HOST, TE, TRANSFER_ENCODING, UPGRADE];

/// A call that is not sent yet. Awaiting it sends the request and returns the data of the response.
///
/// Methods set filters and options. A filter that is not set does not filter.
#[must_use = "a query is sent when it is awaited"]
#[derive(Clone)]
pub struct Query<R> {
    shared: Arc<Shared>,
    request: Result<R, String>,
    options: CallOptions,
}

/// The future of a query.
#[cfg(not(target_arch = "wasm32"))]
pub type QueryFuture<T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send>>;
/// The future of a query.
#[cfg(target_arch = "wasm32")]
pub type QueryFuture<T> = Pin<Box<dyn Future<Output = Result<T, Error>>>>;

impl<R: ClientRequest> Query<R> {
    pub(crate) fn new(shared: Arc<Shared>, request: R) -> Self {
        Self { shared, request: Ok(request), options: CallOptions::default() }
    }

    /// Sets the timeout of this call instead of the client's: for all its attempts and the pauses between them, but not for
    /// the wait under the rate limit.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.options.timeout = Some(timeout);
        self
    }

    /// Sets the retry policy of this call instead of the client's.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.options.retry = Some(policy);
        self
    }

    /// Adds a header to each request of this call. The headers of the signature can't be replaced.
    ///
    /// # Errors
    /// The call fails with [`Error::InvalidRequest`] if the name or the value is invalid, or if the client sets the header
    /// itself: `accept-encoding`, `connection`, `content-length`, `content-type`, `expect`, `host`, `te`,
    /// `transfer-encoding` and `upgrade`.
    pub fn header<N, V>(mut self, name: N, value: V) -> Self
    where
        N: TryInto<HeaderName>,
        V: TryInto<HeaderValue>,
    {
        match (name.try_into(), value.try_into()) {
            (Ok(name), Ok(_)) if RESERVED_HEADERS.contains(&name) => {
                self.request = Err(format!("the client sets the header {name} itself"));
            }
            (Ok(name), Ok(value)) => {
                self.options.headers.append(name, value);
            }
            (Err(_), _) => self.request = Err("invalid header name".to_owned()),
            (Ok(name), Err(_)) => self.request = Err(format!("invalid value of the header {name}")),
        }
        self
    }

    /// Sends the request, and returns the HTTP response beside the data.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn with_response(mut self) -> Result<QueryResponse<R::Data>, Error> {
        self.options.keeps_body = true;
        let CompletedCall { data, attempt, attempts } = self.run().await?;
        Ok(QueryResponse::new(data, &attempt, attempts))
    }

    pub(crate) async fn run(self) -> Result<CompletedCall<R::Data>, Error> {
        let request = self.request.map_err(Error::InvalidRequest)?;
        call::check_runtime()?;
        call::run(&self.shared, &request, Arc::new(self.options)).await
    }

    pub(crate) fn with(mut self, change: impl FnOnce(&mut R)) -> Self {
        if let Ok(request) = &mut self.request {
            change(request);
        }
        self
    }

    /// Sets a filter whose value may be invalid.
    pub(crate) fn with_checked<T, V>(mut self, value: V, change: impl FnOnce(&mut R, T)) -> Self
    where
        V: TryInto<T, Error: Display>,
    {
        match value.try_into() {
            Ok(value) => self.with(|request| change(request, value)),
            Err(reason) => {
                self.request = Err(reason.to_string());
                self
            }
        }
    }
}

impl<R: ClientRequest> IntoFuture for Query<R> {
    type Output = Result<R::Data, Error>;
    type IntoFuture = QueryFuture<R::Data>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async { self.run().await.map(|completed| completed.data) })
    }
}

impl<R: fmt::Debug> fmt::Debug for Query<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Query").field("request", &self.request).finish_non_exhaustive()
    }
}

impl Query<StatusEventsRequest> {
    /// Sets the order of the events: oldest first, which is the default, or newest first as in a log.
    pub fn order(mut self, order: FeedOrder) -> Self {
        self.options.feed_order = Some(order);
        self
    }
}

impl Query<QueryUserStatusRequest> {
    /// Returns only the agent with this id.
    pub fn user_id(self, id: impl Into<UserId>) -> Self {
        self.with(|request| request.user_id = Some(id.into()))
    }

    /// Returns only the agent with this login account.
    pub fn user_name(self, login: impl Into<String>) -> Self {
        self.with(|request| request.user_name = Some(login.into()))
    }
}

impl Query<QueryWhatsAppInfoRequest> {
    pub(crate) fn of_account<V>(shared: Arc<Shared>, account: V) -> Self
    where
        V: TryInto<WhatsAppNumber, Error: Display>,
    {
        let request = match account.try_into() {
            Ok(account) => Ok(QueryWhatsAppInfoRequest { source: None, whatsapp: account.into() }),
            Err(reason) => Err(reason.to_string()),
        };
        Self { shared, request, options: CallOptions::default() }
    }

    /// Searches this source only, instead of PC and mobile.
    pub fn source(self, source: Source) -> Self {
        self.with(|request| request.source = Some(source))
    }
}

impl Query<QueryUserStatusLogRequest> {
    /// Returns only the agent with this login account.
    pub fn agent_account(self, login: impl Into<String>) -> Self {
        self.with(|request| request.agent_account = Some(login.into()))
    }

    /// Returns only events of this WhatsApp account, given as a number or as people write phone numbers.
    ///
    /// # Errors
    /// The call fails with [`Error::InvalidRequest`] if this is not a phone number.
    pub fn whats_app<V>(self, account: V) -> Self
    where
        V: TryInto<WhatsAppNumber, Error: Display>,
    {
        self.with_checked(account, |request, account| request.whats_app = Some(account))
    }
}

impl Query<GetLatestOnlineWhatsAccountRequest> {
    /// Returns only the agent with this id.
    pub fn user_id(self, id: impl Into<UserId>) -> Self {
        self.with(|request| request.user_id = Some(id.into()))
    }
}
