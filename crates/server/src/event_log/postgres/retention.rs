//! Deletes expired looks, gaps and events, and the events of removed tenants, in small steps.
//!
//! Each step is a transaction that does the first thing there is to do: delete events of a removed tenant, then names
//! of a detached partition, then expired looks and gaps, then detach a partition whose events have all expired, then delete
//! expired events of other partitions.

use deadpool_postgres::Transaction;
use tokio_postgres::{error::SqlState, types::ToSql};

use super::{
    connection::{CHANGE_LIMIT, Connections, READ_LIMIT, RETENTION_LIMIT},
    error::has_code,
    mirrored,
    session::{Session, begin},
    stream,
};
use crate::{error::StoreError, event_log::RetentionStep};

/// How many events a step deletes at most.
const STEP_EVENTS: i64 = 10_000;
/// How many pages of a partition a step reads: they have about as many events.
const STEP_PAGES: i64 = 200;

/// The planner can't know how few rows a step needs. On a slow disk a step takes longer than other transactions may.
const BY_INDEX: &str = "
    SET LOCAL statement_timeout TO '120s';
    SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off;
    SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off";

/// One process applies retention at a time; the others have nothing to do.
const TRY_LOCK: &str = "SELECT pg_try_advisory_xact_lock(hashtext('group_dispatch.trim'))";
pub(super) const LOCK: &str = "SELECT pg_advisory_xact_lock(hashtext('group_dispatch.trim'))";

/// Whether no event has ever expired. Deleted ones are counted with the share -1; those of a detached partition are
/// counted later.
pub const HAS_ALL_EVENTS: &str = "
    SELECT NOT EXISTS (SELECT FROM tally WHERE share = -1) AND NOT EXISTS (SELECT FROM retired_partition)";

/// The transaction before which the snapshot covers everything.
const COVERED: &str = "SELECT position FROM saved_state WHERE parts IS NOT NULL ORDER BY generation DESC LIMIT 1";

/// The partitions that may have events before a time, and whether they have no others. The default partition has no
/// bounds.
const PARTITIONS: &str = "
    SELECT name, coalesce(bounds[2] <= $1, false)
    FROM (
        SELECT relname::text AS name, regexp_match(
            pg_get_expr(relpartbound, oid), 'FROM \\(''(-?\\d+)''\\) TO \\(''(-?\\d+)''\\)'
        )::bigint[] AS bounds
        FROM pg_inherits JOIN pg_class ON oid = inhrelid
        WHERE inhparent = 'status_event'::regclass
    ) AS partition
    WHERE bounds IS NULL OR bounds[1] < $1
    ORDER BY bounds[1]";

/// Takes one step.
pub async fn apply(connections: &Connections, before: Option<i64>) -> Result<RetentionStep, StoreError> {
    connections.run(RETENTION_LIMIT, async |session| apply_in(session, before).await).await
}

async fn apply_in(session: &mut Session, before: Option<i64>) -> Result<RetentionStep, StoreError> {
    let change = begin(session).await?;
    if !change.query_one(TRY_LOCK, &[]).await?.try_get::<_, bool>(0)? {
        return Ok(RetentionStep::default());
    }
    change.batch_execute(BY_INDEX).await?;
    match step(&change, before).await {
        Ok(events) => {
            change.commit().await?;
            Ok(RetentionStep { events: events.unwrap_or(0), more: events.is_some() })
        }
        // Somebody has locked the log, perhaps for a dump. The next hour is early enough.
        Err(error) if has_code(&error, &SqlState::LOCK_NOT_AVAILABLE) => Ok(RetentionStep::default()),
        Err(error) => Err(error),
    }
}

pub async fn has_all_events(connections: &Connections) -> Result<bool, StoreError> {
    connections.run(READ_LIMIT, async |session| Ok(session.query_one(HAS_ALL_EVENTS, &[]).await?.try_get(0)?)).await
}

