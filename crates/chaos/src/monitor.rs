//! Watches one server: when feeds succeed, and how long `/readyz?feeds` says otherwise.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// What is known about a server. Feeders and the poller write it.
pub struct Monitor(Mutex<State>);

struct State {
    /// Whether feeders send. While they pause nothing is judged.
    is_fed: bool,
    /// When the last successful call ended; when feeding began if none did.
    last_success: Instant,
    /// The first success after the last failure.
    streak: Option<Instant>,
    /// What `/readyz?feeds` says, and since when.
    readiness: (bool, Instant),
    longest_wrong: Wrong,
    /// Since when a success is awaited, and when it came.
    awaited: Option<(Instant, Option<Instant>)>,
    successes: u64,
}

/// The longest time with a wrong answer of `/readyz?feeds`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wrong {
    /// It said ready, and no feed succeeded.
    pub ready: Duration,
    /// It said not ready, or nothing, and feeds succeeded.
    pub not_ready: Duration,
}

impl Default for Monitor {
    fn default() -> Self {
        let now = Instant::now();
        Self(Mutex::new(State {
            is_fed: false,
            last_success: now,
            streak: None,
            readiness: (false, now),
            longest_wrong: Wrong::default(),
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
        (state.last_success, state.streak, state.readiness.1) = (now, None, now);
    }

    /// Forgets the longest times.
    pub fn reset(&self) {
        self.state().longest_wrong = Wrong::default();
    }

    /// Returns the longest times since the last [`reset`](Self::reset).
    pub fn longest_wrong(&self) -> Wrong {
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
    pub fn polled(&self, is_ready: bool) {
        let (mut state, now) = (self.state(), Instant::now());
        state.judge(now);
        if state.readiness.0 != is_ready {
            state.readiness = (is_ready, now);
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
    /// Compares the feeds with the last answer.
    fn judge(&mut self, now: Instant) {
        let (is_ready, since) = self.readiness;
        if !self.is_fed {
            return;
        }
        if is_ready {
            let wrong = now.saturating_duration_since(since.max(self.last_success));
            self.longest_wrong.ready = self.longest_wrong.ready.max(wrong);
        } else if let Some(streak) = self.streak {
            let wrong = self.last_success.saturating_duration_since(since.max(streak));
            self.longest_wrong.not_ready = self.longest_wrong.not_ready.max(wrong);
        }
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
        state.readiness.1 -= by;
    }

    const MINUTE: Duration = Duration::from_secs(60);

    #[test]
    fn ready_without_feeds_is_wrong() {
        let monitor = Monitor::default();
        monitor.set_fed(true);
        monitor.polled(true);
        monitor.succeeded(Instant::now());
        age(&monitor, MINUTE);
        monitor.polled(true);
        let wrong = monitor.longest_wrong();
        assert!(wrong.ready >= MINUTE && wrong.not_ready < MINUTE, "{wrong:?}");
    }

    #[test]
    fn not_ready_with_feeds_is_wrong() {
        let monitor = Monitor::default();
        monitor.set_fed(true);
        monitor.succeeded(Instant::now());
        age(&monitor, MINUTE);
        monitor.succeeded(Instant::now());
        let wrong = monitor.longest_wrong();
        assert!(wrong.not_ready >= MINUTE && wrong.ready < MINUTE, "{wrong:?}");
        monitor.reset();
        monitor.failed();
        monitor.succeeded(Instant::now());
        assert!(monitor.longest_wrong().not_ready < MINUTE, "counted from the first success after a failure");
    }

    #[test]
    fn a_pause_is_not_judged() {
        let monitor = Monitor::default();
        monitor.set_fed(true);
        monitor.polled(true);
        monitor.set_fed(false);
        age(&monitor, MINUTE);
        monitor.polled(true);
        monitor.set_fed(true);
        monitor.polled(true);
        assert!(monitor.longest_wrong().ready < MINUTE);
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
