//! The operations that compute: sessions, and sums over them (D61).

use group_dispatch_types::{
    AccountStatus, BusinessCode, UserId,
    history::{
        CalendarDay, EventTime, HistoryReport, HistoryReportRequest, HistoryReportResponse, HistorySessionsRequest,
        HistorySessionsResponse, Milliseconds, Provenance, ReportCount, ReportGrouping, ReportRow, Session,
        SessionEdge, SessionPage,
    },
};

use super::history::{Pages, concerning, milliseconds, non_empty, page_length};
use crate::{
    event::{self, ProvenanceKind},
    http::{caller::Caller, error::ApiError, json_body::JsonBody},
    store::{
        self, AgentName, Day, FactFilter, Grouping, NoSuchDay, ReportError, ReportPage, ReportQuery, Row,
        SessionCursor, SessionQuery, Subject, Subjects, Sums, Zone,
    },
};

/// Days of a report at most: a year and a day.
const MAX_DAYS: usize = 366;

const CODE: BusinessCode = BusinessCode::Success;
const MESSAGE: &str = "success";

/// Responds with a page of sessions.
pub async fn sessions(
    caller: Caller<'_>,
    mut request: HistorySessionsRequest,
) -> Result<JsonBody<HistorySessionsResponse>, ApiError> {
    let offset = caller.state.store.utc_offset();
    let (cursor, limit) = (request.cursor.take(), request.limit.take());
    let pages = Pages::of(&request)?;
    let query = SessionQuery {
        cursor: pages.place::<SessionCursor>(cursor)?,
        limit: page_length(limit),
        filter: FactFilter {
            from: milliseconds(request.from, offset),
            to: milliseconds(request.to, offset),
            ..concerning(request.user_id, request.agent_account, request.whats_app, request.source)?
        },
        now: event::now(),
    };
    // Such a response takes long to compute, whatever its size.
    let permit = caller.large_response_permit().await?;
    let page = caller.state.store.sessions(caller.tenant_id, query).await?;
    let name = |agent: UserId| page.names.get(&agent).cloned().unwrap_or_default();
    let session = |(found, at_least): &(store::Session, bool)| session(found, *at_least, name(found.user_id));
    let data = SessionPage {
        sessions: page.sessions.iter().map(session).collect(),
        as_of: EventTime::Instant(page.now),
        next: page.next.map(|next| pages.cursor(&next)),
    };
    let response = HistorySessionsResponse { code: CODE, message: MESSAGE.to_owned(), data };
    Ok(JsonBody::of(&response)?.hold(permit))
}

/// Responds with the sums of days.
pub async fn report(
    caller: Caller<'_>,
    request: HistoryReportRequest,
) -> Result<JsonBody<HistoryReportResponse>, ApiError> {
    let now = event::now();
    let time_zone = request.time_zone.clone().unwrap_or_default();
    let zone = Zone::find(time_zone.as_str()).ok_or_else(|| {
        let version = store::time_zone_data_version();
        ApiError::bad_request(format!(
            "timeZone: expected the name of a time zone of IANA, such as America/Bogota; there is no such zone in {version}"
        ))
    })?;
    let days = days(&zone, &request)?;
    let (from, to) = (days.first().map_or(now, |day| day.from), days.last().map_or(now, |day| day.to.min(now)));
    let query = ReportQuery {
        filter: concerning(request.user_id, request.agent_account, request.whats_app, request.source)?,
        days,
        grouping: grouping(request.by),
        now,
    };
    let permit = caller.large_response_permit().await?;
    let page = caller.state.store.report(caller.tenant_id, query).await?;
    // There may be 100,000 rows.
    let render = move || {
        let ReportPage { rows, names } = page;
        let data = HistoryReport {
            from: EventTime::Instant(from),
            to: EventTime::Instant(to),
            as_of: EventTime::Instant(now),
            time_zone: zone.name().parse().unwrap_or(time_zone),
            time_zone_data: store::time_zone_data_version().to_owned(),
            rows: rows.iter().map(|found| row(found, agent_of(found).and_then(|agent| names.get(&agent)))).collect(),
        };
        let response = HistoryReportResponse { code: CODE, message: MESSAGE.to_owned(), data };
        Ok(JsonBody::of(&response)?.hold(permit))
    };
    tokio::task::spawn_blocking(render).await.map_err(|_| ApiError::internal())?
}

