//! The quarantine of the vendor's callbacks.

use deadpool_postgres::Transaction;
use group_dispatch_types::signing::TenantId;
use tokio_postgres::Row;

use super::{
    connection::{CHANGE_LIMIT, Connections, READ_LIMIT},
    mirrored::LOCK_TENANT,
    session::{Session, begin},
};
use crate::{
    error::StoreError,
    event_log::callback::{MAX_CALLBACK_BYTES, MAX_CALLBACKS, VendorCallback},
};

/// Keeps a callback, unless it is there, and deletes the oldest ones of the tenant beyond the limits. Returns how many there
/// are.
pub async fn keep(
    connections: &Connections,
    tenant: TenantId,
    VendorCallback { received, timestamp, body }: &VendorCallback,
) -> Result<u64, StoreError> {
    const INSERT: &str = "
        INSERT INTO callback (tenant, received, timestamp, body) SELECT $1, $2, $3, $4
        WHERE NOT EXISTS (SELECT FROM callback WHERE tenant = $1 AND timestamp = $3 AND body = $4)";
    const DELETE_OLDEST: &str = "
        DELETE FROM callback WHERE number IN (
            SELECT number FROM (
                SELECT number, row_number() OVER newer AS callbacks, sum(octet_length(body)) OVER newer AS bytes
                FROM callback WHERE tenant = $1 WINDOW newer AS (ORDER BY number DESC)
            ) AS callback WHERE callbacks > $2 OR bytes > $3
        )";
    let keep = async |session: &mut Session| {
        let change = begin(session).await?;
        let number = number_of(&change, tenant, LOCK_TENANT).await?;
        change.execute(INSERT, &[&number, received, timestamp, body]).await?;
        change.execute(DELETE_OLDEST, &[&number, &MAX_CALLBACKS, &MAX_CALLBACK_BYTES]).await?;
        let count = change.query_one("SELECT count(*) FROM callback WHERE tenant = $1", &[&number]).await?;
        let count: i64 = count.try_get(0)?;
        change.commit().await?;
        Ok(count.unsigned_abs())
    };
    connections.run(CHANGE_LIMIT, keep).await
}

/// Returns the callbacks of a tenant, oldest first.
pub async fn all(connections: &Connections, tenant: TenantId) -> Result<Vec<VendorCallback>, StoreError> {
    const ALL: &str = "SELECT received, timestamp, body FROM callback WHERE tenant = $1 ORDER BY number";
    let read = async |session: &mut Session| {
        let snapshot = begin(session).await?;
        let number = number_of(&snapshot, tenant, "SELECT number FROM tenant WHERE id = $1").await?;
        Ok(snapshot.query(ALL, &[&number]).await?)
    };
    let callback =
        |row: &Row| Ok(VendorCallback { received: row.try_get(0)?, timestamp: row.try_get(1)?, body: row.try_get(2)? });
    connections.run(READ_LIMIT, read).await?.iter().map(callback).collect()
}

/// Deletes the callbacks of a tenant. Returns how many there were.
pub async fn delete(connections: &Connections, tenant: TenantId) -> Result<u64, StoreError> {
    let delete = async |session: &mut Session| {
        let change = begin(session).await?;
        let number = number_of(&change, tenant, LOCK_TENANT).await?;
        let deleted = change.execute("DELETE FROM callback WHERE tenant = $1", &[&number]).await?;
        change.commit().await?;
        Ok(deleted)
    };
    connections.run(CHANGE_LIMIT, delete).await
}

/// Deletes the callbacks of all tenants that arrived before a time. Returns how many there were. A database that takes no writes
/// keeps them: the one that it follows deletes them.
pub async fn delete_expired(connections: &Connections, before: i64) -> Result<u64, StoreError> {
    let expire = async |session: &mut Session| {
        let change = begin(session).await?;
        // A database that takes no writes rejects a deletion of nothing as well.
        let exist = change.query_one("SELECT EXISTS (SELECT FROM callback WHERE received < $1)", &[&before]).await?;
        if !exist.try_get::<_, bool>(0)? {
            return Ok(0);
        }
        let deleted = change.execute("DELETE FROM callback WHERE received < $1", &[&before]).await?;
        change.commit().await?;
        Ok(deleted)
    };
    match connections.run(CHANGE_LIMIT, expire).await {
        Err(StoreError::ReadOnly) => Ok(0),
        deleted => deleted,
    }
}

/// Returns the number of a tenant, by a query that may also lock it.
pub async fn number_of(change: &Transaction<'_>, tenant: TenantId, query: &str) -> Result<i64, StoreError> {
    let number = change.query_opt(query, &[&tenant.get().cast_signed()]).await?;
    Ok(number.ok_or(StoreError::UnknownTenant(tenant))?.try_get(0)?)
}
