//! A short notation of responses and changes. `1: 7=71,72 8=81 | 2:` is a response with the accounts 71 and 72 of agent 7
//! and the account 81 of agent 8 at source 1, and nobody at source 2. In changes, `+7` is an agent that appeared, `+71@7` an
//! account that appeared, `71@7>8` an account that moved, and `-` is a departure. Each has its source in front.

use group_dispatch_types::OnlineAccount;

use super::*;

pub fn answer(text: &str) -> Vec<SourceGroup> {
    text.split('|').filter(|group| !group.trim().is_empty()).map(group).collect()
}

fn group(text: &str) -> SourceGroup {
    let (source, agents) = text.split_once(':').expect("a source and its agents");
    SourceGroup {
        source: source.parse().expect("a source"),
        list: agents
            .split_whitespace()
            .map(|agent| {
                let (id, accounts) = agent.split_once('=').expect("an agent and its accounts");
                let numbers = accounts.split(',').filter(|number| !number.is_empty());
                NamedOnlineAgent {
                    user_id: id.parse().expect("an agent's id"),
                    agent_account: format!("account-{id}"),
                    user_name: format!("name-{id}"),
                    whats_app_list: numbers.map(account).collect(),
                }
            })
            .collect(),
    }
}

fn account(number: &str) -> OnlineAccount {
    OnlineAccount { whats_app: number.parse().expect("an account"), name: None }
}

pub fn changes(changes: &[Change]) -> String {
    changes.iter().map(change).collect::<Vec<_>>().join(" ")
}

fn change(change: &Change) -> String {
    let source = change.source().code();
    match change {
        Change::Began(group) => {
            let agents = group.list.iter().map(|agent| {
                let numbers = agent.whats_app_list.iter().map(|account| account.whats_app.to_string());
                format!("{}={}", agent.user_id, numbers.collect::<Vec<_>>().join(","))
            });
            format!("{source}:[{}]", agents.collect::<Vec<_>>().join(" "))
        }
        Change::AgentAppeared { agent, .. } => format!("{source}:+{}", agent.user_id),
        Change::AccountAppeared { agent, account, .. } => {
            format!("{source}:+{}@{}", account.whats_app, agent.user_id)
        }
        Change::AccountMoved { from, to, account, .. } => {
            format!("{source}:{}@{}>{}", account.whats_app, from.user_id, to.user_id)
        }
        Change::AccountLeft { agent, account, .. } => format!("{source}:-{}@{}", account.whats_app, agent.user_id),
        Change::AgentLeft { agent, .. } => format!("{source}:-{}", agent.user_id),
    }
}
