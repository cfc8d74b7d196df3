//! The real time, which never goes back.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// A clock that was set once. Later changes of this machine's clock are ignored.
pub struct Clock {
    started: Instant,
    started_at: i64,
}

impl Clock {
    pub fn start() -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self { started: Instant::now(), started_at: since.as_millis() as i64 }
    }

    /// Returns the time, in Unix epoch milliseconds.
    pub fn now(&self) -> i64 {
        self.started_at + self.started.elapsed().as_millis() as i64
    }
}
