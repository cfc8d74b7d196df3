//! The events of the history as rows.

use group_dispatch_types::history::{EventTime, HistoryEvent, PresenceChange};
use serde_json::Value;

use crate::output::{
    clock::{Clock, TimeHeading},
    rows::{Cell, Column, NAME_WIDTH, Rows},
};

/// The length of "offline", the shortest width at which a status is still recognizable.
const STATUS_WIDTH: usize = 7;
/// The description of a behavior begins with whether the account went online, went offline or was banned.
const DETAIL_WIDTH: usize = 20;

/// Returns a row for each event.
pub fn to_rows(events: &[HistoryEvent], clock: &Clock) -> Rows {
    let times = events.iter().flat_map(|event| [event.create_time, event.not_before, event.not_after]);
    let heading = clock.heading(times.flatten());
    let title = heading.title("TIME");
    // An interval does not begin with the year, which can then not be left out.
    let has_intervals = events.iter().any(|event| event.create_time.is_none());
    let columns = [
        if has_intervals { Column::fixed("createTime", title, 0) } else { Column::time("createTime", title, 4) },
        Column::hidden("notBefore"),
        Column::hidden("notAfter"),
        Column::fixed("provenance", "KNOWN", 1),
        Column::hidden("change"),
        Column::hidden("userId"),
        Column::text("agentAccount", "AGENT", 6, NAME_WIDTH),
        Column::hidden("userName"),
        Column::fixed("whatsApp", "WHATSAPP", 0),
        Column::text("name", "NAME", 7, NAME_WIDTH),
        Column::fixed("source", "SOURCE", 5),
        Column::hidden("sourceName"),
        Column::text("status", "STATUS", 2, STATUS_WIDTH),
        Column::hidden("statusName"),
        Column::text("detailStatus", "WHAT HAPPENED", 3, DETAIL_WIDTH),
        Column::hidden("detailStatusName"),
        Column::text("countryCode", "COUNTRY", 8, NAME_WIDTH),
        Column::hidden("eventId"),
    ];
    let time = |time| time_cell(time, clock);
    Rows::new(
        columns,
        events.iter().map(|event| {
            let [source, source_name] = Cell::source(event.source);
            let [status, status_name] = status_cells(event);
            let [detail, detail_name] = detail_cells(event);
            [
                Cell { display: describe_time(event, clock, &heading), ..time(event.create_time) },
                time(event.not_before),
                time(event.not_after),
                Cell::text(event.provenance),
                event.change.map_or_else(|| Cell::optional(None), Cell::text),
                Cell::agent(event.user_id),
                Cell::text(&event.agent_account),
                Cell::optional(event.user_name.as_deref()),
                Cell::account(event.whats_app),
                Cell::optional(event.name.as_deref()),
                source,
                source_name,
                status,
                status_name,
                detail,
                detail_name,
                Cell::optional(event.country_code.as_deref()),
                Cell::optional(event.event_id.as_deref()),
            ]
        }),
    )
}

/// Returns when an event happened: its time, or the interval in which it was observed.
fn describe_time(event: &HistoryEvent, clock: &Clock, heading: &TimeHeading) -> String {
    match (event.create_time, event.not_after) {
        (Some(time), _) => heading.display(clock, time),
        (None, Some(end)) => heading.display_interval(clock, event.not_before, end),
        (None, None) => "unknown".to_owned(),
    }
}

fn status_cells(event: &HistoryEvent) -> [Cell; 2] {
    let [status, name] = Cell::status(event.status);
    match event.change {
        // Offline, disconnected or banned: nobody knows which.
        Some(PresenceChange::Gone) if event.status.is_none() => {
            [Cell { display: "not online".to_owned(), ..status }, name]
        }
        _ => [status, name],
    }
}

fn detail_cells(event: &HistoryEvent) -> [Cell; 2] {
    match (event.detail_status, event.change) {
        (Some(detail), _) => {
            let text = format_args!("{} ({})", detail.description(), detail.code());
            [Cell::new(detail.code(), text), Cell::text(detail)]
        }
        (None, Some(PresenceChange::Came)) => [Cell::new(Value::Null, "Came online"), Cell::optional(None)],
        (None, Some(PresenceChange::Gone)) => {
            [Cell::new(Value::Null, "Gone: offline, disconnected or banned"), Cell::optional(None)]
        }
        (None, None) => [Cell::optional(None), Cell::optional(None)],
    }
}

/// Returns a cell with a time for programs, and without a text for tables.
pub fn time_cell(time: Option<EventTime>, clock: &Clock) -> Cell {
    Cell::new(time.map_or(Value::Null, |time| clock.rfc3339(time).into()), "")
}
