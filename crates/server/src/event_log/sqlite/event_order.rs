//! The order of a segment's events by account and by agent, for pages of one of them.
//!
//! The events are sorted by tenant, account or agent, time and number, and stored in blocks ([`event_block`]) under the
//! members of their first event:
//!
//! ```text
//! segment_order   account 100, 09:00 -> event event event ...    account 131, 11:20 -> event event ...    ...
//! ```
//!
//! A page reads the blocks that may have its events, and no rows. An append never waits for an order: the first page that has
//! to read a segment whole leaves the order behind. It is deleted with any event of its segment, because it has all that the
//! event has.
//!
//! This pays for the goal "a page of one account at least 3 times the requests a second of a table with an index": with the
//! numbers of the events alone, whose rows were then read, it was 0.14 times (`cargo xtask bench --only history`). The price is
//! the disk: with agents that have 100 accounts each, both orders together take about as much as the events.

use rusqlite::{OptionalExtension as _, Result, Transaction, params};

use super::{
    event_block,
    read::{self, columns},
};
use crate::{
    event::LoggedEvent,
    event_log::history::{EventSearch, TimeOrder},
    tenant::TenantNumber,
};

/// Events in a block at most. One ends earlier where the account or agent changes, if it has half as many.
const BLOCK_EVENTS: usize = if cfg!(test) { 8 } else { 64 };

const EVENTS: &str = concat!("SELECT ", columns!(), " FROM status_event WHERE seq BETWEEN ?1 AND ?2");

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
    events: Vec<u8>,
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
fn exists(snapshot: &Transaction<'_>, segment: Segment) -> Result<bool> {
    const EXISTS: &str = "SELECT EXISTS (SELECT 1 FROM segment_order WHERE segment = ?1)";
    snapshot.prepare_cached(EXISTS)?.query_row([segment.number], |row| row.get(0))
}

/// Returns the events of a segment that a search selects, those of each account or agent in the search's order; `None` if the
/// segment has no order.
pub fn find(
    snapshot: &Transaction<'_>,
    search: &EventSearch,
    segment: Segment,
    by: OrderedBy,
    ids: &[i64],
) -> Result<Option<Vec<LoggedEvent>>> {
    let (mut found, mut has_order) = (Vec::new(), false);
    for id in ids {
        has_order |= find_of(snapshot, search, segment, by, *id, &mut found)?;
    }
    Ok((has_order || exists(snapshot, segment)?).then_some(found))
}

/// Adds the events of one account or agent. Returns whether there was a block where they would be.
fn find_of(
    snapshot: &Transaction<'_>,
    search: &EventSearch,
    segment: Segment,
    by: OrderedBy,
    id: i64,
    found: &mut Vec<LoggedEvent>,
) -> Result<bool> {
    const FORWARD: &str = "
        SELECT events FROM segment_order
        WHERE segment = ?1 AND kind = ?2 AND (tenant, id, at, number) >= (?3, ?4, ?5, ?6)
        ORDER BY tenant, id, at, number";
    const BACKWARD: &str = "
        SELECT events FROM segment_order
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
    let (target, mut wanted) = ((tenant, id), search.limit.unwrap_or(usize::MAX));
    let mut has_block = false;
    while let Some(block) = blocks.next()? {
        has_block = true;
        let (mut selected, mut is_last) = (Vec::new(), false);
        for entry in event_block::Block::new(block.get_ref(0)?.as_blob()?) {
            let entry = entry?;
            let of_id = match by {
                OrderedBy::Account => entry.whatsapp(),
                OrderedBy::Agent => entry.user_id(),
            };
            let place = (entry.tenant(), of_id);
            let is_past = match search.order {
                TimeOrder::OldestFirst => place > target || place == target && entry.at() >= search.times.end,
                TimeOrder::NewestFirst => place < target || place == target && entry.at() < search.times.start,
            };
            is_last |= is_past;
            if is_past && search.order == TimeOrder::OldestFirst {
                break;
            }
            if place == target && search.times.contains(&entry.at()) {
                let logged = entry.logged()?;
                if search.selects(search.tenant, &logged) && logged.seq <= horizon(search) {
                    selected.push(logged);
                }
            }
        }
        if search.order == TimeOrder::NewestFirst {
            selected.reverse();
        }
        selected.truncate(wanted);
        wanted -= selected.len();
        found.append(&mut selected);
        if is_last || wanted == 0 {
            break;
        }
    }
    Ok(has_block)
}

/// Returns the last number that was there at the first page.
fn horizon(search: &EventSearch) -> u64 {
    search.horizon.map_or(u64::MAX, i64::cast_unsigned)
}

/// Orders the events of a segment.
pub fn build(snapshot: &Transaction<'_>, segment: Segment) -> Result<SegmentOrder> {
    let mut events = snapshot.prepare_cached(EVENTS)?;
    let events = events.query_map([segment.first_seq, segment.last_seq], read::event)?;
    let mut events = events.collect::<Result<Vec<_>>>()?;
    let mut blocks = Vec::new();
    for by in [OrderedBy::Account, OrderedBy::Agent] {
        let key = |(tenant, logged): &(TenantNumber, LoggedEvent)| {
            let id = match by {
                OrderedBy::Account => logged.event.whatsapp.get(),
                OrderedBy::Agent => logged.event.user_id.get(),
            };
            [tenant.0, id.cast_signed(), logged.event.at, logged.seq.cast_signed()]
        };
        events.sort_unstable_by_key(key);
        let mut rest = &events[..];
        while let Some(first) = rest.first() {
            let whole = rest.len().min(BLOCK_EVENTS);
            let of = |place: usize| {
                let [tenant, id, ..] = key(&rest[place]);
                (tenant, id)
            };
            let change = (BLOCK_EVENTS / 2..whole).find(|place| of(*place) != of(*place - 1));
            let (block, behind) = rest.split_at(change.unwrap_or(whole));
            blocks.push(Block { by, first: key(first), events: event_block::encode(block)? });
            rest = behind;
        }
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
        "INSERT INTO segment_order (segment, kind, tenant, id, at, number, events)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING",
    )?;
    for Block { by, first: [tenant, id, at, seq], events } in &order.blocks {
        insert.execute(params![number, *by as i64, tenant, id, at, seq, events])?;
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
