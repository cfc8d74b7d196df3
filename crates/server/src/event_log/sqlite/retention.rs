//! Deletes expired looks, gaps and events, and the events of removed tenants, in small steps: an append waits for one step at
//! most.

use std::mem;

use rusqlite::{OptionalExtension as _, Result, Transaction};

use super::{event_order, mirrored, stream};
use crate::event_log::RetentionStep;

/// How many events one step looks at.
const STEP_EVENTS: i64 = if cfg!(test) { 20 } else { 20_000 };

/// A pass through the log from its beginning to its end.
#[derive(Default)]
pub struct Sweep {
    /// The last event that was looked at.
    done: i64,
    /// Removed tenants that were known when the sweep began: at its end none of their events is left.
    removed: Vec<i64>,
}

/// The events that a step looks at.
struct SeqRange {
    first: i64,
    last: i64,
    /// The segment that ends with `last`.
    ends: Option<i64>,
}

/// The numbers of struck events.
const STRUCK: SeqRange = SeqRange { first: i64::MIN, last: -1, ends: None };

impl Sweep {
    /// Takes one step, which counts only if `change` is committed.
    pub fn step(&mut self, change: &Transaction<'_>, before: Option<i64>) -> Result<RetentionStep> {
        if self.done == 0 {
            let mut removed = change.prepare_cached("SELECT number FROM removed_tenant")?;
            self.removed = removed.query_map([], |row| row.get(0))?.collect::<Result<_>>()?;
            if let Some(before) = before {
                mirrored::delete_expired(change, before)?;
                stream::delete_expired(change, before)?;
            }
        }
        let struck = if self.done == 0 && (before.is_some() || !self.removed.is_empty()) {
            delete(change, &STRUCK, before)?
        } else {
            0
        };
        let Some(range) = self.next(change, before)? else {
            for number in mem::take(self).removed {
                change.execute("DELETE FROM removed_tenant WHERE number = ?1", [number])?;
            }
            return Ok(RetentionStep { events: struck, more: false });
        };
        let deleted = delete(change, &range, before)?;
        if deleted > 0 {
            // It has the numbers of accounts.
            event_order::delete(change, range.first)?;
        }
        let events = struck + deleted;
        if let Some(segment) = range.ends {
            update_segment(change, segment)?;
        }
        self.done = range.last;
        Ok(RetentionStep { events, more: true })
    }

    fn next(&self, change: &Transaction<'_>, before: Option<i64>) -> Result<Option<SeqRange>> {
        if before.is_none() && self.removed.is_empty() {
            return Ok(None);
        }
        // Without removed tenants, segments in which nothing has expired are skipped.
        let before = if self.removed.is_empty() { before } else { None };
        let segment = change
            .prepare_cached(
                "SELECT number, first_seq, last_seq FROM segment WHERE last_seq > ?1 AND earliest < ?2
                 ORDER BY number LIMIT 1",
            )?
            .query_row([self.done, before.unwrap_or(i64::MAX)], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .optional()?;
        let (number, first, end): (Option<i64>, i64, i64) = match segment {
            Some((number, first, end)) => (Some(number), first, end),
            None => change.query_row(
                "SELECT NULL, ifnull((SELECT max(last_seq) FROM segment), 0) + 1, last_seq FROM log",
                [],
                |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
            )?,
        };
        let first = first.max(self.done + 1);
        let last = end.min(first + STEP_EVENTS - 1);
        Ok((first <= end).then(|| SeqRange { first, last, ends: number.filter(|_| last == end) }))
    }
}

/// Deletes events of a range: those of removed tenants, and expired ones that the snapshot covers.
fn delete(change: &Transaction<'_>, range: &SeqRange, before: Option<i64>) -> Result<u64> {
    const DELETED: &str = "seq BETWEEN ?1 AND ?2
        AND (tenant IN (SELECT number FROM removed_tenant)
            OR at < ?3 AND seq <= (SELECT last_seq FROM saved WHERE is_whole ORDER BY generation DESC LIMIT 1))";
    let parameters = [range.first, range.last, before.unwrap_or(i64::MIN)];
    let count = format!(
        "UPDATE tenant SET events = tenant.events - deleted.events
         FROM (SELECT tenant, count(*) AS events FROM status_event WHERE {DELETED} GROUP BY tenant) AS deleted
         WHERE number = deleted.tenant"
    );
    if change.prepare_cached(&count)?.execute(parameters)? > 0 {
        change.execute("UPDATE log SET is_whole = 0 WHERE is_whole", [])?;
    }
    let deleted = change.prepare_cached(&format!("DELETE FROM status_event WHERE {DELETED}"))?.execute(parameters)?;
    Ok(deleted as u64)
}

/// Updates a segment after the last step in its range: it is deleted, with its keys, if none of its events is left.
fn update_segment(change: &Transaction<'_>, segment: i64) -> Result<()> {
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
