//! Follows the log: reads what any process has appended, in the order of transaction numbers.
//!
//! Transactions end in another order than they begin. So the place of a reader is not one number: it is the next
//! transaction to read, and the earlier ones that were still running when the reader looked:
//!
//! ```text
//! transaction   101    102    103    104    105    106
//!               done   runs   done   runs   done   (not begun)
//! read so far   ====          ====          ====
//!                      ^             ^             ^
//!                      running = [102, 104]        next = 106
//!                      watermark = 102: everything before it has been read
//! ```
//!
//! Each read takes one snapshot of the database. It reads the transactions in `running` that have ended since, and
//! those from `next` on. Only transactions that wrote events move `next`: after a crash PostgreSQL may use a
//! transaction number again, but none before a transaction whose events are on disk.
//!
//! A [`ReadCursor`] is one number: the watermark, which every process understands, and a turn by which this process
//! finds the exact place of its last reader again ([`LastReader`]). Any other reader starts at the watermark and gets
//! some events twice, which is harmless.
//!
//! A reader also gets the events of this process' own appends only once: the store applies them when they are appended,
//! and records them here. A store that follows appended at 0.87 and 0.89 of the speed of appending alone, and at 0.79 if it
//! read its own appends back (geometric means on a busy machine: `cargo bench -p group-dispatch-server --bench postgres`,
//! served by append; the plain version: without `record_append`).
//!
//! A commit that no standby had confirmed may have been visible, and be lost if another server takes over, with its
//! transaction number, which then is another transaction's. So a cursor says which server it is of. At another one, or at
//! this one after a restart, a reader gets all tenants and starts again behind the latest snapshot; the store computes
//! presence again ([`ReadCursor::may_be_lost_at`]). It also does if events may have expired before they were read
//! ([`Changes::may_lack_expired`]): retention deletes only what the latest snapshot covers, which is behind all readers
//! unless they could not read for a while.

use std::{collections::BTreeMap, time::Duration};

use parking_lot::Mutex;
use tokio::time::Instant;
use tokio_postgres::{IsolationLevel, Statement, types::ToSql};

use super::{
    connection::{Connections, READ_LIMIT},
    mirrored::{FRESHNESS, read_freshness},
    retention::HAS_ALL_EVENTS,
    row::{XACT_COLUMN, columns, read_event},
    session::Session,
    tenants,
};
use crate::{
    error::StoreError,
    event_log::{Changes, ReadCursor},
};

/// Read by the index on `xact`: the log may be too large to be sorted, and the planner can't know how few rows are
/// needed.
const BY_INDEX: &str = "SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off";

/// The versions of the list of tenants and of the looks, and the running transactions. A standby does not list them: there it is the
/// oldest transaction that may be running.
const NOW: &str = "
    SELECT (SELECT version FROM tenant_version), (SELECT version FROM look_version),
        ARRAY(SELECT xact::text::bigint + base FROM origin, pg_snapshot_xip(pg_current_snapshot()) AS xact),
        CASE WHEN pg_is_in_recovery()
            THEN (SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint + base FROM origin) END";

/// The transaction before which the latest snapshot covers everything.
const COVERED: &str = "
    SELECT coalesce((SELECT position FROM saved_state WHERE parts IS NOT NULL ORDER BY generation DESC LIMIT 1), 0)";

/// The events of given transactions.
const ENDED: &str = concat!("SELECT ", columns!(), " FROM status_event WHERE xact = ANY($1)");

/// The events from a transaction on, never a part of a transaction.
const NEXT: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM status_event WHERE xact >= $1 AND xact <> ALL($3) ORDER BY xact FETCH FIRST ($2::bigint) ROWS WITH TIES"
);

/// A reader that has read within this time is not behind a snapshot, except for the moments in which that is written.
const MAX_READ_DELAY: Duration = Duration::from_secs(60);

/// The place of a reader.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Place {
    /// All transactions before this one have been read, except `running`.
    next: i64,
    running: Vec<i64>,
    /// Where to read again after the last page, on a standby.
    again: Option<i64>,
}

impl Place {
    fn at(next: i64) -> Self {
        Self { next, ..Self::default() }
    }

    /// Returns the transaction before which everything has been read.
    fn watermark(&self) -> i64 {
        self.running.iter().copied().chain(self.again).fold(self.next, i64::min)
    }

