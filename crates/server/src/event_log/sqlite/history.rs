//! Reads the log of a file by time.
//!
//! The log has no index on the time: it would cost more than an append. Each segment knows the times of its events, so that
//! only those segments are read that may have events of the page; most logs are nearly in the order of time. A page of one
//! account or agent reads these events alone, where a segment has an order ([`event_order`]), and of those after the last segment,
//! which are found by memory ([`tail`](super::tail)).

use std::ops::Range;

use group_dispatch_types::{ParseError, Source, WhatsAppNumber};
use rusqlite::{OptionalExtension as _, Result, Row, Transaction, named_params};

use super::{
    event_order::{self, Segment, SegmentOrder},
    read::{self, columns, unreadable},
    tail::Tail,
};
use crate::{
    event::{LoggedEvent, ProvenanceKind},
    event_log::{
        history::{EventSearch, GapPage, GapSearch, HistoryPage, HistoryQuery, TimeOrder},
        mirrored::Gap,
    },
    tenant::TenantNumber,
};

/// Segments that a page orders for the next ones. Each takes about as long as reading it.
const MAX_ORDERED_SEGMENTS: usize = 2;

/// A part of the log.
pub struct Part {
    /// `None`: the events after the last segment.
    number: Option<i64>,
    pub first_seq: i64,
    pub last_seq: i64,
    /// The times of its events; everything if that is not known.
    pub earliest: i64,
    latest: i64,
}

impl Part {
    /// Returns the segment; `None` for the events after the last one.
    pub fn segment(&self) -> Option<Segment> {
        self.number.map(|number| Segment { number, first_seq: self.first_seq, last_seq: self.last_seq })
    }
}

