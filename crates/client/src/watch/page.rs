//! What a page of changes says: who is online, or which agent each account is online with now.

use std::{collections::BTreeMap, sync::Arc};

use group_dispatch_types::{
    AccountStatus, NamedOnlineAgent, OnlineAccount, Source, SourceGroup, UserId,
    history::{ChangeLine, HistoryEvent, PresenceChange},
};

use super::{Agent, presence::Presence, snapshot::Online};

type Agents = BTreeMap<UserId, Arc<Agent>>;

/// Returns who is online by the lines of a first page.
pub fn groups(lines: Vec<ChangeLine>) -> Vec<SourceGroup> {
    let mut groups: BTreeMap<Source, BTreeMap<UserId, NamedOnlineAgent>> = BTreeMap::new();
    for account in lines.into_iter().filter_map(|line| line.account) {
        let agents = groups.entry(account.source).or_default();
        let agent = agents.entry(account.user_id).or_insert_with(|| NamedOnlineAgent {
            user_id: account.user_id,
            agent_account: account.agent_account,
            user_name: account.user_name.unwrap_or_default(),
            whats_app_list: Vec::new(),
        });
        agent.whats_app_list.push(OnlineAccount { whats_app: account.whats_app, name: account.name });
    }
    let groups = groups.into_iter();
    groups.map(|(source, agents)| SourceGroup { source, list: agents.into_values().collect() }).collect()
}

/// The agents that the events of a page name.
pub fn agents(lines: &[ChangeLine]) -> Agents {
    let events = lines.iter().filter_map(|line| line.event.as_ref());
    events.map(|event| (event.user_id, Arc::new(agent(event)))).collect()
}

/// Returns which agent the account of an event is online with after it: `None` if it is not known, because an event of a later page
/// names the agent.
pub fn online_now(
    event: &HistoryEvent,
    online_with: Option<UserId>,
    agents: &Agents,
    presence: &Presence,
) -> Option<Option<Online>> {
    let Some(id) = online_with else { return Some(None) };
    let agent = agents.get(&id).or_else(|| presence.agent(id)).cloned()?;
    let known = presence.online(event.source, event.whats_app).and_then(|online| online.account.name.clone());
    let name = if id == event.user_id { event.name.clone().or(known) } else { known };
    Some(Some(Online { agent, account: OnlineAccount { whats_app: event.whats_app, name } }))
}

/// Returns which agent the account of an event was online with before it, as far as the event shows: who comes online was not, and who
/// leaves was.
pub fn online_before(event: &HistoryEvent) -> Option<Online> {
    let came = event.status == Some(AccountStatus::Online) || event.change == Some(PresenceChange::Came);
    let account = || OnlineAccount { whats_app: event.whats_app, name: event.name.clone() };
    (!came).then(|| Online { agent: Arc::new(agent(event)), account: account() })
}

fn agent(event: &HistoryEvent) -> Agent {
    Agent {
        user_id: event.user_id,
        agent_account: event.agent_account.clone(),
        user_name: event.user_name.clone().unwrap_or_default(),
    }
}
