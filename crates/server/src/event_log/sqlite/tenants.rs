//! The tenants of the log, and their keys.

use group_dispatch_types::signing::{ApiKey, TenantId};
use rusqlite::{OptionalExtension as _, Result, Transaction, params};

use super::snapshot;
use crate::tenant::{
    KeyAccess, KeyAddition, KeyName, KeyRemoval, KeyReplacement, KeySummary, LoggedTenant, Removal, TenantKey,
    TenantNumber, TenantSummary,
};

const INSERT_KEY: &str = "INSERT INTO tenant_key (tenant, name, api_key, may_feed) VALUES (?1, ?2, ?3, ?4)";

pub fn all(snapshot: &Transaction<'_>) -> Result<Vec<LoggedTenant>> {
    let mut statement = snapshot
        .prepare_cached("SELECT number, id, (SELECT count(*) FROM strike WHERE strike.tenant = number) FROM tenant")?;
    let tenants = statement.query_map([], |row| {
        let number = row.get(0)?;
        let (keys, strikes) = (keys_of(snapshot, number)?, row.get::<_, i64>(2)?.cast_unsigned());
        Ok(LoggedTenant { number: TenantNumber(number), id: id(row.get(1)?), keys, strikes })
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
        .prepare_cached("INSERT INTO tenant (id) VALUES (?1) ON CONFLICT DO NOTHING")?
        .execute([tenant.get().cast_signed()])?;
    if added == 1 {
        let name = KeyName::first();
        change.execute(INSERT_KEY, params![change.last_insert_rowid(), name.as_str(), key.expose(), true])?;
    }
    Ok(added == 1)
}

/// Replaces the only key of a tenant.
pub fn replace_key(change: &Transaction<'_>, tenant: TenantId, key: &ApiKey) -> Result<KeyReplacement> {
    let Some(number) = number_of(change, tenant)? else { return Ok(KeyReplacement::UnknownTenant) };
    if keys_of(change, number)?.len() > 1 {
        return Ok(KeyReplacement::SeveralKeys);
    }
    change.execute("UPDATE tenant_key SET api_key = ?2 WHERE tenant = ?1", params![number, key.expose()])?;
    Ok(KeyReplacement::Replaced)
}

pub fn add_key(change: &Transaction<'_>, tenant: TenantId, key: &TenantKey) -> Result<KeyAddition> {
    let Some(number) = number_of(change, tenant)? else { return Ok(KeyAddition::UnknownTenant) };
    let outcome = KeyAddition::of(&keys_of(change, number)?, key);
    if outcome == KeyAddition::Added {
        let TenantKey { name, key, access } = key;
        change.execute(INSERT_KEY, params![number, name.as_str(), key.expose(), access.may_feed()])?;
    }
    Ok(outcome)
}

pub fn remove_key(change: &Transaction<'_>, tenant: TenantId, name: &KeyName) -> Result<KeyRemoval> {
    let Some(number) = number_of(change, tenant)? else { return Ok(KeyRemoval::UnknownTenant) };
    let outcome = KeyRemoval::of(&keys_of(change, number)?, name);
    if outcome == KeyRemoval::Removed {
        change.execute("DELETE FROM tenant_key WHERE tenant = ?1 AND name = ?2", params![number, name.as_str()])?;
    }
    Ok(outcome)
}

/// Returns `None` if the tenant does not exist.
pub fn keys(snapshot: &Transaction<'_>, tenant: TenantId) -> Result<Option<Vec<KeySummary>>> {
    let number = number_of(snapshot, tenant)?;
    let keys = number.map(|number| keys_of(snapshot, number)).transpose()?;
    Ok(keys.map(|keys| keys.into_iter().map(KeySummary::from).collect()))
}

fn number_of(snapshot: &Transaction<'_>, tenant: TenantId) -> Result<Option<i64>> {
    let mut statement = snapshot.prepare_cached("SELECT number FROM tenant WHERE id = ?1")?;
    statement.query_row([tenant.get().cast_signed()], |row| row.get(0)).optional()
}

fn keys_of(snapshot: &Transaction<'_>, number: i64) -> Result<Vec<TenantKey>> {
    const KEYS: &str = "SELECT name, api_key, may_feed FROM tenant_key WHERE tenant = ?1 ORDER BY name";
    let mut statement = snapshot.prepare_cached(KEYS)?;
    let keys = statement.query_map([number], |row| {
        let (name, key) = (KeyName::stored(row.get(0)?), ApiKey::new(row.get::<_, String>(1)?));
        Ok(TenantKey { name, key, access: KeyAccess::of(row.get(2)?) })
    })?;
    keys.collect()
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