macro_rules! search {
    ($order:literal, $behind:literal) => {
        concat!(
            "SELECT ",
            columns!(),
            " FROM status_event
            WHERE seq BETWEEN :first_seq AND :last_seq AND tenant = :tenant AND at >= :from AND at < :to
                AND (:agents IS NULL OR user_id IN (SELECT value FROM json_each(:agents)))
                AND (:whatsapp IS NULL OR whatsapp = :whatsapp)
                AND (:source IS NULL OR source = :source)
                AND (:status IS NULL OR status = :status)
                AND (:detail_status IS NULL OR detail_status = :detail_status)
                AND (:provenance IS NULL
                    OR :provenance = iif(ordinal IS NOT NULL, 'logged', iif(not_before IS NOT NULL, 'observed', 'fed')))
                AND (:behind_at IS NULL OR (at, seq) ",
            $behind,
            " (:behind_at, :behind_seq))
            ORDER BY at ",
            $order,
            ", seq ",
            $order,
            " LIMIT :limit"
        )
    };
}

/// Returns a page of events, and orders of segments that had none, to be stored.
pub fn page(
    snapshot: &Transaction<'_>,
    tenant: TenantNumber,
    query: &HistoryQuery,
    agents: Option<Vec<i64>>,
    tail: &mut Tail,
) -> Result<(HistoryPage, Vec<SegmentOrder>)> {
    let search = EventSearch::of_page(tenant, query, agents);
    let horizon = match query.page.cursor {
        Some(cursor) => cursor.horizon.cast_signed(),
        None => snapshot.query_row("SELECT last_seq FROM log", [], |row| row.get(0))?,
    };
    let (rows, unordered) = find(snapshot, &search, tail)?;
    let mut page = HistoryPage::new(rows, &query.page, horizon);
    if let Some(seconds) = page.seconds_of_fed(query.provenance)
        && has_logged(snapshot, tenant)?
    {
        let mut of =
            |provenance| find(snapshot, &search.clone().of_seconds(seconds.clone(), provenance, horizon), tail);
        let (logged, _) = of(ProvenanceKind::Logged)?;
        if !logged.is_empty() {
            page.hide_fed_copies(&logged, &of(ProvenanceKind::Fed)?.0);
        }
    }
    let orders = unordered.into_iter().take(MAX_ORDERED_SEGMENTS).map(|segment| event_order::build(snapshot, segment));
    Ok((page, orders.collect::<Result<_>>()?))
}

/// Returns whether a record of the vendor's log was ever stored for a tenant.
fn has_logged(snapshot: &Transaction<'_>, TenantNumber(tenant): TenantNumber) -> Result<bool> {
    let found = snapshot
        .prepare_cached("SELECT has_logged FROM tenant WHERE number = ?1")?
        .query_row([tenant], |row| row.get(0))
        .optional()?;
    Ok(found.unwrap_or(false))
}

/// Returns the rows that a search selects, in its order, and the segments that were read whole for lack of an order.
fn find(snapshot: &Transaction<'_>, search: &EventSearch, tail: &mut Tail) -> Result<(Vec<LoggedEvent>, Vec<Segment>)> {
    let (mut found, mut unordered) = (Vec::new(), Vec::new());
    let ids = event_order::ids(search);
    for part in parts(snapshot, search)? {
        let is_full = search.limit.is_some_and(|limit| found.len() >= limit);
        if is_full {
            sort(&mut found, search);
        }
        if is_full && found.last().is_some_and(|last: &LoggedEvent| is_behind(&part, search.order, last.event.at)) {
            // The rest is further behind.
            break;
        }
        let mut ordered = None;
        if let Some((by, ids)) = &ids {
            ordered = match part.segment() {
                Some(segment) => {
                    let rows = event_order::find(snapshot, search, segment, *by, ids)?;
                    if rows.is_none() {
                        unordered.push(segment);
                    }
                    rows
                }
                None => tail.find(snapshot, search, part.first_seq..part.last_seq + 1, *by, ids)?,
            };
        }
        let mut rows = match ordered {
            Some(rows) => rows,
            None => find_in(snapshot, search, &part)?,
        };
        found.append(&mut rows);
    }
    sort(&mut found, search);
    Ok((found, unordered))
}

/// Sorts rows in the order of a search, and leaves out what is more than wanted.
fn sort(found: &mut Vec<LoggedEvent>, search: &EventSearch) {
    found.sort_by(|one, other| search.compare(one, other));
    found.truncate(search.limit.unwrap_or(usize::MAX));
}

/// Returns whether a part has only events behind a time.
fn is_behind(part: &Part, order: TimeOrder, at: i64) -> bool {
    match order {
        TimeOrder::OldestFirst => part.earliest > at,
        TimeOrder::NewestFirst => part.latest < at,
    }
}

/// Returns the parts that may have events of a search. What they have at most comes first.
pub fn parts(snapshot: &Transaction<'_>, search: &EventSearch) -> Result<Vec<Part>> {
    let Range { start, end } = search.times;
    let mut segments = snapshot.prepare_cached(
        "SELECT number, first_seq, last_seq, earliest, ifnull(latest, 9223372036854775807) AS latest_at FROM segment
         WHERE earliest < ?2 AND latest_at >= ?1
         UNION ALL
         SELECT NULL, ifnull((SELECT max(last_seq) FROM segment), 0) + 1, last_seq, -9223372036854775808,
            9223372036854775807
         FROM log",
    )?;
    let part = |row: &Row<'_>| {
        let (number, first_seq, last_seq) = (row.get(0)?, row.get(1)?, row.get(2)?);
        Ok(Part { number, first_seq, last_seq, earliest: row.get(3)?, latest: row.get(4)? })
    };
    let mut parts = segments.query_map([start, end], part)?.collect::<Result<Vec<_>>>()?;
    match search.order {
        TimeOrder::OldestFirst => parts.sort_unstable_by_key(|part| part.earliest),
        TimeOrder::NewestFirst => parts.sort_unstable_by_key(|part| std::cmp::Reverse(part.latest)),
    }
    Ok(parts)
}

