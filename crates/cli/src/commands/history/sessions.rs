//! The sessions of the history as rows.

use group_dispatch_types::history::{EventTime, PresenceChange, Session, SessionEdge};
use serde_json::Value;

use super::events::time_cell;
use crate::output::{
    clock::{Clock, TimeHeading},
    rows::{Cell, Column, NAME_WIDTH, Rows},
};

/// The description of a behavior begins with whether the account went online, went offline or was banned.
const DETAIL_WIDTH: usize = 20;

/// Returns a row for each session.
pub fn to_rows(sessions: &[Session], clock: &Clock) -> Rows {
    let times = sessions.iter().flat_map(|session| [Some(session.from), session.to]);
    let heading = clock.heading(times.flatten());
    let columns = [
        Column::fixed("from", heading.title("ONLINE FROM"), 0),
        Column::fixed("to", heading.title("TO"), 0),
        Column::hidden("userId"),
        Column::text("agentAccount", "AGENT", 2, NAME_WIDTH),
        Column::hidden("userName"),
        Column::fixed("whatsApp", "WHATSAPP", 0),
        Column::fixed("source", "SOURCE", 3),
        Column::hidden("sourceName"),
        Column::fixed("beganProvenance", "KNOWN", 5),
        Column::hidden("beganDetailStatus"),
        Column::hidden("beganNotBefore"),
        Column::hidden("endedProvenance"),
        Column::hidden("endedStatus"),
        Column::hidden("endedStatusName"),
        Column::text("endedDetailStatus", "ENDED", 4, DETAIL_WIDTH),
        Column::hidden("endedNotBefore"),
        Column::fixed("atLeast", "AT LEAST", 1),
    ];
    let time = |time| time_cell(time, clock);
    Rows::new(
        columns,
        sessions.iter().map(|session| {
            let [source, source_name] = Cell::source(session.source);
            let Session { began, ended, .. } = session;
            let ended = ended.as_ref();
            let [status, status_name] = Cell::status(ended.and_then(|edge| edge.status));
            [
                Cell { display: heading.display(clock, session.from), ..time(Some(session.from)) },
                Cell { display: describe_end(session.to, clock, &heading), ..time(session.to) },
                Cell::agent(session.user_id),
                Cell::text(&session.agent_account),
                Cell::optional(session.user_name.as_deref()),
                Cell::account(session.whats_app),
                source,
                source_name,
                Cell { display: describe_provenance(began, ended), ..Cell::text(began.provenance) },
                Cell::new(began.detail_status.map_or(Value::Null, |detail| detail.code().into()), ""),
                time(began.not_before),
                ended.map_or_else(|| Cell::optional(None), |edge| Cell::text(edge.provenance)),
                status,
                status_name,
                describe_reason(ended),
                time(ended.and_then(|edge| edge.not_before)),
                Cell::new(session.at_least, if session.at_least { "yes" } else { "" }),
            ]
        }),
    )
}

fn describe_end(to: Option<EventTime>, clock: &Clock, heading: &TimeHeading) -> String {
    to.map_or_else(|| "still online".to_owned(), |to| heading.display(clock, to))
}

/// Returns how the beginning is known and, if that differs, how the end is.
fn describe_provenance(began: &SessionEdge, ended: Option<&SessionEdge>) -> String {
    match ended {
        Some(ended) if ended.provenance != began.provenance => format!("{}, {}", began.provenance, ended.provenance),
        _ => began.provenance.to_string(),
    }
}

fn describe_reason(ended: Option<&SessionEdge>) -> Cell {
    let Some(ended) = ended else { return Cell::optional(None) };
    match ended.detail_status {
        Some(detail) => Cell::new(detail.code(), format_args!("{} ({})", detail.description(), detail.code())),
        None if ended.status.is_some() => Cell::new(Value::Null, "Another agent took it over"),
        None => Cell::new(Value::Null, format_args!("Seen to be {}", PresenceChange::Gone)),
    }
}
