//! Receives the callbacks of the vendor (D59). Their payload is not public, and the vendor's signature does not cover it: a
//! callback is only a hint that something may have changed. Its body is kept for the operator, and never read here, but for
//! the members that sign it.

use std::{
    error::Error,
    fmt,
    sync::Arc,
    time::{Duration, SystemTime},
};

use axum::{
    Json,
    body::{Body, Bytes},
    extract::Request,
    http::{HeaderMap, HeaderName},
    routing::{MethodRouter, post},
};
use futures_util::future::{BoxFuture, FutureExt};
use group_dispatch_types::{
    BusinessCode,
    signing::{ACCESS_TOKEN_HEADER, ApiKey, Credentials, TENANT_ID_HEADER, TIMESTAMP_HEADER, TenantId},
};
use parking_lot::Mutex;
use serde_json::{Value, json};
use subtle::ConstantTimeEq;
use tokio::time::timeout;

use super::{
    endpoint::{CALLBACK_PATH, Endpoint},
    error::ApiError,
    extract::content_coding::ContentCoding,
    rate_limit::RateLimits,
    signing_header::{check_time, single_value},
};
use crate::{
    error::chain,
    event,
    log_interval::LogInterval,
    store::{Store, VendorCallback},
};

const TENANT_ID: HeaderName = HeaderName::from_static(TENANT_ID_HEADER);
const TIMESTAMP: HeaderName = HeaderName::from_static(TIMESTAMP_HEADER);
const ACCESS_TOKEN: HeaderName = HeaderName::from_static(ACCESS_TOKEN_HEADER);

/// The largest body of a callback, in bytes.
pub const MAX_BODY_BYTES: usize = 64 * 1024;
/// How far the signed time may be from this machine's clock. The vendor repeats a callback for 2 hours and 39 minutes, and
/// whether it signs each attempt again is not known.
const TIMESTAMP_WINDOW: Duration = Duration::from_secs(4 * 60 * 60);
/// Callbacks a second, at most: a program that has seen one can send others with its signature.
const CALLBACKS_PER_SECOND: u32 = 50;
/// How long a body may take to arrive. Without a signature in the headers, anybody can send one.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);
/// How long keeping a callback may take. It is shorter than the timeout of a request, so that the log has the reason.
const KEEP_TIMEOUT: Duration = Duration::from_secs(20);
/// The shortest time between two log lines about callbacks that are refused.
const LOG_INTERVAL: Duration = Duration::from_secs(10);

/// A callback that could not be kept.
pub type CallbackError = Box<dyn Error + Send + Sync>;

type Keep = dyn Fn(VendorCallback) -> BoxFuture<'static, Result<(), CallbackError>> + Send + Sync;

/// Receives the callbacks of the vendor for a tenant, at [`PATH`](Self::PATH). A clone is another handle of the same receiver.
#[derive(Clone)]
pub struct CallbackReceiver(Arc<Inner>);

struct Inner {
    /// The tenant, and its appSecret at the vendor.
    credentials: Credentials,
    limits: RateLimits,
    /// For log lines about callbacks that are refused.
    log_interval: Mutex<LogInterval>,
    hint: Box<dyn Fn() + Send + Sync>,
    keep: Box<Keep>,
}

impl CallbackReceiver {
    /// The path of the receiver.
    pub const PATH: &'static str = CALLBACK_PATH;

    /// Calls `hint` and `keep` with each callback that the tenant's appSecret signs. If it can't be kept, the vendor sends it
    /// again, up to six times.
    pub fn new<F>(
        tenant: TenantId,
        app_secret: ApiKey,
        hint: impl Fn() + Send + Sync + 'static,
        keep: impl Fn(VendorCallback) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = Result<(), CallbackError>> + Send + 'static,
    {
        Self(Arc::new(Inner {
            credentials: Credentials::new(tenant, app_secret),
            limits: RateLimits::new(CALLBACKS_PER_SECOND),
            log_interval: Mutex::new(LogInterval::new(LOG_INTERVAL)),
            hint: Box::new(hint),
            keep: Box::new(move |callback| keep(callback).boxed()),
        }))
    }

    /// The same, and keeps callbacks in a store.
    pub fn into_store(
        tenant: TenantId,
        app_secret: ApiKey,
        hint: impl Fn() + Send + Sync + 'static,
        store: Store,
    ) -> Self {
        Self::new(tenant, app_secret, hint, move |callback| {
            let store = store.clone();
            async move { Ok(store.keep_callback(tenant, callback).await.map(drop)?) }
        })
    }

    /// Returns the route at [`PATH`](Self::PATH).
    pub(super) fn route<S: Clone + Send + Sync + 'static>(&self) -> MethodRouter<S> {
        let receiver = self.clone();
        post(async move |request: Request| {
            let received = receiver.receive(request).await.inspect_err(|error| receiver.log_refusal(error));
            received.map(|()| Json(json!({ "code": 200, "message": "success", "data": null })))
        })
    }

