//! A response of a mocked operation: a success or a failure, immediate or late.

use std::{iter, marker::PhantomData, time::Duration};

use group_dispatch_types::{BusinessCode, NoData, signing::Credentials};
use httpmock::{HttpMockRequest, HttpMockResponse};

use crate::{Clock, MockOperation, RetryAfter, check::Check, http_response::HttpResponse};

/// The longest delay: longer than any test runs.
const MAX_DELAY: Duration = Duration::from_secs(24 * 60 * 60);

/// A response of an operation: its content, its delay, how often it is sent, and which requests it refuses.
///
/// Create it by one of the functions below, change it by the methods after them, and pass one or several to
/// [`respond_to`](crate::RespondExt::respond_to).
///
/// ```
/// use std::time::Duration;
/// use group_dispatch_client::types::BusinessCode;
/// use group_dispatch_httpmock::{MockResponse, QueryUserStatus, RetryAfter, online_agent};
///
/// let responses: [MockResponse<QueryUserStatus>; 4] = [
///     MockResponse::business(BusinessCode::DatabaseError),
///     MockResponse::rate_limited(RetryAfter::Seconds(1)).times(2),
///     MockResponse::proxy_page(502).after(Duration::from_secs(1)),
///     MockResponse::ok([online_agent(12, "u1", ["8618217331411"])]),
/// ];
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct MockResponse<O> {
    response: HttpResponse,
    http_status: HttpStatus,
    check: Check,
    pub(crate) times: usize,
    pub(crate) delay: Duration,
    operation: PhantomData<fn() -> O>,
}

/// Which HTTP status a refusal has. Its body is the same with both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HttpStatus {
    /// Always 200, as from the vendor's service and from `group-dispatch serve --http-status vendor`. Only
    /// [`MockResponse::rate_limited`] has 429, as there.
    #[default]
    Vendor,
    /// The status that fits the code, such as 401, 429 or 500, as from group-dispatch-server by default.
    Mirrored,
}

/// Kinds of bodies that are not the service's, with HTTP status 200.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Malformed {
    /// Bytes that are not text.
    Garbage,
    /// A response that ends in the middle.
    CutJson,
    /// An HTML page, as a portal or a proxy sends it.
    HtmlPage,
    /// No body.
    Empty,
    /// An envelope of success with other data.
    WrongShape,
}

impl Malformed {
    /// All kinds.
    pub const ALL: &'static [Self] = &[Self::Garbage, Self::CutJson, Self::HtmlPage, Self::Empty, Self::WrongShape];
}

/// The content of the response.
impl<O: MockOperation> MockResponse<O> {
    /// Returns a success with this data.
    pub fn ok(data: impl Into<O::Data>) -> Self {
        Self::from_http_response(HttpResponse::envelope(BusinessCode::Success, &data.into()))
    }

    /// Returns a success without results: an empty list, or `null` if the data is an object.
    pub fn empty() -> Self
    where
        O::Data: Default,
    {
        Self::ok(O::Data::default())
    }

    /// Returns a success whose data is `null`, as the vendor sends it instead of an empty list.
    pub fn null() -> Self {
        Self::from_http_response(HttpResponse::envelope(BusinessCode::Success, &NoData))
    }

    /// Returns a refusal with the vendor's message and HTTP status 200; for another status see
    /// [`http_status`](Self::http_status).
    pub fn business(code: BusinessCode) -> Self {
        Self::from_http_response(HttpResponse::envelope(code, &NoData))
    }

    /// Returns HTTP status 429 with code 429 and `Retry-After`.
    pub fn rate_limited(retry_after: RetryAfter) -> Self {
        let refusal = HttpResponse::envelope(BusinessCode::TooManyRequests, &NoData).mirrored();
        Self::from_http_response(HttpResponse { retry_after: Some(retry_after), ..refusal }).mirrored()
    }