/// Deletes a snapshot, unless expired events are known from it alone.
pub async fn discard_snapshot(connections: &Connections, generation: i64) -> Result<(), StoreError> {
    connections
        .run(CHANGE_LIMIT, async |session| {
            let change = begin(session).await?;
            change.execute(LOCK, &[]).await?;
            if change.query_one(HAS_ALL_EVENTS, &[]).await?.try_get(0)? {
                change.execute("DELETE FROM saved_state WHERE generation = $1", &[&generation]).await?;
            }
            Ok(change.commit().await?)
        })
        .await
}

/// Returns how many events were deleted; `None` if there was nothing to do.
async fn step(change: &Transaction<'_>, before: Option<i64>) -> Result<Option<u64>, StoreError> {
    if let Some(row) = change.query_opt("SELECT number, partition, page FROM removed_tenant LIMIT 1", &[]).await? {
        return delete_tenant(change, row.try_get(0)?, row.try_get(1)?, row.try_get(2)?).await.map(Some);
    }
    if let Some(row) = change.query_opt("SELECT name, page FROM retired_partition LIMIT 1", &[]).await? {
        return delete_detached(change, row.try_get(0)?, row.try_get(1)?).await.map(Some);
    }
    let Some(before) = before else { return Ok(None) };
    delete_mirrored(change, before).await?;
    let Some(covered) = change.query_opt(COVERED, &[]).await? else { return Ok(None) };
    let covered: i64 = covered.try_get(0)?;
    for partition in change.query(PARTITIONS, &[&before]).await? {
        let (name, is_expired): (String, bool) = (partition.try_get(0)?, partition.try_get(1)?);
        if is_expired && detach(change, &name, covered).await? {
            return Ok(Some(0));
        }
        let events = delete_expired(change, &name, before, covered).await?;
        if events > 0 {
            return Ok(Some(events));
        }
    }
    Ok(None)
}

/// Deletes the looks and gaps that end before a time, and the steps of the log that were made before it. The latest look of a source stays: it says since when nobody looked.
async fn delete_mirrored(change: &Transaction<'_>, before: i64) -> Result<(), StoreError> {
    change.execute("DELETE FROM gap WHERE to_at < $1", &[&before]).await?;
    change.execute(stream::DELETE_EXPIRED, &[&before]).await?;
    const LOOKS: &str = "
        DELETE FROM look WHERE last < $1 AND number < (
            SELECT max(number) FROM look AS other WHERE other.tenant = look.tenant AND other.source = look.source
        )";
    if change.execute(LOOKS, &[&before]).await? > 0 {
        change.execute(mirrored::COUNT_LOOK, &[]).await?;
    }
    Ok(())
}

/// Deletes some names or events of a removed tenant, page by page, and at the end the tenant. It has reached a page of a
/// partition.
async fn delete_tenant(change: &Transaction<'_>, tenant: i64, partition: u32, page: i64) -> Result<u64, StoreError> {
    const NAMES: &str = "
        DELETE FROM named_event WHERE ctid = ANY(ARRAY(SELECT ctid FROM named_event WHERE tenant = $1 LIMIT $2))";
    const NEXT: &str = "
        SELECT oid, relname::text, CASE WHEN oid = $1 THEN $2::bigint ELSE 0 END
        FROM pg_inherits JOIN pg_class ON oid = inhrelid
        WHERE inhparent = 'status_event'::regclass AND (oid > $1
            OR oid = $1 AND $2 < pg_relation_size(oid) / current_setting('block_size')::bigint)
        ORDER BY oid LIMIT 1";
    const REACHED: &str = "UPDATE removed_tenant SET partition = $2, page = $3 WHERE number = $1";
    if change.execute(NAMES, &[&tenant, &STEP_EVENTS]).await? > 0 {
        return Ok(0);
    }
    let Some(next) = change.query_opt(NEXT, &[&partition, &page]).await? else {
        change.execute("DELETE FROM tally WHERE tenant = $1", &[&tenant]).await?;
        change.execute("DELETE FROM removed_tenant WHERE number = $1", &[&tenant]).await?;
        return Ok(0);
    };
    let (partition, name, page): (u32, String, i64) = (next.try_get(0)?, next.try_get(1)?, next.try_get(2)?);
    let sql = format!("DELETE FROM {name} WHERE {} AND tenant = $1", pages_from(page));
    let events = change.execute(&sql, &[&tenant]).await?;
    change.execute(REACHED, &[&tenant, &partition, &(page + STEP_PAGES)]).await?;
    Ok(events)
}

