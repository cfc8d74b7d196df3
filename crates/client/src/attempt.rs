//! One HTTP request of a call. The generated clients carry an [`Attempt`] and let it sign and send the request; afterwards
//! it holds what the rest of the crate needs of the response.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use bytes::Bytes;
#[cfg(not(target_arch = "wasm32"))]
use bytes::BytesMut;
use group_dispatch_types::ingest::FeedOrder;
use reqwest::{Response, header::USER_AGENT};

use crate::{
    clock,
    config::{CallOptions, Shared},
    repair::Repairs,
    response_head::ResponseHead,
    signature::{FeedSigning, sign, sign_feed},
};

/// Bytes that are reserved for a body at most before it arrives: its announced length may be wrong.
#[cfg(not(target_arch = "wasm32"))]
const MAX_RESERVED_BYTES: u64 = 1024 * 1024;

/// One request and its response. Clones share both.
#[derive(Clone, Debug)]
pub struct Attempt(Arc<Exchange>);

#[derive(Debug)]
struct Exchange {
    shared: Arc<Shared>,
    options: Arc<CallOptions>,
    time_limit: Duration,
    head: OnceLock<ResponseHead>,
    body: OnceLock<Bytes>,
    /// Set if the body is longer than the client accepts.
    is_too_large: OnceLock<()>,
    repairs: OnceLock<Repairs>,
}

impl Attempt {
    pub fn new(shared: Arc<Shared>, options: Arc<CallOptions>, time_limit: Duration) -> Self {
        Self(Arc::new(Exchange {
            shared,
            options,
            time_limit,
            head: OnceLock::new(),
            body: OnceLock::new(),
            is_too_large: OnceLock::new(),
            repairs: OnceLock::new(),
        }))
    }

    pub fn base_url(&self) -> &str {
        &self.0.shared.base_url
    }

    pub fn http_client(&self) -> &reqwest::Client {
        &self.0.shared.http
    }

    /// Returns the order of the events of an ingest call, or `None` for the contract's default.
    pub fn feed_order(&self) -> Option<&FeedOrder> {
        self.0.options.feed_order.as_ref()
    }

    /// Returns status and headers of the response, if one arrived.
    pub fn response_head(&self) -> Option<&ResponseHead> {
        self.0.head.get()
    }

    /// Returns the unchanged body of the response, if the call keeps it.
    pub fn body(&self) -> Option<&Bytes> {
        self.0.body.get()
    }

    /// Returns the limit that the body of the response exceeds, if it does.
    pub fn exceeded_limit(&self) -> Option<u64> {
        self.0.is_too_large.get().map(|()| self.0.shared.max_response_bytes)
    }

    /// Returns whether any fault in a response is an error.
    pub fn is_strict(&self) -> bool {
        self.0.shared.is_strict
    }

    /// Returns what was repaired in the response and left out of it, if anything was.
    pub fn repairs(&self) -> Option<&Repairs> {
        self.0.repairs.get()
    }

    pub fn set_repairs(&self, repairs: Repairs) {
        let _ = self.0.repairs.set(repairs);
    }

    /// Sends a query of a generated client, and keeps what is needed of the response.
    pub async fn execute(&self, request: reqwest::Request) -> reqwest::Result<Response> {
        self.sign_and_send(request, FeedSigning::Token).await
    }

    /// The same for a call that feeds events.
    pub async fn execute_feed(&self, request: reqwest::Request) -> reqwest::Result<Response> {
        self.sign_and_send(request, self.0.shared.feed_signing).await
    }

    async fn sign_and_send(&self, mut request: reqwest::Request, signing: FeedSigning) -> reqwest::Result<Response> {
        let (signed_with, sent_at) = self.prepare(&mut request, signing);
        let mut response = self.0.shared.http.execute(request).await?;
        // Taken instead of cloned: progenitor copies the headers and then drops the copy.
        let headers = std::mem::take(response.headers_mut());
        let _ = self.0.head.set(ResponseHead { status: response.status(), headers, signed_with, sent_at });
        self.limit_body(response).await
    }

    /// Sets the timeout, the caller's headers and the signature. Returns the clock difference and the time that the
    /// request is signed with.
    fn prepare(&self, request: &mut reqwest::Request, signing: FeedSigning) -> (i64, i64) {
        let Exchange { shared, options, time_limit, .. } = &*self.0;
        *request.timeout_mut() = Some(clock::clamp_to_timer(*time_limit));
        let headers = request.headers_mut();
        headers.reserve(6 + options.headers.len());
        if let Some(user_agent) = &shared.user_agent {
            headers.insert(USER_AGENT, user_agent.clone());
        }
        if !options.headers.is_empty() {
            headers.extend(options.headers.clone());
        }
        let (signed_with, sent_at) = (shared.clock_skew.offset(), clock::unix_milliseconds());
        let now = sent_at.saturating_add(signed_with);
        // Hexadecimal digits are always a valid header value. If they were not, the service would report a missing signature.
        let _ = match signing {
            FeedSigning::Token => sign(headers, &shared.credentials, now),
            FeedSigning::Hmac => sign_feed(request, &shared.base_url, &shared.credentials, now),
        };
        (signed_with, sent_at)
    }

    /// Reads the body up to the limit, and returns the response as if it had not been read.
    #[cfg(not(target_arch = "wasm32"))]
    async fn limit_body(&self, response: Response) -> reqwest::Result<Response> {
        let status = response.status();
        // The generated clients read the bodies of these statuses only.
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
        let mut response = http::Response::new(body);
        *response.status_mut() = status;
        Ok(response.into())
    }

    /// Checks the announced length only: in a browser a response can't be rebuilt from its parts.
    #[cfg(target_arch = "wasm32")]
    async fn limit_body(&self, response: Response) -> reqwest::Result<Response> {
        let announced =
            self.response_head().and_then(|head| head.header(reqwest::header::CONTENT_LENGTH)?.parse::<u64>().ok());
        if announced.is_some_and(|length| length > self.0.shared.max_response_bytes) {
            let _ = self.0.is_too_large.set(());
            // Any error prevents that the body is read; this one is never shown.
            if let Err(error) = self.0.shared.http.get("").build() {
                return Err(error);
            }
        }
        Ok(response)
    }
}

/// Returns a body, or `None` if it is longer than `limit`; the rest is not read then.
#[cfg(not(target_arch = "wasm32"))]
async fn read_up_to(limit: u64, mut response: Response) -> reqwest::Result<Option<Bytes>> {
    let announced = response.content_length().unwrap_or_default();
    if announced > limit {
        return Ok(None);
    }
    let mut left = limit;
    // A body that arrives in one chunk is not copied.
    let mut only = Bytes::new();
    let mut chunks = BytesMut::new();
    while let Some(chunk) = response.chunk().await? {
        let Some(rest) = left.checked_sub(u64::try_from(chunk.len()).unwrap_or(u64::MAX)) else {
            return Ok(None);
        };
        left = rest;
        if only.is_empty() && chunks.is_empty() {
            only = chunk;
            continue;
        }
        if chunks.is_empty() {
            chunks.reserve(usize::try_from(announced.min(MAX_RESERVED_BYTES)).unwrap_or_default());
            chunks.extend_from_slice(&std::mem::take(&mut only));
        }
        chunks.extend_from_slice(&chunk);
    }
    Ok(Some(if chunks.is_empty() { only } else { chunks.freeze() }))
}
