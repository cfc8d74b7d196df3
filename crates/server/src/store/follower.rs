//! Follows what other processes append to the log.

use std::{
    sync::{Arc, Weak, atomic::Ordering},
    time::Duration,
};

use super::shared::Shared;
use crate::error::{StoreError, chain};

/// How long to wait before a log that failed is asked again.
const RETRY_DELAY: Duration = Duration::from_millis(200);

/// Learns what others append, for as long as the store is there.
pub async fn follow(store: Weak<Shared>) {
    while let Some(log) = store.upgrade().map(|shared| Arc::clone(&shared.log)) {
        let changed = log.changed().await;
        let Some(shared) = store.upgrade() else { return };
        let caught_up = match changed {
            Ok(()) => shared.catch_up().await.map(drop),
            failed => failed,
        };
        match caught_up {
            Ok(()) => {}
            Err(StoreError::Closed) => return,
            Err(error) => {
                shared.follow_failures.fetch_add(1, Ordering::Relaxed);
                tracing::warn!(error = chain(&error), "the log can't be followed for the moment");
                drop(shared);
                tokio::time::sleep(RETRY_DELAY).await;
            }
        }
    }
}
