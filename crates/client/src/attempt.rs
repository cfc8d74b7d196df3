//! One request of a call: the generated client carries it, and asks it to sign and to send.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use bytes::Bytes;
#[cfg(not(target_arch = "wasm32"))]
use bytes::BytesMut;
use group_dispatch_types::{
    ingest::FeedOrder,
    signing::{Credentials, TENANT_ID_HEADER, TIMESTAMP_HEADER, TOKEN_HEADER},
};
use progenitor_client::{ClientHooks, ClientInfo, OperationInfo};
use reqwest::{
    Response, StatusCode,
    header::{AsHeaderName, DATE, HeaderMap, HeaderName, HeaderValue, InvalidHeaderValue, RETRY_AFTER, USER_AGENT},
};

use crate::{client::Shared, clock, generated, generated_ingest, query::Options, repair::Repairs};

const LONGEST_ID: usize = 128;
/// Bytes that are reserved for a body at most before it comes: its announced length may be wrong.
#[cfg(not(target_arch = "wasm32"))]
const MAX_RESERVED: u64 = 1024 * 1024;

static TENANT_ID: HeaderName = HeaderName::from_static(TENANT_ID_HEADER);
static TIMESTAMP: HeaderName = HeaderName::from_static(TIMESTAMP_HEADER);
static TOKEN: HeaderName = HeaderName::from_static(TOKEN_HEADER);

/// One request, and what is worth keeping of its answer. Clones share it.
#[derive(Clone, Debug)]
pub struct Attempt(Arc<Request>);

#[derive(Debug)]
struct Request {
    shared: Arc<Shared>,
    options: Arc<Options>,
    time_limit: Duration,
    received: OnceLock<ResponseHead>,
    body: OnceLock<Bytes>,
    /// Set where the body is longer than the client takes.
    is_too_large: OnceLock<()>,
    repairs: OnceLock<Repairs>,
}

/// An answer's head: what decides how to go on.
#[derive(Clone, Debug)]
pub struct ResponseHead {
    pub status: StatusCode,
    pub headers: HeaderMap,
    /// The offset from this machine's clock with which the request was signed, and that clock's time then; milliseconds.
    pub signed_with: i64,
    pub sent_at: i64,
}

impl ResponseHead {
    fn header(&self, name: impl AsHeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// One that is too long to be an id is none.
    pub fn request_id(&self) -> Option<&str> {
        self.header("x-request-id").filter(|id| id.len() <= LONGEST_ID)
    }

    pub fn date(&self) -> Option<&str> {
        self.header(DATE)
    }

    /// What `Retry-After` asks for: seconds, or a date, which is compared with the answer's own; if it has none,
    /// with now, in milliseconds since 1970.
    pub fn retry_after(&self, now: i64) -> Option<Duration> {
        let text = self.header(RETRY_AFTER)?.trim();
        if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Some(Duration::from_secs(text.parse().unwrap_or(u64::MAX)));
        }
        let now = self.date().and_then(clock::http_date).unwrap_or(now);
        let milliseconds = clock::http_date(text)?.saturating_sub(now);
        Some(Duration::from_millis(milliseconds.try_into().unwrap_or(0)))
    }
}

impl Attempt {
    pub fn new(shared: Arc<Shared>, options: Arc<Options>, time_limit: Duration) -> Self {
        Self(Arc::new(Request {
            shared,
            options,
            time_limit,
            received: OnceLock::new(),
            body: OnceLock::new(),
            is_too_large: OnceLock::new(),
            repairs: OnceLock::new(),
        }))
    }

    /// The generated client for this attempt.
    pub fn client(&self) -> generated::Client {
        let shared = &self.0.shared;
        generated::Client::new_with_client(&shared.base_url, shared.http.clone(), self.clone())
    }

    /// The generated client of feeding events, likewise.
    pub fn ingest_client(&self) -> generated_ingest::Client {
        let shared = &self.0.shared;
        generated_ingest::Client::new_with_client(&shared.base_url, shared.http.clone(), self.clone())
    }

    /// The order of the events that are fed, unless it is the contract's default.
    pub fn feed_order(&self) -> Option<&FeedOrder> {
        self.0.options.feed_order.as_ref()
    }

