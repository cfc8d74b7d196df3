//! Who is online at a source at one moment, and the changes between two such snapshots.

use std::{collections::BTreeMap, sync::Arc};

use group_dispatch_types::{NamedOnlineAgent, OnlineAccount, Source, SourceGroup, UserId, WhatsAppNumber};

use super::{Agent, Change};

/// The accounts that are online at a source, each with its agent. An agent without accounts is not part of it.
#[derive(Default)]
pub struct Snapshot(BTreeMap<WhatsAppNumber, Online>);

/// An account that is online, and its agent.
#[derive(Clone)]
pub struct Online {
    pub agent: Arc<Agent>,
    pub account: OnlineAccount,
}

type ByAgent<'a> = BTreeMap<UserId, (&'a Agent, Vec<&'a OnlineAccount>)>;

impl Snapshot {
    /// Creates a snapshot of the agents in a response. An account that is listed with several agents stays with the one that
    /// has it in `before`, or else belongs to the first, so that another order of the list is not a move.
    pub fn new(list: Vec<NamedOnlineAgent>, before: &Self) -> Self {
        let mut snapshot = Self::default();
        for NamedOnlineAgent { user_id, agent_account, user_name, whats_app_list } in list {
            let agent = Arc::new(Agent { user_id, agent_account, user_name });
            for account in whats_app_list {
                let number = account.whats_app;
                if snapshot.agent_of(number).is_none() || before.agent_of(number) == Some(user_id) {
                    snapshot.0.insert(number, Online { agent: Arc::clone(&agent), account });
                }
            }
        }
        snapshot
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn numbers(&self) -> impl Iterator<Item = WhatsAppNumber> {
        self.0.keys().copied()
    }

    pub fn agent_of(&self, number: WhatsAppNumber) -> Option<UserId> {
        self.0.get(&number).map(|online| online.agent.user_id)
    }

    pub fn get(&self, number: WhatsAppNumber) -> Option<&Online> {
        self.0.get(&number)
    }

    /// Returns the agent with this id, if it has an account online.
    pub fn agent(&self, id: UserId) -> Option<&Arc<Agent>> {
        self.0.values().map(|online| &online.agent).find(|agent| agent.user_id == id)
    }

    /// Sets which agent one account is online with, and returns the changes: the same as [`changes_to`](Self::changes_to) returns.
    pub fn set(&mut self, source: Source, number: WhatsAppNumber, next: Option<Online>) -> Vec<Change> {
        let former = self.0.remove(&number);
        let is_same =
            former.as_ref().map(|online| online.agent.user_id) == next.as_ref().map(|online| online.agent.user_id);
        let mut changes = Vec::new();
        if let Some(Online { agent, account }) = next.as_ref().filter(|_| !is_same) {
            let (to, account) = (agent.as_ref().clone(), account.clone());
            if self.agent(to.user_id).is_none() {
                changes.push(Change::AgentAppeared { source, agent: to.clone() });
            }
            changes.push(match &former {
                None => Change::AccountAppeared { source, agent: to, account },
                Some(former) => Change::AccountMoved { source, from: former.agent.as_ref().clone(), to, account },
            });
        }
        if let Some(Online { agent, account }) = former.filter(|_| !is_same) {
            let has_left = self.agent(agent.user_id).is_none();
            let agent = Arc::unwrap_or_clone(agent);
            if next.is_none() {
                changes.push(Change::AccountLeft { source, agent: agent.clone(), account });
            }
            if has_left {
                changes.push(Change::AgentLeft { source, agent });
            }
        }
        if let Some(next) = next {
            self.0.insert(number, next);
        }
        changes
    }

    /// Returns the agents, once for each of their accounts.
    pub fn agents(&self) -> impl Iterator<Item = UserId> {
        self.0.values().map(|online| online.agent.user_id)
    }

    /// Puts an account back to its agent in `before`.
    pub fn keep(&mut self, number: WhatsAppNumber, before: &Self) {
        if let Some(online) = before.0.get(&number) {
            self.0.insert(number, online.clone());
        }
    }

    pub fn to_group(&self, source: Source) -> SourceGroup {
        let agents = self.by_agent().into_values();
        let list = agents.map(|(agent, accounts)| NamedOnlineAgent {
            user_id: agent.user_id,
            agent_account: agent.agent_account.clone(),
            user_name: agent.user_name.clone(),
            whats_app_list: accounts.into_iter().cloned().collect(),
        });
        SourceGroup { source, list: list.collect() }
    }

    /// Returns the changes from this snapshot to the next: for each agent what came online and moved, then what went offline.
    pub fn changes_to(&self, next: &Self, source: Source) -> Vec<Change> {
        let (before, after) = (self.by_agent(), next.by_agent());
        let mut changes = Vec::new();
        for (id, (agent, accounts)) in &after {
            let agent = || (*agent).clone();
            if !before.contains_key(id) {
                changes.push(Change::AgentAppeared { source, agent: agent() });
            }
            for account in accounts.iter().copied().cloned() {
                match self.0.get(&account.whats_app).map(|online| &online.agent) {
                    None => changes.push(Change::AccountAppeared { source, agent: agent(), account }),
                    Some(former) if former.user_id != *id => {
                        let from = former.as_ref().clone();
                        changes.push(Change::AccountMoved { source, from, to: agent(), account });
                    }
                    Some(_) => {}
                }
            }
        }
        for (id, (agent, accounts)) in &before {
            let agent = || (*agent).clone();
            let left = accounts.iter().filter(|account| !next.0.contains_key(&account.whats_app));
            changes.extend(left.copied().cloned().map(|account| Change::AccountLeft {
                source,
                agent: agent(),
                account,
            }));
            if !after.contains_key(id) {
                changes.push(Change::AgentLeft { source, agent: agent() });
            }
        }
        changes
    }

    fn by_agent(&self) -> ByAgent<'_> {
        let mut agents = ByAgent::new();
        for Online { agent, account } in self.0.values() {
            agents.entry(agent.user_id).or_insert_with(|| (agent, Vec::new())).1.push(account);
        }
        agents
    }
}
