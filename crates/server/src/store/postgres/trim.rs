//! Clears away what is too old, step by step.

use std::collections::BTreeMap;

use deadpool_postgres::{Pool, Transaction};
use tokio_postgres::{Row, error::SqlState};
use uuid::Uuid;

use super::{
    failure::Failure,
    row::{EventRow, columns},
};
use crate::store::{event_key::event_key, log::Trimmed};

/// About so many events one step clears away.
const STEP: i64 = 10_000;
/// So many pages of a retired partition one step goes through: about as many events.
const PAGES: i64 = 200;

/// One process trims at a time; the others have nothing to do.
const LOCK: &str = "SELECT pg_try_advisory_xact_lock(hashtext('group_dispatch.trim'))";

/// Up to which transaction the saved state covers everything.
const COVERED: &str = "SELECT position FROM saved_state WHERE parts IS NOT NULL ORDER BY generation DESC LIMIT 1";

/// The partitions with what may be in them; the one for all else has no bounds.
const PARTITIONS: &str = "
    SELECT child.relname::text,
        (regexp_match(pg_get_expr(child.relpartbound, child.oid), 'FROM \\(''(-?\\d+)''\\)'))[1]::bigint,
        (regexp_match(pg_get_expr(child.relpartbound, child.oid), 'TO \\(''(-?\\d+)''\\)'))[1]::bigint
    FROM pg_inherits JOIN pg_class child ON child.oid = inhrelid
    WHERE inhparent = 'status_event'::regclass
    ORDER BY 2";

pub async fn trim(pool: &Pool, before: Option<i64>) -> Result<Trimmed, Failure> {
    let mut client = pool.get().await?;
    let change = client.transaction().await?;
    if !change.query_one(LOCK, &[]).await?.try_get::<_, bool>(0)? {
        return Ok(Trimmed::default());
    }
    let trimmed = match step(&change, before).await {
        // Somebody has the log locked, perhaps to copy it: there is time.
        Err(failure) if failure.has_code(&SqlState::LOCK_NOT_AVAILABLE) => {
            change.rollback().await?;
            return Ok(Trimmed::default());
        }
        outcome => outcome?,
    };
    change.commit().await?;
    Ok(trimmed)
}

/// Does the first thing there is to do.
async fn step(change: &Transaction<'_>, before: Option<i64>) -> Result<Trimmed, Failure> {
    if let Some(row) = change.query_opt("SELECT number FROM removed_tenant LIMIT 1", &[]).await? {
        return clear_tenant(change, row.try_get(0)?).await;
    }
    if let Some(row) = change.query_opt("SELECT name, page FROM retired_partition LIMIT 1", &[]).await? {
        return clear_retired(change, row.try_get(0)?, row.try_get(1)?).await;
    }
    let (Some(before), Some(covered)) = (before, change.query_opt(COVERED, &[]).await?) else {
        return Ok(Trimmed::default());
    };
    let covered: i64 = covered.try_get(0)?;
    for partition in change.query(PARTITIONS, &[]).await? {
        let name: String = partition.try_get(0)?;
        let (from, to): (Option<i64>, Option<i64>) = (partition.try_get(1)?, partition.try_get(2)?);
        if from.is_some_and(|from| from >= before) {
            continue;
        }
        if to.is_some_and(|to| to <= before) && retire(change, &name, covered).await? {
            return Ok(Trimmed { events: 0, more: true });
        }
        let trimmed = clear_old(change, &name, before, covered).await?;
        if trimmed.events > 0 {
            return Ok(trimmed);
        }
    }
    Ok(Trimmed::default())
}

/// What is left of a removed tenant: keys and events, partition by partition.
async fn clear_tenant(change: &Transaction<'_>, tenant: i64) -> Result<Trimmed, Failure> {
    const KEYS: &str = "
        DELETE FROM event_key WHERE (tenant, key) IN (SELECT tenant, key FROM event_key WHERE tenant = $1 LIMIT $2)";
    let keys = change.execute(KEYS, &[&tenant, &STEP]).await?;
    let mut events = 0;
    for partition in change.query(PARTITIONS, &[]).await? {
        let name: String = partition.try_get(0)?;
        let sql =
            format!("DELETE FROM {name} WHERE ctid = ANY(ARRAY(SELECT ctid FROM {name} WHERE tenant = $1 LIMIT $2))");
        events = change.execute(&sql, &[&tenant, &STEP]).await?;
        if events > 0 {
            break;
        }
    }
    let more = keys > 0 || events > 0;
    if !more {
        change.execute("DELETE FROM tally WHERE tenant = $1", &[&tenant]).await?;
        change.execute("DELETE FROM removed_tenant WHERE number = $1", &[&tenant]).await?;
    }
    // There may be another such tenant, or something old.
    Ok(Trimmed { events, more: true })
}

