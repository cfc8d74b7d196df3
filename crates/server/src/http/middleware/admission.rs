//! Admission: which requests are handled, and which are rejected immediately with 503.

use std::{sync::Arc, time::Instant};

use group_dispatch_types::signing::TenantId;

use super::overload::OverloadProbe;
use crate::http::{
    config::Limits,
    endpoint::Endpoint,
    error::ApiError,
    metrics::{Metrics, Shed},
    permits::{Permit, Permits},
};

/// Applies the limits on concurrent requests, on the time that they wait, and on those that need much memory.
pub struct Admission {
    request_limit: usize,
    overload: OverloadProbe,
    large_responses: Permits,
    ingest_calls: Permits,
    metrics: Arc<Metrics>,
}

/// A request that is being handled. It counts until this is dropped.
pub struct Admitted(Option<Arc<Metrics>>);

impl Drop for Admitted {
    fn drop(&mut self) {
        if let Some(metrics) = &self.0 {
            metrics.requests_in_flight.dec();
        }
    }
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

    /// Measures how long requests of this runtime wait, for as long as it is polled.
    pub async fn watch_overload(&self) {
        self.overload.watch().await;
    }

    /// Admits a request, unless too many are being handled or waiting.
    pub fn admit(&self, endpoint: Endpoint, now: Instant) -> Result<Admitted, ApiError> {
        if endpoint.is_operator_endpoint() {
            return Ok(Admitted(None));
        }
        if self.overload.should_shed(now) {
            self.metrics.count_shed(Shed::Waiting);
            return Err(ApiError::busy("the server is busy: requests wait too long"));
        }
        let others = self.metrics.requests_in_flight.inc();
        let admitted = Admitted(Some(Arc::clone(&self.metrics)));
        if usize::try_from(others).unwrap_or_default() < self.request_limit {
            Ok(admitted)
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
