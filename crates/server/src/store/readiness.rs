//! Checks whether the database answers: one check at a time and at most one a second, however many clients ask.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::sync::Mutex;

use crate::{error::StoreError, event_log::EventLog};

/// How long a result is reused.
const RESULT_MAX_AGE: Duration = Duration::from_secs(1);

/// The last check.
#[derive(Default)]
pub struct Readiness(Mutex<Option<Check>>);

struct Check {
    time: Instant,
    result: Result<(), Arc<StoreError>>,
}

impl Readiness {
    pub async fn check(&self, log: &dyn EventLog) -> Result<(), Arc<StoreError>> {
        let mut last = self.0.lock().await;
        if let Some(check) = &*last
            && check.time.elapsed() < RESULT_MAX_AGE
        {
            return check.result.clone();
        }
        let result = log.ready().await.map_err(Arc::new);
        *last = Some(Check { time: Instant::now(), result: result.clone() });
        result
    }

    /// Forgets the last result.
    pub async fn reset(&self) {
        *self.0.lock().await = None;
    }
}
