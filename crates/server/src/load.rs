//! How much is taken on at a time: requests, and those of them that need much memory.

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{extract::FromRequestParts, http::request::Parts};
use group_dispatch_types::signing::TenantId;
use parking_lot::Mutex;
use prometheus_client::metrics::gauge::Gauge;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

use crate::{
    answer::Failure,
    lateness::Lateness,
    limits::Limits,
    metrics::{Metrics, Shed},
    notes::Call,
};

/// How long to wait for others to be gone.
const BRIEFLY: Duration = Duration::from_millis(500);

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

    async fn begin_big_answer(&self, tenant: Option<TenantId>) -> Result<Place, Failure> {
        self.big_answers.enter(tenant).await.ok_or_else(|| {
            self.metrics.shed(Shed::BigAnswers);
            Failure::busy("the server is busy: too many answers of this size at a time; a filter makes it smaller")
        })
    }
}

/// Lets in so many at a time, and no more than half of them of one tenant: others are served however slow one of them is.
struct Gate {
    all: Arc<Semaphore>,
    of_one: usize,
    /// Tenants that proved who they are: nobody else can make it grow.
    tenants: Mutex<HashMap<Option<TenantId>, Arc<Semaphore>>>,
    inside: Gauge,
}

/// A place inside.
pub struct Place {
    _of_tenant: OwnedSemaphorePermit,
    _of_all: OwnedSemaphorePermit,
    inside: Gauge,
}

impl Gate {
    fn new(most: usize, inside: &Gauge) -> Self {
        let most = most.min(Semaphore::MAX_PERMITS);
        Self {
            all: Arc::new(Semaphore::new(most)),
            of_one: most.div_ceil(2),
            tenants: Mutex::default(),
            inside: inside.clone(),
        }
    }

    /// Waits briefly; none if there is no place by then.
    async fn enter(&self, tenant: Option<TenantId>) -> Option<Place> {
        let fresh = || Arc::new(Semaphore::new(self.of_one));
        let of_tenant = Arc::clone(self.tenants.lock().entry(tenant).or_insert_with(fresh));
        let places = async {
            let of_tenant = of_tenant.acquire_owned().await.ok()?;
            Some((of_tenant, Arc::clone(&self.all).acquire_owned().await.ok()?))
        };
        let (of_tenant, of_all) = timeout(BRIEFLY, places).await.ok().flatten()?;
        self.inside.inc();
        Some(Place { _of_tenant: of_tenant, _of_all: of_all, inside: self.inside.clone() })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.inside.dec();
    }
}

/// For handlers whose answers may be big.
pub struct BigAnswers(Call);

impl BigAnswers {
    /// Waits until one more answer that may be big may be made. If it is, it counts as long as its bytes are in memory,
    /// however slowly they are read.
    ///
    /// # Errors
    /// When too many are on their way.
    pub async fn begin(&self) -> Result<(), Failure> {
        let Call { app, notes } = &self.0;
        notes.set_big_answer(app.load.begin_big_answer(notes.tenant()).await?);
        Ok(())
    }
}

impl FromRequestParts<Call> for BigAnswers {
    type Rejection = Failure;

    async fn from_request_parts(_: &mut Parts, call: &Call) -> Result<Self, Failure> {
        Ok(Self(call.clone()))
    }
}
