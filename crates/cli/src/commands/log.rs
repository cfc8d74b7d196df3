//! `group-dispatch log`: queryUserStatusLog, and the filters and the order that the service does not have.

mod export;
mod selected;
mod selection;

use clap::Args;
use clap_complete::ArgValueCandidates;
use group_dispatch_client::Client;
use group_dispatch_types::{
    AgentStatusLog, QueryUserStatusLogRequest, Source, StatusRecord, UtcOffset, WhatsAppNumber,
};
use jiff::Timestamp;

use self::{export::export_logs, selected::SelectedEvents, selection::Selection};
use super::query::{Query, no_agent};
use crate::{
    arguments::{
        query::{ClockArguments, QueryArguments},
        source::{SOURCE_HELP, complete_source, parse_source},
    },
    output::{
        Response,
        clock::Clock,
        rows::{Cell, Column, NAME_WIDTH, Rows},
    },
    service::warnings,
    usage_error::UsageError,
};

const EXAMPLES: &str = "\
Examples:
  group-dispatch log --source mobile --agent-account br02
  group-dispatch log --source pc --since 2h --sort time
  group-dispatch log --source pc --since 2024-07-08 --until \"2024-07-09 12:00:00\"
  group-dispatch log --source pc --status banned,offline
  group-dispatch log --source mobile --whatsapp 8618217331411 --limit 10 --output ndjson";

/// The length of "offline", the shortest width at which a status is still recognizable.
const STATUS_WIDTH: usize = 7;
/// The description of a behavior begins with whether the account went online, went offline or was banned.
const DETAIL_WIDTH: usize = 20;

/// List the status events of each agent's accounts at a source: the latest 50 events of each agent.
///
/// The service returns at most 50 events of each agent, the latest ones. --since, --until, --status and --limit select
/// from these events. If older events may be missing because of this limit, a note on standard error says so. A
/// group-dispatch-server has all events: `group-dispatch history` reads them.
#[derive(Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Log {
    #[arg(long, value_parser = parse_source, help = SOURCE_HELP, add = ArgValueCandidates::new(complete_source))]
    pub source: Source,
    /// Only the agent with this login account.
    #[arg(long, visible_alias = "user-name", value_name = "ACCOUNT")]
    pub agent_account: Option<String>,
    /// Only this WhatsApp account.
    #[arg(long, value_name = "NUMBER")]
    pub whatsapp: Option<WhatsAppNumber>,
    #[command(flatten)]
    pub selection: Selection,
    #[command(flatten)]
    pub clock: ClockArguments,
    #[command(flatten)]
    pub query: QueryArguments,
}

impl Log {
    /// Returns the log of one agent at a source, without filters.
    pub fn of_agent(source: Source, agent_account: &str) -> Self {
        Self {
            source,
            agent_account: Some(agent_account.to_owned()),
            whatsapp: None,
            selection: Selection::default(),
            clock: ClockArguments::default(),
            query: QueryArguments::default(),
        }
    }
}

impl Query for Log {
    fn arguments(&self) -> &QueryArguments {
        &self.query
    }

    fn check(&self) -> Result<(), UsageError> {
        self.selection.times.check(Timestamp::now(), self.clock.utc_offset)
    }

    async fn send(&self, client: &Client, utc_offset: UtcOffset) -> anyhow::Result<Response> {
        let Self { source, agent_account, whatsapp, selection, .. } = self;
        let offset = self.clock.utc_offset.unwrap_or(utc_offset);
        let time_range = selection.times.resolve(Timestamp::now(), offset)?;
        let request =
            QueryUserStatusLogRequest { source: *source, agent_account: agent_account.clone(), whats_app: *whatsapp };
        let logs = warnings::send_and_warn(client.query(request)).await?;
        let of_account = whatsapp.map(|number| format!(" of {number}")).unwrap_or_default();
        let that_match = if selection.is_filter() { " that match" } else { "" };
        let agent = no_agent(None, agent_account.as_deref());
        let if_empty = format!("{agent} has events{of_account}{that_match} at {source}");
        let selected = SelectedEvents::select(logs, selection, time_range, offset);
        let clock = if self.clock.utc { Clock::utc(offset) } else { Clock::local(offset) };
        let rows = to_rows(&selected.events(), &clock).with_empty_message(if_empty);
        Ok(Response::new(&export_logs(&selected.grouped(), &clock), rows)?.with_note(selected.note()))
    }
}

fn to_rows(events: &[(&AgentStatusLog, &StatusRecord)], clock: &Clock) -> Rows {
    let heading = clock.heading(events.iter().map(|(_, event)| event.create_time));
    let columns = [
        Column::time("createTime", heading.title("TIME"), 3),
        Column::hidden("userId"),
        Column::text("agentAccount", "AGENT", 4, NAME_WIDTH),
        Column::fixed("whatsApp", "WHATSAPP", 0),
        Column::text("name", "NAME", 5, NAME_WIDTH),
        Column::hidden("source"),
        Column::hidden("sourceName"),
        Column::text("status", "STATUS", 1, STATUS_WIDTH),
        Column::hidden("statusName"),
        Column::text("detailStatus", "WHAT HAPPENED", 2, DETAIL_WIDTH),
        Column::hidden("detailStatusName"),
        Column::text("countryCode", "COUNTRY", 6, NAME_WIDTH),
    ];
    Rows::new(
        columns,
        events.iter().map(|(log, event)| {
            let [source, source_name] = Cell::source(event.source);
            let [status, status_name] = Cell::status(Some(event.status));
            let detail = event.detail_status;
            [
                Cell::new(clock.rfc3339(event.create_time), heading.display(clock, event.create_time)),
                Cell::agent(log.user_id),
                Cell::text(&log.agent_account),
                Cell::account(event.whats_app),
                Cell::optional(event.name.as_deref()),
                source,
                source_name,
                status,
                status_name,
                Cell::new(detail.code(), format_args!("{} ({})", detail.description(), detail.code())),
                Cell::text(detail),
                Cell::text(&event.country_code),
            ]
        }),
    )
}
