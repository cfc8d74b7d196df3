//! Clearing away what is too old, and what removed tenants left, in steps: who appends waits for one at most.

use rusqlite::{OptionalExtension as _, Result, Transaction, params};

use super::snapshot;
use crate::event_log::RetentionStep;

/// So much of the log is looked through in one step.
const STEP_EVENTS: i64 = if cfg!(test) { 20 } else { 20_000 };

/// A way through the log from front to back, range by range.
#[derive(Default, Clone)]
pub struct Sweep {
    /// Looked through up to here.
    done: i64,
    /// Removed tenants whose events the sweep has met from the beginning: at its end none is left.
    removed: Vec<i64>,
}

/// Where to look next: up to `last`, which is the end of the segment `ends` if that is given.
struct SeqRange {
    first: i64,
    last: i64,
    ends: Option<i64>,
}

impl Sweep {
    /// Goes one step, and gives the sweep as it is after it.
    pub fn step(&self, change: &Transaction<'_>, before: Option<i64>) -> Result<(RetentionStep, Self)> {
        let mut sweep = self.clone();
        if sweep.done == 0 {
            let mut removed = change.prepare_cached("SELECT number FROM removed_tenant")?;
            sweep.removed = removed.query_map([], |row| row.get(0))?.collect::<Result<_>>()?;
        }
        let Some(range) = sweep.next(change, before)? else {
            for number in sweep.removed {
                change.execute("DELETE FROM removed_tenant WHERE number = ?1", [number])?;
            }
            return Ok((RetentionStep::default(), Self::default()));
        };
        let events = clear(change, &range, before)?;
        if let Some(segment) = range.ends {
            close(change, segment)?;
        }
        sweep.done = range.last;
        Ok((RetentionStep { events, more: true }, sweep))
    }

    fn next(&self, change: &Transaction<'_>, before: Option<i64>) -> Result<Option<SeqRange>> {
        // Without removed tenants, a segment in which nothing is too old is passed over.
        let look_from = if self.removed.is_empty() { before.unwrap_or(i64::MIN) } else { i64::MAX };
        let segment = change
            .prepare_cached(
                "SELECT number, first_seq, last_seq FROM segment WHERE last_seq > ?1 AND earliest < ?2
                 ORDER BY number LIMIT 1",
            )?
            .query_row([self.done, look_from], |row| Ok((row.get(0)?, row.get::<_, i64>(1)?, row.get::<_, i64>(2)?)))
            .optional()?;
        if let Some((number, first_seq, last_seq)) = segment {
            let first = first_seq.max(self.done + 1);
            let last = last_seq.min(first + STEP_EVENTS - 1);
            return Ok(Some(SeqRange { first, last, ends: (last == last_seq).then_some(number) }));
        }
        if before.is_none() && self.removed.is_empty() {
            return Ok(None);
        }
        let (sealed, end): (i64, i64) = change.query_row(
            "SELECT ifnull((SELECT max(last_seq) FROM segment), 0), last_seq FROM log",
            [],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        let first = sealed.max(self.done) + 1;
        Ok((first <= end).then(|| SeqRange { first, last: end.min(first + STEP_EVENTS - 1), ends: None }))
    }
}

/// Clears away events of a range; of those that are too old, the ones that a saved state covers.
fn clear(change: &Transaction<'_>, range: &SeqRange, before: Option<i64>) -> Result<u64> {
    let covered = snapshot::last(change)?.map_or(0, |saved| saved.position.events.cast_signed());
    let mut statement = change.prepare_cached(
        "DELETE FROM status_event
         WHERE seq BETWEEN ?1 AND ?2
             AND (at < ?3 AND seq <= ?4 OR tenant IN (SELECT number FROM removed_tenant))
         RETURNING tenant",
    )?;
    let parameters = params![range.first, range.last, before.unwrap_or(i64::MIN), covered];
    let mut cleared: Vec<i64> = statement.query_map(parameters, |row| row.get(0))?.collect::<Result<_>>()?;
    cleared.sort_unstable();
    for of_tenant in cleared.chunk_by(|one, next| one == next) {
        let known = change
            .prepare_cached("UPDATE tenant SET events = events - ?2 WHERE number = ?1")?
            .execute(params![of_tenant[0], of_tenant.len() as i64])?;
        if known > 0 {
            change.execute("UPDATE log SET is_whole = 0 WHERE is_whole", [])?;
        }
    }
    Ok(cleared.len() as u64)
}

/// What a segment is after it was looked through to its end: it goes, with its keys, if all of its events are gone.
fn close(change: &Transaction<'_>, segment: i64) -> Result<()> {
    let earliest: Option<i64> = change
        .prepare_cached(
            "SELECT min(at) FROM status_event, segment
             WHERE segment.number = ?1 AND seq BETWEEN first_seq AND segment.last_seq",
        )?
        .query_row([segment], |row| row.get(0))?;
    if let Some(earliest) = earliest {
        change.prepare_cached("UPDATE segment SET earliest = ?2 WHERE number = ?1")?.execute([segment, earliest])?;
    } else {
        change.execute("DELETE FROM segment_keys WHERE segment = ?1", [segment])?;
        change.execute("DELETE FROM segment WHERE number = ?1", [segment])?;
    }
    Ok(())
}
