//! Follows the log: applies what other processes append.

use std::{
    sync::{Arc, Weak, atomic::Ordering},
    time::Duration,
};

use super::{rescue, shared::Shared};
use crate::{
    error::{StoreError, chain},
    log_interval::LogInterval,
};

/// How long to wait before a log that failed is read again.
const RETRY_DELAY: Duration = Duration::from_millis(200);
/// How often a failure that goes on is logged.
const LOG_INTERVAL: Duration = Duration::from_secs(10);

/// Applies changes of the log until the store is closed or dropped.
pub async fn follow(store: Weak<Shared>) {
    let (mut is_behind, mut log_interval) = (false, LogInterval::new(LOG_INTERVAL));
    while let Some(log) = store.upgrade().map(|shared| Arc::clone(&shared.log)) {
        // A log reports each change once.
        let changed = if is_behind { Ok(()) } else { log.changed().await };
        let Some(shared) = store.upgrade() else { return };
        let outcome = match changed {
            Ok(()) => match shared.catch_up().await {
                Ok(()) => {
                    shared.hub.notify();
                    shared.recover_stale().await
                }
                Err(error) => Err(error),
            },
            failed => failed,
        };
        is_behind = outcome.is_err();
        let Err(error) = outcome else { continue };
        match error {
            StoreError::Closed => return,
            StoreError::FileGone => return rescue::rescue(Arc::downgrade(&shared)).await,
            _ => {}
        }
        shared.follow_failures.fetch_add(1, Ordering::Relaxed);
        if log_interval.is_due() {
            tracing::warn!(error = chain(&error), "following the log failed; it is retried");
        }
        drop(shared);
        tokio::time::sleep(RETRY_DELAY).await;
    }
}