fn find_in(snapshot: &Transaction<'_>, search: &EventSearch, part: &Part) -> Result<Vec<LoggedEvent>> {
    let sql = match search.order {
        TimeOrder::OldestFirst => search!("ASC", ">"),
        TimeOrder::NewestFirst => search!("DESC", "<"),
    };
    let agents = search.agents.as_ref().map(|agents| format!("{agents:?}"));
    let provenance = search.provenance.map(|provenance| match provenance {
        ProvenanceKind::Fed => "fed",
        ProvenanceKind::Logged => "logged",
        ProvenanceKind::Observed => "observed",
    });
    let mut rows = snapshot.prepare_cached(sql)?;
    let rows = rows.query_map(
        named_params! {
            ":first_seq": part.first_seq,
            ":last_seq": part.last_seq.min(search.horizon.unwrap_or(i64::MAX)),
            ":tenant": search.tenant.0,
            ":from": search.times.start,
            ":to": search.times.end,
            ":agents": agents,
            ":whatsapp": search.whatsapp,
            ":source": search.source,
            ":status": search.status,
            ":detail_status": search.detail_status,
            ":provenance": provenance,
            ":behind_at": search.behind.map(|(at, _)| at),
            ":behind_seq": search.behind.map(|(_, seq)| seq),
            ":limit": search.limit.map_or(-1, |limit| limit as i64),
        },
        read::event,
    )?;
    rows.map(|row| row.map(|(_, logged)| logged)).collect()
}

macro_rules! gaps {
    ($order:literal, $behind:literal) => {
        concat!(
            "SELECT number, source, user_id, agent_account, whatsapp, from_at, to_at FROM gap
            WHERE tenant = :tenant AND to_at >= :from AND ifnull(from_at, -9223372036854775808) < :to
                AND (:agents IS NULL OR user_id IN (SELECT value FROM json_each(:agents)))
                AND (:whatsapp IS NULL OR ifnull(whatsapp, :whatsapp) = :whatsapp)
                AND (:source IS NULL OR source = :source)
                AND (:behind_at IS NULL OR (to_at, number) ",
            $behind,
            " (:behind_at, :behind_number))
            ORDER BY to_at ",
            $order,
            ", number ",
            $order,
            " LIMIT :limit"
        )
    };
}

/// Returns a page of gaps.
pub fn gaps(snapshot: &Transaction<'_>, search: &GapSearch) -> Result<GapPage> {
    let (filter, page) = (&search.query.filter, &search.query.page);
    let sql = match page.order {
        TimeOrder::OldestFirst => gaps!("ASC", ">"),
        TimeOrder::NewestFirst => gaps!("DESC", "<"),
    };
    let mut rows = snapshot.prepare_cached(sql)?;
    let rows = rows.query_map(
        named_params! {
            ":tenant": search.tenant.0,
            ":from": filter.from.unwrap_or(i64::MIN),
            ":to": filter.to.unwrap_or(i64::MAX),
            ":agents": search.agents.as_ref().map(|agents| format!("{agents:?}")),
            ":whatsapp": filter.whatsapp.map(|number| number.get().cast_signed()),
            ":source": filter.source.map(Source::code),
            ":behind_at": page.cursor.map(|cursor| cursor.at),
            ":behind_number": page.cursor.map(|cursor| cursor.number.cast_signed()),
            ":limit": page.length() as i64 + 1,
        },
        gap,
    )?;
    Ok(GapPage::new(rows.collect::<Result<_>>()?, page))
}

fn gap(row: &Row<'_>) -> Result<(u64, Gap)> {
    let whatsapp = row.get::<_, Option<i64>>(4)?.map(|number| WhatsAppNumber::new(number.cast_unsigned()));
    let gap = Gap {
        source: Source::from(row.get::<_, i32>(1)?),
        user_id: row.get::<_, i64>(2)?.try_into().map_err(|error: ParseError| unreadable(2, error))?,
        agent_account: row.get(3)?,
        whatsapp: whatsapp.transpose().map_err(|error| unreadable(4, error))?,
        from: row.get(5)?,
        to: row.get(6)?,
    };
    Ok((row.get::<_, i64>(0)?.cast_unsigned(), gap))
}