    /// The answer, if there was one.
    pub fn received(&self) -> Option<&ResponseHead> {
        self.0.received.get()
    }

    /// The answer's body as it came, if it was to be kept.
    pub fn body(&self) -> Option<&Bytes> {
        self.0.body.get()
    }

    /// The limit that the answer's body exceeds, if it does.
    pub fn exceeded_limit(&self) -> Option<u64> {
        self.0.is_too_large.get().map(|()| self.0.shared.max_response_bytes)
    }

    /// Whether a fault of the answer is an error.
    pub fn is_strict(&self) -> bool {
        self.0.shared.is_strict
    }

    /// What was repaired and left out of the answer, if anything was.
    pub fn repairs(&self) -> Option<&Repairs> {
        self.0.repairs.get()
    }

    pub fn set_repairs(&self, repairs: Repairs) {
        let _ = self.0.repairs.set(repairs);
    }

    /// Adds what goes with the question: who asks, by which key, and what this call sends besides. Gives the offset and
    /// the time of the signature.
    fn prepare(&self, request: &mut reqwest::Request) -> (i64, i64) {
        let Request { shared, options, time_limit, .. } = &*self.0;
        *request.timeout_mut() = Some(clock::within_reach(*time_limit));
        let headers = request.headers_mut();
        headers.reserve(4 + options.headers.len());
        if let Some(user_agent) = &shared.user_agent {
            headers.insert(USER_AGENT, user_agent.clone());
        }
        if !options.headers.is_empty() {
            headers.extend(options.headers.clone());
        }
        let (signed_with, sent_at) = (shared.clock_skew.offset(), clock::unix_milliseconds());
        // A token of hexadecimal digits is always a valid header; if it were not, the service would say that it is missing.
        let _ = sign(headers, &shared.credentials, sent_at.saturating_add(signed_with));
        (signed_with, sent_at)
    }

    /// Sends a request of the generated client, and keeps what is worth keeping of the answer.
    async fn execute(&self, mut request: reqwest::Request) -> reqwest::Result<Response> {
        let (signed_with, sent_at) = self.prepare(&mut request);
        let mut response = self.0.shared.http.execute(request).await?;
        // Taken, because progenitor copies them and then drops the copy.
        let headers = std::mem::take(response.headers_mut());
        let _ = self.0.received.set(ResponseHead { status: response.status(), headers, signed_with, sent_at });
        self.limit_body(response).await
    }

    /// Reads the body up to the limit, and returns the response as if it had not been read.
    #[cfg(not(target_arch = "wasm32"))]
    async fn limit_body(&self, response: Response) -> reqwest::Result<Response> {
        let status = response.status();
        // The generated client reads no others.
        let is_read = matches!(status.as_u16(), 200 | 400..=599) || self.0.options.keeps_body;
        if !is_read {
            return Ok(response);
        }
        let body = read_up_to(self.0.shared.max_response_bytes, response).await?;
        if body.is_none() {
            let _ = self.0.is_too_large.set(());
        }
        let body = body.unwrap_or_default();
        if self.0.options.keeps_body {
            let _ = self.0.body.set(body.clone());
        }
        let mut again = http::Response::new(body);
        *again.status_mut() = status;
        Ok(again.into())
    }

    /// In a browser a response can't be made again from its parts, so that only its announced length is looked at.
    #[cfg(target_arch = "wasm32")]
    async fn limit_body(&self, response: Response) -> reqwest::Result<Response> {
        let announced =
            self.received().and_then(|received| received.header(reqwest::header::CONTENT_LENGTH)?.parse::<u64>().ok());
        if announced.is_some_and(|length| length > self.0.shared.max_response_bytes) {
            let _ = self.0.is_too_large.set(());
            // Any error keeps the body from being read; this one is never shown.
            if let Err(error) = self.0.shared.http.get("").build() {
                return Err(error);
            }
        }
        Ok(response)
    }
}

impl ClientHooks<Attempt> for generated::Client {
    async fn exec(&self, request: reqwest::Request, _: &OperationInfo) -> reqwest::Result<Response> {
        self.inner().execute(request).await
    }
}

