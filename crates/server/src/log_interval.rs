//! [`LogInterval`]: limits how often something that goes on is logged.

use std::time::Duration;

use tokio::time::Instant;

/// Allows a log line at once, and then at most one in each interval.
#[derive(Debug)]
pub struct LogInterval {
    interval: Duration,
    logged: Option<Instant>,
}

impl LogInterval {
    pub const fn new(interval: Duration) -> Self {
        Self { interval, logged: None }
    }

    /// Returns whether to write a line now. Then the interval begins.
    pub fn is_due(&mut self) -> bool {
        let is_due = self.logged.is_none_or(|logged| logged.elapsed() >= self.interval);
        if is_due {
            self.logged = Some(Instant::now());
        }
        is_due
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::advance;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_first_line_is_due_and_then_one_in_each_interval() {
        let mut lines = LogInterval::new(Duration::from_secs(10));
        let mut due = Vec::new();
        for second in 0..25 {
            if lines.is_due() {
                due.push(second);
            }
            advance(Duration::from_secs(1)).await;
        }
        assert_eq!(due, [0, 10, 20]);
    }
}
