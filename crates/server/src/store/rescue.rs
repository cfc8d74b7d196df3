//! Rescues the events when the file of the database is gone, by a copy of what is open.

use std::{
    sync::{Arc, Weak},
    time::Duration,
};

use super::shared::Shared;
use crate::error::{StoreError, chain};

/// How long to wait after a copy failed: its cause has to be removed by the operator.
const RETRY_DELAY: Duration = Duration::from_secs(30);

impl Shared {
    /// Writes the copy if the file is gone and there is none yet, and reports where it is. Waits for one that is being written.
    pub async fn rescue(self: &Arc<Self>) -> Result<(), StoreError> {
        let shared = Arc::clone(self);
        // A task of its own: once begun, it goes on to its report when the caller's task is aborted.
        let rescue = tokio::spawn(async move {
            let _guard = shared.rescuing.lock().await;
            if shared.rescued.get().is_none()
                && let Some(copy) = shared.log.rescue(shared.rescue_directory.as_deref()).await?
            {
                tracing::error!(copy = %copy.display(), "all events are in a copy of the database");
                // It is set once.
                let _ = shared.rescued.set(copy);
            }
            Ok(())
        });
        rescue.await?
    }
}

/// Writes the copy; tries again until that succeeds, or the store is closed or dropped.
pub async fn rescue(store: Weak<Shared>) {
    tracing::error!(
        "the database file is gone: it was removed, moved, replaced or overwritten; events are refused, queries are still \
         answered from memory, and a copy is being written"
    );
    while let Some(shared) = store.upgrade() {
        match shared.rescue().await {
            Ok(()) | Err(StoreError::Closed) => return,
            Err(error) => tracing::error!(
                error = chain(&error),
                "the copy of the database could not be written, so the server goes on: do not stop it before you have removed the \
                 cause, such as a full disk or a missing directory, or saved what there is, as operating.md says; it is tried \
                 again in {} seconds",
                RETRY_DELAY.as_secs()
            ),
        }
        drop(shared);
        tokio::time::sleep(RETRY_DELAY).await;
    }
}
