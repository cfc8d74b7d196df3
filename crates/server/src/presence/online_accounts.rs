//! Lists the accounts that are online, some at a time: for a reader that gets afterwards what changes.

use group_dispatch_types::{Source, UserId, WhatsAppNumber};

use super::{json::unescape, tenant::TenantIndex};

/// An account that is online at a source.
#[derive(Clone, PartialEq, Eq)]
pub struct OnlineAccount {
    /// The id of the agent with which it is online.
    pub user_id: UserId,
    /// The agent's login account; empty if it is not known.
    pub agent_account: String,
    /// The agent's name, if it is known.
    pub user_name: Option<String>,
    /// The account.
    pub whatsapp: WhatsAppNumber,
    /// The account's nickname, if it is known.
    pub name: Option<String>,
    /// Where it is online.
    pub source: Source,
}

impl TenantIndex {
    /// Returns the sources at which there are accounts.
    pub fn sources(&self) -> Vec<Source> {
        self.read().sources.keys().copied().collect()
    }

    /// Adds those of `count` accounts of a source, from the place `first` on, that are online. Returns false if `first` is
    /// behind the last account.
    pub fn online_accounts(&self, source: Source, first: u32, count: u32, online: &mut Vec<OnlineAccount>) -> bool {
        let state = self.read();
        let Some(accounts) = state.accounts(source) else { return false };
        let slots = accounts.slots(first, count);
        let is_past_end = slots.len() == 0;
        for slot in slots {
            let Some(agent) = accounts.online_agent(slot, &state.kinds) else { continue };
            let (agent, account) = (state.agents.get(agent), accounts.state(slot));
            online.push(OnlineAccount {
                user_id: agent.id,
                agent_account: agent.account.text.to_string(),
                user_name: agent.name.as_ref().map(|name| name.text.to_string()),
                whatsapp: account.number,
                name: account.name.map(unescape),
                source,
            });
        }
        !is_past_end
    }
}
