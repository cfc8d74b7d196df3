//! The tenants of the log, and their keys.

use std::collections::HashMap;

use deadpool_postgres::Transaction;
use group_dispatch_types::signing::{ApiKey, TenantId};
use tokio_postgres::Row;

use super::{
    connection::{CHANGE_LIMIT, Connections, READ_LIMIT},
    nul_escape::{from_column, to_column},
    retention::HAS_ALL_EVENTS,
    session::Session,
};
use crate::{
    error::StoreError,
    tenant::{
        KeyAccess, KeyAddition, KeyName, KeyRemoval, KeyReplacement, KeySummary, LoggedTenant, Removal, TenantKey,
        TenantNumber, TenantSummary,
    },
};

/// Counts a change. Every change locks this row, so that changes happen one after the other.
pub(super) const COUNT_CHANGE: &str = "UPDATE tenant_version SET version = version + 1";

const INSERT_KEY: &str = "INSERT INTO tenant_key (tenant, name, api_key, may_feed) VALUES ($1, $2, $3, $4)";

pub async fn all(snapshot: &Transaction<'_>) -> Result<Vec<LoggedTenant>, StoreError> {
    const KEYS: &str = "SELECT name, api_key, may_feed, tenant FROM tenant_key ORDER BY tenant, name COLLATE \"C\"";
    let mut keys = HashMap::<i64, Vec<TenantKey>>::new();
    for row in snapshot.query(KEYS, &[]).await? {
        keys.entry(row.try_get(3)?).or_default().push(key(&row)?);
    }
    const ALL: &str = "
        SELECT number, id, (SELECT count(*) FROM strike WHERE strike.tenant = number) FROM tenant ORDER BY id";
    let rows = snapshot.query(ALL, &[]).await?;
    let tenant = |row: &Row| {
        let number = row.try_get(0)?;
        let keys = keys.remove(&number).unwrap_or_default();
        let strikes = row.try_get::<_, i64>(2)?.cast_unsigned();
        Ok(LoggedTenant { number: TenantNumber(number), id: id(row.try_get(1)?), keys, strikes })
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
pub async fn add(connections: &Connections, tenant: TenantId, key: &ApiKey) -> Result<bool, StoreError> {
    change(connections, async |transaction| {
        transaction.execute(COUNT_CHANGE, &[]).await?;
        const INSERT: &str = "INSERT INTO tenant (id) VALUES ($1) ON CONFLICT DO NOTHING RETURNING number";
        let inserted = transaction.query_opt(INSERT, &[&tenant.get().cast_signed()]).await?;
        let Some(row) = inserted else { return Ok((false, false)) };
        let number: i64 = row.try_get(0)?;
        let name = KeyName::first();
        transaction.execute(INSERT_KEY, &[&number, &name.as_str(), &to_column(key.expose()), &true]).await?;
        Ok((true, true))
    })
    .await
}

/// Replaces the only key of a tenant.
pub async fn replace_key(
    connections: &Connections,
    tenant: TenantId,
    key: &ApiKey,
) -> Result<KeyReplacement, StoreError> {
    change(connections, async |transaction| {
        let Some((number, keys)) = keys_to_change(transaction, tenant).await? else {
            return Ok((false, KeyReplacement::UnknownTenant));
        };
        if keys.len() > 1 {
            return Ok((false, KeyReplacement::SeveralKeys));
        }
        const REPLACE: &str = "UPDATE tenant_key SET api_key = $2 WHERE tenant = $1";
        transaction.execute(REPLACE, &[&number, &to_column(key.expose())]).await?;
        Ok((true, KeyReplacement::Replaced))
    })
    .await
}

pub async fn add_key(connections: &Connections, tenant: TenantId, new: &TenantKey) -> Result<KeyAddition, StoreError> {
    change(connections, async |transaction| {
        let Some((number, keys)) = keys_to_change(transaction, tenant).await? else {
            return Ok((false, KeyAddition::UnknownTenant));
        };
        let outcome = KeyAddition::of(&keys, new);
        let is_added = outcome == KeyAddition::Added;
        if is_added {
            let TenantKey { name, key, access } = new;
            let key = to_column(key.expose());
            transaction.execute(INSERT_KEY, &[&number, &name.as_str(), &key, &access.may_feed()]).await?;
        }
        Ok((is_added, outcome))
    })
    .await
}

pub async fn remove_key(connections: &Connections, tenant: TenantId, name: &KeyName) -> Result<KeyRemoval, StoreError> {
    change(connections, async |transaction| {
        let Some((number, keys)) = keys_to_change(transaction, tenant).await? else {
            return Ok((false, KeyRemoval::UnknownTenant));
        };
        let outcome = KeyRemoval::of(&keys, name);
        let is_removed = outcome == KeyRemoval::Removed;
        if is_removed {
            const REMOVE: &str = "DELETE FROM tenant_key WHERE tenant = $1 AND name = $2";
            transaction.execute(REMOVE, &[&number, &name.as_str()]).await?;
        }
        Ok((is_removed, outcome))
    })
    .await
}

/// Returns `None` if the tenant does not exist.
pub async fn keys(connections: &Connections, tenant: TenantId) -> Result<Option<Vec<KeySummary>>, StoreError> {
    connections
        .run(READ_LIMIT, async |session| {
            let keys = keys_of(&session.transaction().await?, tenant).await?;
            Ok(keys.map(|(_, keys)| keys.into_iter().map(KeySummary::from).collect()))
        })
        .await
}

/// Runs a change in a transaction, which is committed if the change says so.
async fn change<T>(
    connections: &Connections,
    change: impl AsyncFnOnce(&Transaction<'_>) -> Result<(bool, T), StoreError>,
) -> Result<T, StoreError> {
    connections
        .run(CHANGE_LIMIT, async |session| {
            let transaction = session.transaction().await?;
            let (is_changed, outcome) = change(&transaction).await?;
            if is_changed {
                transaction.commit().await?;
            }
            Ok(outcome)
        })
        .await
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
pub async fn remove(connections: &Connections, tenant: TenantId, with_events: bool) -> Result<Removal, StoreError> {
    connections.run(CHANGE_LIMIT, async |session| remove_in(session, tenant, with_events).await).await
}

async fn remove_in(session: &mut Session, tenant: TenantId, with_events: bool) -> Result<Removal, StoreError> {
    let transaction = session.transaction().await?;
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

pub async fn summaries(connections: &Connections) -> Result<Vec<TenantSummary>, StoreError> {
    // Ids are unsigned.
    const EVENTS: &str = "
        SELECT id, coalesce(sum(events), 0)::bigint FROM tenant LEFT JOIN tally ON tenant = number
        GROUP BY id ORDER BY id < 0, id";
    let rows = connections.run(READ_LIMIT, async |session| Ok(session.query(EVENTS, &[]).await?)).await?;
    let summary = |row: &Row| {
        Ok(TenantSummary { id: id(row.try_get(0)?), events: row.try_get::<_, i64>(1)?.max(0).cast_unsigned() })
    };
    rows.iter().map(summary).collect()
}
