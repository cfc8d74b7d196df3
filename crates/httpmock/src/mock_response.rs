//! One answer of a mocked operation: good or bad, in time or late.

use std::{iter, marker::PhantomData, time::Duration};

use group_dispatch_types::{BusinessCode, NoData, signing::Credentials};
use httpmock::{HttpMockRequest, HttpMockResponse};

use crate::{Clock, MockOperation, RetryAfter, check::Check, http_response::HttpResponse};

/// Longer than any test waits.
const FOREVER: Duration = Duration::from_secs(24 * 60 * 60);

/// An answer of an operation: what is sent, when, how often, and what is asked of a request before.
///
/// It is made by one of the functions below and changed by the methods after them. Give one or several of them to
/// [`respond_to`](crate::RespondExt::respond_to).
///
/// ```
/// use std::time::Duration;
/// use group_dispatch_client::types::BusinessCode;
/// use group_dispatch_httpmock::{MockResponse, QueryUserStatus, RetryAfter, online_agent};
///
/// let a_bad_day: [MockResponse<QueryUserStatus>; 4] = [
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

/// The HTTP status of a refusal. Its body is the same either way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HttpStatus {
    /// 200, whatever the code, as the vendor's service returns it and `group-dispatch serve --http-status vendor` does.
    /// [`MockResponse::rate_limited`] has 429 all the same, as there.
    #[default]
    Vendor,
    /// The one that fits the code, such as 401, 429 or 500, as group-dispatch-server returns it by default.
    Mirrored,
}

/// Ways to be no answer of the service, under HTTP status 200.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Malformed {
    /// Bytes that are no text.
    Garbage,
    /// An answer that ends in the middle.
    CutJson,
    /// A page for people, as a portal or a proxy sends it.
    HtmlPage,
    /// Nothing at all.
    Empty,
    /// An envelope of success whose data is something else.
    WrongShape,
}

impl Malformed {
    /// All of them.
    pub const ALL: &'static [Self] = &[Self::Garbage, Self::CutJson, Self::HtmlPage, Self::Empty, Self::WrongShape];
}

/// What is sent.
impl<O: MockOperation> MockResponse<O> {
    /// Success, with this data.
    pub fn ok(data: impl Into<O::Data>) -> Self {
        Self::from_http_response(HttpResponse::envelope(BusinessCode::Success, &data.into()))
    }

    /// Success with nothing found: an empty list, or `null` where the data is one object.
    pub fn empty() -> Self {
        Self::ok(O::Data::default())
    }

    /// Success whose data is `null`, as the vendor sends it where a list should be.
    pub fn null() -> Self {
        Self::from_http_response(HttpResponse::envelope(BusinessCode::Success, &NoData))
    }

    /// A refusal in the vendor's words, and with HTTP status 200, as the vendor does; see
    /// [`http_status`](Self::http_status).
    pub fn business(code: BusinessCode) -> Self {
        Self::from_http_response(HttpResponse::envelope(code, &NoData))
    }

    /// HTTP status 429 and code 429: come again later.
    pub fn rate_limited(retry_after: RetryAfter) -> Self {
        let refusal = HttpResponse::envelope(BusinessCode::TooManyRequests, &NoData).mirrored();
        Self::from_http_response(HttpResponse { retry_after: Some(retry_after), ..refusal }).mirrored()
    }

    /// Something else than an answer, under HTTP status 200.
    pub fn malformed(how: Malformed) -> Self {
        match how {
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

    /// A page of a proxy in front of the service, such as 502 or 503: HTML and no envelope.
    pub fn proxy_page(status: u16) -> Self {
        let page = format!("<!doctype html><html><title>{status}</title><h1>{status}</h1><hr>proxy</html>\n");
        Self::raw(status, "text/html", page)
    }

    /// No answer within any test's patience. The client has to give up.
    pub fn never() -> Self {
        Self::empty().after(FOREVER)
    }

    /// Whatever you like.
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

/// How it is sent.
impl<O: MockOperation> MockResponse<O> {
    /// Gives this answer to so many calls before it is the next one's turn. The last of several answers repeats anyway.
    pub fn times(self, times: usize) -> Self {
        Self { times, ..self }
    }

    /// Sends the answer so much later.
    pub fn after(self, delay: Duration) -> Self {
        Self { delay: delay.min(FOREVER), ..self }
    }

    /// Sends one more header.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.response.headers.push((name.into(), value.into()));
        self
    }

    /// Sends refusals under this HTTP status: those of [`business`](Self::business), and those of requests that
    /// [`signed_by`](Self::signed_by) and [`on_clock`](Self::on_clock) don't accept.
    ///
    /// ```
    /// use group_dispatch_client::types::BusinessCode;
    /// use group_dispatch_httpmock::{MockResponse, HttpStatus, QueryUserStatus};
    ///
    /// // A program has to understand both.
    /// let refusals = [HttpStatus::Vendor, HttpStatus::Mirrored]
    ///     .map(|status| MockResponse::<QueryUserStatus>::business(BusinessCode::TokenWrong).http_status(status));
    /// ```
    pub fn http_status(self, http_status: HttpStatus) -> Self {
        Self { http_status, ..self }
    }

    /// Sends refusals under the HTTP status that fits their code: [`HttpStatus::Mirrored`].
    pub fn mirrored(self) -> Self {
        self.http_status(HttpStatus::Mirrored)
    }

    /// Refuses a request whose `timestamp` this clock doesn't accept, with code 502. The answer's `Date` is the clock's,
    /// whichever way it goes.
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

    /// Refuses a request that is not signed with these credentials, with the service's codes: 523, 518 or 525 for a
    /// header that is missing, and 522 for another tenant or a wrong token.
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

/// An answer alone is a sequence of one.
impl<O> IntoIterator for MockResponse<O> {
    type Item = Self;
    type IntoIter = iter::Once<Self>;

    fn into_iter(self) -> Self::IntoIter {
        iter::once(self)
    }
}
