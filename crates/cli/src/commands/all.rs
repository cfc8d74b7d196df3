//! `group-dispatch all`: queryAllOlWhatsAppInfo. Its rows are also those of `watch`.

use clap::Args;
use group_dispatch_client::Client;
use group_dispatch_types::{SourceGroup, UtcOffset};

use super::query::Query;
use crate::{
    arguments::query::QueryArguments,
    output::{
        Response,
        rows::{Cell, Column, NAME_WIDTH, Rows},
    },
    service::warnings,
};

const EXAMPLES: &str = "\
Examples:
  group-dispatch all
  group-dispatch all --profile work
  group-dispatch all --output excel > online.xlsx";

/// List all WhatsApp accounts that are online on PC and mobile, by source.
///
/// The query does not return cloud computers: `online --source cloud` lists these.
#[derive(Args)]
#[command(after_long_help = EXAMPLES)]
pub struct All {
    #[command(flatten)]
    pub query: QueryArguments,
}

impl Query for All {
    fn arguments(&self) -> &QueryArguments {
        &self.query
    }

    async fn send(&self, client: &Client, _: UtcOffset) -> anyhow::Result<Response> {
        let groups = warnings::send_and_warn(client.all_online()).await?;
        Response::new(&groups, to_rows(&groups).with_empty_message("no agent is online"))
    }
}

/// Returns a row for each account that is online.
pub fn to_rows(groups: &[SourceGroup]) -> Rows {
    let columns = [
        Column::fixed("source", "SOURCE", 2),
        Column::hidden("sourceName"),
        Column::fixed("userId", "AGENT ID", 3),
        Column::text("agentAccount", "AGENT", 1, NAME_WIDTH),
        Column::text("userName", "AGENT NAME", 5, NAME_WIDTH),
        Column::fixed("whatsApp", "WHATSAPP", 0),
        Column::text("name", "NAME", 4, NAME_WIDTH),
    ];
    let agents = groups.iter().flat_map(|group| group.list.iter().map(move |agent| (group.source, agent)));
    let accounts =
        agents.flat_map(|(source, agent)| agent.whats_app_list.iter().map(move |account| (source, agent, account)));
    Rows::new(
        columns,
        accounts.map(|(source, agent, account)| {
            let [code, name] = Cell::source(source);
            [
                code,
                name,
                Cell::agent(agent.user_id),
                Cell::text(&agent.agent_account),
                Cell::text(&agent.user_name),
                Cell::account(account.whats_app),
                Cell::optional(account.name.as_deref()),
            ]
        }),
    )
}
