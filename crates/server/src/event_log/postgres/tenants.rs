//! The tenants of the log.

use deadpool_postgres::Transaction;
use group_dispatch_types::signing::{ApiKey, TenantId};
use tokio_postgres::{Row, types::ToSql};

use super::{
    connection::{CHANGE_LIMIT, Connections, READ_LIMIT},
    nul_escape::{from_column, to_column},
    retention::HAS_ALL_EVENTS,
    session::Session,
};
use crate::{
    error::StoreError,
    tenant::{LoggedTenant, Removal, TenantNumber, TenantSummary},
};

/// Counts a change. Every change locks this row, so that changes happen one after the other.
const COUNT_CHANGE: &str = "UPDATE tenant_version SET version = version + 1";

pub async fn all(snapshot: &Transaction<'_>) -> Result<Vec<LoggedTenant>, StoreError> {
    let rows = snapshot.query("SELECT number, id, api_key FROM tenant ORDER BY id", &[]).await?;
    let tenant = |row: &Row| {
        let (number, key) = (TenantNumber(row.try_get(0)?), ApiKey::new(from_column(row.try_get(2)?)));
        Ok(LoggedTenant { number, id: id(row.try_get(1)?), key })
    };
    rows.iter().map(tenant).collect()
}

/// Ids are unsigned; PostgreSQL stores the same bits as a signed number.
fn id(column: i64) -> TenantId {
    column.cast_unsigned().into()
}

/// Returns false if the tenant exists.
pub async fn add(connections: &Connections, tenant: TenantId, key: &ApiKey) -> Result<bool, StoreError> {
    change(connections, "INSERT INTO tenant (id, api_key) VALUES ($1, $2) ON CONFLICT DO NOTHING", tenant, key).await
}

/// Returns false if the tenant does not exist.
pub async fn replace_key(connections: &Connections, tenant: TenantId, key: &ApiKey) -> Result<bool, StoreError> {
    change(connections, "UPDATE tenant SET api_key = $2 WHERE id = $1", tenant, key).await
}

/// Returns false if there was nothing to change.
async fn change(connections: &Connections, sql: &str, tenant: TenantId, key: &ApiKey) -> Result<bool, StoreError> {
    connections
        .run(CHANGE_LIMIT, |mut session| async move {
            let transaction = session.transaction().await?;
            transaction.execute(COUNT_CHANGE, &[]).await?;
            let values: [&(dyn ToSql + Sync); 2] = [&tenant.get().cast_signed(), &to_column(key.expose())];
            let changed = transaction.execute(sql, &values).await? > 0;
            if changed {
                transaction.commit().await?;
            }
            Ok(changed)
        })
        .await
}

/// Removes a tenant. Its events are left to retention.
pub async fn remove(connections: &Connections, tenant: TenantId, with_events: bool) -> Result<Removal, StoreError> {
    connections.run(CHANGE_LIMIT, |mut session| async move { remove_in(&mut session, tenant, with_events).await }).await
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
    let rows = connections.run(READ_LIMIT, |session| async move { Ok(session.query(EVENTS, &[]).await?) }).await?;
    let summary = |row: &Row| {
        Ok(TenantSummary { id: id(row.try_get(0)?), events: row.try_get::<_, i64>(1)?.max(0).cast_unsigned() })
    };
    rows.iter().map(summary).collect()
}
