//! Reads what was appended, in the order of the transactions that wrote it.
//!
//! Transactions end in another order than they begin in, so that where one has read up to is told by a snapshot: by the
//! next transaction to look for, and by those before it that were still running. Only transactions that wrote events
//! move it on. PostgreSQL may lose, when it crashes, that it gave out a transaction's number, and give it out again; but
//! never one before a transaction whose events were seen, for those are on disk.

use std::collections::{BTreeMap, BTreeSet};

use deadpool_postgres::{Pool, Transaction};
use parking_lot::Mutex;
use tokio_postgres::{IsolationLevel, Row, Statement, types::ToSql};

use super::{
    failure::Failure,
    row::{EventRow, columns},
    tenants,
};
use crate::event_log::{Changes, ReadCursor};

/// The log may be much too large to be sorted, and the planner can't know how little is asked for.
const IN_ORDER: &str = "SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off";

const NOW: &str = "
    SELECT (SELECT version FROM tenant_version),
        ARRAY(SELECT xact::text::bigint + base FROM origin, pg_snapshot_xip(pg_current_snapshot()) AS xact)";

const LATE: &str = concat!("SELECT ", columns!(), " FROM status_event WHERE xact = ANY($1)");

/// Never a part of a transaction.
const NEXT: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM status_event WHERE xact >= $1 AND xact <> ALL($3) ORDER BY xact FETCH FIRST ($2::bigint) ROWS WITH TIES"
);

/// How far the log has been read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Cursor {
    /// All transactions before this one have been seen,
    next: i64,
    /// but for these, which were running.
    running: Vec<i64>,
}

impl Cursor {
    /// Everything before has been seen: what a reader can be told who knows nothing of what was running.
    fn watermark(&self) -> i64 {
        self.running.iter().copied().fold(self.next, i64::min)
    }

    fn has_not_seen(&self, xact: i64) -> bool {
        xact >= self.next || self.running.contains(&xact)
    }
}

/// A position is a watermark, which also another process understands, and below it the turn in which this one gave it.
const TURNS_PER_WATERMARK: u64 = 1 << 16;

/// The watermark of a position.
pub fn watermark(position: ReadCursor) -> i64 {
    (position.events / TURNS_PER_WATERMARK).cast_signed()
}

/// The position at a watermark.
pub fn position_at(watermark: i64, tenants: u64) -> ReadCursor {
    ReadCursor { events: watermark.cast_unsigned() * TURNS_PER_WATERMARK, tenants }
}

/// Where this process' latest reader stands. It spares it from reading again what it saw while some transaction, be it
/// of another program, has been running for long, and what this process wrote itself.
#[derive(Default)]
pub struct LastReader(Mutex<ReaderState>);

#[derive(Default)]
struct ReaderState {
    position: u64,
    cursor: Cursor,
    /// Transactions that the cursor has not seen, and whose events the reader knows all the same.
    known: BTreeSet<i64>,
    /// Of how many batches of other transactions the reader knows the events.
    heard: BTreeMap<i64, u64>,
}

impl LastReader {
    /// From now on the reader knows the events of one more of the batches that shared this transaction. If one is never
    /// told of, all of the transaction is read.
    pub fn know(&self, xact: i64, appends: u64) {
        let mut latest = self.0.lock();
        let heard = latest.heard.entry(xact).or_default();
        *heard += 1;
        if *heard == appends {
            latest.heard.remove(&xact);
            latest.known.insert(xact);
        }
    }

    /// The cursor of a position, and which transactions need not be read.
    fn cursor(&self, position: ReadCursor) -> (Cursor, Vec<i64>) {
        let latest = self.0.lock();
        if position.events == latest.position {
            return (latest.cursor.clone(), latest.known.iter().copied().collect());
        }
        (Cursor { next: watermark(position), running: Vec::new() }, Vec::new())
    }

