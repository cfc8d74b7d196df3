//! Reads the log in the order of its steps. Any server makes a step, one for what many transactions have appended.
//!
//! Transactions end in another order than they begin, and a reader must never find an event before its position. So the order
//! is made when they have ended: a step says which transactions had, and its events are those of the transactions that had
//! not at the step before. A transaction that stays open, of any program, is one number in each step, and its events come
//! in the step after its end.
//!
//! Two servers that make the same step at once get in each other's way: the key lets one of them win. Its snapshot has the
//! step before in it, and so everything that had ended there.

use tokio_postgres::{IsolationLevel, Row, types::ToSql};

use super::{
    connection::{CHANGE_LIMIT, Connections, READ_LIMIT},
    row::{XACT_COLUMN, columns, read_event},
    session::{Session, begin},
};
use crate::{
    error::StoreError,
    event_log::stream::{Step, StreamEvent, StreamPage, StreamPosition, StreamRead, StreamSearch, new_tag},
};

/// The log may be too large to be sorted, and the planner can't know how few rows are needed.
const BY_INDEX: &str = "SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off";

/// Makes a step of the events that are there and in no step: at most about 10,000, and whole transactions. All that are
/// visible have ended. The statement sees one snapshot. Returns how many events it found, and whether it made the step.
const ADD_STEP: &str = "
    WITH last AS (SELECT * FROM stream_step ORDER BY number DESC LIMIT 1),
    new AS (
        SELECT last.number + 1 AS number,
            greatest(last.made_at, (extract(epoch FROM clock_timestamp()) * 1000)::bigint) AS made_at,
            ended.next, ended.events
        FROM last, LATERAL (
            SELECT count(*) AS events, greatest(last.next, max(xact) + 1) AS next FROM (
                SELECT xact FROM status_event WHERE xact = ANY(last.running)
                UNION ALL
                (SELECT xact FROM status_event WHERE xact >= last.next ORDER BY xact FETCH FIRST 10000 ROWS WITH TIES)
            ) AS event
        ) AS ended
    ),
    added AS (
        INSERT INTO stream_step (number, tag, made_at, next, running, events)
        SELECT number, $1, made_at, next,
            ARRAY(
                SELECT xact::text::bigint + base FROM origin, pg_snapshot_xip(pg_current_snapshot()) AS xact
                WHERE xact::text::bigint + base < next
            ),
            events
        FROM new WHERE events > 0
        ON CONFLICT DO NOTHING
        RETURNING number
    )
    SELECT events, EXISTS (SELECT FROM added) FROM new";

/// How many events a step has that may have left others out.
const FULL_STEP: i64 = 10_000;

const LAST: &str = "SELECT number, tag, made_at, next, running, events FROM stream_step ORDER BY number DESC LIMIT 1";

/// Steps from a number on, and the first step that is kept.
const STEPS: &str = "
    SELECT number, tag, made_at, next, running, events, (SELECT min(number) FROM stream_step)
    FROM stream_step WHERE number >= $1 ORDER BY number LIMIT $2";

const FIRST: &str = "SELECT min(number) FROM stream_step";

/// How many steps a page has at most.
const PAGE_STEPS: usize = 64;

/// The events of the transactions from `$1` on and before `$2`, and of those among `$3`, but not of those among `$4`.
const EVENTS: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM status_event WHERE xact >= $1 AND xact < $2 AND xact <> ALL($4) AND ($5::bigint IS NULL OR tenant = $5)
    UNION ALL
    SELECT ",
    columns!(),
    " FROM status_event WHERE xact = ANY($3) AND xact <> ALL($4) AND ($5::bigint IS NULL OR tenant = $5)"
);

/// A step, and which transactions had ended when it was made.
struct StepRow {
    step: Step,
    next: i64,
    running: Vec<i64>,
    events: usize,
}

impl StepRow {
    fn read(row: &Row) -> Result<Self, StoreError> {
        let number = |column| row.try_get::<_, i64>(column);
        let tag = u32::try_from(number(1)?).map_err(StoreError::database)?;
        Ok(Self {
            step: Step { number: number(0)?.cast_unsigned(), tag, made_at: number(2)? },
            next: number(3)?,
            running: row.try_get(4)?,
            events: usize::try_from(number(5)?).unwrap_or(usize::MAX),
        })
    }

    fn had_ended(&self, xact: i64) -> bool {
        xact < self.next && !self.running.contains(&xact)
    }
}

