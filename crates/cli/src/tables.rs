//! Answers as tables for people.

use comfy_table::{ContentArrangement, Table, presets};
use group_dispatch_server::store::TenantSummary;
use group_dispatch_types::{
    AccountLocation, AgentRecentAccounts, AgentStatusLog, OnlineAccount, OnlineAgent, Source, SourceGroup,
};

use crate::terminal::plain;

pub fn online(agents: &[OnlineAgent]) -> Table {
    let mut table = table(["AGENT ID", "AGENT", "WHATSAPP", "NAME"]);
    for agent in agents {
        for account in &agent.whats_app_list {
            table.add_row(row([
                agent.user_id.to_string(),
                agent.agent_account.clone(),
                account.whats_app.to_string(),
                name(account),
            ]));
        }
    }
    or_nothing(table, "nobody is online there")
}

pub fn all(groups: &[SourceGroup]) -> Table {
    let mut table = table(["SOURCE", "AGENT ID", "AGENT", "AGENT NAME", "WHATSAPP", "NAME"]);
    for group in groups {
        for agent in &group.list {
            for account in &agent.whats_app_list {
                table.add_row(row([
                    group.source.to_string(),
                    agent.user_id.to_string(),
                    agent.agent_account.clone(),
                    agent.user_name.clone(),
                    account.whats_app.to_string(),
                    name(account),
                ]));
            }
        }
    }
    or_nothing(table, "nobody is online")
}

pub fn account(location: Option<&AccountLocation>, asked: Option<Source>) -> Table {
    let mut table = table(["WHATSAPP", "SOURCE", "AGENT ID", "AGENT"]);
    if let Some(location) = location {
        table.add_row(row([
            location.whats_app.to_string(),
            location.source.to_string(),
            location.user_id.to_string(),
            location.agent_account.clone(),
        ]));
    }
    match asked {
        None => or_nothing(table, "the account is not online on pc or mobile; --source cloud looks at cloud computers"),
        Some(source) => or_nothing(table, &format!("the account is not online on {source}")),
    }
}

pub fn log(logs: &[AgentStatusLog]) -> Table {
    let mut table = table(["TIME", "AGENT", "WHATSAPP", "NAME", "STATUS", "WHAT HAPPENED", "COUNTRY"]);
    for log in logs {
        for record in &log.whats_app_list {
            table.add_row(row([
                record.create_time.to_string(),
                log.agent_account.clone(),
                record.whats_app.to_string(),
                record.name.clone().unwrap_or_default(),
                record.status.to_string(),
                format!("{} ({})", record.detail_status.description(), record.detail_status.code()),
                record.country_code.clone(),
            ]));
        }
    }
    or_nothing(table, "nothing has happened there")
}

pub fn recent(agents: &[AgentRecentAccounts]) -> Table {
    let mut table = table(["AGENT ID", "AGENT", "WHATSAPP", "NAME", "STATUS NOW"]);
    for agent in agents {
        for account in &agent.whats_app_list {
            table.add_row(row([
                agent.user_id.to_string(),
                agent.agent_account.clone(),
                account.whats_app.to_string(),
                account.name.clone().unwrap_or_default(),
                account.status.map(|status| status.to_string()).unwrap_or_default(),
            ]));
        }
    }
    or_nothing(table, "no account has been online there")
}

pub fn tenants(tenants: &[TenantSummary]) -> Table {
    let mut table = table(["TENANT", "EVENTS"]);
    for tenant in tenants {
        table.add_row(row([tenant.id.to_string(), tenant.events.to_string()]));
    }
    or_nothing(table, "no tenant is known")
}

/// The first `most` rows, and how many there are beyond them.
pub fn shortened(table: Table, most: usize) -> (Table, usize) {
    let rows = table.row_count();
    if rows <= most {
        return (table, 0);
    }
    let mut short = blank();
    if let Some(header) = table.header() {
        short.set_header(header.clone());
    }
    short.add_rows(table.row_iter().take(most).cloned());
    (short, rows - most)
}

fn name(account: &OnlineAccount) -> String {
    account.name.clone().unwrap_or_default()
}

fn blank() -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    table
}

fn table<const COLUMNS: usize>(header: [&str; COLUMNS]) -> Table {
    let mut table = blank();
    table.set_header(header);
    table
}

/// The cells of a row, most of which are in others' words.
fn row<const COLUMNS: usize>(cells: [String; COLUMNS]) -> [String; COLUMNS] {
    cells.map(|cell| plain(&cell))
}

/// A table without rows says so in words.
fn or_nothing(table: Table, nothing: &str) -> Table {
    if table.row_count() > 0 {
        return table;
    }
    let mut words = blank();
    words.add_row([nothing]);
    words
}
