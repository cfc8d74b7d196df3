//! `group-dispatch online`: queryUserStatus.

use clap::Args;
use clap_complete::ArgValueCandidates;
use group_dispatch_client::Client;
use group_dispatch_types::{OnlineAgent, QueryUserStatusRequest, Source, UserId, UtcOffset};

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
  group-dispatch online --source mobile
  group-dispatch online --source cloud --user-id 12
  group-dispatch online --source pc --agent-account br02 --exit-code > /dev/null";

/// List the agents that have WhatsApp accounts online at a source, and these accounts.
#[derive(Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Online {
    #[arg(long, value_parser = parse_source, help = SOURCE_HELP, add = ArgValueCandidates::new(complete_source))]
    pub source: Source,
    /// Only the agent with this id.
    #[arg(long, value_name = "ID")]
    pub user_id: Option<UserId>,
    /// Only the agent with this login account.
    #[arg(long, visible_alias = "user-name", value_name = "ACCOUNT")]
    pub agent_account: Option<String>,
    #[command(flatten)]
    pub query: QueryArguments,
}

impl Query for Online {
    fn arguments(&self) -> &QueryArguments {
        &self.query
    }

    async fn send(&self, client: &Client, _: UtcOffset) -> anyhow::Result<Response> {
        let Self { source, user_id, agent_account, .. } = self;
        // The agent's login account has another name in each of the two queries that take it.
        let user_name = agent_account.clone();
        let request = QueryUserStatusRequest { source: *source, user_id: *user_id, user_name };
        let agents = warnings::send_and_warn(client.query(request)).await?;
        let if_empty = format!("{} is online at {source}", no_agent(*user_id, agent_account.as_deref()));
        Response::new(&agents, to_rows(&agents, *source).with_empty_message(if_empty))
    }
}

fn to_rows(agents: &[OnlineAgent], source: Source) -> Rows {
    let columns = [
        Column::fixed("userId", "AGENT ID", 2),
        Column::text("agentAccount", "AGENT", 1, NAME_WIDTH),
        Column::hidden("source"),
        Column::hidden("sourceName"),
        Column::fixed("whatsApp", "WHATSAPP", 0),
        Column::text("name", "NAME", 3, NAME_WIDTH),
    ];
    let accounts = agents.iter().flat_map(|agent| agent.whats_app_list.iter().map(move |account| (agent, account)));
    Rows::new(
        columns,
        accounts.map(|(agent, account)| {
            let [code, name] = Cell::source(source);
            [
                Cell::agent(agent.user_id),
                Cell::text(&agent.agent_account),
                code,
                name,
                Cell::account(account.whats_app),
                Cell::optional(account.name.as_deref()),
            ]
        }),
    )
}
