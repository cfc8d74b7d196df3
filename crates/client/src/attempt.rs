//! One HTTP request of a call. An [`Attempt`] signs and sends it; afterwards it holds what the rest of the crate needs of the
//! response.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use bytes::Bytes;
#[cfg(not(target_arch = "wasm32"))]
use bytes::BytesMut;
use group_dispatch_types::Operation;
#[cfg(target_arch = "wasm32")]
use reqwest::header::CONTENT_LENGTH;
use reqwest::{
    Response,
    header::{ACCEPT, CONTENT_TYPE, HeaderValue, USER_AGENT},
};
use serde::Serialize;

use crate::{
    Error, clock,
    config::{CallOptions, Shared},
    repair::Repairs,
    response_head::ResponseHead,
    signature::{FeedSigning, sign, sign_feed},
};

/// Bytes that are reserved for a body at most before as many have arrived: its announced length may be wrong.
#[cfg(not(target_arch = "wasm32"))]
const MAX_RESERVED_BYTES: u64 = 1024 * 1024;

static JSON: HeaderValue = HeaderValue::from_static("application/json");

/// One request and its response.
#[derive(Debug)]
pub struct Attempt {
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
        Self {
            shared,
            options,
            time_limit,
            head: OnceLock::new(),
            body: OnceLock::new(),
            is_too_large: OnceLock::new(),
            repairs: OnceLock::new(),
        }
    }

    /// Returns status and headers of the response, if one arrived.
    pub fn response_head(&self) -> Option<&ResponseHead> {
        self.head.get()
    }

    /// Returns the HTTP status of the response; 200 if none arrived.
    pub fn status(&self) -> u16 {
        self.response_head().map_or(200, |head| head.status.as_u16())
    }

    /// Returns the unchanged body of the response, if the call keeps it.
    pub fn body(&self) -> Option<&Bytes> {
        self.body.get()
    }

    /// Returns the limit that the body of the response exceeds, if it does.
    pub fn exceeded_limit(&self) -> Option<u64> {
        self.is_too_large.get().map(|()| self.shared.max_response_bytes)
    }

    /// Returns whether any fault in a response is an error.
    pub fn is_strict(&self) -> bool {
        self.shared.is_strict
    }

    /// Returns what was repaired in the response and left out of it, if anything was.
    pub fn repairs(&self) -> Option<&Repairs> {
        self.repairs.get()
    }

    pub fn set_repairs(&self, repairs: Repairs) {
        let _ = self.repairs.set(repairs);
    }

    /// Sends a request, and returns the body of the response. It is empty if it is too long, or of a status that says
    /// nothing by its body.
    pub async fn send(&self, operation: Operation, request: &impl Serialize) -> Result<Bytes, Error> {
        let body = serde_json::to_vec(request).map_err(|reason| Error::InvalidRequest(reason.to_string()))?;
        self.exchange(operation, body).await.map_err(Error::from_transport)
    }

    async fn exchange(&self, operation: Operation, body: Vec<u8>) -> reqwest::Result<Bytes> {
        let Self { shared, options, .. } = self;
        let url = match &options.feed_order {
            Some(order) => format!("{}{}?order={order}", shared.base_url, operation.path()),
            None => format!("{}{}", shared.base_url, operation.path()),
        };
        let request = shared.http.post(url).header(ACCEPT, &JSON).header(CONTENT_TYPE, &JSON).body(body);
        let mut request = request.build()?;
        let signing = if operation.is_query() { FeedSigning::Token } else { shared.feed_signing };
        let (signed_with, sent_at) = self.prepare(&mut request, signing);
        let mut response = shared.http.execute(request).await?;
        let headers = std::mem::take(response.headers_mut());
        let (status, protocol_version) = (response.status(), protocol_version(&response));
        let _ = self.head.set(ResponseHead { status, headers, protocol_version, signed_with, sent_at });
        if !matches!(status.as_u16(), 200 | 400..=599) && !options.keeps_body {
            return Ok(Bytes::new());
        }
        self.read_body(response).await
    }

    /// Sets the timeout, the caller's headers and the signature. Returns the clock difference and the time that the
    /// request is signed with.
    fn prepare(&self, request: &mut reqwest::Request, signing: FeedSigning) -> (i64, i64) {
        let Self { shared, options, time_limit, .. } = self;
        *request.timeout_mut() = Some(clock::clamp_to_timer(*time_limit));
        let headers = request.headers_mut();
        headers.reserve(6 + options.headers.len());
        if let Some(user_agent) = &shared.user_agent {
            headers.insert(USER_AGENT, user_agent.clone());
        }
        #[cfg(feature = "opentelemetry")]
        crate::otel::inject_context(headers);
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

    /// Reads the body up to the limit.
    #[cfg(not(target_arch = "wasm32"))]
    async fn read_body(&self, response: Response) -> reqwest::Result<Bytes> {
        let body = read_up_to(self.shared.max_response_bytes, response).await?;
        if body.is_none() {
            let _ = self.is_too_large.set(());
        }
        let body = body.unwrap_or_default();
        if self.options.keeps_body {
            let _ = self.body.set(body.clone());
        }
        Ok(body)
    }

    /// Reads the body unless its announced length is above the limit.
    #[cfg(target_arch = "wasm32")]
    async fn read_body(&self, response: Response) -> reqwest::Result<Bytes> {
        let announced = self.response_head().and_then(|head| head.header(CONTENT_LENGTH)?.parse::<u64>().ok());
        if announced.is_some_and(|length| length > self.shared.max_response_bytes) {
            let _ = self.is_too_large.set(());
            return Ok(Bytes::new());
        }
        response.bytes().await
    }
}

#[cfg(not(target_arch = "wasm32"))]
fn protocol_version(response: &Response) -> Option<&'static str> {
    Some(match response.version() {
        reqwest::Version::HTTP_10 => "1.0",
        reqwest::Version::HTTP_11 => "1.1",
        reqwest::Version::HTTP_2 => "2",
        reqwest::Version::HTTP_3 => "3",
        _ => return None,
    })
}

#[cfg(target_arch = "wasm32")]
fn protocol_version(_: &Response) -> Option<&'static str> {
    None
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
        if chunks.capacity() - chunks.len() < chunk.len() && announced > MAX_RESERVED_BYTES {
            // So much has arrived that the rest is probable. To double the capacity again and again would copy the body and
            // leave as much free memory behind.
            let rest = usize::try_from(announced).unwrap_or_default().saturating_sub(chunks.len());
            chunks.reserve(rest.max(chunk.len()));
        }
        chunks.extend_from_slice(&chunk);
    }
    Ok(Some(if chunks.is_empty() { only } else { chunks.freeze() }))
}
