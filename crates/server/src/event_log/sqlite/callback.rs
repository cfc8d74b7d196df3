//! The quarantine of the vendor's callbacks.

use rusqlite::{Result, Transaction, params};

use crate::{
    event_log::callback::{MAX_CALLBACK_BYTES, MAX_CALLBACKS, VendorCallback},
    tenant::TenantNumber,
};

/// Keeps a callback, unless it is there, and deletes the oldest ones of the tenant beyond the limits. Returns how many there
/// are.
pub fn keep(
    change: &Transaction<'_>,
    TenantNumber(tenant): TenantNumber,
    VendorCallback { received, timestamp, body }: &VendorCallback,
) -> Result<u64> {
    const INSERT: &str = "
        INSERT INTO callback (tenant, received, timestamp, body) SELECT ?1, ?2, ?3, ?4
        WHERE NOT EXISTS (SELECT 1 FROM callback WHERE tenant = ?1 AND timestamp = ?3 AND body = ?4)";
    const DELETE_OLDEST: &str = "
        DELETE FROM callback WHERE number IN (
            SELECT number FROM (
                SELECT number, row_number() OVER newer AS callbacks, sum(length(body)) OVER newer AS bytes
                FROM callback WHERE tenant = ?1 WINDOW newer AS (ORDER BY number DESC)
            ) WHERE callbacks > ?2 OR bytes > ?3
        )";
    change.prepare_cached(INSERT)?.execute(params![tenant, received, timestamp, body])?;
    change.prepare_cached(DELETE_OLDEST)?.execute([tenant, MAX_CALLBACKS, MAX_CALLBACK_BYTES])?;
    let mut count = change.prepare_cached("SELECT count(*) FROM callback WHERE tenant = ?1")?;
    Ok(count.query_row([tenant], |row| row.get::<_, i64>(0))?.unsigned_abs())
}

/// Returns the callbacks of a tenant, oldest first.
pub fn all(snapshot: &Transaction<'_>, TenantNumber(tenant): TenantNumber) -> Result<Vec<VendorCallback>> {
    const ALL: &str = "SELECT received, timestamp, body FROM callback WHERE tenant = ?1 ORDER BY number";
    let mut statement = snapshot.prepare_cached(ALL)?;
    let callbacks = statement.query_map([tenant], |row| {
        Ok(VendorCallback { received: row.get(0)?, timestamp: row.get(1)?, body: row.get(2)? })
    })?;
    callbacks.collect()
}

/// Deletes the callbacks of a tenant. Returns how many there were.
pub fn delete(change: &Transaction<'_>, TenantNumber(tenant): TenantNumber) -> Result<usize> {
    change.execute("DELETE FROM callback WHERE tenant = ?1", [tenant])
}

/// Deletes the callbacks of all tenants that arrived before a time. Returns how many there were.
pub fn delete_expired(change: &Transaction<'_>, before: i64) -> Result<usize> {
    change.execute("DELETE FROM callback WHERE received < ?1", [before])
}
