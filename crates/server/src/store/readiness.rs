//! Whether the log answers: asked once at a time, and at most once a second, however many want to know.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::sync::Mutex;

use crate::{error::StoreError, event_log::EventLog};

/// How long what was found holds.
const RESULT_MAX_AGE: Duration = Duration::from_secs(1);

#[derive(Default)]
pub struct Readiness(Mutex<Option<(Instant, Outcome)>>);

type Outcome = Result<(), Arc<StoreError>>;

impl Readiness {
    pub async fn check(&self, log: &dyn EventLog) -> Outcome {
        let mut found = self.0.lock().await;
        if let Some((when, outcome)) = &*found
            && when.elapsed() < RESULT_MAX_AGE
        {
            return outcome.clone();
        }
        let outcome = log.ready().await.map_err(Arc::new);
        *found = Some((Instant::now(), outcome.clone()));
        outcome
    }

    /// Forgets the last result.
    pub async fn reset(&self) {
        *self.0.lock().await = None;
    }
}
