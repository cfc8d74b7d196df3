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
/// What counts of the pace of the stretches before, and nobody is refused after the first one: where the machine pauses for
/// a moment, the server is not slow.
const REMEMBERED: f64 = 0.9;
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
    /// So many may wait. It is known only while many do, for only then the server is always at work.
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
        let mut before = None;
        loop {
            let (began, begun, waited) = (Instant::now(), self.begun.load(Relaxed), self.waiting());
            sleep(STRETCH).await;
            if waited >= MANY && self.waiting() >= MANY {
                let begun = self.begun.load(Relaxed).wrapping_sub(begun);
                let mut pace = begun as f64 / began.elapsed().as_secs_f64();
                if let Some(before) = before {
                    pace = pace.max(REMEMBERED * before);
                    self.room.store(room(self.bound, pace), Relaxed);
                }
                before = Some(pace);
            } else {
                before = None;
                self.room.store(usize::MAX, Relaxed);
            }
        }
    }

    fn waiting(&self) -> usize {
        self.queue.get().map_or(0, RuntimeMetrics::global_queue_depth)
    }
}

/// How many may wait, so that the last of them waits for no longer than `bound`, where so many begin in a second.
fn room(bound: Duration, pace: f64) -> usize {
    // Where it is too great a number, the greatest will do.
    MANY.max((pace * bound.as_secs_f64()) as usize)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::sync::mpsc;

    use tokio::{runtime::Builder, task::yield_now};

    use super::*;

    #[test]
    fn as_many_may_wait_as_begin_within_the_bound() {
        let tenth = Duration::from_millis(100);
        assert_eq!(room(tenth, 20_000.0), 2_000);
        assert_eq!(room(tenth, 0.0), MANY, "a few always may");
        assert_eq!(room(Duration::from_nanos(1), 20_000.0), MANY);
        assert_eq!(room(Duration::MAX, 20_000.0), usize::MAX);
    }

    /// How many of so many requests that begin at once are refused.
    fn refused(lateness: &Lateness, requests: usize) -> usize {
        (0..requests).filter(|_| lateness.refuses()).count()
    }

    /// A runtime of one thread, on which so many tasks wait until they are let go; only so many may.
    fn with_waiting(lateness: &Lateness, tasks: usize, then: impl FnOnce()) {
        let runtime = Builder::new_multi_thread().worker_threads(1).build().unwrap();
        assert!(lateness.queue.set(runtime.handle().metrics()).is_ok());
        lateness.room.store(MANY, Relaxed);
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
        let lateness = Lateness::new(Duration::ZERO);
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
        let lateness = Lateness::new(Duration::ZERO);
        with_waiting(&lateness, MANY / 2, || assert_eq!(refused(&lateness, 80), 0));
    }
}
