//! The operations of the history: requests of the contract become queries of the store, and its pages become responses.

use std::{fmt::Display, str::FromStr};

use group_dispatch_types::{
    AccountStatus, BusinessCode, Request, Source, UserId, UtcOffset, WhatsAppNumber,
    history::{
        AgeInSeconds, ClockOffset, ClockUncertainty, EventTime, FreshnessReport, Gap, GapPage, HistoryCursor,
        HistoryEvent, HistoryEventsRequest, HistoryEventsResponse, HistoryFreshnessRequest, HistoryFreshnessResponse,
        HistoryGapsRequest, HistoryGapsResponse, HistoryOrder, HistoryPage, PageLimit, PresenceChange, Provenance,
        RequestCount, RoundInterval, SourceFreshness,
    },
};
use serde::Serialize;

use super::listed::listed;
use crate::{
    event::{self, ProvenanceKind, StatusEvent},
    http::{caller::Caller, error::ApiError, json_body::JsonBody},
    store::{self, FactFilter, Freshness, GapQuery, HistoryQuery, PageRequest, TimeOrder},
};

/// Items of a page without `limit`.
const DEFAULT_PAGE_LENGTH: usize = 100;

const CODE: BusinessCode = BusinessCode::Success;
const MESSAGE: &str = "success";

/// Responds with a page of events.
pub async fn events(
    caller: Caller<'_>,
    mut request: HistoryEventsRequest,
) -> Result<JsonBody<HistoryEventsResponse>, ApiError> {
    let offset = caller.state.store.utc_offset();
    let order = match request.order {
        Some(HistoryOrder::NewestFirst) => TimeOrder::NewestFirst,
        Some(HistoryOrder::OldestFirst) | None => TimeOrder::OldestFirst,
    };
    let (cursor, limit) = (request.cursor.take(), request.limit.take());
    let pages = Pages::of(&request)?;
    let status = request.status;
    let query = HistoryQuery {
        page: pages.request(order, limit, cursor)?,
        filter: FactFilter {
            from: milliseconds(request.from, offset),
            to: milliseconds(request.to, offset),
            ..concerning(request.user_id, request.agent_account, request.whats_app, request.source)?
        },
        status,
        detail_status: request.detail_status,
        provenance: request.provenance.map(|provenance| match provenance {
            Provenance::Fed => ProvenanceKind::Fed,
            Provenance::Logged => ProvenanceKind::Logged,
            Provenance::Observed => ProvenanceKind::Observed,
        }),
    };
    let page = caller.state.store.history(caller.tenant_id, query).await?;
    let events = page.events.into_iter().map(|stored| history_event(stored.event));
    // The status that the log has of an account that was seen to be gone is not known.
    let events = events.filter(|event| status.is_none() || event.status == status).collect();
    let data = HistoryPage { events, next: page.next.map(|next| pages.cursor(&next)) };
    respond(&caller, &HistoryEventsResponse { code: CODE, message: MESSAGE.to_owned(), data }).await
}

/// Responds with a page of gaps.
pub async fn gaps(
    caller: Caller<'_>,
    mut request: HistoryGapsRequest,
) -> Result<JsonBody<HistoryGapsResponse>, ApiError> {
    let offset = caller.state.store.utc_offset();
    let (cursor, limit) = (request.cursor.take(), request.limit.take());
    let pages = Pages::of(&request)?;
    let query = GapQuery {
        page: pages.request(TimeOrder::OldestFirst, limit, cursor)?,
        filter: FactFilter {
            from: milliseconds(request.from, offset),
            to: milliseconds(request.to, offset),
            ..concerning(request.user_id, request.agent_account, request.whats_app, request.source)?
        },
    };
    let page = caller.state.store.gaps(caller.tenant_id, query).await?;
    let gaps = page.gaps.into_iter().map(gap).collect();
    let data = GapPage { gaps, next: page.next.map(|next| pages.cursor(&next)) };
    respond(&caller, &HistoryGapsResponse { code: CODE, message: MESSAGE.to_owned(), data }).await
}

/// Returns the filter of what concerns an agent or an account. An empty login account does not restrict it.
///
/// # Errors
/// If the source is none of the contract (D5).
pub fn concerning(
    user_id: Option<UserId>,
    agent_account: Option<String>,
    whatsapp: Option<WhatsAppNumber>,
    source: Option<Source>,
) -> Result<FactFilter, ApiError> {
    let source = source.map(listed).transpose()?;
    let agent_account = agent_account.filter(|login| !login.trim().is_empty());
    Ok(FactFilter { from: None, to: None, user_id, agent_account, whatsapp, source })
}

/// Responds with how up to date each source is.
pub async fn freshness(
    caller: Caller<'_>,
    request: HistoryFreshnessRequest,
) -> Result<JsonBody<HistoryFreshnessResponse>, ApiError> {
    let asked_for = request.source.map(listed).transpose()?;
    let known = caller.state.store.freshness(caller.tenant_id).unwrap_or_default();
    let asked = known.iter().filter(|known| asked_for.is_none_or(|source| source == known.source));
    let now = event::now();
    let data = FreshnessReport { sources: asked.map(|known| source_freshness(known, now)).collect() };
    respond(&caller, &HistoryFreshnessResponse { code: CODE, message: MESSAGE.to_owned(), data }).await
}