    /// Returns the place after a page that a standby returned, at `next`. Any transaction from `oldest` on may have been
    /// running.
    fn after_page_of_standby(&self, next: i64, oldest: i64, more: bool) -> Self {
        let again = oldest.max(self.next).min(self.again.unwrap_or(i64::MAX));
        let next = if more { next } else { next.min(again) };
        let running = self.running.iter().copied().filter(|xact| (oldest..next).contains(xact)).collect();
        Self { next, running, again: more.then_some(again) }
    }

    fn is_unread(&self, xact: i64) -> bool {
        xact >= self.next || self.running.contains(&xact)
    }
}

/// How many turns there are at a watermark. [`ReadCursor::events`] is `watermark * TURNS + turn`.
const TURNS: u64 = 1 << 16;

/// Returns the watermark of a cursor.
pub fn watermark(cursor: ReadCursor) -> i64 {
    (cursor.events / TURNS).cast_signed()
}

/// Returns the cursor at a watermark.
pub fn cursor_at(watermark: i64) -> ReadCursor {
    ReadCursor { events: watermark.cast_unsigned() * TURNS, ..ReadCursor::default() }
}

/// The place of this process' last reader. It saves reading again what was read while some transaction, perhaps of
/// another program, runs for long, and what this process appended itself.
#[derive(Default)]
pub struct LastReader(Mutex<ReaderState>);

#[derive(Default)]
struct ReaderState {
    /// The server that was read last.
    server: i64,
    /// The cursor that was returned for `place`.
    events: u64,
    place: Place,
    /// When something was last read.
    read_at: Option<Instant>,
    /// Unread transactions of which the reader has nevertheless applied appends, and how many others each has.
    unapplied: BTreeMap<i64, u64>,
}

impl LastReader {
    /// Records that the reader has applied an append; the transaction has `appends` of them. If one is never recorded,
    /// the whole transaction is read. At another server than was read last, the number may be another transaction's.
    pub fn record_append(&self, server: i64, xact: i64, appends: u64) {
        let mut state = self.0.lock();
        if server != state.server {
            return;
        }
        let unapplied = state.unapplied.entry(xact).or_insert(appends);
        *unapplied = unapplied.saturating_sub(1);
    }

    /// Returns the place of a cursor, and the transactions that need not be read.
    fn place(&self, cursor: ReadCursor) -> (Place, Vec<i64>) {
        let mut state = self.0.lock();
        if (cursor.events, cursor.server) == (state.events, state.server) {
            let applied = state.unapplied.iter().filter(|(_, appends)| **appends == 0);
            (state.place.clone(), applied.map(|(xact, _)| *xact).collect())
        } else {
            // Nothing was applied for this reader.
            state.unapplied.clear();
            (Place::at(watermark(cursor)), Vec::new())
        }
    }

    /// Returns whether nothing was read for long.
    fn is_late(&self) -> bool {
        self.0.lock().read_at.is_some_and(|time| time.elapsed() > MAX_READ_DELAY)
    }

    /// Moves the reader, and returns its cursor. A new place gets a new turn, unless the watermark says it all.
    fn move_to(&self, place: Place, server: i64) -> u64 {
        let mut state = self.0.lock();
        state.read_at = Some(Instant::now());
        if state.server != server {
            state.server = server;
            // Their numbers may be used again.
            state.unapplied.clear();
        }
        if state.place != place {
            let turn = if place.running.is_empty() && place.again.is_none() {
                0
            } else {
                state.events % TURNS % (TURNS - 1) + 1
            };
            state.events = place.watermark().cast_unsigned() * TURNS + turn;
            state.unapplied.retain(|xact, _| place.is_unread(*xact));
            state.place = place;
        }
        state.events
    }
}

/// Reads the changes after a cursor.
pub async fn read(
    connections: &Connections,
    reader: &LastReader,
    cursor: ReadCursor,
    limit: usize,
) -> Result<Changes, StoreError> {
    connections.run(READ_LIMIT, async |session| read_on(session, reader, cursor, limit).await).await
}

