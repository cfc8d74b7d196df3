//! The overload probe: measures how long requests wait before a thread of the runtime handles them.
//!
//! A connection with something to read is a task in the runtime's global queue, once the threads' own queues are full. Tasks
//! can't be asked how long they wait. So the probe sends a task that does nothing to the end of that queue now and then, and
//! measures when it runs.

use std::{
    convert::Infallible,
    sync::{
        OnceLock,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use tokio::{
    runtime::{Handle, RuntimeMetrics},
    task::{JoinError, spawn_blocking},
    time::sleep,
};

/// The time between two measurements while requests don't wait too long.
const MEASUREMENT_INTERVAL: Duration = Duration::from_millis(20);
/// Below this queue depth the delay has another cause, and shedding would not help.
const MIN_QUEUE_DEPTH: usize = 256;
/// In `sent_micros`: no measurement is running.
const NO_MEASUREMENT: u64 = u64::MAX;

/// Decides how many requests to reject while requests wait longer than they may: two of three if they wait three times as
/// long.
///
/// To reject a request costs a large part of what it costs to handle one. So the probe rejects as few as possible: a server
/// that rejected nearly all would be busy with rejecting. Goal: at twice the load, the server still handles more than half of
/// what it can carry (`cargo xtask bench --only overload`: 54 to 62 %; 16 to 42 % if all are rejected while requests wait).
pub struct OverloadProbe {
    max_wait_micros: u64,
    created: Instant,
    /// The queue of the runtime that is watched. Empty until then.
    queue: OnceLock<RuntimeMetrics>,
    /// When the running measurement began, in microseconds since `created`.
    sent_micros: AtomicU64,
    /// The result of the last measurement.
    waited_micros: AtomicU64,
    /// How many requests came while requests waited too long.
    late_requests: AtomicU64,
}

impl OverloadProbe {
    pub fn new(max_wait: Duration) -> Self {
        Self {
            // Avoids a division by zero.
            max_wait_micros: micros(max_wait).max(1),
            created: Instant::now(),
            queue: OnceLock::new(),
            sent_micros: AtomicU64::new(NO_MEASUREMENT),
            waited_micros: AtomicU64::default(),
            late_requests: AtomicU64::default(),
        }
    }

    /// Returns whether to reject a request that begins now.
    pub fn should_shed(&self, now: Instant) -> bool {
        let waiting = self.micros_since_creation(now).saturating_sub(self.sent_micros.load(Relaxed));
        let wait = self.waited_micros.load(Relaxed).max(waiting);
        wait > self.max_wait_micros && self.queue_depth() >= MIN_QUEUE_DEPTH && !self.is_one_to_admit(wait)
    }

    /// Spreads the requests that are admitted evenly: one of three if the wait is three times the limit.
    fn is_one_to_admit(&self, wait: u64) -> bool {
        let number = self.late_requests.fetch_add(1, Relaxed);
        number.wrapping_mul(self.max_wait_micros) % wait < self.max_wait_micros
    }

    /// Watches the queue of this runtime for as long as it is polled.
    pub async fn watch(&self) {
        self.queue.get_or_init(|| Handle::current().metrics());
        let Err(error) = self.measure().await;
        self.sent_micros.store(NO_MEASUREMENT, Relaxed);
        self.waited_micros.store(0, Relaxed);
        tracing::debug!(%error, "the overload probe stopped");
    }

    /// Ends with the runtime.
    async fn measure(&self) -> Result<Infallible, JoinError> {
        loop {
            let (runtime, sent) = (Handle::current(), Instant::now());
            self.sent_micros.store(self.micros_since_creation(sent), Relaxed);
            // A task that a thread of the runtime spawns goes to that thread's queue; one of another thread, to the global one.
            let waiting = spawn_blocking(move || runtime.spawn(async move { sent.elapsed() })).await?;
            let waited = micros(waiting.await?);
            self.waited_micros.store(waited, Relaxed);
            self.sent_micros.store(NO_MEASUREMENT, Relaxed);
            if waited <= self.max_wait_micros {
                sleep(MEASUREMENT_INTERVAL).await;
            }
        }
    }

    fn queue_depth(&self) -> usize {
        self.queue.get().map_or(0, RuntimeMetrics::global_queue_depth)
    }

    fn micros_since_creation(&self, now: Instant) -> u64 {
        micros(now.saturating_duration_since(self.created))
    }
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::sync::mpsc;

    use tokio::{runtime::Builder, task::yield_now};

    use super::*;

    /// Returns how many of `requests` that begin at once are rejected.
    fn count_shed(probe: &OverloadProbe, requests: usize) -> usize {
        (0..requests).filter(|_| probe.should_shed(Instant::now())).count()
    }

    /// Returns how many of 80 requests are rejected while `tasks` wait for a runtime of one thread.
    fn shed_while_waiting(probe: &OverloadProbe, tasks: usize) -> usize {
        let runtime = Builder::new_multi_thread().worker_threads(1).build().unwrap();
        assert!(probe.queue.set(runtime.handle().metrics()).is_ok());
        let (go, held) = mpsc::channel::<()>();
        runtime.spawn(async move { held.recv() });
        let waiting: Vec<_> = (0..tasks).map(|_| runtime.spawn(yield_now())).collect();
        let shed = count_shed(probe, 80);
        drop(go);
        runtime.block_on(async {
            for task in waiting {
                task.await.unwrap();
            }
        });
        shed
    }

    /// A probe that measured `times` the limit.
    fn probe_after(times: u64) -> OverloadProbe {
        let probe = OverloadProbe::new(Duration::from_millis(100));
        probe.waited_micros.store(times * probe.max_wait_micros, Relaxed);
        probe
    }

    #[test]
    fn the_longer_requests_wait_the_more_are_rejected() {
        for (times, expected) in [(2, 40), (4, 60), (8, 70), (80, 79)] {
            assert_eq!(shed_while_waiting(&probe_after(times), 4 * MIN_QUEUE_DEPTH), expected, "{times}");
        }
    }

    #[test]
    fn a_running_measurement_counts_as_well() {
        let probe = OverloadProbe { sent_micros: AtomicU64::new(0), ..OverloadProbe::new(Duration::ZERO) };
        while probe.micros_since_creation(Instant::now()) < 1000 {
            std::thread::yield_now();
        }
        assert_eq!(shed_while_waiting(&probe, 4 * MIN_QUEUE_DEPTH), 79);
    }

    #[test]
    fn no_request_is_rejected_once_the_queue_is_short() {
        let probe = probe_after(2);
        assert_eq!(shed_while_waiting(&probe, 4 * MIN_QUEUE_DEPTH), 40);
        assert_eq!(count_shed(&probe, 80), 0);
    }

    #[test]
    fn no_request_is_rejected_while_few_wait() {
        assert_eq!(shed_while_waiting(&probe_after(8), MIN_QUEUE_DEPTH / 2), 0);
    }

    #[test]
    fn no_request_is_rejected_within_the_limit() {
        assert_eq!(shed_while_waiting(&probe_after(1), 4 * MIN_QUEUE_DEPTH), 0);
    }

    #[test]
    fn the_probe_measures_how_long_a_task_waits() {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_time().build().unwrap();
        let probe = std::sync::Arc::new(OverloadProbe::new(Duration::ZERO));
        let watched = std::sync::Arc::clone(&probe);
        runtime.spawn(async move { watched.watch().await });
        while probe.waited_micros.load(Relaxed) == 0 {
            std::thread::yield_now();
        }
    }
}