/// Returns the position at the end of the log. First makes a step of what is in none, unless the database takes no writes.
pub async fn end(connections: &Connections) -> Result<StreamPosition, StoreError> {
    connections
        .run(CHANGE_LIMIT, async |session| {
            while !session.backend().is_read_only && add_step(session).await? {}
            let last = session.prepare_cached(LAST).await?;
            Ok(StepRow::read(&session.query_one(&last, &[]).await?)?.step.position(None))
        })
        .await
}

/// Returns whether there may be events that are in no step: there were too many for one, or another server made it, whose snapshot
/// may be older than this one.
async fn add_step(session: &mut Session) -> Result<bool, StoreError> {
    let change = begin(session).await?;
    let add = change.prepare_cached(ADD_STEP).await?;
    let tag = i64::from(new_tag());
    let of_add: [&(dyn ToSql + Sync); 1] = [&tag];
    let ((), added) = tokio::try_join!(biased; change.batch_execute(BY_INDEX), change.query_one(&add, &of_add))?;
    let (events, is_added): (i64, bool) = (added.try_get(0)?, added.try_get(1)?);
    change.commit().await?;
    Ok(events >= FULL_STEP || events > 0 && !is_added)
}

/// Reads events. A page has whole steps, but for the rest of the first one.
pub async fn read(connections: &Connections, search: StreamSearch) -> Result<StreamRead, StoreError> {
    connections.run(READ_LIMIT, async |session| read_in(session, search).await).await
}

async fn read_in(session: &mut Session, search: StreamSearch) -> Result<StreamRead, StoreError> {
    let StreamSearch { after, tenant, limit } = search;
    let snapshot = session.build_transaction().isolation_level(IsolationLevel::RepeatableRead).read_only(true);
    let snapshot = snapshot.start().await?;
    // The rest of a step is what had not ended at the step before.
    let before = after.step.cast_signed() - i64::from(after.seq.is_some());
    let rows = snapshot.prepare_cached(STEPS).await?;
    let rows = snapshot.query(&rows, &[&before, &(PAGE_STEPS as i64 + 2)]).await?;
    let mut steps = rows.iter().map(StepRow::read).collect::<Result<Vec<_>, _>>()?;
    let first: Option<i64> = match rows.first() {
        Some(row) => row.try_get(6)?,
        None => snapshot.query_one(FIRST, &[]).await?.try_get(0)?,
    };
    let own = steps.iter().find(|row| row.step.number == after.step);
    if let Err(lost) = Step::check(after, own.map(|row| &row.step), first.map(i64::cast_unsigned)) {
        return Ok(StreamRead::Lost(lost));
    }
    if after.seq.is_some() && steps.first().is_none_or(|row| row.step.number == after.step) {
        // Without the step before, nobody knows which events it has.
        return Ok(StreamRead::Lost(crate::event_log::stream::Lost::Expired));
    }
    let mut page = 1;
    let mut events = 0;
    while page < steps.len().min(PAGE_STEPS + 1) && (page == 1 || events < limit) {
        events = steps[page].events.saturating_add(events);
        page += 1;
    }
    let more = page < steps.len();
    steps.truncate(page);
    let (Some(first), Some(last)) = (steps.first(), steps.last()) else {
        return Err(StoreError::database("the steps of the log are missing"));
    };
    let end = last.step.position(None);
    if steps.len() == 1 {
        return Ok(StreamRead::Page(StreamPage { events: Vec::new(), end, more }));
    }
    let tenant = tenant.map(|tenant| tenant.0);
    let wanted: [&(dyn ToSql + Sync); 5] = [&first.next, &last.next, &first.running, &last.running, &tenant];
    let rows = snapshot.prepare_cached(EVENTS).await?;
    let ((), rows) = tokio::try_join!(biased; snapshot.batch_execute(BY_INDEX), snapshot.query(&rows, &wanted))?;
    let mut events = Vec::with_capacity(rows.len());
    for row in &rows {
        let xact = row.try_get(XACT_COLUMN)?;
        let Some(StepRow { step, .. }) = steps[1..].iter().find(|row| row.had_ended(xact)) else { continue };
        let (tenant, logged) = read_event(row)?;
        let position = step.position(Some(logged.seq));
        if position > after {
            events.push(StreamEvent { position, arrived: step.made_at, tenant, logged });
        }
    }
    events.sort_unstable_by_key(|event| event.position);
    Ok(StreamRead::Page(StreamPage { events, end, more }))
}

/// Deletes steps that were made before a time. The last one stays: somebody may have read up to there.
pub const DELETE_EXPIRED: &str = "
    DELETE FROM stream_step WHERE number < coalesce(
        (SELECT min(number) FROM stream_step WHERE made_at >= $1), (SELECT max(number) FROM stream_step)
    )";
