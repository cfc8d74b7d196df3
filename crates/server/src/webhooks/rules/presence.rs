//! [`Presence`]: which accounts are online, as the changes so far say. Several rules share it.
//!
//! The latest change of an account at a source counts, by its time and then by arrival, as in the index of the queries. A
//! change that arrives late does not change the presence.

use std::collections::BTreeMap;

use group_dispatch_types::{Source, UserId, WhatsAppNumber};
use serde::{Deserialize, Serialize};

use super::{
    change::{AccountKey, AgentKey, Change, SourceKey},
    raw,
};

/// Which accounts are online.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Presence {
    accounts: BTreeMap<AccountKey, Account>,
    /// How many accounts each agent has online; agents without any are not in it.
    online_of_agents: BTreeMap<AgentKey, u32>,
    /// How many accounts are online at each source.
    online_at_sources: BTreeMap<SourceKey, u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Account {
    /// The time of its latest change.
    at: i64,
    #[serde(with = "raw::user_id")]
    user_id: UserId,
    is_online: bool,
    /// When it was last seen online.
    online_at: Option<i64>,
}

/// What a change did.
#[derive(Clone, Copy, Debug)]
pub struct Moved {
    /// The account.
    pub account: AccountKey,
    /// When it happened.
    pub at: i64,
    /// The number of the change.
    pub seq: u64,
    /// The agent that has the account now.
    pub user_id: UserId,
    /// The agent that had it before; `None` if the account is new.
    pub previous_user: Option<UserId>,
    /// Whether it was online before.
    pub was_online: bool,
    /// Whether it is online now.
    pub is_online: bool,
}

impl Presence {
    /// Applies a change. Returns `None` if a later one is known.
    pub fn apply(&mut self, change: &Change) -> Option<Moved> {
        let key = change.account();
        let before = self.accounts.get(&key).copied();
        let seen = change.is_online().then_some(change.at);
        let online_at = before.and_then(|before| before.online_at).max(seen);
        if let Some(before) = before.filter(|before| before.at > change.at) {
            self.accounts.insert(key, Account { online_at, ..before });
            return None;
        }
        if let Some(before) = before.filter(|before| before.is_online) {
            remove_one(&mut self.online_of_agents, AgentKey(before.user_id));
            remove_one(&mut self.online_at_sources, SourceKey(key.source));
        }
        if change.is_online() {
            *self.online_of_agents.entry(AgentKey(change.user_id)).or_default() += 1;
            *self.online_at_sources.entry(SourceKey(key.source)).or_default() += 1;
        }
        let account = Account { at: change.at, user_id: change.user_id, is_online: change.is_online(), online_at };
        self.accounts.insert(key, account);
        Some(Moved {
            account: key,
            at: change.at,
            seq: change.seq,
            user_id: change.user_id,
            previous_user: before.map(|before| before.user_id),
            was_online: before.is_some_and(|before| before.is_online),
            is_online: change.is_online(),
        })
    }

    /// Returns how many accounts an agent has online.
    pub fn online_of(&self, user_id: UserId) -> u32 {
        self.online_of_agents.get(&AgentKey(user_id)).copied().unwrap_or_default()
    }

    /// Returns how many accounts are online at a source.
    pub fn online_at(&self, source: Source) -> u32 {
        self.online_at_sources.get(&SourceKey(source)).copied().unwrap_or_default()
    }

    /// Returns when an account was last seen online at any source.
    pub fn last_online(&self, whats_app: WhatsAppNumber) -> Option<i64> {
        // The first source in the order of keys.
        let first = AccountKey { whats_app, source: Source::Pc };
        let accounts = self.accounts.range(first..).take_while(|(key, _)| key.whats_app == whats_app);
        accounts.filter_map(|(_, account)| account.online_at).max()
    }

    /// Returns each agent with the time of its latest change.
    pub fn agents(&self) -> BTreeMap<AgentKey, i64> {
        let mut agents = BTreeMap::new();
        for account in self.accounts.values() {
            let at = agents.entry(AgentKey(account.user_id)).or_insert(account.at);
            *at = account.at.max(*at);
        }
        agents
    }
}

fn remove_one<K: Ord>(counts: &mut BTreeMap<K, u32>, key: K) {
    if let Some(count) = counts.get_mut(&key) {
        *count -= 1;
        if *count == 0 {
            counts.remove(&key);
        }
    }
}
