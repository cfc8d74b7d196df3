//! The order of a segment's events by account and by agent, for pages of one of them.
//!
//! The numbers of the events are sorted by tenant, account or agent, time and number, and stored in blocks under the members
//! of their first event:
//!
//! ```text
//! segment_order   account 100, 09:00 -> 17 902 4 388 ...    account 131, 11:20 -> 5 77 ...    ...
//! ```
//!
//! A page reads the blocks that may have its events, and those events alone. An append never waits for an order: the first page
//! that has to read a segment whole leaves the order behind. It is deleted with any event of its segment, because it has numbers
//! of accounts; an event that is missing all the same, because it was struck, is skipped.
//!
//! A page of one account among a million events takes 15 ms instead of 150 ms, most of it for the events after the last segment
//! (measured on a busy machine). The orders take 10 bytes an event.

use rusqlite::{OptionalExtension as _, Result, Transaction, params};

use super::read::{self, columns};
use crate::{
    event::LoggedEvent,
    event_log::history::{EventSearch, TimeOrder},
};

/// Numbers in a block: as few that reading all their events takes less than a millisecond.
const BLOCK_NUMBERS: usize = if cfg!(test) { 8 } else { 64 };
/// Events that a page reads one by one, of a segment. Reading more takes longer than reading the segment whole.
const MAX_READ_EVENTS: usize = 20_000;

const EVENT: &str = concat!("SELECT ", columns!(), " FROM status_event WHERE seq = ?1");

/// What events are ordered by, in the column `kind`.
#[derive(Clone, Copy)]
pub enum OrderedBy {
    Account = 0,
    Agent = 1,
}

/// A segment of the log.
#[derive(Clone, Copy)]
pub struct Segment {
    pub number: i64,
    pub first_seq: i64,
    pub last_seq: i64,
}

/// The orders of a segment, not stored yet.
pub struct SegmentOrder {
    segment: Segment,
    /// How many events it has.
    events: usize,
    blocks: Vec<Block>,
}

struct Block {
    by: OrderedBy,
    /// Tenant, account or agent, time and number of the first event.
    first: [i64; 4],
    /// The numbers, less that of the first event of the segment, four bytes each.
    numbers: Vec<u8>,
}

/// Returns the accounts or agents that a search is about; `None` if it is about all, or about many.
pub fn ids(search: &EventSearch) -> Option<(OrderedBy, Vec<i64>)> {
    const MAX_AGENTS: usize = 8;
    let agents = || search.agents.clone().filter(|agents| agents.len() <= MAX_AGENTS);
    match search.whatsapp {
        Some(account) => Some((OrderedBy::Account, vec![account])),
        None => agents().map(|agents| (OrderedBy::Agent, agents)),
    }
}

/// Returns whether the orders of a segment are stored.
pub fn exists(snapshot: &Transaction<'_>, segment: Segment) -> Result<bool> {
    const EXISTS: &str = "SELECT EXISTS (SELECT 1 FROM segment_order WHERE segment = ?1)";
    snapshot.prepare_cached(EXISTS)?.query_row([segment.number], |row| row.get(0))
}

/// Returns the rows of a segment that a search selects, in no order; `None` if reading the segment whole is faster.
pub fn find(
    snapshot: &Transaction<'_>,
    search: &EventSearch,
    segment: Segment,
    by: OrderedBy,
    ids: &[i64],
) -> Result<Option<Vec<LoggedEvent>>> {
    let (mut found, mut left) = (Vec::new(), MAX_READ_EVENTS);
    for id in ids {
        if !find_of(snapshot, search, segment, by, *id, &mut left, &mut found)? {
            return Ok(None);
        }
    }
    Ok(Some(found))
}

