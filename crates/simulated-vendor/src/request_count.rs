//! Counts the requests to an endpoint, exactly and over true time, and rejects those beyond the limit.

use std::collections::VecDeque;

use crate::random::{MINUTE, SECOND};

/// The requests that an endpoint got.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct RequestCount {
    /// All requests.
    pub total: u64,
    /// The most requests within any 1,000 milliseconds.
    pub most_in_a_second: usize,
    /// The most requests within any 60,000 milliseconds.
    pub most_in_a_minute: usize,
    /// The requests that were rejected because there were too many.
    pub rejected: u64,
}

/// Counts the requests to one endpoint.
#[derive(Default)]
pub struct RequestCounter {
    counted: RequestCount,
    in_second: VecDeque<i64>,
    in_minute: VecDeque<i64>,
    /// The requests of the last second that were accepted.
    accepted: VecDeque<i64>,
}

impl RequestCounter {
    /// Returns what was counted.
    pub const fn counted(&self) -> RequestCount {
        self.counted
    }

    /// Counts a request at a time that is not before that of the last one. Returns whether it is accepted: fewer than `limit`
    /// requests were accepted in the second that ends now.
    pub fn count(&mut self, at: i64, limit: Option<u32>) -> bool {
        self.counted.total += 1;
        self.counted.most_in_a_second = self.counted.most_in_a_second.max(slide(&mut self.in_second, at, SECOND));
        self.counted.most_in_a_minute = self.counted.most_in_a_minute.max(slide(&mut self.in_minute, at, MINUTE));
        let accepted = slide(&mut self.accepted, at, SECOND);
        let is_accepted = limit.is_none_or(|limit| accepted <= limit as usize);
        if !is_accepted {
            self.accepted.pop_back();
            self.counted.rejected += 1;
        }
        is_accepted
    }
}

/// Adds a time to a window that ends with it, and returns how many times are in the window.
fn slide(window: &mut VecDeque<i64>, at: i64, length: i64) -> usize {
    while window.front().is_some_and(|first| *first <= at - length) {
        window.pop_front();
    }
    window.push_back(at);
    window.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fifty_requests_within_any_second_are_accepted() {
        let mut counter = RequestCounter::default();
        let accepted =
            |counter: &mut RequestCounter, at, count| (0..count).filter(|_| counter.count(at, Some(50))).count();
        assert_eq!(accepted(&mut counter, 0, 20), 20);
        assert_eq!(accepted(&mut counter, 500, 40), 30);
        assert_eq!(accepted(&mut counter, 999, 1), 0);
        // The first 20 are a second old.
        assert_eq!(accepted(&mut counter, 1000, 30), 20);
        let expected = RequestCount { total: 91, most_in_a_second: 71, most_in_a_minute: 91, rejected: 21 };
        assert_eq!(counter.counted(), expected);
    }

    #[test]
    fn a_minute_is_counted_from_any_moment() {
        let mut counter = RequestCounter::default();
        for at in [0, 30_000, 59_999, 60_000, 60_001] {
            assert!(counter.count(at, None));
        }
        assert_eq!(counter.counted().most_in_a_minute, 4);
    }
}
