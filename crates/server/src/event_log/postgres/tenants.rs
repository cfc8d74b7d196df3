//! The tenants of the log, and their keys.

use std::collections::HashMap;

use deadpool_postgres::{Pool, Transaction};
use group_dispatch_types::signing::{ApiKey, TenantId};
use tokio_postgres::Row;

use super::{
    nul_escape::{from_column, to_column},
    retention::HAS_ALL_EVENTS,
};
use crate::{
    error::StoreError,
    tenant::{
        KeyAccess, KeyAddition, KeyName, KeyRemoval, KeyReplacement, KeySummary, LoggedTenant, Removal, TenantKey,
        TenantNumber, TenantSummary,
    },
};

/// Counts a change. Every change locks this row, so that changes happen one after the other.
const COUNT_CHANGE: &str = "UPDATE tenant_version SET version = version + 1";

const INSERT_KEY: &str = "INSERT INTO tenant_key (tenant, name, api_key, may_feed) VALUES ($1, $2, $3, $4)";

pub async fn all(snapshot: &Transaction<'_>) -> Result<Vec<LoggedTenant>, StoreError> {
    const KEYS: &str = "SELECT name, api_key, may_feed, tenant FROM tenant_key ORDER BY tenant, name COLLATE \"C\"";
    let mut keys = HashMap::<i64, Vec<TenantKey>>::new();
    for row in snapshot.query(KEYS, &[]).await? {
        keys.entry(row.try_get(3)?).or_default().push(key(&row)?);
    }
    let rows = snapshot.query("SELECT number, id FROM tenant ORDER BY id", &[]).await?;
    let tenant = |row: &Row| {
        let number = row.try_get(0)?;
        let keys = keys.remove(&number).unwrap_or_default();
        Ok(LoggedTenant { number: TenantNumber(number), id: id(row.try_get(1)?), keys })
    };
    rows.iter().map(tenant).collect()
}

/// Reads name, key and `may_feed`.
fn key(row: &Row) -> Result<TenantKey, StoreError> {
    let (name, key) = (KeyName::stored(row.try_get(0)?), ApiKey::new(from_column(row.try_get(1)?)));
    Ok(TenantKey { name, key, access: KeyAccess::of(row.try_get(2)?) })
}

/// Ids are unsigned; PostgreSQL stores the same bits as a signed number.
fn id(column: i64) -> TenantId {
    column.cast_unsigned().into()
}

/// Returns false if the tenant exists.
pub async fn add(pool: &Pool, tenant: TenantId, key: &ApiKey) -> Result<bool, StoreError> {
    let mut client = pool.get().await?;
    let transaction = client.transaction().await?;
    transaction.execute(COUNT_CHANGE, &[]).await?;
    const INSERT: &str = "INSERT INTO tenant (id) VALUES ($1) ON CONFLICT DO NOTHING RETURNING number";
    let Some(row) = transaction.query_opt(INSERT, &[&tenant.get().cast_signed()]).await? else { return Ok(false) };
    let number: i64 = row.try_get(0)?;
    let name = KeyName::first();
    transaction.execute(INSERT_KEY, &[&number, &name.as_str(), &to_column(key.expose()), &true]).await?;
    transaction.commit().await?;
    Ok(true)
}

/// Replaces the only key of a tenant.
pub async fn replace_key(pool: &Pool, tenant: TenantId, key: &ApiKey) -> Result<KeyReplacement, StoreError> {
    let mut client = pool.get().await?;
    let transaction = client.transaction().await?;
    let Some((number, keys)) = keys_to_change(&transaction, tenant).await? else {
        return Ok(KeyReplacement::UnknownTenant);
    };
    if keys.len() > 1 {
        return Ok(KeyReplacement::SeveralKeys);
    }
    const REPLACE: &str = "UPDATE tenant_key SET api_key = $2 WHERE tenant = $1";
    transaction.execute(REPLACE, &[&number, &to_column(key.expose())]).await?;
    transaction.commit().await?;
    Ok(KeyReplacement::Replaced)
}

pub async fn add_key(pool: &Pool, tenant: TenantId, key: &TenantKey) -> Result<KeyAddition, StoreError> {
    let mut client = pool.get().await?;
    let transaction = client.transaction().await?;
    let Some((number, keys)) = keys_to_change(&transaction, tenant).await? else {
        return Ok(KeyAddition::UnknownTenant);
    };
    let outcome = KeyAddition::of(&keys, key);
    if outcome == KeyAddition::Added {
        let TenantKey { name, key, access } = key;
        let key = to_column(key.expose());
        transaction.execute(INSERT_KEY, &[&number, &name.as_str(), &key, &access.may_feed()]).await?;
        transaction.commit().await?;
    }
    Ok(outcome)
}

