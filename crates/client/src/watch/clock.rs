//! Time since a watch or a sender was made.

use std::time::Duration;

use crate::clock::{Instant, sleep};

/// Time since the clock was started.
#[derive(Clone, Copy)]
pub struct Clock(Instant);

impl Clock {
    pub fn start() -> Self {
        Self(Instant::now())
    }

    pub fn now(self) -> Duration {
        self.0.elapsed()
    }

    pub async fn sleep_until(self, time: Duration) {
        sleep(time.saturating_sub(self.now())).await;
    }
}
