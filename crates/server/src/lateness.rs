//! How long requests wait before the server comes to them. A connection with something to read is a task in the runtime's
//! common queue, once the threads' own queues are full; how many are taken from there in a while tells how long those wait
//! that come last.

use std::{
    sync::{
        OnceLock,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};

use tokio::{
    runtime::{Handle, RuntimeMetrics},
    time::{Instant, sleep},
};

/// How long requests are counted before it is worked out anew how many may wait.
const STRETCH: Duration = Duration::from_millis(10);
/// Fewer that wait don't make a server late: something else does, and to refuse them would be no help.
const MANY: usize = 256;
/// One of so many is answered all the same: those who were refused may come again at once, and keep the server late.
const ANSWERED: usize = 8;

/// Knows whether requests wait for longer than they should.
pub struct Lateness {
    bound: Duration,
    /// None before it is watched.
    queue: OnceLock<RuntimeMetrics>,
    /// Requests that began, up to now.
    begun: AtomicUsize,
    /// So many may wait. It is known once many did, for only then the server is always at work.
    room: AtomicUsize,
}

impl Lateness {
    pub fn new(bound: Duration) -> Self {
        Self { bound, queue: OnceLock::new(), begun: AtomicUsize::default(), room: AtomicUsize::new(usize::MAX) }
    }

    /// A request begins; says whether to refuse it, as those behind it wait too long.
    pub fn refuses(&self) -> bool {
        let others = self.begun.fetch_add(1, Relaxed);
        self.waiting() > self.room.load(Relaxed) && !others.is_multiple_of(ANSWERED)
    }

    /// Watches this runtime's queue for as long as it is polled.
    pub async fn watch(&self) {
        self.queue.get_or_init(|| Handle::current().metrics());
        loop {
            let (began, begun, waited) = (Instant::now(), self.begun.load(Relaxed), self.waiting());
            sleep(STRETCH).await;
            if waited >= MANY && self.waiting() >= MANY {
                let begun = self.begun.load(Relaxed).wrapping_sub(begun);
                self.room.store(room(self.bound, begun, began.elapsed()), Relaxed);
            }
        }
    }

    fn waiting(&self) -> usize {
        self.queue.get().map_or(0, RuntimeMetrics::global_queue_depth)
    }
}

/// How many may wait, so that the last of them waits for no longer than `bound`, where so many began in a time.
fn room(bound: Duration, begun: usize, took: Duration) -> usize {
    // A number that is too great for its type is as good as any such.
    let within_bound = begun as f64 * bound.as_secs_f64() / took.as_secs_f64();
    MANY.max(within_bound as usize)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::sync::{Arc, mpsc};

    use tokio::{runtime::Builder, task::yield_now};

    use super::*;

    #[test]
    fn as_many_may_wait_as_begin_within_the_bound() {
        let (second, tenth) = (Duration::from_secs(1), Duration::from_millis(100));
        assert_eq!(room(tenth, 20_000, second), 2_000);
        assert_eq!(room(tenth, 200, tenth / 10), 2_000);
        assert_eq!(room(tenth, 0, second), MANY, "a few always may");
        assert_eq!(room(Duration::from_nanos(1), 20_000, second), MANY);
        assert_eq!(room(Duration::MAX, 20_000, second), usize::MAX);
    }

    /// How many of so many requests that begin at once are refused.
    fn refused(lateness: &Lateness, requests: usize) -> usize {
        (0..requests).filter(|_| lateness.refuses()).count()
    }

    /// A runtime of one thread, on which so many tasks wait until they are let go.
    fn with_waiting(lateness: &Arc<Lateness>, tasks: usize, then: impl FnOnce()) {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_time().build().unwrap();
        let watching = Arc::clone(lateness);
        runtime.spawn(async move { watching.watch().await });
        let (go, held) = mpsc::channel::<()>();
        runtime.spawn(async move { held.recv() });
        let waiting: Vec<_> = (0..tasks).map(|_| runtime.spawn(yield_now())).collect();
        then();
        drop(go);
        runtime.block_on(async {
            for task in waiting {
                task.await.unwrap();
            }
        });
    }

    #[test]
    fn while_too_many_wait_most_requests_are_refused() {
        let lateness = Arc::new(Lateness::new(Duration::ZERO));
        lateness.room.store(MANY, Relaxed);
        with_waiting(&lateness, 2 * MANY, || {
            while lateness.waiting() <= MANY {
                std::thread::yield_now();
            }
            assert_eq!(refused(&lateness, 80), 70);
        });
        assert_eq!(refused(&lateness, 80), 0, "nobody waits any more");
    }

    #[test]
    fn while_few_wait_nobody_is_refused() {
        let lateness = Arc::new(Lateness::new(Duration::ZERO));
        lateness.room.store(MANY, Relaxed);
        with_waiting(&lateness, MANY, || assert_eq!(refused(&lateness, 80), 0));
    }
}
