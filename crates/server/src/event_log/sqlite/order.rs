//! Finds and repairs ties that an older version stored newest first, in a SQLite file.

use std::path::Path;

use group_dispatch_types::signing::TenantId;
use rusqlite::{Transaction, params};

use super::{
    SqliteLog, file,
    key_index::{self, KeyIndex},
    snapshot,
};
use crate::event_log::{
    feed_order::{ARRIVALS, OLDER_TENANTS, Scan, Swap, Tenant, TenantOrder},
    open_error::OpenError,
};

/// Since this schema version, `tenant.feed_order_seq` says how far older versions stored events.
const FEED_ORDER_VERSION: i32 = 3;
/// Since this schema version, `log.is_whole` says whether an event has expired.
const IS_WHOLE_VERSION: i32 = 2;

/// In a file of an older version, which stored all events.
const ALL_OLDER: &str = "SELECT number, id, last_seq FROM tenant, log";
/// The same guess as the migration's.
const GUESS_WHOLE: &str = "
    SELECT (SELECT ifnull(sum(events), 0) FROM tenant) = last_seq OR NOT EXISTS (SELECT 1 FROM saved WHERE is_whole)
    FROM log";

impl SqliteLog {
    /// Finds events that an older version stored newest first, in one snapshot. Changes nothing. Blocks the thread.
    ///
    /// # Errors
    /// If the file can't be read, is not a store, or was written by a newer version.
    pub fn inspect_order(path: &Path) -> Result<Vec<TenantOrder>, OpenError> {
        let mut connection = file::open_to_inspect(path)?;
        let snapshot = connection.transaction()?;
        let version: i32 = snapshot.pragma_query_value(None, "user_version", |row| row.get(0))?;
        if version == 0 {
            return Ok(Vec::new());
        }
        let found = scan(&snapshot, version, None, false)?;
        Ok(found.into_iter().map(|tenant| tenant.order).collect())
    }

    /// Repairs events that an older version stored newest first, in one transaction for each tenant, while nobody else
    /// can use the file. Blocks the thread.
    ///
    /// # Errors
    /// If the tenant does not exist, other processes use the file, or as for [`open`](Self::open).
    pub fn repair_order(path: &Path, only: Option<TenantId>) -> Result<Vec<TenantOrder>, OpenError> {
        let mut connection = file::open_exclusive(path)?;
        let found = scan(&connection.transaction()?, FEED_ORDER_VERSION, only, true)?;
        for tenant in found.iter().filter(|tenant| !tenant.order.is_beyond_repair()) {
            let change = connection.transaction()?;
            repair_tenant(&change, tenant)?;
            change.commit()?;
        }
        // Once for all tenants. Without this, the next append would write them.
        let change = connection.transaction()?;
        KeyIndex::default().catch_up(&change)?;
        change.commit()?;
        Ok(found.into_iter().map(|tenant| tenant.order).collect())
    }
}

fn scan(
    snapshot: &Transaction<'_>,
    version: i32,
    only: Option<TenantId>,
    collects_swaps: bool,
) -> Result<Vec<Tenant>, OpenError> {
    let has_all_events = if version < IS_WHOLE_VERSION {
        snapshot.query_row(GUESS_WHOLE, [], |row| row.get(0))?
    } else {
        snapshot::has_all_events(snapshot)?
    };
    let mut tenants = snapshot.prepare(if version < FEED_ORDER_VERSION { ALL_OLDER } else { OLDER_TENANTS })?;
    let mut scan = Scan::new(only, has_all_events, collects_swaps);
    let mut rows = tenants.query([])?;
    while let Some(row) = rows.next()? {
        scan.add_tenant(|column| row.get(column))?;
    }
    let mut arrivals = snapshot.prepare(ARRIVALS)?;
    let mut rows = arrivals.query([scan.last_seq()?])?;
    while let Some(row) = rows.next()? {
        scan.observe(|column| row.get(column))?;
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
        delete_mixed_segments(change, &tenant.swaps)?;
        change.execute("DELETE FROM segment_order", [])?;
        // Others know of some events where they were.
        change.execute("UPDATE log SET segments_version = segments_version + 1", [])?;
        // The snapshot follows from the order before. The next start reads all events instead.
        change.execute("DELETE FROM saved", [])?;
    }
    change.execute("UPDATE tenant SET feed_order_seq = 0 WHERE number = ?1", params![tenant.number])?;
    Ok(())
}

/// Deletes segments if an event was swapped into one from another: a segment has the keys of the events in its range.
fn delete_mixed_segments(change: &Transaction<'_>, swaps: &[Swap]) -> rusqlite::Result<()> {
    let mut segments = change.prepare("SELECT last_seq FROM segment ORDER BY number")?;
    let segments = segments.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<Vec<i64>>>()?;
    let segment_of = |seq: i64| segments.partition_point(|last_seq| *last_seq < seq);
    match swaps.iter().find(|swap| segment_of(swap.one) != segment_of(swap.other)) {
        Some(first) => key_index::delete_segments(change, first.one),
        None => Ok(()),
    }
}