impl From<ReportError> for ApiError {
    fn from(error: ReportError) -> Self {
        match error {
            ReportError::Store(error) => error.into(),
            ReportError::TooManyRows | ReportError::TooManyEvents | ReportError::TooManyFilteredEvents => {
                Self::bad_request(error.to_string())
            }
        }
    }
}

/// Returns the days of a report.
fn days(zone: &Zone, request: &HistoryReportRequest) -> Result<Vec<Day>, ApiError> {
    let (first, last) = (request.first_day, request.last_day.unwrap_or(request.first_day));
    let only = |day: CalendarDay, member: &str| {
        let expected = format!("{member}: expected a day of the calendar, from 1974-01-01 to 9998-12-31");
        zone.days(day, day, 1).map_err(|NoSuchDay| ApiError::bad_request(expected)).map(drop)
    };
    only(first, "firstDay")?;
    only(last, "lastDay")?;
    if last < first {
        return Err(ApiError::bad_request("lastDay: expected firstDay or a later day"));
    }
    let days = zone.days(first, last, MAX_DAYS + 1).unwrap_or_default();
    if days.len() > MAX_DAYS {
        return Err(ApiError::bad_request(format!("lastDay: expected at most {MAX_DAYS} days, from firstDay on")));
    }
    Ok(days)
}

fn grouping(by: ReportGrouping) -> Grouping {
    let (subjects, by_day) = match by {
        ReportGrouping::Agent => (Subjects::Agents, false),
        ReportGrouping::Account => (Subjects::Accounts, false),
        ReportGrouping::Day => (Subjects::All, true),
        ReportGrouping::AgentDay => (Subjects::Agents, true),
        ReportGrouping::AccountDay => (Subjects::Accounts, true),
    };
    Grouping { subjects, by_day }
}

fn agent_of(row: &Row) -> Option<UserId> {
    match row.subject {
        Subject::Agent(agent) => Some(agent),
        Subject::Account(_) | Subject::All => None,
    }
}

fn row(row: &Row, name: Option<&AgentName>) -> ReportRow {
    let Sums { online, longest_absence, sessions, disconnects, bans, flaps, at_least } = row.sums;
    let agent = agent_of(row);
    let name = agent.map(|_| name.cloned().unwrap_or_default());
    ReportRow {
        day: row.day,
        user_id: agent,
        agent_account: name.as_ref().map(|name| name.account.clone()),
        user_name: name.and_then(|name| name.name).and_then(non_empty),
        whats_app: match row.subject {
            Subject::Account(account) => Some(account),
            Subject::Agent(_) | Subject::All => None,
        },
        online_milliseconds: length(online),
        longest_absence_milliseconds: length(longest_absence),
        sessions: count(sessions),
        disconnects: count(disconnects),
        bans: count(bans),
        flaps: count(flaps),
        at_least,
    }
}

fn length(milliseconds: i64) -> Milliseconds {
    u64::try_from(milliseconds).ok().and_then(|length| length.try_into().ok()).unwrap_or(Milliseconds::MIN)
}

fn count(count: u32) -> ReportCount {
    ReportCount::try_from(count).unwrap_or(ReportCount::MAX)
}

fn session(session: &store::Session, at_least: bool, name: AgentName) -> Session {
    let store::Session { user_id, whatsapp, source, began, ended } = *session;
    Session {
        user_id,
        agent_account: name.account,
        user_name: name.name.and_then(non_empty),
        whats_app: whatsapp,
        source,
        from: EventTime::Instant(began.at),
        to: ended.map(|ended| EventTime::Instant(ended.at)),
        began: edge(&began),
        ended: ended.as_ref().map(edge),
        at_least,
    }
}

fn edge(edge: &store::SessionEdge) -> SessionEdge {
    let store::SessionEdge { at, status, detail_status, provenance, seq: _ } = *edge;
    let recorded = |provenance| SessionEdge {
        provenance,
        status: Some(status),
        detail_status: Some(detail_status),
        not_before: None,
        not_after: None,
    };
    match (provenance.kind(), provenance) {
        (ProvenanceKind::Logged, _) => recorded(Provenance::Logged),
        (ProvenanceKind::Observed, event::Provenance::Observed { not_before }) => SessionEdge {
            provenance: Provenance::Observed,
            // What an account that is gone is now, nobody knows.
            status: (status == AccountStatus::Online).then_some(status),
            detail_status: None,
            not_before: not_before.map(EventTime::Instant),
            not_after: Some(EventTime::Instant(at)),
        },
        _ => recorded(Provenance::Fed),
    }
}
