//! Changes in words.

use anstyle::AnsiColor;
use group_dispatch_client::{Agent, Change};
use group_dispatch_types::{OnlineAccount, Source, SourceGroup, UserId};
use jiff::Zoned;

pub fn time(now: &Zoned) -> String {
    now.strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// What people read of a change.
pub struct Line {
    pub what: &'static str,
    pub color: Option<AnsiColor>,
    source: Source,
    who: String,
}

impl Line {
    /// Where it happened, and to whom.
    pub fn rest(&self) -> String {
        format!("{:6}  {}", self.source.to_string(), self.who).trim_end().to_owned()
    }
}

/// One line; of a beginning one for each account.
pub fn lines(change: &Change) -> Vec<Line> {
    use AnsiColor::{Cyan, Green, Yellow};
    let line = |what, color, who| vec![Line { what, color, source: change.source(), who }];
    match change {
        Change::Began(group) => beginning(group),
        Change::AgentAppeared { agent, .. } => line("agent came", Some(Cyan), named(agent)),
        Change::AgentLeft { agent, .. } => line("agent left", None, named(agent)),
        Change::AccountAppeared { agent, account, .. } => line("came online", Some(Green), both(agent, account)),
        Change::AccountLeft { agent, account, .. } => line("went offline", None, both(agent, account)),
        Change::AccountMoved { from, to, account, .. } => {
            let from = known(from.user_id, &from.agent_account);
            line("moved", Some(Yellow), format!("{}  from {from}", both(to, account)))
        }
        _ => line("changed", None, change.agent().map(named).unwrap_or_default()),
    }
}

fn beginning(group: &SourceGroup) -> Vec<Line> {
    let accounts = group.list.iter().flat_map(|agent| {
        let known = known(agent.user_id, &agent.agent_account);
        agent.whats_app_list.iter().map(move |account| format!("{known}  {}", of_account(account)))
    });
    let line = |what, who| Line { what, color: None, source: group.source, who };
    let lines: Vec<_> = accounts.map(|who| line("is online", who)).collect();
    if lines.is_empty() { vec![line("nobody yet", String::new())] } else { lines }
}

fn both(agent: &Agent, account: &OnlineAccount) -> String {
    format!("{}  {}", known(agent.user_id, &agent.agent_account), of_account(account))
}

fn named(agent: &Agent) -> String {
    format!("{}  {}", known(agent.user_id, &agent.agent_account), agent.user_name)
}

fn known(id: UserId, agent_account: &str) -> String {
    format!("{agent_account} ({id})")
}

fn of_account(account: &OnlineAccount) -> String {
    format!("{}  {}", account.whats_app, account.name.as_deref().unwrap_or_default()).trim_end().to_owned()
}
