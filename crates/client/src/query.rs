use std::{
    fmt::{self, Display},
    future::{Future, IntoFuture},
    pin::Pin,
    sync::Arc,
    time::Duration,
};

use bytes::Bytes;
use group_dispatch_types::{
    GetLatestOnlineWhatsAccountRequest, QueryUserStatusLogRequest, QueryUserStatusRequest, QueryWhatsAppInfoRequest,
    Source, UserId, WhatsAppNumber,
    ingest::{FeedOrder, StatusEventsRequest},
};
use reqwest::{
    StatusCode,
    header::{
        ACCEPT_ENCODING, CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, EXPECT, HOST, HeaderMap, HeaderName, HeaderValue,
        TE, TRANSFER_ENCODING, UPGRADE,
    },
};

use crate::{Client, Error, Places, Request, RetryPolicy, call, repair::Repairs};

/// A question that is about to be asked. Awaiting it sends it and gives the answer's data.
///
/// Filters that are not set are no filters.
#[must_use = "a question is asked when it is awaited"]
#[derive(Clone)]
pub struct Query<R> {
    client: Client,
    request: Result<R, String>,
    options: Options,
}

/// What holds for one call alone.
#[derive(Clone, Debug, Default)]
pub struct Options {
    pub timeout: Option<Duration>,
    pub retry: Option<RetryPolicy>,
    pub headers: HeaderMap,
    pub keeps_body: bool,
    /// Of a call that feeds events.
    pub feed_order: Option<FeedOrder>,
}

/// Headers that are not the caller's to set.
static OWN_HEADERS: [HeaderName; 9] =
    [ACCEPT_ENCODING, CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, EXPECT, HOST, TE, TRANSFER_ENCODING, UPGRADE];

/// The future of a query.
#[cfg(not(target_arch = "wasm32"))]
pub type QueryFuture<T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send>>;
/// The future of a query.
#[cfg(target_arch = "wasm32")]
pub type QueryFuture<T> = Pin<Box<dyn Future<Output = Result<T, Error>>>>;

impl<R: Request> Query<R> {
    pub(crate) fn new(client: Client, request: R) -> Self {
        Self { client, request: Ok(request), options: Options::default() }
    }

    /// The time that this call may take, instead of the client's: all its attempts and the pauses between them, but not
    /// the wait for its turn under the rate limit.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.options.timeout = Some(timeout);
        self
    }

    /// How this call is retried, instead of how the client's calls are.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.options.retry = Some(policy);
        self
    }

    /// Sends another header with each request of this call. Those of the signature can't be replaced.
    ///
    /// # Errors
    /// A name or value that is none for HTTP makes the call fail with [`Error::InvalidRequest`], and so do
    /// headers that say how the request is sent or which answer can be read: `accept-encoding`, `connection`,
    /// `content-length`, `content-type`, `expect`, `host`, `te`, `transfer-encoding` and `upgrade`.
    pub fn header<N, V>(mut self, name: N, value: V) -> Self
    where
        N: TryInto<HeaderName>,
        V: TryInto<HeaderValue>,
    {
        match (name.try_into(), value.try_into()) {
            (Ok(name), Ok(_)) if OWN_HEADERS.contains(&name) => {
                self.request = Err(format!("the header {name} is the client's own"));
            }
            (Ok(name), Ok(value)) => {
                self.options.headers.append(name, value);
            }
            (Err(_), _) => self.request = Err("a header's name is none for HTTP".to_owned()),
            (Ok(name), Err(_)) => self.request = Err(format!("the value of the header {name} is none for HTTP")),
        }
        self
    }

    /// Asks, and gives the response as it came beside the data.
    ///
    /// # Errors
    /// As awaiting the query: see [`Error`].
    pub async fn with_response(mut self) -> Result<QueryResponse<R::Data>, Error> {
        self.options.keeps_body = true;
        let answered = self.run().await?;
        let received = answered.attempt.received();
        let response = RawResponse {
            status: received.map(|received| received.status).unwrap_or_default(),
            headers: received.map(|received| received.headers.clone()).unwrap_or_default(),
            body: answered.attempt.body().cloned().unwrap_or_default(),
            attempts: answered.attempts,
            repairs: answered.attempt.repairs().cloned().unwrap_or_default(),
        };
        Ok(QueryResponse { data: answered.data, response })
    }

    pub(crate) async fn run(self) -> Result<call::CompletedCall<R::Data>, Error> {
        let request = self.request.map_err(Error::InvalidRequest)?;
        call::check_runtime()?;
        call::run(&self.client.shared, &request, Arc::new(self.options)).await
    }

    fn with(mut self, change: impl FnOnce(&mut R)) -> Self {
        if let Ok(request) = &mut self.request {
            change(request);
        }
        self
    }

    /// Sets a filter that may turn out to be none.
    fn with_checked<T, V>(mut self, value: V, change: impl FnOnce(&mut R, T)) -> Self
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