    /// Returns a body that is not the service's, with HTTP status 200.
    pub fn malformed(kind: Malformed) -> Self {
        match kind {
            Malformed::Garbage => Self::raw(200, "application/json", b"\x00\xff\xfe{]\x80"),
            Malformed::CutJson => {
                Self::raw(200, "application/json", r#"{"code":200,"message":"success","data":[{"userId":12,"agentAcc"#)
            }
            Malformed::HtmlPage => Self::proxy_page(200),
            Malformed::Empty => Self::raw(200, "application/json", ""),
            Malformed::WrongShape => {
                Self::raw(200, "application/json", r#"{"code":200,"message":"success","data":[7]}"#)
            }
        }
    }

    /// Returns the HTML page of a proxy in front of the service, with a status such as 502 or 503.
    pub fn proxy_page(status: u16) -> Self {
        let page = format!("<!doctype html><html><title>{status}</title><h1>{status}</h1><hr>proxy</html>\n");
        Self::raw(status, "text/html", page)
    }

    /// Never responds, so that the client's timeout expires.
    pub fn never() -> Self {
        Self::null().after(MAX_DELAY)
    }

    /// Returns this status, content type and body.
    pub fn raw(status: u16, content_type: &str, body: impl AsRef<[u8]>) -> Self {
        Self::from_http_response(HttpResponse::new(status, content_type, body.as_ref()))
    }

    fn from_http_response(response: HttpResponse) -> Self {
        Self {
            response,
            http_status: HttpStatus::default(),
            check: Check::default(),
            times: 1,
            delay: Duration::ZERO,
            operation: PhantomData,
        }
    }
}

/// How the response is sent.
impl<O: MockOperation> MockResponse<O> {
    /// Sends this response to this number of calls before the next response of the sequence. The last one repeats anyway.
    pub fn times(self, times: usize) -> Self {
        Self { times, ..self }
    }

    /// Delays the response.
    pub fn after(self, delay: Duration) -> Self {
        Self { delay: delay.min(MAX_DELAY), ..self }
    }

    /// Adds a header.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.response.headers.push((name.into(), value.into()));
        self
    }

    /// Sets the HTTP status of refusals: of those by [`business`](Self::business), and of those by
    /// [`signed_by`](Self::signed_by) and [`on_clock`](Self::on_clock).
    ///
    /// ```
    /// use group_dispatch_client::types::BusinessCode;
    /// use group_dispatch_httpmock::{MockResponse, HttpStatus, QueryUserStatus};
    ///
    /// // A program must handle both.
    /// let refusals = [HttpStatus::Vendor, HttpStatus::Mirrored]
    ///     .map(|status| MockResponse::<QueryUserStatus>::business(BusinessCode::TokenWrong).http_status(status));
    /// ```
    pub fn http_status(self, http_status: HttpStatus) -> Self {
        Self { http_status, ..self }
    }

    /// Sends refusals with the HTTP status that fits their code: [`HttpStatus::Mirrored`].
    pub fn mirrored(self) -> Self {
        self.http_status(HttpStatus::Mirrored)
    }

    /// Refuses requests whose `timestamp` this clock does not accept, with code 502. The `Date` of all responses is the
    /// clock's.
    ///
    /// ```
    /// use std::time::Duration;
    /// use group_dispatch_httpmock::{MockResponse, Clock, QueryUserStatus};
    /// let fast = MockResponse::<QueryUserStatus>::empty().on_clock(Clock::ahead(Duration::from_secs(3600)));
    /// ```
    pub fn on_clock(mut self, clock: Clock) -> Self {
        self.check.clock = Some(clock);
        self
    }

    /// Refuses requests that are not signed with these credentials, with the service's codes: 523, 518 or 525 for a missing
    /// header, and 522 for another tenant or a wrong token.
    pub fn signed_by(mut self, credentials: Credentials) -> Self {
        self.check.credentials = Some(credentials);
        self
    }
}

impl<O: MockOperation> MockResponse<O> {
    pub(crate) fn respond(&self, request: &HttpMockRequest) -> HttpMockResponse {
        let response = match self.check.admit(request) {
            Ok(()) => self.response.clone(),
            Err(code) => HttpResponse::envelope(code, &NoData),
        };
        let response = match self.http_status {
            HttpStatus::Vendor => response,
            HttpStatus::Mirrored => response.mirrored(),
        };
        response.send(self.check.clock)
    }
}

/// A single response is a sequence of one.
impl<O> IntoIterator for MockResponse<O> {
    type Item = Self;
    type IntoIter = iter::Once<Self>;

    fn into_iter(self) -> Self::IntoIter {
        iter::once(self)
    }
}
