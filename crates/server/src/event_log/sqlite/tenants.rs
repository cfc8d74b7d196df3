//! The tenants of the log.

use group_dispatch_types::signing::{ApiKey, TenantId};
use rusqlite::{OptionalExtension as _, Result, Transaction, params};

use super::snapshot;
use crate::tenant::{LoggedTenant, Removal, TenantNumber, TenantSummary};

pub fn all(snapshot: &Transaction<'_>) -> Result<Vec<LoggedTenant>> {
    let mut statement = snapshot.prepare_cached("SELECT number, id, api_key FROM tenant")?;
    let tenants = statement.query_map([], |row| {
        let (number, key) = (TenantNumber(row.get(0)?), ApiKey::new(row.get::<_, String>(2)?));
        Ok(LoggedTenant { number, id: id(row.get(1)?), key })
    })?;
    tenants.collect()
}

pub fn summaries(snapshot: &Transaction<'_>) -> Result<Vec<TenantSummary>> {
    // Ids are unsigned.
    let mut statement = snapshot.prepare_cached("SELECT id, events FROM tenant ORDER BY id < 0, id")?;
    let tenants = statement
        .query_map([], |row| Ok(TenantSummary { id: id(row.get(0)?), events: row.get::<_, i64>(1)?.unsigned_abs() }))?;
    tenants.collect()
}

/// Returns false if the tenant exists.
pub fn add(change: &Transaction<'_>, tenant: TenantId, key: &ApiKey) -> Result<bool> {
    let added = change
        .prepare_cached("INSERT INTO tenant (id, api_key) VALUES (?1, ?2) ON CONFLICT DO NOTHING")?
        .execute(params![tenant.get().cast_signed(), key.expose()])?;
    Ok(added == 1)
}

/// Returns false if the tenant does not exist.
pub fn replace_key(change: &Transaction<'_>, tenant: TenantId, key: &ApiKey) -> Result<bool> {
    let replaced = change
        .prepare_cached("UPDATE tenant SET api_key = ?2 WHERE id = ?1")?
        .execute(params![tenant.get().cast_signed(), key.expose()])?;
    Ok(replaced == 1)
}

/// Removes a tenant. Its events are left to retention.
pub fn remove(change: &Transaction<'_>, tenant: TenantId, with_events: bool) -> Result<Removal> {
    let found: Option<(i64, i64)> = change
        .prepare_cached("SELECT number, events FROM tenant WHERE id = ?1")?
        .query_row([tenant.get().cast_signed()], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((number, events)) = found else { return Ok(Removal::Unknown) };
    let events = events.unsigned_abs();
    if events > 0 && !with_events {
        return Ok(Removal::Refused { events });
    }
    change.execute("DELETE FROM tenant WHERE number = ?1", [number])?;
    snapshot::forget(change, number)?;
    if events > 0 {
        change.execute("INSERT INTO removed_tenant (number) VALUES (?1)", [number])?;
    }
    Ok(Removal::Removed { events })
}

/// Ids are unsigned; SQLite stores the same bits as a signed number.
fn id(column: i64) -> TenantId {
    TenantId::from(column.cast_unsigned())
}