/// Returns a condition that selects the rows of some pages.
fn pages_from(page: i64) -> String {
    format!("ctid >= '({page},0)'::tid AND ctid < '({},0)'::tid", page + STEP_PAGES)
}

/// Detaches a partition from the log if the snapshot covers all its events.
async fn detach(change: &Transaction<'_>, name: &str, covered: i64) -> Result<bool, StoreError> {
    if !is_covered(change, name, covered).await? {
        return Ok(false);
    }
    // It may have got an event before the lock.
    change.batch_execute("SET LOCAL lock_timeout = '2s'; LOCK TABLE status_event IN ACCESS EXCLUSIVE MODE").await?;
    if !is_covered(change, name, covered).await? {
        return Ok(false);
    }
    change.batch_execute(&format!("ALTER TABLE status_event DETACH PARTITION {name}")).await?;
    change.execute("INSERT INTO retired_partition (name) VALUES ($1)", &[&name]).await?;
    Ok(true)
}

async fn is_covered(change: &Transaction<'_>, name: &str, covered: i64) -> Result<bool, StoreError> {
    let latest = change.query_one(&format!("SELECT max(xact) FROM {name}"), &[]).await?;
    Ok(latest.try_get::<_, Option<i64>>(0)?.is_none_or(|latest| latest < covered))
}

/// Deletes the names of some events of a detached partition, and at the end the partition.
async fn delete_detached(change: &Transaction<'_>, name: String, page: i64) -> Result<u64, StoreError> {
    let size = format!("SELECT pg_relation_size('{name}') / current_setting('block_size')::bigint");
    if page >= change.query_one(&size, &[]).await?.try_get::<_, i64>(0)? {
        change.batch_execute(&format!("DROP TABLE {name}")).await?;
        change.execute("DELETE FROM retired_partition WHERE name = $1", &[&name]).await?;
        return Ok(0);
    }
    let expired = format!("SELECT {EXPIRED} FROM {name} WHERE {}", pages_from(page));
    let events = delete_names_and_counts(change, &expired, &[]).await?;
    change.execute("UPDATE retired_partition SET page = $2 WHERE name = $1", &[&name, &(page + STEP_PAGES)]).await?;
    Ok(events)
}

/// Deletes some expired events of a partition that has others as well.
async fn delete_expired(change: &Transaction<'_>, name: &str, before: i64, covered: i64) -> Result<u64, StoreError> {
    let expired = format!(
        "DELETE FROM {name} WHERE ctid = ANY(ARRAY(
            SELECT ctid FROM {name} WHERE at < $1 AND xact < $2 ORDER BY at LIMIT $3
        )) RETURNING {EXPIRED}"
    );
    delete_names_and_counts(change, &expired, &[&before, &covered, &STEP_EVENTS]).await
}

/// The columns of an expired event that [`delete_names_and_counts`] needs.
const EXPIRED: &str = "tenant, key, event_id IS NOT NULL AS is_named";

/// Deletes the names of the events that the query `expired` returns, and subtracts the events from the counts. Returns
/// how many they are.
async fn delete_names_and_counts(
    change: &Transaction<'_>,
    expired: &str,
    values: &[&(dyn ToSql + Sync)],
) -> Result<u64, StoreError> {
    // Appends count in the shares from 0 on.
    let sql = format!(
        "WITH expired AS ({expired}),
        names AS (
            DELETE FROM named_event USING expired
            WHERE is_named AND named_event.tenant = expired.tenant AND named_event.key = expired.key
        ),
        counted AS (
            INSERT INTO tally (tenant, share, events)
            SELECT number, -1, -count(*) FROM expired JOIN tenant ON number = tenant GROUP BY number
            ON CONFLICT (tenant, share) DO UPDATE SET events = tally.events + excluded.events
        )
        SELECT count(*) FROM expired"
    );
    let events: i64 = change.query_one(&sql, values).await?.try_get(0)?;
    Ok(events.cast_unsigned())
}
