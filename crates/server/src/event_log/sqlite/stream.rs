//! Reads the log in the order of its steps: each append is one, and is written with it.

use rusqlite::{OptionalExtension as _, Result, Row, Transaction, params};

use super::read::{columns, event};
use crate::{
    event,
    event_log::stream::{Step, StreamEvent, StreamPage, StreamPosition, StreamRead, StreamSearch, new_tag},
};

/// Makes the step of the events up to a number.
pub fn add_step(change: &Transaction<'_>, last_seq: i64) -> Result<()> {
    const ADD: &str = "
        INSERT INTO stream_step (number, tag, made_at)
        SELECT ?1, ?2, max(?3, made_at) FROM stream_step ORDER BY number DESC LIMIT 1";
    change.prepare_cached(ADD)?.execute(params![last_seq, new_tag(), event::now()])?;
    Ok(())
}

/// Returns the position at the end of the log.
pub fn end(snapshot: &Transaction<'_>) -> Result<StreamPosition> {
    const LAST: &str = "SELECT number, tag, made_at FROM stream_step ORDER BY number DESC LIMIT 1";
    let last = snapshot.prepare_cached(LAST)?.query_row([], step)?;
    Ok(last.position(None))
}

/// Reads events. A page looks at as many numbers as its limit.
pub fn read(snapshot: &Transaction<'_>, search: StreamSearch) -> Result<StreamRead> {
    const STEP: &str = "SELECT number, tag, made_at FROM stream_step WHERE number = ?1";
    const FIRST: &str = "SELECT min(number) FROM stream_step";
    /// Those that end behind a number, up to the one that has another number.
    const STEPS: &str = "
        SELECT number, tag, made_at FROM stream_step
        WHERE number > ?1 AND number <= (SELECT min(number) FROM stream_step WHERE number >= ?2) ORDER BY number";
    const EVENTS: &str = concat!(
        "SELECT ",
        columns!(),
        " FROM status_event WHERE seq > ?1 AND seq <= ?2 AND (?3 IS NULL OR tenant = ?3) ORDER BY seq"
    );
    let StreamSearch { after, tenant, limit } = search;
    let number = after.step.cast_signed();
    let found = snapshot.prepare_cached(STEP)?.query_row([number], step).optional()?;
    let first = snapshot.prepare_cached(FIRST)?.query_row([], |row| row.get::<_, Option<i64>>(0))?;
    if let Err(lost) = Step::check(after, found.as_ref(), first.map(i64::cast_unsigned)) {
        return Ok(StreamRead::Lost(lost));
    }
    let last_seq = end(snapshot)?.step;
    let from = after.seq.unwrap_or(after.step);
    let to = last_seq.min(from.saturating_add(limit.max(1) as u64));
    let range = [from.cast_signed(), to.cast_signed()];
    let steps: Vec<Step> = snapshot.prepare_cached(STEPS)?.query_map(range, step)?.collect::<Result<_>>()?;
    let mut events = Vec::new();
    let mut rows = snapshot.prepare_cached(EVENTS)?;
    let rows = rows.query_map(params![range[0], range[1], tenant.map(|tenant| tenant.0)], event)?;
    let mut place = 0;
    for row in rows {
        let (tenant, logged) = row?;
        while steps.get(place).is_some_and(|step| step.number < logged.seq) {
            place += 1;
        }
        let Some(step) = steps.get(place) else { break };
        events.push(StreamEvent { position: step.position(Some(logged.seq)), arrived: step.made_at, tenant, logged });
    }
    let end = match steps.last().or(found.as_ref()) {
        Some(last) if last.number > to => last.position(Some(to)),
        Some(last) => last.position(None),
        None => after,
    };
    Ok(StreamRead::Page(StreamPage { events, end, more: to < last_seq }))
}

/// Deletes steps that were made before a time. The last one stays: somebody may have read up to there.
pub fn delete_expired(change: &Transaction<'_>, before: i64) -> Result<()> {
    const EXPIRED: &str = "
        DELETE FROM stream_step WHERE number < (
            SELECT number FROM stream_step WHERE made_at >= ?1
            UNION ALL SELECT max(number) FROM stream_step
            ORDER BY number LIMIT 1
        )";
    change.execute(EXPIRED, [before])?;
    Ok(())
}

fn step(row: &Row<'_>) -> Result<Step> {
    Ok(Step { number: row.get::<_, i64>(0)?.cast_unsigned(), tag: row.get(1)?, made_at: row.get(2)? })
}
