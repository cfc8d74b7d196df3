//! Admission: which requests are handled, and which are rejected immediately with 503.

use std::{sync::Arc, time::Instant};

use group_dispatch_types::signing::TenantId;

use super::overload::OverloadProbe;
use crate::http::{
    config::Limits,
    endpoint::Endpoint,
    error::ApiError,
    metrics::{InUse, Metrics, Shed},
    permits::{Permit, Permits},
};

/// Applies the limits on concurrent requests, on the time that they wait, and on those that need much memory.
pub struct Admission {
    request_limit: usize,
    pub overload: OverloadProbe,
    large_responses: Permits,
    ingest_calls: Permits,
    metrics: Arc<Metrics>,
}

impl Admission {
    pub fn new(limits: &Limits, metrics: Arc<Metrics>) -> Self {
        Self {
            request_limit: limits.requests,
            overload: OverloadProbe::new(limits.max_wait),
            large_responses: Permits::new(limits.large_responses, &metrics.large_responses_in_flight),
            ingest_calls: Permits::new(limits.ingest_calls, &metrics.ingest_calls_in_flight),
            metrics,
        }
    }

    /// Admits a request, unless too many are being handled or waiting. It counts as one of them until the result is dropped.
    pub fn admit(&self, endpoint: Endpoint, now: Instant) -> Result<Option<InUse>, ApiError> {
        if endpoint.is_operator_endpoint() {
            return Ok(None);
        }
        if self.overload.should_shed(now) {
            self.metrics.count_shed(Shed::Waiting);
            return Err(ApiError::busy("the server is busy: requests wait too long"));
        }
        let (admitted, others) = InUse::new(&self.metrics.requests_in_flight);
        if others < self.request_limit {
            Ok(Some(admitted))
        } else {
            self.metrics.count_shed(Shed::Requests);
            Err(ApiError::busy("the server is busy: too many concurrent requests"))
        }
    }

    /// Waits for the permit of a call that feeds events.
    ///
    /// # Errors
    /// When too many calls feed events.
    pub async fn ingest_permit(&self, tenant: TenantId) -> Result<Permit, ApiError> {
        self.ingest_calls.acquire(tenant).await.ok_or_else(|| {
            self.metrics.count_shed(Shed::IngestCalls);
            ApiError::busy("the server is busy: too many concurrent calls that feed events")
        })
    }

    /// Waits for the permit of a response that may be large.
    ///
    /// # Errors
    /// When too many large responses are in memory.
    pub async fn large_response_permit(&self, tenant: TenantId) -> Result<Permit, ApiError> {
        self.large_responses.acquire(tenant).await.ok_or_else(|| {
            self.metrics.count_shed(Shed::LargeResponses);
            ApiError::busy("the server is busy: too many responses of this size; a filter makes it smaller")
        })
    }
}
