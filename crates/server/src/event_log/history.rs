//! Reads the log by time: pages of events and of gaps.
//!
//! Events are in the order of their time and, of one time, of their arrival. A cursor says where a page ended, so an event
//! that was there when the first page was read is returned once, whatever is appended meanwhile.
//!
//! A record of the vendor's log that was fed as well is one event: for each logged one, a fed one that says the same of the
//! same second is left out ([`HistoryPage::hide_fed_copies`]). Only logged events from before the first page count for that.
//! Otherwise an event could be left out after the page on which the logged one would have been.

use std::{cmp::Ordering, fmt, ops::Range, str::FromStr};

use group_dispatch_types::{AccountStatus, Source, StatusDetail, UserId, WhatsAppNumber};

use super::mirrored::Gap;
use crate::{
    event::{
        LoggedEvent, ProvenanceKind, StatusEvent,
        fact::{StatusFact, fed_copies},
    },
    tenant::TenantNumber,
};

/// Events or gaps that a page has at most.
pub const MAX_PAGE_LENGTH: usize = 1_000;

/// Which events or gaps. An absent member selects all.
#[derive(Clone, Default)]
pub struct FactFilter {
    /// Not before this time: Unix epoch milliseconds. A gap has to end at it or later.
    pub from: Option<i64>,
    /// Before this time. A gap has to begin before it.
    pub to: Option<i64>,
    /// Of the agent with this id.
    pub user_id: Option<UserId>,
    /// Of the agents that have this login account now.
    pub agent_account: Option<String>,
    /// Of this account, and gaps of any account.
    pub whatsapp: Option<WhatsAppNumber>,
    /// At this source.
    pub source: Option<Source>,
}

/// Which page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageRequest {
    /// The order.
    pub order: TimeOrder,
    /// How many events or gaps at most; no page has more than 1,000.
    pub limit: usize,
    /// Where the page before ended; `None` for the first.
    pub cursor: Option<PageCursor>,
}

/// The order of a page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TimeOrder {
    /// The oldest event comes first.
    #[default]
    OldestFirst,
    /// The newest event comes first.
    NewestFirst,
}

/// A query about the events of a tenant.
#[derive(Clone, Default)]
pub struct HistoryQuery {
    /// Which events.
    pub filter: FactFilter,
    /// With this status.
    pub status: Option<AccountStatus>,
    /// With this detail status.
    pub detail_status: Option<StatusDetail>,
    /// Known in this way. Fed copies of logged events are left out unless fed events alone are selected.
    pub provenance: Option<ProvenanceKind>,
    /// Which page of them.
    pub page: PageRequest,
}

/// A query about the gaps of a tenant, which are in the order of their end.
#[derive(Clone, Default)]
pub struct GapQuery {
    /// Which gaps.
    pub filter: FactFilter,
    /// Which page of them.
    pub page: PageRequest,
}

/// A page of events.
#[derive(Clone, Default)]
pub struct HistoryPage {
    /// The events; fewer than the limit if some were left out.
    pub events: Vec<HistoryEvent>,
    /// Where the next page begins; `None` if this is the last one.
    pub next: Option<PageCursor>,
}

/// An event of the log.
#[derive(Clone, PartialEq, Eq)]
pub struct HistoryEvent {
    /// Its number, by the order of arrival.
    pub seq: u64,
    /// The event.
    pub event: StatusEvent,
}

/// A page of gaps.
#[derive(Clone, Default)]
pub struct GapPage {
    /// The gaps.
    pub gaps: Vec<Gap>,
    /// Where the next page begins; `None` if this is the last one.
    pub next: Option<PageCursor>,
}

/// Where a page ended. As a text it is three numbers with dots between them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageCursor {
    /// The time of the last event of the page, or the end of its last gap.
    pub(super) at: i64,
    /// The number of that event or gap.
    pub(super) number: u64,
    /// What was there when the first page was read, as the log counts it.
    pub(super) horizon: u64,
}