/// Takes a partition out of the log if all its events are covered.
async fn retire(change: &Transaction<'_>, name: &str, covered: i64) -> Result<bool, Failure> {
    if !is_covered(change, name, covered).await? {
        return Ok(false);
    }
    // From here on nobody can write to it, so that it is looked at again.
    change.batch_execute("SET LOCAL lock_timeout = '2s'; LOCK TABLE status_event IN ACCESS EXCLUSIVE MODE").await?;
    if !is_covered(change, name, covered).await? {
        return Ok(false);
    }
    change.batch_execute(&format!("ALTER TABLE status_event DETACH PARTITION {name}")).await?;
    change.execute("INSERT INTO retired_partition (name) VALUES ($1)", &[&name]).await?;
    Ok(true)
}

async fn is_covered(change: &Transaction<'_>, name: &str, covered: i64) -> Result<bool, Failure> {
    let latest = change.query_one(&format!("SELECT max(xact) FROM {name}"), &[]).await?;
    Ok(latest.try_get::<_, Option<i64>>(0)?.is_none_or(|latest| latest < covered))
}

/// Clears away the keys of some of the events in a retired partition, and at its end the partition.
async fn clear_retired(change: &Transaction<'_>, name: String, page: i64) -> Result<Trimmed, Failure> {
    let size = format!("SELECT pg_relation_size('{name}') / current_setting('block_size')::bigint");
    if page >= change.query_one(&size, &[]).await?.try_get(0)? {
        change.batch_execute(&format!("DROP TABLE {name}")).await?;
        change.execute("DELETE FROM retired_partition WHERE name = $1", &[&name]).await?;
        return Ok(Trimmed { events: 0, more: true });
    }
    let next = page + PAGES;
    let sql = format!("SELECT {} FROM {name} WHERE ctid >= '({page},0)'::tid AND ctid < '({next},0)'::tid", columns!());
    let events = forget(change, &change.query(&sql, &[]).await?).await?;
    change.execute("UPDATE retired_partition SET page = $2 WHERE name = $1", &[&name, &next]).await?;
    Ok(Trimmed { events, more: true })
}

/// Some of the old events of a partition that has others too.
async fn clear_old(change: &Transaction<'_>, name: &str, before: i64, covered: i64) -> Result<Trimmed, Failure> {
    let sql = format!(
        "DELETE FROM {name} WHERE ctid = ANY(ARRAY(
            SELECT ctid FROM {name} WHERE at < $1 AND xact < $2 LIMIT $3
        )) RETURNING {}",
        columns!()
    );
    let events = forget(change, &change.query(&sql, &[&before, &covered, &STEP]).await?).await?;
    Ok(Trimmed { events, more: true })
}

/// Clears away the keys of events, which are no more counted; says how many they are.
async fn forget(change: &Transaction<'_>, rows: &[Row]) -> Result<u64, Failure> {
    let mut keys: BTreeMap<i64, Vec<Uuid>> = BTreeMap::new();
    for row in rows {
        let read = EventRow::read(row)?;
        keys.entry(read.tenant.0).or_default().push(Uuid::from_bytes(event_key(&read.logged.event)));
    }
    const KEYS: &str = "DELETE FROM event_key USING unnest($2::uuid[]) AS old WHERE tenant = $1 AND key = old";
    // No append has the share -1.
    const COUNT: &str = "
        INSERT INTO tally (tenant, share, events) SELECT number, -1, -$2::bigint FROM tenant WHERE number = $1
        ON CONFLICT (tenant, share) DO UPDATE SET events = tally.events + excluded.events";
    for (tenant, keys) in &keys {
        let forgotten = change.execute(KEYS, &[tenant, keys]).await?;
        change.execute(COUNT, &[tenant, &i64::try_from(forgotten).unwrap_or(i64::MAX)]).await?;
    }
    Ok(u64::try_from(rows.len()).unwrap_or(u64::MAX))
}
