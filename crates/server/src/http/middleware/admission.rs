//! How much is taken on at a time: requests, and those of them that need much memory.

use std::{sync::Arc, time::Instant};

use group_dispatch_types::signing::TenantId;

use super::overload::Lateness;
use crate::http::{
    config::Limits,
    error::Failure,
    metrics::{Metrics, Shed},
    permits::{Gate, Place},
};

pub struct Load {
    requests: usize,
    lateness: Lateness,
    big_answers: Gate,
    feeds: Gate,
    metrics: Arc<Metrics>,
}

/// A request that is worked on.
pub struct Running(Arc<Metrics>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.requests_in_flight.dec();
    }
}

impl Load {
    pub fn new(limits: &Limits, metrics: Arc<Metrics>) -> Self {
        let big_answers = Gate::new(limits.big_answers, &metrics.big_answers_in_flight);
        let feeds = Gate::new(limits.feeds, &metrics.feeds_in_flight);
        Self { requests: limits.requests, lateness: Lateness::new(limits.wait), big_answers, feeds, metrics }
    }

    /// Watches how long requests of this runtime wait, for as long as it is polled.
    pub async fn watch(&self) {
        self.lateness.watch().await;
    }

    /// Begins a request, unless too many are running or waiting.
    pub fn begin(&self, now: Instant) -> Result<Running, Failure> {
        if self.lateness.refuses(now) {
            self.metrics.shed(Shed::Waiting);
            return Err(Failure::busy("the server is busy: requests wait too long"));
        }
        let others = self.metrics.requests_in_flight.inc();
        let running = Running(Arc::clone(&self.metrics));
        if usize::try_from(others).unwrap_or_default() < self.requests {
            Ok(running)
        } else {
            self.metrics.shed(Shed::Requests);
            Err(Failure::busy("the server is busy: too many requests at a time"))
        }
    }

    /// Waits until one more call of a tenant may feed events. It counts until this is dropped.
    ///
    /// # Errors
    /// When too many are under way.
    pub async fn begin_feed(&self, tenant: Option<TenantId>) -> Result<Place, Failure> {
        self.feeds.enter(tenant).await.ok_or_else(|| {
            self.metrics.shed(Shed::Feeds);
            Failure::busy("the server is busy: too many calls that feed events at a time")
        })
    }

    pub async fn begin_big_answer(&self, tenant: Option<TenantId>) -> Result<Place, Failure> {
        self.big_answers.enter(tenant).await.ok_or_else(|| {
            self.metrics.shed(Shed::BigAnswers);
            Failure::busy("the server is busy: too many answers of this size at a time; a filter makes it smaller")
        })
    }
}
