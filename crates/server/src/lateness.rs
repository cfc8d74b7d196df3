//! How long requests wait before the server comes to them. A connection with something to read is a task in the runtime's
//! common queue, once the threads' own queues are full. They can't be asked how long they wait; so now and then a task
//! that does nothing takes its place at the end of that queue.

use std::{
    convert::Infallible,
    sync::{
        OnceLock,
        atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed},
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
/// One of so many is answered all the same: those who were refused may come again at once, and keep the server late.
const ANSWERED: usize = 8;
/// No task is on its way.
const NEVER: u64 = u64::MAX;

/// Knows whether requests wait for longer than they should.
pub struct Lateness {
    bound: Duration,
    began: Instant,
    /// None before it is watched.
    queue: OnceLock<RuntimeMetrics>,
    /// In microseconds since `began`: from then on it is late, unless the task's turn comes before.
    late_from: AtomicU64,
    /// Requests that came while it was late.
    late: AtomicUsize,
}

impl Lateness {
    pub fn new(bound: Duration) -> Self {
        Self {
            bound,
            began: Instant::now(),
            queue: OnceLock::new(),
            late_from: AtomicU64::new(NEVER),
            late: AtomicUsize::default(),
        }
    }

    /// A request begins; says whether to refuse it, as those behind it wait too long.
    pub fn refuses(&self, now: Instant) -> bool {
        self.since_beginning(now) > self.late_from.load(Relaxed)
            && self.waiting() >= MANY
            && !self.late.fetch_add(1, Relaxed).is_multiple_of(ANSWERED)
    }

    /// Watches this runtime's queue for as long as it is polled.
    pub async fn watch(&self) {
        self.queue.get_or_init(|| Handle::current().metrics());
        let Err(error) = self.wait_in_turn().await;
        self.late_from.store(NEVER, Relaxed);
        tracing::debug!(%error, "nobody looks any more how long requests wait");
    }

    /// Ends with the runtime.
    async fn wait_in_turn(&self) -> Result<Infallible, JoinError> {
        loop {
            let (runtime, sent) = (Handle::current(), Instant::now());
            self.late_from.fetch_min(self.since_beginning(sent).saturating_add(micros(self.bound)), Relaxed);
            // What a thread of the runtime spawns waits in its own queue; what another does, in the common one.
            let waiting = spawn_blocking(move || runtime.spawn(async move { sent.elapsed() })).await?;
            if waiting.await? > self.bound {
                // Those behind it wait as long. The next one tells when that is over.
                self.late_from.store(0, Relaxed);
            } else {
                self.late_from.store(NEVER, Relaxed);
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
    u64::try_from(time.as_micros()).unwrap_or(NEVER)
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

    fn late() -> Lateness {
        let lateness = Lateness::new(Duration::ZERO);
        lateness.late_from.store(0, Relaxed);
        lateness
    }

    #[test]
    fn most_of_many_are_refused_while_it_is_late() {
        let lateness = late();
        assert_eq!(refused_while_waiting(&lateness, 4 * MANY), 70);
        assert_eq!(refused(&lateness, 80), 0, "nobody waits any more");
    }

    #[test]
    fn few_never_are() {
        assert_eq!(refused_while_waiting(&late(), MANY / 2), 0);
    }

    #[test]
    fn nobody_is_while_it_is_in_time() {
        assert_eq!(refused_while_waiting(&Lateness::new(Duration::MAX), 4 * MANY), 0);
    }

    #[test]
    fn it_is_late_while_the_task_waits_for_its_turn() {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_time().build().unwrap();
        let lateness = std::sync::Arc::new(Lateness::new(Duration::ZERO));
        let watched = std::sync::Arc::clone(&lateness);
        runtime.spawn(async move { watched.watch().await });
        while lateness.late_from.load(Relaxed) != 0 {
            std::thread::yield_now();
        }
    }
}
