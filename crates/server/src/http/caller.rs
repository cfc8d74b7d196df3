//! [`Caller`]: the tenant that called an operation, and what the operations' methods work with. `extract::json` and
//! `extract::events` add the methods that read its request.

use axum::extract::Request;
use group_dispatch_types::signing::TenantId;

use super::{
    error::ApiError,
    extract::auth,
    permits::Permit,
    request_context::{IngestCounts, RequestContext},
    state::AppState,
};
use crate::store::KnownTenant;

/// A tenant whose request has a valid signature and is within the rate limit.
pub struct Caller<'a> {
    pub state: &'a AppState,
    pub context: &'a RequestContext,
    pub tenant_id: TenantId,
    pub tenant: KnownTenant,
}

impl<'a> Caller<'a> {
    /// Checks the signature and the rate limit.
    ///
    /// # Errors
    /// When one of the signing headers is missing or wrong, or the tenant sends too many requests.
    pub fn authenticate(state: &'a AppState, context: &'a RequestContext, request: &Request) -> Result<Self, ApiError> {
        let (tenant_id, tenant) = auth::authenticate(request.headers(), state)?;
        let _ = context.tenant.set(tenant_id);
        state.rate_limits.check(tenant_id, context.endpoint)?;
        Ok(Self { state, context, tenant_id, tenant })
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