impl ClientHooks<Attempt> for generated_ingest::Client {
    async fn exec(&self, request: reqwest::Request, _: &OperationInfo) -> reqwest::Result<Response> {
        self.inner().execute(request).await
    }
}

/// Returns a body, or nothing if it is longer than `limit`; then the rest is not read.
#[cfg(not(target_arch = "wasm32"))]
async fn read_up_to(limit: u64, mut response: Response) -> reqwest::Result<Option<Bytes>> {
    let announced = response.content_length().unwrap_or_default();
    if announced > limit {
        return Ok(None);
    }
    let mut left = limit;
    // A body of one piece is not copied.
    let mut only = Bytes::new();
    let mut pieces = BytesMut::new();
    while let Some(piece) = response.chunk().await? {
        let Some(rest) = left.checked_sub(u64::try_from(piece.len()).unwrap_or(u64::MAX)) else {
            return Ok(None);
        };
        left = rest;
        if only.is_empty() && pieces.is_empty() {
            only = piece;
            continue;
        }
        if pieces.is_empty() {
            pieces.reserve(usize::try_from(announced.min(MAX_RESERVED)).unwrap_or_default());
            pieces.extend_from_slice(&std::mem::take(&mut only));
        }
        pieces.extend_from_slice(&piece);
    }
    Ok(Some(if pieces.is_empty() { only } else { pieces.freeze() }))
}

fn sign(headers: &mut HeaderMap, credentials: &Credentials, now: i64) -> Result<(), InvalidHeaderValue> {
    let timestamp = now.max(0).to_string();
    let mut token = HeaderValue::try_from(credentials.token(&timestamp))?;
    token.set_sensitive(true);
    headers.insert(&TENANT_ID, HeaderValue::from(credentials.tenant_id().get()));
    headers.insert(&TIMESTAMP, HeaderValue::try_from(timestamp)?);
    headers.insert(&TOKEN, token);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_headers_prove_the_key_without_sending_it() -> Result<(), InvalidHeaderValue> {
        let mut headers = HeaderMap::new();
        sign(&mut headers, &Credentials::new(1, "demo-api-key"), 1_710_936_559_123)?;
        assert_eq!(headers["tenant_id"], "1");
        assert_eq!(headers["timestamp"], "1710936559123");
        assert_eq!(headers["token"], "a35aadc4da20a17e393fbc84321d55fc");
        assert_eq!(headers.len(), 3);
        assert!(!format!("{headers:?}").contains("a35aadc4"), "the token stands in Debug");
        Ok(())
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() -> Result<(), InvalidHeaderValue> {
        const DATE: &str = "Sun, 22 Nov 2026 12:00:00 GMT";
        const LATER: &str = "Sun, 22 Nov 2026 12:01:30 GMT";
        const OLD_FORM: &str = "Sunday, 22-Nov-26 12:01:30 GMT";
        let noon = clock::http_date(DATE).unwrap_or_default();
        for (retry_after, date, expected) in [
            (Some("7"), None, Some(7)),
            (Some(" 0 "), None, Some(0)),
            (Some(LATER), Some(DATE), Some(90)),
            (Some(OLD_FORM), Some(DATE), Some(90)),
            // Without a date of its own the answer is from when it came.
            (Some(LATER), None, Some(60)),
            (Some(LATER), Some("today"), Some(60)),
            (Some(DATE), Some(LATER), Some(0)),
            (Some("-1"), Some(DATE), None),
            (Some("1.5"), Some(DATE), None),
            (Some("soon"), Some(DATE), None),
            (Some("99999999999999999999999"), Some(DATE), Some(u64::MAX)),
            (Some(""), Some(DATE), None),
            (None, Some(DATE), None),
        ] {
            let mut headers = HeaderMap::new();
            for (name, value) in [("retry-after", retry_after), ("date", date)] {
                if let Some(value) = value {
                    headers.insert(name, HeaderValue::from_str(value)?);
                }
            }
            let status = StatusCode::TOO_MANY_REQUESTS;
            let received = ResponseHead { status, headers, signed_with: 0, sent_at: noon };
            let expected = expected.map(Duration::from_secs);
            assert_eq!(received.retry_after(noon + 30_000), expected, "{retry_after:?} at {date:?}");
        }
        Ok(())
    }
}