async fn read_on(
    session: &mut Session,
    reader: &LastReader,
    cursor: ReadCursor,
    limit: usize,
) -> Result<Changes, StoreError> {
    let server = session.backend().server;
    let snapshot = session.build_transaction().isolation_level(IsolationLevel::RepeatableRead).read_only(true);
    let snapshot = snapshot.start().await?;
    let may_be_lost = cursor.may_be_lost_at(server);
    let is_late = cursor.server != 0 && reader.is_late();
    let covered: i64 = if may_be_lost || is_late { snapshot.query_one(COVERED, &[]).await?.try_get(0)? } else { 0 };
    let may_lack_expired = is_late
        && watermark(cursor) < covered
        && !snapshot.query_one(HAS_ALL_EVENTS, &[]).await?.try_get::<_, bool>(0)?;
    let (mut place, applied) =
        if may_be_lost { (Place::at(watermark(cursor).min(covered)), Vec::new()) } else { reader.place(cursor) };
    let [now, ended, next]: [Statement; 3] = [
        snapshot.prepare_cached(NOW).await?,
        snapshot.prepare_cached(ENDED).await?,
        snapshot.prepare_cached(NEXT).await?,
    ];
    let rows = i64::try_from(limit).unwrap_or(i64::MAX);
    place.running.retain(|xact| !applied.contains(xact));
    let (of_ended, of_next): ([&(dyn ToSql + Sync); 1], [&(dyn ToSql + Sync); 3]) =
        ([&place.running], [&place.next, &rows, &applied]);
    // Sent together: each wait costs a round trip.
    let ((), now, ended, rows) = tokio::try_join!(
        biased;
        snapshot.batch_execute(BY_INDEX),
        snapshot.query_one(&now, &[]),
        snapshot.query(&ended, &of_ended),
        snapshot.query(&next, &of_next),
    )?;
    let version = now.try_get::<_, i64>(0)?.cast_unsigned();
    let looks = now.try_get::<_, i64>(1)?.cast_unsigned();
    let freshness = if looks == cursor.looks && !may_be_lost {
        None
    } else {
        let freshness = snapshot.prepare_cached(FRESHNESS).await?;
        Some(snapshot.query(&freshness, &[]).await?.iter().map(read_freshness).collect::<Result<_, _>>()?)
    };
    let tenants = if version == cursor.tenants && !may_be_lost { None } else { Some(tenants::all(&snapshot).await?) };

    let more = rows.len() >= limit;
    // Applied transactions ended before this snapshot, so they count as read unless the page ended before them.
    let last_applied = if more { None } else { applied.last().copied() };
    let last_read = rows.last().map(|row| row.try_get(XACT_COLUMN)).transpose()?;
    let next = last_applied.max(last_read).map_or(place.next, |last| place.next.max(last + 1));
    let place = match now.try_get(3)? {
        Some(oldest) => place.after_page_of_standby(next, oldest, more),
        None => {
            let mut running: Vec<i64> = now.try_get(2)?;
            running.retain(|xact| *xact < next);
            Place { next, running, again: None }
        }
    };
    let events = ended.iter().chain(&rows).map(read_event).collect::<Result<_, _>>()?;
    let cursor = ReadCursor { events: reader.move_to(place, server), tenants: version, looks, server };
    Ok(Changes { tenants, freshness, events, cursor, more, may_lack_expired })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transaction_is_applied_when_all_its_appends_are() {
        let reader = LastReader::default();
        let applied = || reader.place(ReadCursor::default()).1;
        reader.record_append(0, 7, 1);
        reader.record_append(0, 8, 2);
        reader.record_append(1, 6, 1);
        assert_eq!(applied(), [7]);
        reader.record_append(0, 8, 2);
        assert_eq!(applied(), [7, 8], "and not what another server appended");
        reader.record_append(0, 9, 2);
        reader.move_to(Place::at(10), 0);
        assert!(reader.0.lock().unapplied.is_empty(), "what was read is not recorded any more");
    }

    /// Transactions 20 to 29 end in any order, and 24 runs for long.
    #[test]
    fn a_standby_is_read_again_from_its_oldest_transaction_on_but_each_page_once() {
        let first = Place::at(20).after_page_of_standby(25, 24, true);
        assert_eq!(first, Place { next: 25, running: vec![], again: Some(24) });
        assert_eq!(first.watermark(), 24);
        let last = first.after_page_of_standby(30, 24, false);
        assert_eq!(last, Place::at(24), "and the next read begins there");
        assert_eq!(last.after_page_of_standby(30, 30, false), Place::at(30));
        let of_primary = Place { next: 30, running: vec![24, 26], again: None };
        let expected = Place { next: 30, running: vec![26], again: None };
        assert_eq!(of_primary.after_page_of_standby(30, 25, false), expected, "24 has ended, and was read");
    }
}
