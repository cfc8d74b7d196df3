//! Changes as lines of text. Used by the screen and by lines.

use anstyle::AnsiColor;
use group_dispatch_client::{Agent, Change};
use group_dispatch_types::{OnlineAccount, Source, SourceGroup, UserId};
use jiff::Zoned;

/// Formats a time for people.
pub fn format_time(time: &Zoned) -> String {
    time.strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// A change as people read it.
pub struct ChangeLine {
    pub what: &'static str,
    pub color: Option<AnsiColor>,
    source: Source,
    who: String,
}

impl ChangeLine {
    /// Returns the source, the agent and the account.
    pub fn details(&self) -> String {
        format!("{:6}  {}", self.source.to_string(), self.who).trim_end().to_owned()
    }
}

/// Returns the line of a change; for the first response, a line for each account.
pub fn lines(change: &Change) -> Vec<ChangeLine> {
    use AnsiColor::{Cyan, Green, Yellow};
    let line = |what, color, who| vec![ChangeLine { what, color, source: change.source(), who }];
    match change {
        Change::Began(group) => lines_of_group(group),
        Change::AgentAppeared { agent, .. } => line("agent came", Some(Cyan), describe_agent(agent)),
        Change::AgentLeft { agent, .. } => line("agent left", None, describe_agent(agent)),
        Change::AccountAppeared { agent, account, .. } => line("came online", Some(Green), describe(agent, account)),
        Change::AccountLeft { agent, account, .. } => line("went offline", None, describe(agent, account)),
        Change::AccountMoved { from, to, account, .. } => {
            let from = describe_login(from.user_id, &from.agent_account);
            line("moved", Some(Yellow), format!("{}  from {from}", describe(to, account)))
        }
        _ => line("changed", None, change.agent().map(describe_agent).unwrap_or_default()),
    }
}

fn lines_of_group(group: &SourceGroup) -> Vec<ChangeLine> {
    let accounts = group.list.iter().flat_map(|agent| {
        let login = describe_login(agent.user_id, &agent.agent_account);
        agent.whats_app_list.iter().map(move |account| format!("{login}  {}", describe_account(account)))
    });
    let line = |what, who| ChangeLine { what, color: None, source: group.source, who };
    let lines: Vec<_> = accounts.map(|who| line("is online", who)).collect();
    if lines.is_empty() { vec![line("nobody yet", String::new())] } else { lines }
}

fn describe(agent: &Agent, account: &OnlineAccount) -> String {
    format!("{}  {}", describe_login(agent.user_id, &agent.agent_account), describe_account(account))
}

fn describe_agent(agent: &Agent) -> String {
    format!("{}  {}", describe_login(agent.user_id, &agent.agent_account), agent.user_name)
}

fn describe_login(id: UserId, agent_account: &str) -> String {
    format!("{agent_account} ({id})")
}

fn describe_account(account: &OnlineAccount) -> String {
    format!("{}  {}", account.whats_app, account.name.as_deref().unwrap_or_default()).trim_end().to_owned()
}
