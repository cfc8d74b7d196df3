//! [`Coalesced`]: work that many ask for at once, and that one run does for all who have asked before it began.

use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::{Mutex, MutexGuard};

/// Runs one after the other. Whoever waits while another run begins and succeeds needs none of its own.
#[derive(Debug, Default)]
pub struct Coalesced {
    /// How many runs have begun.
    begun: AtomicU64,
    /// The number of the last run that succeeded.
    succeeded: Mutex<u64>,
}

impl Coalesced {
    /// Does the work, unless a run that began after this call has done it.
    ///
    /// # Errors
    /// If the work fails.
    pub async fn run<E>(&self, work: impl AsyncFnOnce() -> Result<(), E>) -> Result<(), E> {
        let earlier = self.begun.load(Ordering::SeqCst);
        let mut succeeded = self.succeeded.lock().await;
        if *succeeded > earlier {
            return Ok(());
        }
        let number = self.begun.fetch_add(1, Ordering::SeqCst) + 1;
        work().await?;
        *succeeded = number;
        Ok(())
    }

    /// Waits for the run that goes on, and lets no other begin while the guard is held.
    pub async fn pause(&self) -> MutexGuard<'_, u64> {
        self.succeeded.lock().await
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::{cell::Cell, convert::Infallible};

    use futures_util::future::join_all;
    use tokio::task::yield_now;

    use super::*;

    #[tokio::test]
    async fn one_run_serves_all_who_wait_for_it_and_nobody_who_comes_during_it() {
        let (coalesced, runs) = (Coalesced::default(), Cell::new(0));
        let run = || {
            coalesced.run(async || {
                runs.set(runs.get() + 1);
                yield_now().await;
                Ok::<_, Infallible>(())
            })
        };
        // The first begins at once; all others have asked when the second begins.
        join_all((0..100).map(|_| run())).await;
        assert_eq!(runs.get(), 2);
        run().await.unwrap();
        assert_eq!(runs.get(), 3);
    }

    #[tokio::test]
    async fn a_run_that_fails_serves_nobody() {
        let (coalesced, runs) = (Coalesced::default(), Cell::new(0));
        let run = || {
            coalesced.run(async || {
                runs.set(runs.get() + 1);
                yield_now().await;
                if runs.get() < 4 { Err(()) } else { Ok(()) }
            })
        };
        let outcomes = join_all((0..10).map(|_| run())).await;
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_err()).count(), 3);
        assert_eq!(runs.get(), 4);
    }
}