/// Holds a permit for a large response until it is sent.
pub async fn respond<T: Serialize>(caller: &Caller<'_>, response: &T) -> Result<JsonBody<T>, ApiError> {
    let body = JsonBody::of(response)?;
    if body.is_large() { Ok(body.hold(caller.large_response_permit().await?)) } else { Ok(body) }
}

/// The pages of one request. A cursor ends in a checksum of the operation and of the request without `cursor` and `limit`, so
/// that it is rejected in another request (D51).
pub struct Pages {
    checksum: String,
}

impl Pages {
    pub fn of<R: Request + Serialize>(request: &R) -> Result<Self, ApiError> {
        let text = serde_json::to_string(&(R::OPERATION.path(), request)).map_err(|_| ApiError::internal())?;
        Ok(Self { checksum: format!("{:08x}", crc32fast::hash(text.as_bytes())) })
    }

    fn request(
        &self,
        order: TimeOrder,
        limit: Option<PageLimit>,
        cursor: Option<HistoryCursor>,
    ) -> Result<PageRequest, ApiError> {
        Ok(PageRequest { order, limit: page_length(limit), cursor: self.place(cursor)? })
    }

    /// Returns the place that a cursor names.
    pub fn place<P: FromStr>(&self, cursor: Option<HistoryCursor>) -> Result<Option<P>, ApiError> {
        let place = |cursor: HistoryCursor| {
            let (place, checksum) = cursor.as_str().rsplit_once('.')?;
            place.parse().ok().filter(|_| checksum == self.checksum)
        };
        let expected = "cursor: expected the `next` of a response to the same request";
        cursor.map(|cursor| place(cursor).ok_or_else(|| ApiError::bad_request(expected))).transpose()
    }

    pub fn cursor(&self, place: &impl Display) -> HistoryCursor {
        format!("{place}.{}", self.checksum).into()
    }
}

/// Returns how many items a page has at most.
pub fn page_length(limit: Option<PageLimit>) -> usize {
    limit.and_then(|limit| limit.get().try_into().ok()).unwrap_or(DEFAULT_PAGE_LENGTH)
}

pub fn non_empty(text: String) -> Option<String> {
    Some(text).filter(|text| !text.is_empty())
}

pub fn milliseconds(time: Option<EventTime>, offset: UtcOffset) -> Option<i64> {
    time.map(|time| time.epoch_milliseconds(offset))
}

/// Returns an event as the contract has it.
pub fn history_event(event: StatusEvent) -> HistoryEvent {
    let StatusEvent { at, provenance, status, detail_status, .. } = event;
    let shown = HistoryEvent {
        provenance: Provenance::Fed,
        user_id: event.user_id,
        agent_account: event.agent_account,
        user_name: event.user_name.and_then(non_empty),
        whats_app: event.whatsapp,
        name: event.name.and_then(non_empty),
        source: event.source,
        country_code: non_empty(event.country_code),
        status: Some(status),
        detail_status: Some(detail_status),
        create_time: Some(EventTime::Instant(at)),
        not_before: None,
        not_after: None,
        change: None,
        event_id: event.event_id.and_then(non_empty),
    };
    match provenance {
        event::Provenance::Fed => shown,
        event::Provenance::Logged { .. } => HistoryEvent { provenance: Provenance::Logged, ..shown },
        event::Provenance::Observed { not_before } => {
            let came = status == AccountStatus::Online;
            HistoryEvent {
                provenance: Provenance::Observed,
                status: came.then_some(status),
                detail_status: None,
                create_time: None,
                not_before: not_before.map(EventTime::Instant),
                not_after: Some(EventTime::Instant(at)),
                change: Some(if came { PresenceChange::Came } else { PresenceChange::Gone }),
                ..shown
            }
        }
    }
}

fn gap(gap: store::Gap) -> Gap {
    Gap {
        source: gap.source,
        user_id: gap.user_id,
        agent_account: gap.agent_account,
        whats_app: gap.whatsapp,
        from: gap.from.map(EventTime::Instant),
        to: EventTime::Instant(gap.to),
    }
}

/// Returns the freshness of a source at the time `now`, in Unix epoch milliseconds.
pub fn source_freshness(known: &Freshness, now: i64) -> SourceFreshness {
    // The clock of the mirror may be ahead.
    let age = u64::try_from((now - known.last) / 1000).unwrap_or(0);
    SourceFreshness {
        source: known.source,
        first_look: EventTime::Instant(known.first),
        looked_since: EventTime::Instant(known.since),
        last_look: EventTime::Instant(known.last),
        log_read: known.log_read.map(EventTime::Instant),
        age: AgeInSeconds::try_from(age).unwrap_or(AgeInSeconds::MAX),
        clock_offset: ClockOffset::try_from(known.clock_offset).unwrap_or(ClockOffset::MAX),
        uncertainty: ClockUncertainty::try_from(u64::from(known.uncertainty)).unwrap_or(ClockUncertainty::MAX),
        requests_per_minute: known.requests_per_minute.and_then(|count| RequestCount::try_from(count).ok()),
        interval: known.interval.and_then(|interval| RoundInterval::try_from(interval).ok()),
        ended: known.ended.map(EventTime::Instant),
    }
}
