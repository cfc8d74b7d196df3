//! `group-dispatch report`: historyReport of a group-dispatch-server, how long agents, accounts and days were online.

use std::process::ExitCode;

use clap::{Args, ValueEnum};
use clap_complete::ArgValueCandidates;
use group_dispatch_client::{Client, Error};
use group_dispatch_types::{
    Source, UserId, WhatsAppNumber,
    history::{
        CalendarDay, HistoryReport, HistoryReportRequest, Milliseconds, ReportGrouping, ReportRow, TimeZoneName,
    },
};
use serde_json::Value;

use super::query::EMPTY_STATUS;
use crate::{
    arguments::{
        query::QueryArguments,
        source::{complete_source, parse_source},
    },
    output::{
        self, Response,
        rows::{Cell, Column, NAME_WIDTH, Rows},
    },
    service::{Service, warnings},
    terminal::StdoutClosed,
};

const EXAMPLES: &str = "\
Examples:
  group-dispatch report --day 2026-11-28
  group-dispatch report --day 2026-11-28 --by agent --output csv
  group-dispatch report --from 2026-11-01 --to 2026-11-30 --by agent-day --time-zone America/Bogota
  group-dispatch report --day 2026-11-28 --by account --agent-account br02 --source mobile";

/// Sum up how long agents and accounts were online, and how often sessions began, ended and were interrupted.
///
/// A row is about an agent, an account or a day. It is online while at least one of its accounts is, at any source, so that an
/// account at PC and mobile counts once. A session over midnight counts to each day with its part, and one that lasts counts
/// until now. Days begin and end in --time-zone, and have 23 or 25 hours there when clocks change.
///
/// ABSENT is the longest time without being online, DISCONNECTS and BANS are events, and FLAPS are sessions that began within 60
/// seconds after the last one. "At least" means that a gap touches the row: the vendor may have recorded events that nobody
/// could read. `group-dispatch history --gaps` lists gaps, and `history --sessions` the sessions that were summed up.
///
/// An agent that was never online has no row. The vendor's own service has no history.
#[derive(Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Report {
    /// The day of the report, as YYYY-MM-DD.
    #[arg(long, value_name = "DAY", required_unless_present = "from", conflicts_with_all = ["from", "to"])]
    pub day: Option<CalendarDay>,
    /// The first day of the report.
    #[arg(long, value_name = "DAY", requires = "to")]
    pub from: Option<CalendarDay>,
    /// The last day of the report; it belongs to it. At most 366 days in all.
    #[arg(long, value_name = "DAY", requires = "from")]
    pub to: Option<CalendarDay>,
    /// What a row is about.
    #[arg(long, value_name = "WHAT", value_enum, default_value_t)]
    pub by: By,
    /// The time zone in which days begin and end, by its name in the database of IANA, such as Europe/Berlin. The server has
    /// the database in it.
    #[arg(long, value_name = "ZONE", default_value = "UTC")]
    pub time_zone: TimeZoneName,
    /// Only this source: pc, mobile, cloud, or 1, 2, 3.
    #[arg(long, value_parser = parse_source, add = ArgValueCandidates::new(complete_source))]
    pub source: Option<Source>,
    /// Only the agent with this id.
    #[arg(long, value_name = "ID")]
    pub user_id: Option<UserId>,
    /// Only the agent that has this login account now.
    #[arg(long, visible_alias = "user-name", value_name = "ACCOUNT")]
    pub agent_account: Option<String>,
    /// Only this WhatsApp account.
    #[arg(long, value_name = "NUMBER")]
    pub whatsapp: Option<WhatsAppNumber>,
    #[command(flatten)]
    pub query: QueryArguments,
}

/// What a row is about, on the command line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum By {
    /// Each agent.
    #[default]
    Agent,
    /// Each account.
    Account,
    /// Each day, all accounts together.
    Day,
    /// Each agent on each day.
    AgentDay,
    /// Each account on each day.
    AccountDay,
}

impl From<By> for ReportGrouping {
    fn from(by: By) -> Self {
        match by {
            By::Agent => Self::Agent,
            By::Account => Self::Account,
            By::Day => Self::Day,
            By::AgentDay => Self::AgentDay,
            By::AccountDay => Self::AccountDay,
        }
    }
}

