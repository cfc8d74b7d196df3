//! [`Deadline`]: the time limit that the steps of an attempt share.

use std::{future::Future, time::Duration};

use tokio::time::{Instant, timeout_at};

use crate::webhooks::outcome::Failure;

/// When an attempt ends.
#[derive(Clone, Copy, Debug)]
pub struct Deadline(Instant);

impl Deadline {
    pub fn after(limit: Duration) -> Self {
        Self(Instant::now() + limit)
    }

    /// Waits for a step, and fails if the deadline comes first.
    pub async fn limit<T>(self, step: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
        timeout_at(self.0, step).await.unwrap_or(Err(Failure::TimedOut))
    }
}
