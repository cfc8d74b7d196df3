//! Reads the log of a file from one time to another.
//!
//! The segments are read one after the other, by their earliest times, and of each the chunks that have events of these times
//! ([`chunk_times`](super::chunk_times)). What is earlier
//! than all of the next segment is in order and is sent. So the memory has the events of segments that overlap, and those after
//! the last segment, whose times are not known.

use std::time::Instant;

use group_dispatch_types::{AccountStatus, ParseError, Source, StatusDetail, WhatsAppNumber};
use rusqlite::{Result, Row, Transaction, params};
use tokio::sync::mpsc::Sender;

use super::{
    chunk_times::ChunkTimes,
    event_order::{self, OrderedBy},
    history::{Part, parts},
    read::unreadable,
};
use crate::{
    event::{Provenance, fact::StatusFact},
    event_log::{
        facts::{BATCH_FACTS, FactSearch, SCAN_LIMIT, ScanEnd},
        history::{EventSearch, HistoryQuery},
    },
    tenant::TenantNumber,
};

const FACTS: &str = "
    SELECT seq, at, user_id, whatsapp, source, status, detail_status, ordinal, not_before FROM status_event
    WHERE seq BETWEEN ?1 AND ?2 AND tenant = ?3 AND at >= ?4 AND at < ?5
        AND (?6 IS NULL OR whatsapp = ?6) AND (?7 IS NULL OR source = ?7)";

/// Sends the facts that a search selects.
pub fn scan(
    snapshot: &Transaction<'_>,
    search: &FactSearch,
    times: &mut ChunkTimes,
    batches: &Sender<Vec<StatusFact>>,
) -> Result<ScanEnd> {
    let begin = Instant::now();
    let by_time = EventSearch {
        times: search.times.clone(),
        whatsapp: search.account(),
        source: search.source.map(Source::code),
        limit: None,
        ..EventSearch::of_page(search.tenant, &HistoryQuery::default(), None)
    };
    let mut parts = parts(snapshot, &by_time)?.into_iter().peekable();
    let mut pending = Vec::new();
    while let Some(part) = parts.next() {
        if begin.elapsed() > SCAN_LIMIT {
            return Ok(ScanEnd::OutOfTime);
        }
        match ordered(snapshot, &by_time, &part)? {
            Some(mut facts) => pending.append(&mut facts),
            None => read(snapshot, search, &part, times, &mut pending)?,
        }
        // Both halves are nearly in order, which this sort makes use of.
        pending.sort_by_key(StatusFact::place);
        let end = parts.peek().map_or(i64::MAX, |next| next.earliest);
        let settled = pending.partition_point(|fact| fact.at < end);
        let mut settled = pending.drain(..settled).peekable();
        while settled.peek().is_some() {
            if batches.blocking_send(settled.by_ref().take(BATCH_FACTS).collect()).is_err() {
                return Ok(ScanEnd::Complete);
            }
        }
    }
    Ok(ScanEnd::Complete)
}

/// Returns the facts of one account, if the segment has an order by account.
fn ordered(snapshot: &Transaction<'_>, search: &EventSearch, part: &Part) -> Result<Option<Vec<StatusFact>>> {
    let (Some(account), Some(segment)) = (search.whatsapp, part.segment()) else { return Ok(None) };
    let events = event_order::find(snapshot, search, segment, OrderedBy::Account, &[account])?;
    Ok(events.map(|events| events.iter().map(StatusFact::from).collect()))
}

fn read(
    snapshot: &Transaction<'_>,
    search: &FactSearch,
    part: &Part,
    times: &mut ChunkTimes,
    facts: &mut Vec<StatusFact>,
) -> Result<()> {
    let TenantNumber(tenant) = search.tenant;
    let source = search.source.map(Source::code);
    let (from, to) = (search.times.start, search.times.end);
    let mut rows = snapshot.prepare_cached(FACTS)?;
    for numbers in times.ranges(snapshot, part.first_seq..part.last_seq + 1, &search.times)? {
        let values = params![numbers.start, numbers.end - 1, tenant, from, to, search.account(), source];
        for fact in rows.query_map(values, fact)? {
            facts.push(fact?);
        }
    }
    Ok(())
}

fn fact(row: &Row<'_>) -> Result<StatusFact> {
    Ok(StatusFact {
        seq: row.get::<_, i64>(0)?.cast_unsigned(),
        at: row.get(1)?,
        user_id: row.get::<_, i64>(2)?.try_into().map_err(|error: ParseError| unreadable(2, error))?,
        whatsapp: WhatsAppNumber::new(row.get::<_, i64>(3)?.cast_unsigned()).map_err(|error| unreadable(3, error))?,
        source: Source::from(row.get::<_, i32>(4)?),
        status: AccountStatus::from(row.get::<_, i32>(5)?),
        detail_status: StatusDetail::from(row.get::<_, i32>(6)?),
        provenance: Provenance::of_columns(row.get(7)?, row.get(8)?).map_err(|error| unreadable(7, error))?,
    })
}
