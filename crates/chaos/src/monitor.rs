//! Watches one server: when feeds succeed, whether it shows what others acknowledged, and how long `/readyz?feeds` and
//! `/readyz` say otherwise.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use serde::{Deserialize, Serialize};

/// What is known about a server. Feeders and the poller write it.
pub struct Monitor(Mutex<State>);

struct State {
    /// Whether feeders send. While they pause nothing is judged.
    is_fed: bool,
    /// When the last successful call ended; when feeding began if none did.
    last_success: Instant,
    /// The first success after the last failure.
    streak: Option<Instant>,
    /// What `/readyz?feeds` says, and since when; and `/readyz`.
    feeds: (bool, Instant),
    queries: (bool, Instant),
    /// When another server acknowledged the event that this one does not show yet.
    behind: Option<Instant>,
    longest_wrong: LongestWrong,
    /// Since when a success is awaited, and when it came.
    awaited: Option<(Instant, Option<Instant>)>,
    successes: u64,
}

/// The longest time with wrong answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Wrong {
    /// It said ready. Of `/readyz?feeds`: and no feed succeeded. Of `/readyz`: and an event that another server had
    /// acknowledged was not shown.
    pub ready: Duration,
    /// It said not ready, or nothing, and feeds succeeded.
    pub not_ready: Duration,
}

impl Wrong {
    /// Returns the longer of both times.
    #[must_use]
    pub fn longest(self) -> Duration {
        self.ready.max(self.not_ready)
    }

    /// Keeps the longer times.
    pub fn keep(&mut self, other: Self) {
        *self = Self { ready: self.ready.max(other.ready), not_ready: self.not_ready.max(other.not_ready) };
    }
}

/// The longest times with wrong answers of `/readyz?feeds` and of `/readyz`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LongestWrong {
    pub feeds: Wrong,
    pub queries: Wrong,
}

impl Default for Monitor {
    fn default() -> Self {
        let now = Instant::now();
        Self(Mutex::new(State {
            is_fed: false,
            last_success: now,
            streak: None,
            feeds: (false, now),
            queries: (false, now),
            behind: None,
            longest_wrong: LongestWrong::default(),
            awaited: None,
            successes: 0,
        }))
    }
}

impl Monitor {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that feeders begin or pause.
    pub fn set_fed(&self, is_fed: bool) {
        let (mut state, now) = (self.state(), Instant::now());
        state.is_fed = is_fed;
        (state.last_success, state.streak, state.feeds.1, state.queries.1) = (now, None, now, now);
    }

    /// Forgets the longest times.
    pub fn reset(&self) {
        self.state().longest_wrong = LongestWrong::default();
    }

    /// Returns the longest times since the last [`reset`](Self::reset).
    pub fn longest_wrong(&self) -> LongestWrong {
        self.state().longest_wrong
    }

    /// Notes a call that succeeded.
    pub fn succeeded(&self, began: Instant) {
        let (mut state, now) = (self.state(), Instant::now());
        state.last_success = now;
        state.streak.get_or_insert(now);
        state.successes += 1;
        if let Some((since, came)) = &mut state.awaited
            && began >= *since
        {
            came.get_or_insert(now);
        }
        state.judge(now);
    }

    /// Notes a call that failed.
    pub fn failed(&self) {
        self.state().streak = None;
    }

    /// Notes what `/readyz?feeds` says.
    pub fn polled_feeds(&self, is_ready: bool) {
        let (mut state, now) = (self.state(), Instant::now());
        state.judge(now);
        if state.feeds.0 != is_ready {
            state.feeds = (is_ready, now);
        }
    }

    /// Notes what `/readyz` says, and when another server acknowledged the event that is not shown yet.
    pub fn polled_queries(&self, is_ready: bool, behind: Option<Instant>) {
        let (mut state, now) = (self.state(), Instant::now());
        state.behind = behind;
        state.judge(now);
        if state.queries.0 != is_ready {
            state.queries = (is_ready, now);
        }
    }

    /// Begins to await a call that begins after `since` and succeeds.
    pub fn await_success(&self, since: Instant) {
        self.state().awaited = Some((since, None));
    }

    /// Returns how long the awaited success took.
    pub fn awaited_success(&self) -> Option<Duration> {
        let (since, came) = self.state().awaited?;
        Some(came? - since)
    }

    /// Returns the number of calls that succeeded.
    pub fn successes(&self) -> u64 {
        self.state().successes
    }
}

