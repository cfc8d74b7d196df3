//! The activity of a connection: whether it waits for a request, and since when. The connection's timer records it, and the
//! connection limit closes by it.

use std::{
    sync::{
        LazyLock,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Instant,
};

/// The beginning of the times below.
static START: LazyLock<Instant> = LazyLock::new(Instant::now);

/// A request is in progress.
const IN_PROGRESS: u64 = 0;
/// The connection is being closed.
const EVICTED: u64 = u64::MAX;

/// Until when a connection waits for a request. All connections wait equally long: so the earliest is the one that has been
/// idle longest, and no clock has to be read besides that of the timer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct WaitsUntil(u64);

impl From<Instant> for WaitsUntil {
    fn from(deadline: Instant) -> Self {
        let microseconds = deadline.saturating_duration_since(*START).as_micros();
        Self(u64::try_from(microseconds).unwrap_or(u64::MAX).clamp(IN_PROGRESS + 1, EVICTED - 1))
    }
}

/// What a connection does.
#[derive(Debug, Default)]
pub struct Activity(
    /// A [`WaitsUntil`], [`IN_PROGRESS`] or [`EVICTED`].
    AtomicU64,
);

impl Activity {
    /// Records that the connection waits for a request, or for the rest of its head.
    pub fn begin_wait(&self, WaitsUntil(deadline): WaitsUntil) {
        let _ = self.0.fetch_update(Relaxed, Relaxed, |state| (state != EVICTED).then_some(deadline));
    }

    /// Records that this wait has ended, unless another has begun.
    pub fn end_wait(&self, WaitsUntil(deadline): WaitsUntil) {
        let _ = self.0.compare_exchange(deadline, IN_PROGRESS, Relaxed, Relaxed);
    }

    /// Returns until when the connection waits, if it does.
    pub fn waits_until(&self) -> Option<WaitsUntil> {
        let state = self.0.load(Relaxed);
        (!matches!(state, IN_PROGRESS | EVICTED)).then_some(WaitsUntil(state))
    }

    /// Marks the connection as evicted if it still is in this wait. No request begins after that.
    pub fn evict(&self, WaitsUntil(deadline): WaitsUntil) -> bool {
        self.0.compare_exchange(deadline, EVICTED, Relaxed, Relaxed).is_ok()
    }

    pub fn is_evicted(&self) -> bool {
        self.0.load(Relaxed) == EVICTED
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_connection_is_idle_while_it_waits() {
        let (activity, now) = (Activity::default(), Instant::now());
        let [first, second] = [1, 2].map(|seconds| WaitsUntil::from(now + Duration::from_secs(seconds)));
        assert!(first < second && activity.waits_until().is_none());
        activity.begin_wait(first);
        assert_eq!(activity.waits_until(), Some(first));
        activity.begin_wait(second);
        activity.end_wait(first);
        assert_eq!(activity.waits_until(), Some(second), "only the wait that began last counts");
        activity.end_wait(second);
        assert_eq!(activity.waits_until(), None);
        activity.begin_wait(second);
        assert!(!activity.evict(first) && !activity.is_evicted());
        assert!(activity.evict(second) && activity.is_evicted() && activity.waits_until().is_none());
        activity.begin_wait(first);
        activity.end_wait(second);
        assert!(activity.is_evicted() && !activity.evict(first));
    }
}
