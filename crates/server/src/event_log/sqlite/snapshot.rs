use std::ops::Range;

use rusqlite::{OptionalExtension as _, Result, Transaction, params};

use crate::event_log::{ReadCursor, Snapshot, SnapshotDraft};

pub fn last(snapshot: &Transaction<'_>) -> Result<Option<Snapshot>> {
    snapshot
        .prepare_cached(
            "SELECT generation, parts, last_seq FROM saved WHERE is_whole ORDER BY generation DESC LIMIT 1",
        )?
        .query_row([], |row| {
            let position = ReadCursor { events: row.get::<_, i64>(2)?.cast_unsigned(), tenants: 0 };
            Ok(Snapshot { generation: row.get(0)?, chunks: row.get(1)?, position })
        })
        .optional()
}

pub fn parts(snapshot: &Transaction<'_>, generation: i64, places: Range<u32>) -> Result<Vec<Vec<u8>>> {
    snapshot
        .prepare_cached(
            "SELECT bytes FROM saved_part WHERE generation = ?1 AND place >= ?2 AND place < ?3 ORDER BY place",
        )?
        .query_map(params![generation, places.start, places.end], |row| row.get(0))?
        .collect()
}

/// Whether no event was ever too old.
pub fn has_all_events(snapshot: &Transaction<'_>) -> Result<bool> {
    snapshot.query_row("SELECT is_whole FROM log", [], |row| row.get(0))
}

/// Clears away a saved state, unless it is needed.
pub fn forget(change: &Transaction<'_>, generation: i64) -> Result<()> {
    if has_all_events(change)? {
        change.execute("DELETE FROM saved WHERE generation = ?1", [generation])?;
    }
    Ok(())
}

/// None where a state is saved already that covers more: what it covers may have been cleared away.
pub fn begin(change: &Transaction<'_>, position: ReadCursor) -> Result<Option<SnapshotDraft>> {
    if last(change)?.is_some_and(|saved| saved.position.events > position.events) {
        return Ok(None);
    }
    change.execute("DELETE FROM saved WHERE NOT is_whole", [])?;
    change.execute("INSERT INTO saved (last_seq) VALUES (?1)", [position.events.cast_signed()])?;
    Ok(Some(SnapshotDraft { generation: change.last_insert_rowid(), chunks: 0 }))
}

/// The place of the part that comes after these.
pub fn add_parts(change: &Transaction<'_>, generation: i64, first: u32, parts: &[Vec<u8>]) -> Result<u32> {
    let mut add = change.prepare_cached("INSERT INTO saved_part (generation, place, bytes) VALUES (?1, ?2, ?3)")?;
    let mut place = first;
    for bytes in parts {
        add.execute(params![generation, place, bytes])?;
        place += 1;
    }
    Ok(place)
}

/// Says whether it is the saved state now: another that was begun meanwhile has cleared this one away.
pub fn finish(change: &Transaction<'_>, saving: &SnapshotDraft) -> Result<bool> {
    let finished = change.execute(
        "UPDATE saved SET is_whole = 1, parts = ?2 WHERE generation = ?1",
        params![saving.generation, saving.chunks],
    )?;
    change.execute("DELETE FROM saved WHERE generation < ?1", [if finished == 1 { saving.generation } else { 0 }])?;
    Ok(finished == 1)
}
