//! The lock that everybody holds who uses the log, and that a repair holds alone.
//!
//! It goes with its connection.

use tokio_postgres::Client;

use super::failure::Failure;

/// For those who use the log; several hold it at a time.
pub const SHARE: &str = "SELECT pg_try_advisory_lock_shared(hashtext('group_dispatch.open'))";
const EXCLUSIVE: &str = "SELECT pg_try_advisory_lock(hashtext('group_dispatch.open'))";

/// Returns false while the log is repaired.
pub async fn try_share(client: &Client) -> Result<bool, Failure> {
    Ok(client.query_one(SHARE, &[]).await?.try_get(0)?)
}

/// Returns false while somebody uses the log.
pub async fn try_exclusive(client: &Client) -> Result<bool, Failure> {
    Ok(client.query_one(EXCLUSIVE, &[]).await?.try_get(0)?)
}

/// Gives the locks of a connection back before PostgreSQL notices that it is closed.
pub async fn release(client: Client) {
    let _ = client.execute("SELECT pg_advisory_unlock_all()", &[]).await;
}