impl State {
    /// Compares what works with the last answers.
    fn judge(&mut self, now: Instant) {
        if !self.is_fed {
            return;
        }
        // Feeds that succeed need the database, as following does.
        let (works_since, works_until) = (self.streak, self.last_success);
        let wrong = |(is_ready, since): (bool, Instant), fails_since: Option<Instant>| {
            let time = |from: Option<Instant>, to: Instant| {
                from.map_or(Duration::ZERO, |from| to.saturating_duration_since(from.max(since)))
            };
            if is_ready {
                Wrong { ready: time(fails_since, now), ..Wrong::default() }
            } else {
                Wrong { not_ready: time(works_since, works_until), ..Wrong::default() }
            }
        };
        self.longest_wrong.feeds.keep(wrong(self.feeds, Some(works_until)));
        self.longest_wrong.queries.keep(wrong(self.queries, self.behind));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Moves what a monitor knows into the past, as if the time had gone on.
    fn age(monitor: &Monitor, by: Duration) {
        let mut state = monitor.state();
        state.last_success -= by;
        state.streak = state.streak.map(|streak| streak - by);
        state.feeds.1 -= by;
        state.queries.1 -= by;
    }

    const MINUTE: Duration = Duration::from_secs(60);

    #[test]
    fn ready_without_feeds_is_wrong() {
        let monitor = Monitor::default();
        monitor.set_fed(true);
        monitor.polled_feeds(true);
        monitor.succeeded(Instant::now());
        age(&monitor, MINUTE);
        monitor.polled_feeds(true);
        let wrong = monitor.longest_wrong().feeds;
        assert!(wrong.ready >= MINUTE && wrong.not_ready < MINUTE, "{wrong:?}");
    }

    #[test]
    fn not_ready_with_feeds_is_wrong() {
        let monitor = Monitor::default();
        monitor.set_fed(true);
        monitor.succeeded(Instant::now());
        age(&monitor, MINUTE);
        monitor.succeeded(Instant::now());
        let wrong = monitor.longest_wrong().feeds;
        assert!(wrong.not_ready >= MINUTE && wrong.ready < MINUTE, "{wrong:?}");
        monitor.reset();
        monitor.failed();
        monitor.succeeded(Instant::now());
        assert!(monitor.longest_wrong().feeds.not_ready < MINUTE, "counted from the first success after a failure");
    }

    #[test]
    fn ready_without_what_others_acknowledged_is_wrong() {
        let monitor = Monitor::default();
        monitor.set_fed(true);
        monitor.polled_queries(true, None);
        age(&monitor, MINUTE);
        monitor.polled_queries(true, None);
        assert_eq!(monitor.longest_wrong().queries, Wrong::default(), "nothing is missing");
        let acknowledged = Instant::now() - MINUTE / 2;
        monitor.polled_queries(true, Some(acknowledged));
        let wrong = monitor.longest_wrong().queries;
        assert!(wrong.ready >= MINUTE / 2 && wrong.ready < MINUTE && wrong.not_ready.is_zero(), "{wrong:?}");
        monitor.reset();
        monitor.polled_queries(false, Some(acknowledged));
        monitor.reset();
        monitor.polled_queries(false, Some(acknowledged));
        assert_eq!(monitor.longest_wrong().queries, Wrong::default(), "not ready is right");
    }

    #[test]
    fn queries_that_are_not_ready_while_feeds_succeed_are_wrong() {
        let monitor = Monitor::default();
        monitor.set_fed(true);
        monitor.polled_queries(false, None);
        monitor.succeeded(Instant::now());
        age(&monitor, MINUTE);
        monitor.succeeded(Instant::now());
        let wrong = monitor.longest_wrong().queries;
        assert!(wrong.not_ready >= MINUTE && wrong.ready.is_zero(), "{wrong:?}");
    }

    #[test]
    fn a_pause_is_not_judged() {
        let monitor = Monitor::default();
        monitor.set_fed(true);
        monitor.polled_feeds(true);
        monitor.set_fed(false);
        age(&monitor, MINUTE);
        monitor.polled_feeds(true);
        monitor.set_fed(true);
        monitor.polled_feeds(true);
        assert!(monitor.longest_wrong().feeds.ready < MINUTE);
    }

    #[test]
    fn a_call_that_began_before_is_not_the_awaited_one() {
        let monitor = Monitor::default();
        let before = Instant::now();
        monitor.await_success(before + Duration::from_nanos(1));
        monitor.succeeded(before);
        assert_eq!(monitor.awaited_success(), None);
        monitor.succeeded(Instant::now() + MINUTE);
        assert!(monitor.awaited_success().is_some());
    }
}
