//! Snapshots of the presence index: one that is complete, and at most one draft.

use std::ops::Range;

use rusqlite::{OptionalExtension as _, Result, Transaction, params};

use crate::event_log::{ReadCursor, Snapshot, SnapshotChunk, SnapshotDraft};

/// Returns the latest complete snapshot.
pub fn latest(snapshot: &Transaction<'_>) -> Result<Option<Snapshot>> {
    snapshot
        .prepare_cached(
            "SELECT generation, parts, last_seq FROM saved WHERE is_whole ORDER BY generation DESC LIMIT 1",
        )?
        .query_row([], |row| {
            let cursor = ReadCursor { events: row.get::<_, i64>(2)?.cast_unsigned(), ..ReadCursor::default() };
            Ok(Snapshot { generation: row.get(0)?, chunks: row.get(1)?, cursor })
        })
        .optional()
}

/// Returns chunks of a snapshot; fewer if it was deleted.
pub fn chunks(snapshot: &Transaction<'_>, generation: i64, places: Range<u32>) -> Result<Vec<Vec<u8>>> {
    snapshot
        .prepare_cached(
            "SELECT bytes FROM saved_part WHERE generation = ?1 AND place >= ?2 AND place < ?3 ORDER BY place",
        )?
        .query_map(params![generation, places.start, places.end], |row| row.get(0))?
        .collect()
}

/// Returns whether no event has ever expired.
pub fn has_all_events(snapshot: &Transaction<'_>) -> Result<bool> {
    snapshot.query_row("SELECT is_whole FROM log", [], |row| row.get(0))
}

/// Deletes a snapshot, unless expired events are known from it alone.
pub fn discard(change: &Transaction<'_>, generation: i64) -> Result<()> {
    if has_all_events(change)? {
        change.execute("DELETE FROM saved WHERE generation = ?1", [generation])?;
    }
    Ok(())
}

/// Begins a draft. Returns `None` if a snapshot covers more: the events that it covers may have expired. Or if the list of
/// tenants has changed: an event may have been struck.
pub fn begin(change: &Transaction<'_>, cursor: ReadCursor) -> Result<Option<SnapshotDraft>> {
    if latest(change)?.is_some_and(|latest| latest.cursor.events > cursor.events) {
        return Ok(None);
    }
    let version: i64 = change.query_row("SELECT tenants_version FROM log", [], |row| row.get(0))?;
    if ![0, version].contains(&cursor.tenants.cast_signed()) {
        return Ok(None);
    }
    change.execute("DELETE FROM saved WHERE NOT is_whole", [])?;
    change.execute("INSERT INTO saved (last_seq) VALUES (?1)", [cursor.events.cast_signed()])?;
    Ok(Some(SnapshotDraft { generation: change.last_insert_rowid(), chunks: 0 }))
}

/// Adds chunks to a draft.
pub fn add_chunks(change: &Transaction<'_>, generation: i64, first: u32, chunks: &[SnapshotChunk]) -> Result<()> {
    let mut insert = change.prepare_cached(
        "INSERT INTO saved_part (generation, place, tenant, bytes)
         VALUES (?1, ?2, ?3, CASE WHEN EXISTS (SELECT 1 FROM tenant WHERE number = ?3) THEN ?4 ELSE x'' END)",
    )?;
    for (SnapshotChunk { tenant, bytes }, place) in chunks.iter().zip(first..) {
        insert.execute(params![generation, place, tenant.0, bytes])?;
    }
    Ok(())
}

/// Empties the chunks of a tenant. A snapshot of an older version does not say whose its chunks are: it is deleted, unless
/// expired events are known from it alone.
pub fn forget(change: &Transaction<'_>, tenant: i64) -> Result<()> {
    change.execute("UPDATE saved_part SET bytes = x'' WHERE tenant = ?1", [tenant])?;
    change.execute(
        "DELETE FROM saved WHERE (SELECT is_whole FROM log)
            AND generation IN (SELECT generation FROM saved_part WHERE tenant IS NULL)",
        [],
    )?;
    Ok(())
}

/// Makes a draft the latest snapshot. Those before it count as unfinished, and [`delete_replaced`] deletes them. Returns false
/// if another draft has replaced it.
pub fn finish(change: &Transaction<'_>, draft: &SnapshotDraft) -> Result<bool> {
    let is_finished = change.execute(
        "UPDATE saved SET is_whole = 1, parts = ?2 WHERE generation = ?1",
        params![draft.generation, draft.chunks],
    )? == 1;
    if is_finished {
        change.execute("UPDATE saved SET is_whole = 0 WHERE generation < ?1", [draft.generation])?;
    }
    Ok(is_finished)
}

/// Deletes some chunks of the snapshots before one. Returns false if none are left. All of them at once would stop appends for
/// seconds, because what is deleted is overwritten.
pub fn delete_replaced(change: &Transaction<'_>, generation: i64) -> Result<bool> {
    const STEP: &str = "
        DELETE FROM saved_part WHERE rowid IN (SELECT rowid FROM saved_part WHERE generation < ?1 LIMIT 8)";
    let are_left = change.prepare_cached(STEP)?.execute([generation])? > 0;
    if !are_left {
        change.execute("DELETE FROM saved WHERE generation < ?1", [generation])?;
    }
    Ok(are_left)
}
