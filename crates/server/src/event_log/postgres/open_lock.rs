//! The advisory lock that every process with the log open shares, and that a repair holds exclusively.
//!
//! A lock is released when its connection is closed.

use std::time::Duration;

use tokio_postgres::Client;

use super::{connection::within, session::Session};
use crate::error::StoreError;

/// PostgreSQL releases the locks of a closed connection by itself, only later.
const RELEASE_LIMIT: Duration = Duration::from_secs(2);

/// Takes the lock for a process that uses the log.
pub const SHARE: &str = "SELECT pg_try_advisory_lock_shared(hashtext('group_dispatch.open'))";
/// Takes the lock for a repair.
pub const EXCLUSIVE: &str = "SELECT pg_try_advisory_lock(hashtext('group_dispatch.open'))";

/// Returns false if another process has a lock that excludes this one.
pub async fn try_lock(client: &Client, lock: &str) -> Result<bool, StoreError> {
    Ok(client.query_one(lock, &[]).await?.try_get(0)?)
}

/// Releases the advisory locks of a connection immediately: PostgreSQL may notice only later that it is closed.
pub async fn release(session: Session) {
    let _ = within(RELEASE_LIMIT, session.execute("SELECT pg_advisory_unlock_all()", &[])).await;
}