pub async fn remove_key(pool: &Pool, tenant: TenantId, name: &KeyName) -> Result<KeyRemoval, StoreError> {
    let mut client = pool.get().await?;
    let transaction = client.transaction().await?;
    let Some((number, keys)) = keys_to_change(&transaction, tenant).await? else {
        return Ok(KeyRemoval::UnknownTenant);
    };
    let outcome = KeyRemoval::of(&keys, name);
    if outcome == KeyRemoval::Removed {
        const REMOVE: &str = "DELETE FROM tenant_key WHERE tenant = $1 AND name = $2";
        transaction.execute(REMOVE, &[&number, &name.as_str()]).await?;
        transaction.commit().await?;
    }
    Ok(outcome)
}

/// Returns `None` if the tenant does not exist.
pub async fn keys(pool: &Pool, tenant: TenantId) -> Result<Option<Vec<KeySummary>>, StoreError> {
    let mut client = pool.get().await?;
    let snapshot = client.transaction().await?;
    let keys = keys_of(&snapshot, tenant).await?;
    Ok(keys.map(|(_, keys)| keys.into_iter().map(KeySummary::from).collect()))
}

/// Returns the number of a tenant and its keys, which no other transaction changes until this one ends.
async fn keys_to_change(
    transaction: &Transaction<'_>,
    tenant: TenantId,
) -> Result<Option<(i64, Vec<TenantKey>)>, StoreError> {
    transaction.execute(COUNT_CHANGE, &[]).await?;
    keys_of(transaction, tenant).await
}

async fn keys_of(transaction: &Transaction<'_>, tenant: TenantId) -> Result<Option<(i64, Vec<TenantKey>)>, StoreError> {
    const NUMBER: &str = "SELECT number FROM tenant WHERE id = $1";
    let Some(row) = transaction.query_opt(NUMBER, &[&tenant.get().cast_signed()]).await? else { return Ok(None) };
    let number: i64 = row.try_get(0)?;
    const KEYS: &str = "SELECT name, api_key, may_feed FROM tenant_key WHERE tenant = $1 ORDER BY name COLLATE \"C\"";
    let rows = transaction.query(KEYS, &[&number]).await?;
    Ok(Some((number, rows.iter().map(key).collect::<Result<_, _>>()?)))
}

/// Removes a tenant. Its events are left to retention.
pub async fn remove(pool: &Pool, tenant: TenantId, with_events: bool) -> Result<Removal, StoreError> {
    let mut client = pool.get().await?;
    let transaction = client.transaction().await?;
    transaction.execute(COUNT_CHANGE, &[]).await?;
    let id = tenant.get().cast_signed();
    // The lock waits for running appends, and later appends wait for it.
    let Some(row) = transaction.query_opt("SELECT number FROM tenant WHERE id = $1 FOR UPDATE", &[&id]).await? else {
        return Ok(Removal::Unknown);
    };
    let number: i64 = row.try_get(0)?;
    const EVENTS: &str = "SELECT coalesce(sum(events), 0)::bigint FROM tally WHERE tenant = $1";
    let events = transaction.query_one(EVENTS, &[&number]).await?.try_get::<_, i64>(0)?.max(0).cast_unsigned();
    if events > 0 && !with_events {
        return Ok(Removal::Refused { events });
    }
    transaction.execute("DELETE FROM tenant WHERE number = $1", &[&number]).await?;
    transaction.execute("INSERT INTO removed_tenant (number) VALUES ($1)", &[&number]).await?;
    transaction.execute("UPDATE saved_part SET bytes = '' WHERE tenant = $1", &[&number]).await?;
    // A snapshot of an older version does not say whose its chunks are. Expired events are known from it alone.
    let forget = format!(
        "DELETE FROM saved_state WHERE ({HAS_ALL_EVENTS})
            AND generation IN (SELECT generation FROM saved_part WHERE tenant IS NULL)"
    );
    transaction.execute(&forget, &[]).await?;
    transaction.commit().await?;
    Ok(Removal::Removed { events })
}

pub async fn summaries(pool: &Pool) -> Result<Vec<TenantSummary>, StoreError> {
    // Ids are unsigned.
    const EVENTS: &str = "
        SELECT id, coalesce(sum(events), 0)::bigint FROM tenant LEFT JOIN tally ON tenant = number
        GROUP BY id ORDER BY id < 0, id";
    let rows = pool.get().await?.query(EVENTS, &[]).await?;
    let summary = |row: &Row| {
        Ok(TenantSummary { id: id(row.try_get(0)?), events: row.try_get::<_, i64>(1)?.max(0).cast_unsigned() })
    };
    rows.iter().map(summary).collect()
}
