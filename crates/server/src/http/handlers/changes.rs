//! The operation historyChanges: a page of changes, or a stream of them, as `Accept` asks.

use std::time::Duration;

use axum::http::{HeaderMap, Response};
use group_dispatch_types::{
    BusinessCode,
    history::{ChangeLine, ChangePage, HistoryChangesRequest, HistoryChangesResponse},
};
use tokio::time::{Instant, timeout_at};

use super::{history::respond, listed::listed};
use crate::{
    http::{
        body::ResponseBody,
        caller::Caller,
        change_lines::{ChangeFilter, Format, event_line, online_line, position},
        change_stream,
        error::ApiError,
        json_body::JsonBody,
    },
    store::{ChangeReader, StreamEnd, StreamEvent, StreamPosition},
};

/// Events of a page without `limit`.
const DEFAULT_PAGE_LENGTH: usize = 100;
/// Reads of the log for one page. If none finds an event, the page has none, and its position is further on.
const MAX_READS: usize = 16;
/// Events that a read looks at, at least: a filter may select few of them.
const READ_EVENTS: usize = 1_000;
/// Accounts that are looked at at a time.
const ACCOUNTS_PER_LOCK: u32 = 1_024;

/// Responds with changes.
pub async fn changes(
    caller: Caller<'_>,
    request: HistoryChangesRequest,
    headers: HeaderMap,
) -> Result<Response<ResponseBody>, ApiError> {
    let format = Format::of(&headers);
    if format.is_none() && request.settle.is_some() {
        let expected = "settle: expected in a stream, with Accept: text/event-stream or application/x-ndjson";
        return Err(ApiError::bad_request(expected));
    }
    request.source.map(listed).transpose()?;
    let since = request.since.as_ref().map(|since| position("since", since.as_str())).transpose()?;
    match format {
        Some(format) => change_stream::open(&caller, format, &request, since, &headers).await,
        None => page(caller, request, since).await,
    }
}

async fn page(
    caller: Caller<'_>,
    request: HistoryChangesRequest,
    since: Option<StreamPosition>,
) -> Result<Response<ResponseBody>, ApiError> {
    let filter = ChangeFilter::of(&request);
    // Who is online may be long.
    let permit = if since.is_none() { Some(caller.large_response_permit().await?) } else { None };
    let mut reader = caller.state.store.changes(caller.tenant_id, since).await?;
    let data = if since.is_some() {
        let limit = request.limit.and_then(|limit| limit.get().try_into().ok()).unwrap_or(DEFAULT_PAGE_LENGTH);
        let wait = request.wait.map_or(Duration::ZERO, |wait| Duration::from_secs(wait.get().into()));
        events(&mut reader, &filter, limit, wait).await?
    } else {
        let position = reader.position();
        let (mut lines, mut online) = (Vec::new(), Vec::new());
        for source in reader.sources() {
            let mut places = (0..).step_by(ACCOUNTS_PER_LOCK as usize);
            while places
                .next()
                .is_some_and(|first| reader.online_accounts(source, first, ACCOUNTS_PER_LOCK, &mut online))
            {
                lines.extend(online.drain(..).filter(|account| filter.selects_account(account)).map(online_line));
            }
        }
        ChangePage { lines, position: position.to_string().into() }
    };
    let response = HistoryChangesResponse {
        code: BusinessCode::Success,
        message: BusinessCode::Success.message().to_owned(),
        data,
    };
    let body = match permit {
        Some(permit) => JsonBody::of(&response)?.hold(permit),
        None => respond(&caller, &response).await?,
    };
    Ok(body.into_any().into_response())
}

/// Reads up to `limit` events, and waits for the first of them.
async fn events(
    reader: &mut ChangeReader,
    filter: &ChangeFilter,
    limit: usize,
    wait: Duration,
) -> Result<ChangePage, StreamEnd> {
    let deadline = Instant::now() + wait;
    let mut found = Vec::new();
    for _ in 0..MAX_READS {
        let (events, more) = reader.page(limit.max(READ_EVENTS)).await?;
        found.extend(events.into_iter().filter(|event| filter.selects(event)));
        if found.len() >= limit || !more {
            break;
        }
    }
    while found.is_empty() {
        match timeout_at(deadline, reader.next()).await {
            Ok(batch) => found.extend(batch?.events.iter().filter(|event| filter.selects(event)).cloned()),
            Err(_) => break,
        }
    }
    let position = if found.len() > limit { found[limit - 1].position } else { reader.position() };
    found.truncate(limit);
    Ok(ChangePage { lines: lines(reader, &found), position: position.to_string().into() })
}

fn lines(reader: &ChangeReader, events: &[StreamEvent]) -> Vec<ChangeLine> {
    let accounts = events.iter().map(|event| (event.logged.event.source, event.logged.event.whatsapp));
    let online = reader.online_agents(accounts).into_iter().chain(std::iter::repeat(None));
    events.iter().zip(online).map(|(event, online)| event_line(event, 0, online)).collect()
}