    /// Every cursor that differs from the one before gets a turn of its own, unless its watermark says it all.
    fn moved(&self, cursor: Cursor) -> u64 {
        let mut latest = self.0.lock();
        if latest.cursor != cursor {
            let turn = if cursor.running.is_empty() {
                0
            } else {
                latest.position % TURNS_PER_WATERMARK % (TURNS_PER_WATERMARK - 1) + 1
            };
            latest.position = cursor.watermark().cast_unsigned() * TURNS_PER_WATERMARK + turn;
            latest.known.retain(|xact| cursor.has_not_seen(*xact));
            latest.heard.retain(|xact, _| cursor.has_not_seen(*xact));
            latest.cursor = cursor;
        }
        latest.position
    }
}

pub async fn read(pool: &Pool, latest: &LastReader, position: ReadCursor, most: usize) -> Result<Changes, Failure> {
    let mut client = pool.get().await?;
    // All that follows sees one snapshot.
    let snapshot = client.build_transaction().isolation_level(IsolationLevel::RepeatableRead).read_only(true);
    let snapshot = snapshot.start().await?;
    let (cursor, known) = latest.cursor(position);
    let (cursor, mut changes) = read_on(&snapshot, cursor, &known, position.tenants, most).await?;
    snapshot.commit().await?;
    changes.position.events = latest.moved(cursor);
    Ok(changes)
}

async fn read_on(
    snapshot: &Transaction<'_>,
    mut cursor: Cursor,
    known: &[i64],
    tenants_seen: u64,
    most: usize,
) -> Result<(Cursor, Changes), Failure> {
    let [now, late, next]: [Statement; 3] = [
        snapshot.prepare_cached(NOW).await?,
        snapshot.prepare_cached(LATE).await?,
        snapshot.prepare_cached(NEXT).await?,
    ];
    let limit = i64::try_from(most).unwrap_or(i64::MAX);
    cursor.running.retain(|xact| !known.contains(xact));
    let (of_late, of_next): ([&(dyn ToSql + Sync); 1], [&(dyn ToSql + Sync); 3]) =
        ([&cursor.running], [&cursor.next, &limit, &known]);
    let ((), now, late, rows) = tokio::try_join!(
        biased;
        snapshot.batch_execute(IN_ORDER),
        snapshot.query_one(&now, &[]),
        snapshot.query(&late, &of_late),
        snapshot.query(&next, &of_next),
    )?;
    let version = now.try_get::<_, i64>(0)?.cast_unsigned();
    let tenants = if version == tenants_seen { None } else { Some(tenants::all(snapshot).await?) };

    let more = rows.len() >= most;
    // What is known was there before this snapshot was taken, so that it counts as read unless the page ended before it.
    let known = if more { None } else { known.last().copied() };
    let read = rows.last().map(|row| EventRow::read(row).map(|read| read.xact)).transpose()?;
    let next = known.max(read).map_or(cursor.next, |last| cursor.next.max(last + 1));
    let running = still_running(&now, next)?;
    let read = |row: &Row| EventRow::read(row).map(|read| (read.tenant, read.logged));
    let events = late.iter().chain(&rows).map(read).collect::<Result<_, _>>()?;
    let position = ReadCursor { events: 0, tenants: version };
    Ok((Cursor { next, running }, Changes { tenants, events, position, more }))
}

/// The transactions before `next` that had not ended in the snapshot.
fn still_running(now: &Row, next: i64) -> Result<Vec<i64>, Failure> {
    let mut running: Vec<i64> = now.try_get(1)?;
    running.retain(|xact| *xact < next);
    Ok(running)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transaction_is_known_when_all_batches_are_that_shared_it() {
        let latest = LastReader::default();
        let known = || latest.cursor(ReadCursor::default()).1;
        latest.know(7, 1);
        latest.know(8, 2);
        assert_eq!(known(), [7]);
        latest.know(8, 2);
        assert_eq!(known(), [7, 8]);
        latest.know(9, 2);
        latest.moved(Cursor { next: 10, running: Vec::new() });
        assert!(latest.0.lock().heard.is_empty(), "what was read is told of by nobody any more");
    }
}
