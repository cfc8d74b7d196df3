//! `group-dispatch recent`: getLatestOnlineWhatsAccount.

use clap::Args;
use clap_complete::ArgValueCandidates;
use group_dispatch_client::Client;
use group_dispatch_types::{AgentRecentAccounts, GetLatestOnlineWhatsAccountRequest, Source, UserId, UtcOffset};

use super::query::{Query, no_agent};
use crate::{
    arguments::{
        query::QueryArguments,
        source::{SOURCE_HELP, complete_source, parse_source},
    },
    output::{
        Response,
        rows::{Cell, Column, NAME_WIDTH, Rows},
    },
    service::warnings,
};

const EXAMPLES: &str = "\
Examples:
  group-dispatch recent --source pc
  group-dispatch recent --source mobile --user-id 12 --output ndjson";

/// List the ten accounts of each agent that came online last at a source, with their current status.
#[derive(Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Recent {
    #[arg(long, value_parser = parse_source, help = SOURCE_HELP, add = ArgValueCandidates::new(complete_source))]
    pub source: Source,
    /// Only the agent with this id.
    #[arg(long, value_name = "ID")]
    pub user_id: Option<UserId>,
    #[command(flatten)]
    pub query: QueryArguments,
}

impl Query for Recent {
    fn arguments(&self) -> &QueryArguments {
        &self.query
    }

    async fn send(&self, client: &Client, _: UtcOffset) -> anyhow::Result<Response> {
        let Self { source, user_id, .. } = self;
        let request = GetLatestOnlineWhatsAccountRequest { source: *source, user_id: *user_id };
        let agents = warnings::send_and_warn(client.query(request)).await?;
        let if_empty = format!("{} has had an account online at {source}", no_agent(*user_id, None));
        Response::new(&agents, to_rows(&agents, *source).with_empty_message(if_empty))
    }
}

fn to_rows(agents: &[AgentRecentAccounts], source: Source) -> Rows {
    let columns = [
        Column::fixed("userId", "AGENT ID", 3),
        Column::text("agentAccount", "AGENT", 2, NAME_WIDTH),
        Column::hidden("source"),
        Column::hidden("sourceName"),
        Column::fixed("whatsApp", "WHATSAPP", 0),
        Column::text("name", "NAME", 4, NAME_WIDTH),
        Column::fixed("status", "STATUS NOW", 1),
        Column::hidden("statusName"),
    ];
    let accounts = agents.iter().flat_map(|agent| agent.whats_app_list.iter().map(move |account| (agent, account)));
    Rows::new(
        columns,
        accounts.map(|(agent, account)| {
            let [code, name] = Cell::source(source);
            let [status, status_name] = Cell::status(account.status);
            [
                Cell::agent(agent.user_id),
                Cell::text(&agent.agent_account),
                code,
                name,
                Cell::account(account.whats_app),
                Cell::optional(account.name.as_deref()),
                status,
                status_name,
            ]
        }),
    )
}