/// A text is not a [`PageCursor`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("invalid cursor: expected the `next` of a page, unchanged")]
pub struct InvalidCursor;

impl fmt::Display for PageCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.at, self.number, self.horizon)
    }
}

impl FromStr for PageCursor {
    type Err = InvalidCursor;

    fn from_str(text: &str) -> Result<Self, InvalidCursor> {
        let mut parts = text.split('.');
        let cursor = Self { at: part(&mut parts)?, number: part(&mut parts)?, horizon: part(&mut parts)? };
        // Both databases have signed numbers.
        let is_signed = [cursor.number, cursor.horizon].into_iter().all(|number| i64::try_from(number).is_ok());
        if parts.next().is_none() && is_signed { Ok(cursor) } else { Err(InvalidCursor) }
    }
}

fn part<'a, T: FromStr>(parts: &mut impl Iterator<Item = &'a str>) -> Result<T, InvalidCursor> {
    parts.next().and_then(|part| part.parse().ok()).ok_or(InvalidCursor)
}

impl Default for PageRequest {
    fn default() -> Self {
        Self { order: TimeOrder::default(), limit: MAX_PAGE_LENGTH, cursor: None }
    }
}

impl PageRequest {
    /// Returns how many events or gaps the page has at most.
    pub(super) fn length(&self) -> usize {
        self.limit.clamp(1, MAX_PAGE_LENGTH)
    }

    /// Returns the times in which the rest is, from the cursor on.
    pub(super) fn times(&self, filter: &FactFilter) -> Range<i64> {
        let times = filter.from.unwrap_or(i64::MIN)..filter.to.unwrap_or(i64::MAX);
        match (self.cursor, self.order) {
            (None, _) => times,
            (Some(cursor), TimeOrder::OldestFirst) => times.start.max(cursor.at)..times.end,
            (Some(cursor), TimeOrder::NewestFirst) => times.start..times.end.min(cursor.at.saturating_add(1)),
        }
    }
}

/// Selects rows of the log, all conditions together.
#[derive(Clone)]
pub struct EventSearch {
    pub tenant: TenantNumber,
    pub times: Range<i64>,
    /// `None`: of all agents.
    pub agents: Option<Vec<i64>>,
    pub whatsapp: Option<i64>,
    pub source: Option<i32>,
    pub status: Option<i32>,
    pub detail_status: Option<i32>,
    pub provenance: Option<ProvenanceKind>,
    pub order: TimeOrder,
    /// The time and the number behind which the rows are, in that order.
    pub behind: Option<(i64, i64)>,
    /// What has to have been there already, as the log counts it.
    pub horizon: Option<i64>,
    /// How many rows at most.
    pub limit: Option<usize>,
}

impl EventSearch {
    /// Returns the search for the rows of a page, and one more.
    pub fn of_page(tenant: TenantNumber, query: &HistoryQuery, agents: Option<Vec<i64>>) -> Self {
        let HistoryQuery { filter, status, detail_status, provenance, page } = query;
        Self {
            tenant,
            times: page.times(filter),
            agents,
            whatsapp: filter.whatsapp.map(|number| number.get().cast_signed()),
            source: filter.source.map(Source::code),
            status: status.map(AccountStatus::code),
            detail_status: detail_status.map(StatusDetail::code),
            provenance: *provenance,
            order: page.order,
            behind: page.cursor.map(|cursor| (cursor.at, cursor.number.cast_signed())),
            horizon: None,
            limit: Some(page.length() + 1),
        }
    }

    /// Returns the search for what may make an event of a page a copy: events of these seconds that are known in one way.
    pub fn of_seconds(self, times: Range<i64>, provenance: ProvenanceKind, horizon: i64) -> Self {
        Self { times, provenance: Some(provenance), behind: None, horizon: Some(horizon), limit: None, ..self }
    }

