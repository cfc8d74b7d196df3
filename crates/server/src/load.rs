//! How much is taken on at a time: requests, and big answers.

use std::{sync::Arc, time::Duration};

use axum::{
    body::{Body, Bytes},
    extract::FromRequestParts,
    http::{HeaderValue, header::CONTENT_LENGTH, request::Parts},
    response::Response,
};
use http_body::Body as _;
use http_body_util::BodyExt;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

use crate::{
    answer::Failure,
    limits::Limits,
    metrics::{Metrics, Shed},
    notes::Notes,
    router::App,
};

/// How long a big answer waits for others to be gone.
const BRIEFLY: Duration = Duration::from_millis(500);
/// An answer of no more fits into what the system holds for a connection.
const SMALL: u64 = 64 * 1024;

pub struct Load {
    requests: usize,
    big_answers: Arc<Semaphore>,
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
        let big_answers = Arc::new(Semaphore::new(limits.big_answers.min(Semaphore::MAX_PERMITS)));
        Self { requests: limits.requests, big_answers, metrics }
    }

    /// Begins a request, unless too many are running.
    pub fn begin(&self) -> Result<Running, Failure> {
        let others = self.metrics.requests_in_flight.inc();
        let running = Running(Arc::clone(&self.metrics));
        if usize::try_from(others).unwrap_or_default() < self.requests {
            Ok(running)
        } else {
            self.metrics.shed(Shed::Requests);
            Err(Failure::busy("the server is busy: too many requests at a time"))
        }
    }

    async fn begin_big_answer(&self) -> Result<BigAnswer, Failure> {
        match timeout(BRIEFLY, Arc::clone(&self.big_answers).acquire_owned()).await {
            Ok(Ok(permit)) => {
                self.metrics.big_answers_in_flight.inc();
                Ok(BigAnswer { _permit: permit, metrics: Arc::clone(&self.metrics) })
            }
            Ok(Err(_)) | Err(_) => {
                self.metrics.shed(Shed::BigAnswers);
                Err(Failure::busy(
                    "the server is busy: too many answers of this size at a time; a filter makes it smaller",
                ))
            }
        }
    }
}

/// An answer that may be big: it is one of the few as long as its bytes are in memory, however slowly they are read.
pub struct BigAnswer {
    _permit: OwnedSemaphorePermit,
    metrics: Arc<Metrics>,
}

impl Drop for BigAnswer {
    fn drop(&mut self) {
        self.metrics.big_answers_in_flight.dec();
    }
}

impl BigAnswer {
    /// Goes with the answer. hyper lets go of a body as soon as it has its bytes, long before they are sent: so it is the
    /// bytes that hold on to this.
    pub fn hold(self, response: Response) -> Response {
        let size = response.body().size_hint().exact();
        if size.is_some_and(|size| size <= SMALL) {
            return response;
        }
        let held = Arc::new(self);
        let mut response = response.map(|body| {
            Body::new(body.map_frame(move |frame| {
                frame.map_data(|bytes| Bytes::from_owner(HeldBytes { bytes, _held: Arc::clone(&held) }))
            }))
        });
        if let Some(size) = size {
            response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(size));
        }
        response
    }
}

struct HeldBytes {
    bytes: Bytes,
    _held: Arc<BigAnswer>,
}

impl AsRef<[u8]> for HeldBytes {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

/// For handlers whose answers may be big.
pub struct BigAnswers {
    app: App,
    notes: Notes,
}

impl BigAnswers {
    /// Waits until one more big answer may be made. It counts until it is sent.
    ///
    /// # Errors
    /// When too many are on their way.
    pub async fn begin(&self) -> Result<(), Failure> {
        self.notes.set_big_answer(self.app.load.begin_big_answer().await?);
        Ok(())
    }
}

impl FromRequestParts<App> for BigAnswers {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        Ok(Self { app: app.clone(), notes: Notes::of(&parts.extensions) })
    }
}