    async fn receive(&self, request: Request) -> Result<(), ApiError> {
        let (head, body) = request.into_parts();
        let in_headers = Claims::in_headers(&head.headers);
        // A callback with a wrong signature in its headers, where the vendor has it since 2024, is refused without its body.
        let mut timestamp = in_headers.as_ref().map(|claims| self.check(claims)).transpose()?;
        let body = receive_body(body).await?;
        if timestamp.is_none() {
            timestamp = Claims::in_body(&body).map(|claims| self.check(&claims)).transpose()?;
        }
        let timestamp = timestamp.ok_or_else(|| ApiError::of(BusinessCode::TokenMissing))?;
        self.0.limits.check(self.0.credentials.tenant_id(), Endpoint::Callback)?;
        // Even if it can't be kept, something may have changed.
        (self.0.hint)();
        let callback = VendorCallback { received: event::now(), timestamp, body: body.into() };
        let kept = timeout(KEEP_TIMEOUT, (self.0.keep)(callback)).await;
        kept.unwrap_or_else(|_| Err("the store did not answer in time".into())).map_err(|error| {
            tracing::error!(error = chain(&*error), "a callback of the vendor could not be kept");
            ApiError::of(BusinessCode::DatabaseError)
        })?;
        tracing::info!(tenant = %self.0.credentials.tenant_id(), "a callback of the vendor arrived");
        Ok(())
    }

    /// Logs that a callback is refused, but not each of many. An appSecret that is not the tenant's is the likely reason.
    fn log_refusal(&self, error: &ApiError) {
        if self.0.log_interval.lock().is_due() {
            let (tenant, code) = (self.0.credentials.tenant_id(), error.code().code());
            tracing::warn!(%tenant, code, reason = error.message(), "a callback of the vendor is refused");
        }
    }

    /// Checks a signature. Returns the time that is signed, in Unix epoch milliseconds.
    fn check(&self, claims: &Claims) -> Result<i64, ApiError> {
        let Claims { tenant_id, timestamp, access_token } = claims;
        let present = |text: &Option<String>, missing| text.clone().ok_or_else(|| ApiError::of(missing));
        let tenant_id = present(tenant_id, BusinessCode::TenantIdMissing)?;
        let timestamp = present(timestamp, BusinessCode::TimestampMissing)?;
        check_time(&timestamp, SystemTime::now(), TIMESTAMP_WINDOW)?;
        let expected = self.0.credentials.access_token(&timestamp);
        let is_signed = bool::from(expected.as_bytes().ct_eq(access_token.as_bytes()));
        if !is_signed || tenant_id != self.0.credentials.tenant_id().to_string() {
            return Err(ApiError::of(BusinessCode::TokenWrong).because("callback-token-wrong"));
        }
        timestamp.parse().map_err(|_| ApiError::of(BusinessCode::TimestampMalformed))
    }
}

impl fmt::Debug for CallbackReceiver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("CallbackReceiver").field(&self.0.credentials).finish()
    }
}

/// What signs a callback.
struct Claims {
    tenant_id: Option<String>,
    timestamp: Option<String>,
    access_token: String,
}

impl Claims {
    /// Returns those of a callback that is signed in its headers, as the vendor recommends.
    fn in_headers(headers: &HeaderMap) -> Option<Self> {
        let value = |name| single_value(headers, &name).map(str::to_owned);
        let access_token = value(ACCESS_TOKEN)?;
        Some(Self { tenant_id: value(TENANT_ID), timestamp: value(TIMESTAMP), access_token })
    }

    /// Returns those of a callback that is signed in its body, as the vendor's integrations before June 2024 are.
    fn in_body(body: &[u8]) -> Option<Self> {
        let members: Value = serde_json::from_slice(body).ok()?;
        let text = |name| match members.get(name)? {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        };
        let access_token = text(ACCESS_TOKEN_HEADER)?;
        Some(Self { tenant_id: text(TENANT_ID_HEADER), timestamp: text(TIMESTAMP_HEADER), access_token })
    }
}

async fn receive_body(body: Body) -> Result<Bytes, ApiError> {
    let received = timeout(BODY_TIMEOUT, ContentCoding::Identity.receive(body, MAX_BODY_BYTES)).await;
    received.unwrap_or_else(|_| {
        let message = format!("body: expected whole within {} seconds", BODY_TIMEOUT.as_secs());
        Err(ApiError::new(BusinessCode::RequestTimeout, message))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn callbacks_are_limited_in_number() {
        let receiver = CallbackReceiver::new(1.into(), ApiKey::new("secret"), || {}, async |_| Ok(()));
        let timestamp = event::now().to_string();
        let token = receiver.0.credentials.access_token(&timestamp);
        let mut accepted = 0;
        for _ in 0..2 * CALLBACKS_PER_SECOND {
            let request = Request::builder()
                .header(TENANT_ID, 1)
                .header(TIMESTAMP, &timestamp)
                .header(ACCESS_TOKEN, &token)
                .body(Body::empty())
                .unwrap_or_default();
            accepted += u32::from(receiver.receive(request).await.is_ok());
        }
        assert_eq!(accepted, CALLBACKS_PER_SECOND);
    }
}
