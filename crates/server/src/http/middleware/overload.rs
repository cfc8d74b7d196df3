//! How long requests wait before the server comes to them. A connection with something to read is a task in the runtime's
//! common queue, once the threads' own queues are full. They can't be asked how long they wait; so now and then a task
//! that does nothing takes its place at the end of that queue.

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

/// Between two tasks, while all is well.
const PAUSE: Duration = Duration::from_millis(20);
/// Fewer that wait don't make a server late: something else does, and to refuse them would be no help.
const MANY: usize = 256;
/// No task is on its way.
const NEVER: u64 = u64::MAX;

/// Knows how many to refuse, as requests wait for longer than they should: if for three times as long, two of three.
///
/// To refuse a request costs the server a good part of what an answer does. So no more are refused than have to be: were
/// nearly all of them, it would be busy with saying no.
pub struct Lateness {
    /// In microseconds, as all times here.
    bound: u64,
    began: Instant,
    /// None before it is watched.
    queue: OnceLock<RuntimeMetrics>,
    /// When the task that waits now was sent, since `began`.
    sent: AtomicU64,
    /// How long the last one waited.
    waited: AtomicU64,
    /// Requests that came while it was late.
    late: AtomicU64,
}

impl Lateness {
    pub fn new(bound: Duration) -> Self {
        Self {
            // Of nothing there is no part to answer.
            bound: micros(bound).max(1),
            began: Instant::now(),
            queue: OnceLock::new(),
            sent: AtomicU64::new(NEVER),
            waited: AtomicU64::default(),
            late: AtomicU64::default(),
        }
    }

    /// A request begins; says whether to refuse it, as those behind it wait too long.
    pub fn refuses(&self, now: Instant) -> bool {
        let wait = self.waited.load(Relaxed).max(self.since_beginning(now).saturating_sub(self.sent.load(Relaxed)));
        wait > self.bound && self.waiting() >= MANY && !self.is_one_to_answer(wait)
    }

    /// The bound's part of the wait is answered, evenly spread: one of three where the wait is three times the bound.
    fn is_one_to_answer(&self, wait: u64) -> bool {
        let number = self.late.fetch_add(1, Relaxed);
        number.wrapping_mul(self.bound) % wait < self.bound
    }

    /// Watches this runtime's queue for as long as it is polled.
    pub async fn watch(&self) {
        self.queue.get_or_init(|| Handle::current().metrics());
        let Err(error) = self.wait_in_turn().await;
        self.sent.store(NEVER, Relaxed);
        self.waited.store(0, Relaxed);
        tracing::debug!(%error, "nobody looks any more how long requests wait");
    }

    /// Ends with the runtime.
    async fn wait_in_turn(&self) -> Result<Infallible, JoinError> {
        loop {
            let (runtime, sent) = (Handle::current(), Instant::now());
            self.sent.store(self.since_beginning(sent), Relaxed);
            // What a thread of the runtime spawns waits in its own queue; what another does, in the common one.
            let waiting = spawn_blocking(move || runtime.spawn(async move { sent.elapsed() })).await?;
            let waited = micros(waiting.await?);
            self.waited.store(waited, Relaxed);
            self.sent.store(NEVER, Relaxed);
            if waited <= self.bound {
                sleep(PAUSE).await;
            }
        }
    }

    fn waiting(&self) -> usize {
        self.queue.get().map_or(0, RuntimeMetrics::global_queue_depth)
    }

    fn since_beginning(&self, now: Instant) -> u64 {
        micros(now.saturating_duration_since(self.began))
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

    /// How many of so many requests that begin at once are refused.
    fn refused(lateness: &Lateness, requests: usize) -> usize {
        (0..requests).filter(|_| lateness.refuses(Instant::now())).count()
    }

    /// How many of 80 are refused while so many tasks wait for a runtime of one thread.
    fn refused_while_waiting(lateness: &Lateness, tasks: usize) -> usize {
        let runtime = Builder::new_multi_thread().worker_threads(1).build().unwrap();
        assert!(lateness.queue.set(runtime.handle().metrics()).is_ok());
        let (go, held) = mpsc::channel::<()>();
        runtime.spawn(async move { held.recv() });
        let waiting: Vec<_> = (0..tasks).map(|_| runtime.spawn(yield_now())).collect();
        let refused = refused(lateness, 80);
        drop(go);
        runtime.block_on(async {
            for task in waiting {
                task.await.unwrap();
            }
        });
        refused
    }

    /// Someone waited for so many times as long as anybody should.
    fn late(times: u64) -> Lateness {
        let lateness = Lateness::new(Duration::from_millis(100));
        lateness.waited.store(times * lateness.bound, Relaxed);
        lateness
    }

    #[test]
    fn the_longer_requests_wait_the_more_are_refused() {
        for (times, expected) in [(2, 40), (4, 60), (8, 70), (80, 79)] {
            assert_eq!(refused_while_waiting(&late(times), 4 * MANY), expected, "{times}");
        }
    }

    #[test]
    fn who_still_waits_counts_as_well() {
        let lateness = Lateness { sent: AtomicU64::new(0), ..Lateness::new(Duration::ZERO) };
        while lateness.since_beginning(Instant::now()) < 1000 {
            std::thread::yield_now();
        }
        assert_eq!(refused_while_waiting(&lateness, 4 * MANY), 79);
    }

    #[test]
    fn nobody_is_refused_when_nobody_waits_any_more() {
        let lateness = late(2);
        assert_eq!(refused_while_waiting(&lateness, 4 * MANY), 40);
        assert_eq!(refused(&lateness, 80), 0);
    }

    #[test]
    fn few_are_never_refused() {
        assert_eq!(refused_while_waiting(&late(8), MANY / 2), 0);
    }

    #[test]
    fn nobody_is_refused_while_all_is_in_time() {
        assert_eq!(refused_while_waiting(&late(1), 4 * MANY), 0);
    }

    #[test]
    fn it_is_found_out_how_long_a_task_waits() {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_time().build().unwrap();
        let lateness = std::sync::Arc::new(Lateness::new(Duration::ZERO));
        let watched = std::sync::Arc::clone(&lateness);
        runtime.spawn(async move { watched.watch().await });
        while lateness.waited.load(Relaxed) == 0 {
            std::thread::yield_now();
        }
    }
}