/// Adds the rows of one account or agent. Returns whether that was possible with the events that are left to be read.
fn find_of(
    snapshot: &Transaction<'_>,
    search: &EventSearch,
    segment: Segment,
    by: OrderedBy,
    id: i64,
    left: &mut usize,
    found: &mut Vec<LoggedEvent>,
) -> Result<bool> {
    const FORWARD: &str = "
        SELECT numbers FROM segment_order
        WHERE segment = ?1 AND kind = ?2 AND (tenant, id, at, number) >= (?3, ?4, ?5, ?6)
        ORDER BY tenant, id, at, number";
    const BACKWARD: &str = "
        SELECT numbers FROM segment_order
        WHERE segment = ?1 AND kind = ?2 AND (tenant, id, at, number) <= (?3, ?4, ?5, ?6)
        ORDER BY tenant DESC, id DESC, at DESC, number DESC";
    const BLOCK_BEFORE: &str = "
        SELECT tenant, id, at, number FROM segment_order
        WHERE segment = ?1 AND kind = ?2 AND (tenant, id, at, number) <= (?3, ?4, ?5, ?6)
        ORDER BY tenant DESC, id DESC, at DESC, number DESC LIMIT 1";
    let (tenant, kind) = (search.tenant.0, by as i64);
    let (sql, [first_tenant, first_id, at, number]) = match search.order {
        TimeOrder::NewestFirst => (BACKWARD, [tenant, id, search.times.end, i64::MAX]),
        TimeOrder::OldestFirst => {
            let begin = params![segment.number, kind, tenant, id, search.times.start, i64::MIN];
            let mut before = snapshot.prepare_cached(BLOCK_BEFORE)?;
            let before = before.query_row(begin, |row| Ok([row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?]));
            (FORWARD, before.optional()?.unwrap_or([i64::MIN; 4]))
        }
    };
    let mut blocks = snapshot.prepare_cached(sql)?;
    let mut blocks = blocks.query(params![segment.number, kind, first_tenant, first_id, at, number])?;
    let mut event = snapshot.prepare_cached(EVENT)?;
    let mut wanted = search.limit.unwrap_or(usize::MAX);
    while let Some(block) = blocks.next()? {
        let numbers = block.get_ref(0)?.as_blob()?.as_chunks().0.iter();
        let mut numbers: Vec<_> =
            numbers.map(|place| segment.first_seq + i64::from(u32::from_le_bytes(*place))).collect();
        if search.order == TimeOrder::NewestFirst {
            numbers.reverse();
        }
        for number in numbers {
            let Some((of, logged)) = event.query_row([number], read::event).optional()? else { continue };
            if *left == 0 {
                return Ok(false);
            }
            *left -= 1;
            let of_id = match by {
                OrderedBy::Account => logged.event.whatsapp.get(),
                OrderedBy::Agent => logged.event.user_id.get(),
            };
            let (place, target) = ((of.0, of_id.cast_signed()), (tenant, id));
            let is_past = match search.order {
                TimeOrder::OldestFirst => place > target || place == target && logged.event.at >= search.times.end,
                TimeOrder::NewestFirst => place < target || place == target && logged.event.at < search.times.start,
            };
            if is_past || wanted == 0 {
                return Ok(true);
            }
            if place == target && search.selects(of, &logged) && logged.seq <= horizon(search) {
                found.push(logged);
                wanted -= 1;
            }
        }
    }
    Ok(true)
}

/// Returns the last number that was there at the first page.
fn horizon(search: &EventSearch) -> u64 {
    search.horizon.map_or(u64::MAX, i64::cast_unsigned)
}

/// Orders the events of a segment.
pub fn build(snapshot: &Transaction<'_>, segment: Segment) -> Result<SegmentOrder> {
    const EVENTS: &str = "SELECT tenant, whatsapp, user_id, at, seq FROM status_event WHERE seq BETWEEN ?1 AND ?2";
    let mut events = snapshot.prepare_cached(EVENTS)?;
    let events = events.query_map([segment.first_seq, segment.last_seq], |row| {
        Ok([row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?])
    })?;
    let events = events.collect::<Result<Vec<[i64; 5]>>>()?;
    let mut blocks = Vec::new();
    for by in [OrderedBy::Account, OrderedBy::Agent] {
        let key = |[tenant, account, agent, at, seq]: &[i64; 5]| match by {
            OrderedBy::Account => [*tenant, *account, *at, *seq],
            OrderedBy::Agent => [*tenant, *agent, *at, *seq],
        };
        let mut keys: Vec<_> = events.iter().map(key).collect();
        keys.sort_unstable();
        blocks.extend(keys.chunks(BLOCK_NUMBERS).map(|keys| Block {
            by,
            first: keys[0],
            numbers: keys.iter().flat_map(|[.., seq]| ((seq - segment.first_seq) as u32).to_le_bytes()).collect(),
        }));
    }
    Ok(SegmentOrder { segment, events: events.len(), blocks })
}

/// Stores the orders of a segment, unless events of it were deleted since it was read.
pub fn store(change: &Transaction<'_>, order: &SegmentOrder) -> Result<()> {
    const IS_UNCHANGED: &str = "
        SELECT (SELECT count(*) FROM status_event WHERE seq BETWEEN ?2 AND ?3) = ?4
            AND EXISTS (SELECT 1 FROM segment WHERE number = ?1 AND first_seq = ?2 AND last_seq = ?3)";
    let Segment { number, first_seq, last_seq } = order.segment;
    let values = params![number, first_seq, last_seq, order.events as i64];
    if !change.query_row(IS_UNCHANGED, values, |row| row.get(0))? {
        return Ok(());
    }
    let mut insert = change.prepare_cached(
        "INSERT INTO segment_order (segment, kind, tenant, id, at, number, numbers)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING",
    )?;
    for Block { by, first: [tenant, id, at, seq], numbers } in &order.blocks {
        insert.execute(params![number, *by as i64, tenant, id, at, seq, numbers])?;
    }
    Ok(())
}

/// Deletes the order of the segment that has an event.
pub fn delete(change: &Transaction<'_>, seq: i64) -> Result<()> {
    const DELETE: &str = "
        DELETE FROM segment_order
        WHERE segment = (SELECT number FROM segment WHERE first_seq <= ?1 AND last_seq >= ?1)";
    change.prepare_cached(DELETE)?.execute([seq]).map(drop)
}