impl<R: Request> IntoFuture for Query<R> {
    type Output = Result<R::Data, Error>;
    type IntoFuture = QueryFuture<R::Data>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async { self.run().await.map(|answered| answered.data) })
    }
}

impl<R: fmt::Debug> fmt::Debug for Query<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Query").field("request", &self.request).finish_non_exhaustive()
    }
}

impl Query<StatusEventsRequest> {
    /// Sets the order of the events: newest first as in a log, or oldest first, which is the default.
    pub fn order(mut self, order: FeedOrder) -> Self {
        self.options.feed_order = Some(order);
        self
    }
}

impl Query<QueryUserStatusRequest> {
    /// Only the agent with this id.
    pub fn user_id(self, id: impl Into<UserId>) -> Self {
        self.with(|request| request.user_id = Some(id.into()))
    }

    /// Only the agent with this login account.
    pub fn user_name(self, login: impl Into<String>) -> Self {
        self.with(|request| request.user_name = Some(login.into()))
    }
}

impl Query<QueryWhatsAppInfoRequest> {
    /// For the one question with a filter that it can't do without.
    pub(crate) fn about<V>(client: Client, account: V) -> Self
    where
        V: TryInto<WhatsAppNumber, Error: Display>,
    {
        let request = match account.try_into() {
            Ok(account) => Ok(QueryWhatsAppInfoRequest { source: None, whatsapp: account.into() }),
            Err(reason) => Err(reason.to_string()),
        };
        Self { client, request, options: Options::default() }
    }

    /// Looks there alone; without it, at PC and mobile.
    pub fn source(self, source: Source) -> Self {
        self.with(|request| request.source = Some(source))
    }
}

impl Query<QueryUserStatusLogRequest> {
    /// Only the agent with this login account.
    pub fn agent_account(self, login: impl Into<String>) -> Self {
        self.with(|request| request.agent_account = Some(login.into()))
    }

    /// Only events of this WhatsApp account, as a number or as people type it.
    ///
    /// # Errors
    /// What is no phone number makes the call fail with [`Error::InvalidRequest`].
    pub fn whats_app<V>(self, account: V) -> Self
    where
        V: TryInto<WhatsAppNumber, Error: Display>,
    {
        self.with_checked(account, |request, account| request.whats_app = Some(account))
    }
}

impl Query<GetLatestOnlineWhatsAccountRequest> {
    /// Only the agent with this id.
    pub fn user_id(self, id: impl Into<UserId>) -> Self {
        self.with(|request| request.user_id = Some(id.into()))
    }
}

/// The data of an answer, and the response that it came in.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct QueryResponse<T> {
    /// The data.
    pub data: T,
    /// The response.
    pub response: RawResponse,
}

/// An HTTP response as it came. `Debug` shows neither headers nor body.
#[derive(Clone)]
pub struct RawResponse {
    status: StatusCode,
    headers: HeaderMap,
    #[cfg_attr(target_arch = "wasm32", expect(dead_code, reason = "in a browser it is always empty"))]
    body: Bytes,
    attempts: u32,
    repairs: Repairs,
}

impl RawResponse {
    /// The HTTP status.
    #[must_use]
    pub const fn status(&self) -> StatusCode {
        self.status
    }

    /// The headers.
    #[must_use]
    pub const fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The `x-request-id`, to look the request up in the service's log.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.headers.get("x-request-id")?.to_str().ok()
    }

    /// The body, byte for byte; with the feature `gzip`, unpacked.
    #[cfg(not(target_arch = "wasm32"))]
    #[must_use]
    pub const fn body(&self) -> &Bytes {
        &self.body
    }

    /// The elements that are missing from the data, because their id, number, code or time is wrong.
    #[must_use]
    pub const fn left_out(&self) -> &Places {
        &self.repairs.left_out
    }

    /// The texts of the data that were broken: what can't be read of them is U+FFFD, and a missing text is empty. Texts of
    /// elements that were left out are counted as well.
    #[must_use]
    pub const fn repaired(&self) -> &Places {
        &self.repairs.repaired
    }

    /// How many requests were sent for it.
    #[must_use]
    pub const fn attempts(&self) -> u32 {
        self.attempts
    }
}

impl fmt::Debug for RawResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("RawResponse");
        shown.field("status", &self.status).field("request_id", &self.request_id()).field("attempts", &self.attempts);
        for (name, places) in [("left_out", self.left_out()), ("repaired", self.repaired())] {
            if !places.is_empty() {
                shown.field(name, places);
            }
        }
        shown.finish_non_exhaustive()
    }
}
