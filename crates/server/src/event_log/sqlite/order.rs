//! Finds and repairs ties that an older version stored newest first, in a SQLite file.

use std::path::Path;

use group_dispatch_types::signing::TenantId;
use rusqlite::{Transaction, params};

use super::{file, key_index, snapshot};
use crate::{
    error::StoreError,
    event_log::{
        feed_order::{Arrival, OlderTenant, Scan, Swap, Tenant, TenantOrder},
        open_error::OpenError,
    },
};

/// Since this schema version, `tenant.feed_order_seq` says how far older versions stored events.
const FEED_ORDER_VERSION: i32 = 3;
/// Since this schema version, `log.is_whole` says whether an event has expired.
const IS_WHOLE_VERSION: i32 = 2;

const OLDER_TENANTS: &str = "SELECT number, id, feed_order_seq FROM tenant WHERE feed_order_seq > 0";
/// In a file of an older version, which stored all events.
const ALL_OLDER: &str = "SELECT number, id, last_seq FROM tenant, log WHERE last_seq > 0";
/// The same guess as the migration's.
const GUESS_WHOLE: &str = "
    SELECT (SELECT ifnull(sum(events), 0) FROM tenant) = last_seq OR NOT EXISTS (SELECT 1 FROM saved WHERE is_whole)
    FROM log";
const ARRIVALS: &str = "
    SELECT seq, tenant, at, source, user_id, whatsapp FROM status_event WHERE seq <= ?1 ORDER BY seq";

/// Reads one snapshot and changes nothing.
pub fn inspect(path: &Path) -> Result<Vec<TenantOrder>, OpenError> {
    let mut connection = file::open_to_inspect(path)?;
    let snapshot = connection.transaction()?;
    let version: i32 = snapshot.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if version == 0 {
        return Ok(Vec::new());
    }
    let found = scan(&snapshot, version, false)?;
    Ok(found.into_iter().map(|tenant| tenant.order).collect())
}

/// Repairs the tenants, one transaction each, while nobody else can use the file.
pub fn repair(path: &Path, only: Option<TenantId>) -> Result<Vec<TenantOrder>, OpenError> {
    let mut connection = file::open_exclusive(path)?;
    let snapshot = connection.transaction()?;
    if let Some(id) = only
        && !snapshot.prepare("SELECT 1 FROM tenant WHERE id = ?1")?.exists([id.get().cast_signed()])?
    {
        return Err(StoreError::UnknownTenant(id).into());
    }
    let mut found = scan(&snapshot, FEED_ORDER_VERSION, true)?;
    drop(snapshot);
    found.retain(|tenant| only.is_none_or(|id| id == tenant.order.tenant));
    for tenant in found.iter().filter(|tenant| !tenant.order.is_beyond_repair()) {
        let change = connection.transaction()?;
        repair_tenant(&change, tenant)?;
        change.commit()?;
    }
    Ok(found.into_iter().map(|tenant| tenant.order).collect())
}

fn scan(snapshot: &Transaction<'_>, version: i32, collects_swaps: bool) -> rusqlite::Result<Vec<Tenant>> {
    let has_all_events = if version < IS_WHOLE_VERSION {
        snapshot.query_row(GUESS_WHOLE, [], |row| row.get(0))?
    } else {
        snapshot::has_all_events(snapshot)?
    };
    let mut tenants = snapshot.prepare(if version < FEED_ORDER_VERSION { ALL_OLDER } else { OLDER_TENANTS })?;
    let tenants = tenants.query_map([], |row| {
        let id = TenantId::from(row.get::<_, i64>(1)?.cast_unsigned());
        Ok(OlderTenant { number: row.get(0)?, id, last_seq: row.get(2)? })
    })?;
    let mut scan = Scan::new(tenants.collect::<rusqlite::Result<Vec<_>>>()?, has_all_events, collects_swaps);
    let mut arrivals = snapshot.prepare(ARRIVALS)?;
    let mut rows = arrivals.query([scan.last_seq()])?;
    while let Some(row) = rows.next()? {
        scan.observe(&Arrival {
            seq: row.get(0)?,
            tenant: row.get(1)?,
            at: row.get(2)?,
            source: row.get(3)?,
            agent: row.get(4)?,
            account: row.get(5)?,
        });
    }
    Ok(scan.finish())
}

fn repair_tenant(change: &Transaction<'_>, tenant: &Tenant) -> rusqlite::Result<()> {
    if !tenant.swaps.is_empty() {
        let mut renumber = change.prepare("UPDATE status_event SET seq = ?2 WHERE seq = ?1")?;
        for Swap { one, other, .. } in &tenant.swaps {
            // No event has a negative number.
            for (from, to) in [(*one, -one), (*other, *one), (-one, *other)] {
                renumber.execute([from, to])?;
            }
        }
        rewrite_segments(change, &tenant.swaps)?;
        // The snapshot follows from the order before. The next start reads all events instead.
        change.execute("DELETE FROM saved", [])?;
    }
    change.execute("UPDATE tenant SET feed_order_seq = 0 WHERE number = ?1", params![tenant.number])?;
    Ok(())
}

/// Writes segments again if an event was swapped into one from another: a segment has the keys of the events in its
/// range.
fn rewrite_segments(change: &Transaction<'_>, swaps: &[Swap]) -> rusqlite::Result<()> {
    let mut segments = change.prepare("SELECT last_seq FROM segment ORDER BY number")?;
    let segments = segments.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<Vec<i64>>>()?;
    let segment_of = |seq: i64| segments.partition_point(|last_seq| *last_seq < seq);
    match swaps.iter().find(|swap| segment_of(swap.one) != segment_of(swap.other)) {
        Some(first) => key_index::rewrite_segments(change, first.one),
        None => Ok(()),
    }
}
