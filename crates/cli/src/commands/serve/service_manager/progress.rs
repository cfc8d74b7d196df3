//! How long a start may ask the service manager for more time.
//!
//! Used by the parent module.

use std::time::Duration;

use tokio::time::Instant;

/// How long a start may last without progress. A migration takes seconds, and the failover of a PostgreSQL cluster a few
/// minutes. A lock that is never released and a disk that hangs last forever, and the service manager has to end that start.
pub const LONGEST_STANDSTILL: Duration = Duration::from_secs(600);

/// The progress of a start: a count that grows.
pub struct Progress {
    count: u64,
    since: Instant,
}

impl Progress {
    pub fn new(now: Instant) -> Self {
        Self { count: 0, since: now }
    }

    /// Takes the count at a time. Returns whether the start may last longer.
    pub fn observe(&mut self, count: u64, now: Instant) -> bool {
        if count != self.count {
            *self = Self { count, since: now };
        }
        now.duration_since(self.since) < LONGEST_STANDSTILL
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_start_may_last_as_long_as_its_count_grows() {
        let begin = Instant::now();
        let at = |seconds| begin + Duration::from_secs(seconds);
        let mut progress = Progress::new(begin);
        assert!(progress.observe(0, at(599)));
        assert!(!progress.observe(0, at(600)));
        // It continues.
        for hour in 1..100 {
            assert!(progress.observe(hour, at(hour * 3600)));
        }
        assert!(progress.observe(99, at(99 * 3600 + 599)));
        assert!(!progress.observe(99, at(99 * 3600 + 600)));
    }
}
