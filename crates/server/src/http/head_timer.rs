//! The timer of hyper's `header_read_timeout`: how long a client may take for the head of a request.

use std::{
    future::Future,
    pin::{Pin, pin},
    sync::Arc,
    task::{Context, Poll, Waker},
    time::{Duration, Instant},
};

use hyper::rt::{Sleep, Timer};
use parking_lot::Mutex;
use tokio::{
    task::coop::unconstrained,
    time::{self, sleep_until},
};

use super::activity::{Activity, WaitsUntil};

/// A timer for one connection, for which all waits share one sleep.
///
/// hyper begins a new wait with each request; tokio's own timer would register and deregister each of them. Here the sleep
/// goes on when the next wait begins; if it ends too early for that wait, the rest is slept. It pays for the goals of the short
/// queries (0.80 of the limit): with `hyper_util::rt::TokioTimer` in its place, and slices written as they come
/// (`write_timeout.rs`), they got 0.82 to 0.87 instead of 0.87 to 0.92 (`cargo xtask bench --quick --only presence`, five runs).
///
/// A wait of hyper begins when the response before it is sent, and ends when the head of the next request has arrived: so it
/// is recorded as the connection's activity.
#[derive(Clone)]
pub struct HeadTimer(Arc<Shared>);

struct Shared {
    sleep: Mutex<SharedSleep>,
    activity: Arc<Activity>,
}

struct SharedSleep {
    sleep: Pin<Box<time::Sleep>>,
    /// The task that it wakes, once it was polled.
    waker: Option<Waker>,
}

impl HeadTimer {
    pub fn new(activity: Arc<Activity>) -> Self {
        let sleep = Box::pin(sleep_until(time::Instant::now()));
        Self(Arc::new(Shared { sleep: Mutex::new(SharedSleep { sleep, waker: None }), activity }))
    }
}

impl Timer for HeadTimer {
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Sleep>> {
        self.sleep_until(self.now() + duration)
    }

    fn sleep_until(&self, deadline: Instant) -> Pin<Box<dyn Sleep>> {
        let waits_until = WaitsUntil::from(deadline);
        self.0.activity.begin_wait(waits_until);
        Box::pin(SleepUntil { deadline: deadline.into(), waits_until, shared: Arc::clone(&self.0) })
    }

    fn now(&self) -> Instant {
        time::Instant::now().into()
    }
}

struct SleepUntil {
    deadline: time::Instant,
    waits_until: WaitsUntil,
    shared: Arc<Shared>,
}

impl Drop for SleepUntil {
    fn drop(&mut self) {
        self.shared.activity.end_wait(self.waits_until);
    }
}

impl Sleep for SleepUntil {}

impl Future for SleepUntil {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let SharedSleep { sleep, waker } = &mut *self.shared.sleep.lock();
        let is_registered = waker.as_ref().is_some_and(|waker| waker.will_wake(cx.waker()));
        if is_registered && !sleep.is_elapsed() && sleep.deadline() <= self.deadline {
            return Poll::Pending;
        }
        if sleep.deadline() != self.deadline {
            sleep.as_mut().reset(self.deadline);
        }
        *waker = Some(cx.waker().clone());
        // With tokio's cooperative budget, a task without budget would not register its waker.
        pin!(unconstrained(sleep.as_mut())).poll(cx)
    }
}

#[cfg(test)]
mod tests {
    use tokio::task::coop;

    use super::*;

    const A_SECOND: Duration = Duration::from_secs(1);

    /// How long something takes.
    async fn length(waiting: impl Future<Output = ()>) -> Duration {
        let began = time::Instant::now();
        waiting.await;
        began.elapsed()
    }

    #[tokio::test(start_paused = true)]
    async fn each_wait_has_its_own_length_whatever_was_waited_for_before() {
        let timer = HeadTimer::new(Arc::default());
        for seconds in [3, 1, 5] {
            let given_up = time::timeout(A_SECOND / 2, timer.sleep(A_SECOND * 2)).await;
            assert!(given_up.is_err());
            let waited = length(timer.sleep(A_SECOND * seconds)).await;
            assert!(waited >= A_SECOND * seconds && waited < A_SECOND * seconds + A_SECOND / 10, "{waited:?}");
        }
        assert!(length(timer.sleep(Duration::ZERO)).await < A_SECOND / 10);
    }

    #[tokio::test(start_paused = true)]
    async fn a_wait_that_begins_when_the_task_should_yield_wakes_it_all_the_same() {
        let timer = HeadTimer::new(Arc::default());
        let waited = length(async {
            while coop::has_budget_remaining() {
                coop::consume_budget().await;
            }
            assert!(time::timeout(A_SECOND * 9, timer.sleep(A_SECOND)).await.is_ok());
        });
        assert!(waited.await < A_SECOND + A_SECOND / 10);
    }

    #[tokio::test(start_paused = true)]
    async fn a_wait_that_goes_to_another_task_wakes_that_one() {
        let timer = HeadTimer::new(Arc::default());
        let mut waiting = timer.sleep(A_SECOND);
        assert!(time::timeout(A_SECOND / 2, &mut waiting).await.is_err());
        let waited = length(async { tokio::spawn(waiting).await.unwrap_or_default() }).await;
        assert!(waited >= A_SECOND / 2 && waited < A_SECOND, "{waited:?}");
    }
}
