//! The quarantine of the vendor's callbacks.

use group_dispatch_types::signing::TenantId;
use tokio_postgres::Row;

use super::{
    connection::{CHANGE_LIMIT, Connections, READ_LIMIT},
    retention::begin,
    session::Session,
};
use crate::{
    error::StoreError,
    event_log::callback::{MAX_CALLBACK_BYTES, MAX_CALLBACKS, VendorCallback},
};

/// Keeps a callback, and deletes the oldest ones of the tenant beyond the limits.
pub async fn keep(
    connections: &Connections,
    tenant: TenantId,
    VendorCallback { received, timestamp, body }: &VendorCallback,
) -> Result<(), StoreError> {
    const INSERT: &str = "
        INSERT INTO callback (tenant, received, timestamp, body)
        SELECT number, $2, $3, $4 FROM tenant WHERE id = $1 RETURNING tenant";
    const DELETE_OLDEST: &str = "
        DELETE FROM callback WHERE number IN (
            SELECT number FROM (
                SELECT number, row_number() OVER newer AS callbacks, sum(octet_length(body)) OVER newer AS bytes
                FROM callback WHERE tenant = $1 WINDOW newer AS (ORDER BY number DESC)
            ) AS callback WHERE callbacks > $2 OR bytes > $3
        )";
    let id = tenant.get().cast_signed();
    let keep = async |session: &mut Session| {
        let change = begin(session).await?;
        let kept = change.query_opt(INSERT, &[&id, received, timestamp, body]).await?;
        let number: i64 = kept.ok_or(StoreError::UnknownTenant(tenant))?.try_get(0)?;
        change.execute(DELETE_OLDEST, &[&number, &MAX_CALLBACKS, &MAX_CALLBACK_BYTES]).await?;
        Ok(change.commit().await?)
    };
    connections.run(CHANGE_LIMIT, keep).await
}

/// Returns the callbacks of a tenant, oldest first.
pub async fn all(connections: &Connections, tenant: TenantId) -> Result<Vec<VendorCallback>, StoreError> {
    const ALL: &str = "
        SELECT received, timestamp, body FROM callback
        WHERE tenant = (SELECT number FROM tenant WHERE id = $1) ORDER BY number";
    let id = tenant.get().cast_signed();
    let rows = connections.run(READ_LIMIT, async |session| Ok(session.query(ALL, &[&id]).await?)).await?;
    let callback =
        |row: &Row| Ok(VendorCallback { received: row.try_get(0)?, timestamp: row.try_get(1)?, body: row.try_get(2)? });
    rows.iter().map(callback).collect()
}

/// Deletes the callbacks of a tenant. Returns how many there were.
pub async fn delete(connections: &Connections, tenant: TenantId) -> Result<u64, StoreError> {
    const DELETE: &str = "DELETE FROM callback WHERE tenant = (SELECT number FROM tenant WHERE id = $1)";
    let id = tenant.get().cast_signed();
    connections.run(CHANGE_LIMIT, async |session| Ok(session.execute(DELETE, &[&id]).await?)).await
}

/// Deletes the callbacks of all tenants that arrived before a time. Returns how many there were.
pub async fn delete_expired(connections: &Connections, before: i64) -> Result<u64, StoreError> {
    const DELETE: &str = "DELETE FROM callback WHERE received < $1";
    connections.run(CHANGE_LIMIT, async |session| Ok(session.execute(DELETE, &[&before]).await?)).await
}