/// Sends the request, and prints the report.
pub async fn run(report: &Report) -> anyhow::Result<ExitCode> {
    let arguments = &report.query;
    output::check_format(arguments.output)?;
    let service = Service::from_arguments(&arguments.service)?;
    let client = service.build_client(arguments.timeout.timeout)?;
    let data = request(report, &client).await.map_err(|error| service.explain_history(&error))?;
    let rows = to_rows(&data.rows, report.by).with_empty_message("nobody was online");
    let is_empty = arguments.exit_code && rows.is_empty();
    match Response::new(&data, rows)?.with_note(note(&data).as_deref()).print(arguments.output) {
        // The exit status counts even if nobody reads the rest of the output.
        Err(error) if !error.is::<StdoutClosed>() => Err(error),
        _ if is_empty => Ok(ExitCode::from(EMPTY_STATUS)),
        _ => Ok(ExitCode::SUCCESS),
    }
}

async fn request(report: &Report, client: &Client) -> Result<HistoryReport, Error> {
    // clap requires one of both.
    let first_day = report.day.or(report.from).unwrap_or(CalendarDay::MIN);
    let request = HistoryReportRequest {
        first_day,
        last_day: report.to,
        time_zone: Some(report.time_zone.clone()),
        by: report.by.into(),
        user_id: report.user_id,
        agent_account: report.agent_account.clone(),
        whats_app: report.whatsapp,
        source: report.source,
    };
    warnings::send_and_warn(client.query(request)).await
}

/// Returns a note if a gap touches a row.
fn note(report: &HistoryReport) -> Option<String> {
    let touched = report.rows.iter().filter(|row| row.at_least).count();
    (touched > 0).then(|| {
        format!(
            "not all is known: gaps touch {}, whose sums are \"at least\"; `group-dispatch history --gaps` lists the gaps",
            output::count(touched as u64, "row")
        )
    })
}

fn to_rows(rows: &[ReportRow], by: By) -> Rows {
    let is_shown = |name, title, order| Column::fixed(name, title, order);
    let by_day = matches!(by, By::Day | By::AgentDay | By::AccountDay);
    let (agents, accounts) = (matches!(by, By::Agent | By::AgentDay), matches!(by, By::Account | By::AccountDay));
    let only = |is_there: bool, column: Column| if is_there { column } else { Column::hidden(column.member) };
    let columns = [
        only(by_day, is_shown("day", "DAY", 0)),
        only(agents, is_shown("userId", "AGENT ID", 5)),
        only(agents, Column::text("agentAccount", "AGENT", 0, NAME_WIDTH)),
        only(agents, Column::text("userName", "NAME", 4, NAME_WIDTH)),
        only(accounts, is_shown("whatsApp", "WHATSAPP", 0)),
        is_shown("onlineMilliseconds", "ONLINE", 0),
        is_shown("longestAbsenceMilliseconds", "ABSENT", 1),
        is_shown("sessions", "SESSIONS", 2),
        is_shown("disconnects", "DISCONNECTS", 3),
        is_shown("bans", "BANS", 3),
        is_shown("flaps", "FLAPS", 3),
        Column::hidden("atLeast"),
    ];
    let count = |count: u32| Cell::number(count.into());
    Rows::new(
        columns,
        rows.iter().map(|row| {
            let online = duration(row.online_milliseconds);
            let online = if row.at_least { format!("at least {online}") } else { online };
            [
                row.day.map_or_else(|| Cell::optional(None), Cell::text),
                row.user_id.map_or_else(|| Cell::optional(None), Cell::agent),
                Cell::optional(row.agent_account.as_deref()),
                Cell::optional(row.user_name.as_deref()),
                row.whats_app.map_or_else(|| Cell::optional(None), Cell::account),
                Cell::new(row.online_milliseconds.get(), online),
                Cell::new(row.longest_absence_milliseconds.get(), duration(row.longest_absence_milliseconds)),
                count(row.sessions.get()),
                count(row.disconnects.get()),
                count(row.bans.get()),
                count(row.flaps.get()),
                Cell::new(Value::Bool(row.at_least), ""),
            ]
        }),
    )
}

/// Returns a length of time as hours, minutes and seconds.
fn duration(length: Milliseconds) -> String {
    let seconds = length.get() / 1000;
    format!("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}