    /// Returns whether the search selects a row, apart from the horizon.
    pub fn selects(&self, tenant: TenantNumber, LoggedEvent { seq, event }: &LoggedEvent) -> bool {
        fn is<T: PartialEq>(wanted: Option<T>, found: T) -> bool {
            wanted.is_none_or(|wanted| wanted == found)
        }
        let place = (event.at, seq.cast_signed());
        let is_behind = |behind| match self.order {
            TimeOrder::OldestFirst => place > behind,
            TimeOrder::NewestFirst => place < behind,
        };
        self.tenant == tenant
            && self.times.contains(&event.at)
            && self.agents.as_ref().is_none_or(|agents| agents.contains(&event.user_id.get().cast_signed()))
            && is(self.whatsapp, event.whatsapp.get().cast_signed())
            && is(self.source, event.source.code())
            && is(self.status, event.status.code())
            && is(self.detail_status, event.detail_status.code())
            && is(self.provenance, event.provenance.kind())
            && self.behind.is_none_or(is_behind)
    }

    /// Compares rows in the order of the search.
    pub fn compare(&self, one: &LoggedEvent, other: &LoggedEvent) -> Ordering {
        let (one, other) = ((one.event.at, one.seq), (other.event.at, other.seq));
        match self.order {
            TimeOrder::OldestFirst => one.cmp(&other),
            TimeOrder::NewestFirst => other.cmp(&one),
        }
    }
}

impl HistoryPage {
    /// Makes a page of the rows that a search returned.
    pub(super) fn new(mut rows: Vec<LoggedEvent>, page: &PageRequest, horizon: i64) -> Self {
        let has_more = rows.len() > page.length();
        rows.truncate(page.length());
        let horizon = horizon.cast_unsigned();
        let cursor = rows.last().map(|last| PageCursor { at: last.event.at, number: last.seq, horizon });
        let events = rows.into_iter().map(|LoggedEvent { seq, event }| HistoryEvent { seq, event }).collect();
        Self { events, next: cursor.filter(|_| has_more) }
    }

    /// Returns the seconds of the fed events that may be copies of logged ones; `None` if there are none.
    pub(super) fn seconds_of_fed(&self, selected: Option<ProvenanceKind>) -> Option<Range<i64>> {
        let fed = self.events.iter().filter(|event| event.event.provenance.kind() == ProvenanceKind::Fed);
        let seconds = fed.filter(|_| selected.is_none()).map(|event| event.event.at.div_euclid(1000));
        let (first, last) = seconds.fold(None, |seconds: Option<(i64, i64)>, second| {
            let (first, last) = seconds.unwrap_or((second, second));
            Some((first.min(second), last.max(second)))
        })?;
        Some(first * 1000..(last + 1) * 1000)
    }

    /// Leaves out a fed event for each logged one that says the same of the same second: the earliest of all fed ones that do.
    pub(super) fn hide_fed_copies(&mut self, logged: &[LoggedEvent], fed: &[LoggedEvent]) {
        let hidden = fed_copies(logged.iter().map(StatusFact::from), fed.iter().map(StatusFact::from).collect());
        self.events.retain(|event| !hidden.contains(&event.seq));
    }
}

/// Selects gaps, all conditions together.
pub struct GapSearch {
    pub tenant: TenantNumber,
    pub agents: Option<Vec<i64>>,
    pub query: GapQuery,
}

impl GapPage {
    /// Makes a page of gaps with their numbers.
    pub(super) fn new(mut rows: Vec<(u64, Gap)>, page: &PageRequest) -> Self {
        let has_more = rows.len() > page.length();
        rows.truncate(page.length());
        let cursor = rows.last().map(|(number, last)| PageCursor { at: last.to, number: *number, horizon: 0 });
        Self { gaps: rows.into_iter().map(|(_, gap)| gap).collect(), next: cursor.filter(|_| has_more) }
    }
}
