//! [`Caller`]: the tenant that called an operation, and what the operations' methods work with. `extract::json` and
//! `extract::events` add the methods that read its request.

use axum::extract::Request;
use group_dispatch_types::signing::TenantId;

use super::{
    error::ApiError,
    extract::{
        auth::{self, Signed},
        feed_auth,
    },
    permits::Permit,
    request_context::{FeedSignature, IngestCounts, RequestContext},
    state::AppState,
};
use crate::store::KnownTenant;

/// A tenant whose request has a valid signature and is within the rate limit.
pub struct Caller<'a> {
    pub state: &'a AppState,
    pub context: &'a RequestContext,
    pub tenant_id: TenantId,
    pub tenant: KnownTenant,
    /// The SHA-256 that the body must have, if the signature covers it.
    pub body_sha256: Option<String>,
}

impl<'a> Caller<'a> {
    /// Checks the signature, whether the key may do this, and the rate limit.
    ///
    /// # Errors
    /// When one of the signing headers is missing or wrong, the key may not feed, or the tenant sends too many requests.
    pub fn authenticate(state: &'a AppState, context: &'a RequestContext, request: &Request) -> Result<Self, ApiError> {
        // The vendor's queries have only the token.
        let is_query = context.endpoint.is_query();
        let signed = if is_query {
            auth::authenticate(request.headers(), state)
        } else {
            feed_auth::authenticate(request, state)
        };
        let Signed { tenant_id, tenant, key, access, body_sha256 } = signed.inspect_err(|_| {
            if let Some(claimed) = auth::claimed_tenant(request.headers(), state) {
                let _ = context.claimed_tenant.set(claimed);
            }
        })?;
        let _ = (context.tenant.set(tenant_id), context.key.set(key));
        if !is_query {
            let signature = if body_sha256.is_some() { FeedSignature::Hmac } else { FeedSignature::Token };
            let _ = context.feed_signature.set(signature);
        }
        // Before the limit: calls with such a key must not use up what those of the feeder may send.
        if context.endpoint.feeds() && !access.may_feed() {
            return Err(ApiError::may_not_feed());
        }
        state.rate_limits.check(tenant_id, context.endpoint)?;
        Ok(Self { state, context, tenant_id, tenant, body_sha256 })
    }

    /// Compares the body, as it was sent, with the one that was signed, if the signature covers it.
    ///
    /// # Errors
    /// When it is another one.
    pub fn check_body(&self, body: &[u8]) -> Result<(), ApiError> {
        let Some(claimed) = &self.body_sha256 else { return Ok(()) };
        let checked = feed_auth::check_body(claimed, body);
        self.state.metrics.count_feed_signature(FeedSignature::Hmac, checked.is_ok());
        checked
    }

    /// Waits for the permit of a response that may be large.
    ///
    /// # Errors
    /// When too many large responses are in memory.
    pub async fn large_response_permit(&self) -> Result<Permit, ApiError> {
        self.state.admission.large_response_permit(self.tenant_id).await
    }

    /// Counts the events of the request.
    pub fn count_events(&self, counts: IngestCounts) {
        self.state.metrics.count_events(counts);
        let _ = self.context.ingest_counts.set(counts);
    }
}
