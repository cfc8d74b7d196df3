//! What a tenant's events amount to.
//!
//! Whatever is stored depends only on the set of applied events, not on their order: wherever one of two values is chosen,
//! it is the one with the later [`EventTime`], and no two events have the same.
//!
//! ```text
//!   LoggedEvent --+--> agents                  id, login account, name
//!                 +--> kinds                   status, codes, country
//!                 +--> per_source.accounts     into the ring of the account and agent
//!                 |         | which agent the account is online with, before and after
//!                 |         v
//!                 +--> per_source.agents       online, recent, events
//! ```

use std::collections::BTreeMap;

use group_dispatch_types::{AccountStatus, Source, WhatsAppNumber};
use smallvec::SmallVec;

use super::{
    accounts::{AccountEvent, Accounts, Applied},
    agent_presence::AgentPresence,
    agents::Agents,
    event_kind::{EventKind, EventKinds},
    event_time::EventTime,
    ids::{AccountIndex, AgentIndex, EventIndex},
    json::escape,
    per_source::PerSource,
};
use crate::event::LoggedEvent;

/// See the [module](self).
#[derive(Default)]
pub struct TenantState {
    pub agents: Agents,
    pub kinds: EventKinds,
    pub sources: BTreeMap<Source, PerSource>,
    /// Changes whenever an answer about who is online may change.
    pub revision: u64,
}

impl TenantState {
    pub fn at(&self, source: Source) -> Option<&PerSource> {
        self.sources.get(&source)
    }

    pub fn at_mut(&mut self, source: Source) -> &mut PerSource {
        self.sources.entry(source).or_default()
    }

    /// Returns what an agent has at a source, and the accounts there.
    pub fn agent_at(&self, source: Source, agent: AgentIndex) -> Option<(&AgentPresence, &Accounts)> {
        let at = self.at(source)?;
        Some((at.agent(agent)?, &at.accounts))
    }

    /// Applies an event.
    pub fn apply(&mut self, LoggedEvent { seq, event }: &LoggedEvent) {
        let time = EventTime { at: event.at, seq: *seq };
        let name = event.user_name.as_deref().filter(|name| !name.is_empty());
        let (agent, is_renamed) =
            self.agents.apply(event.user_id, (&event.agent_account, time), name.map(|name| (name, time)));
        if is_renamed {
            self.sources.values_mut().for_each(|at| at.mark_dirty(agent));
            self.revision += 1;
        }
        let kind = self.kinds.acquire(EventKind {
            source: event.source,
            status: event.status,
            detail_status: event.detail_status,
            country_code: event.country_code.as_str().into(),
        });
        let name = event.name.as_deref().map(escape);
        let (account, stored) = self.apply_to_account(
            event.source,
            event.whatsapp,
            AccountEvent { time, agent, kind, name: name.as_deref() },
        );
        let (agent, accounts) = self.at_mut(event.source).agent_mut(agent);
        if let Some(stored) = stored {
            agent.add_event(stored, &accounts.rings);
        }
        if event.status == AccountStatus::Online {
            agent.add_recent(account, time);
        }
    }

    /// Applies the events of an account with an agent from a snapshot, newest first, and adds them to `agent_events`.
    /// Returns `None` if there are none, or if the account has events with the agent already.
    ///
    /// The agent's own latest events are left to [`AgentPresence::add_events`], and its recent accounts to the snapshot.
    pub fn load(
        &mut self,
        source: Source,
        number: WhatsAppNumber,
        newest_first: &[AccountEvent<'_>],
        agent_events: &mut Vec<(EventTime, EventIndex)>,
    ) -> Option<()> {
        let (newest, older) = newest_first.split_first()?;
        let accounts = &mut self.at_mut(source).accounts;
        let account = match accounts.find(number) {
            // Most accounts had one agent only.
            None => {
                let account = accounts.add(number, *newest, older);
                self.update_online(source, account, None, false);
                account
            }
            Some(account) if accounts.ring(account, newest.agent).is_none() => {
                for event in newest_first {
                    self.apply_to_account(source, number, *event);
                }
                account
            }
            Some(_) => return None,
        };
        let accounts = &self.at(source)?.accounts;
        let ring = accounts.ring(account, newest.agent)?;
        agent_events.extend(accounts.rings.oldest_first(ring).map(|(index, event)| (event.time, index)));
        Some(())
    }

    /// Removes the events of some accounts that happened before `before`, as far as answers do not need them. Returns
    /// `false` if `first` is after the last account.
    pub fn expire(&mut self, source: Source, first: u32, count: u32, before: i64) -> bool {
        let accounts = self.at_mut(source).accounts.from_index(first, count);
        let is_past_end = accounts.len() == 0;
        for account in accounts {
            let agents: SmallVec<[_; 1]> = self.at_mut(source).accounts.agents_of(account).collect();
            for agent in agents {
                while let Some(event) = self.expire_oldest(source, account, agent, before) {
                    self.free(source, event);
                }
            }
        }
        !is_past_end
    }

    fn expire_oldest(
        &mut self,
        source: Source,
        account: AccountIndex,
        agent: AgentIndex,
        before: i64,
    ) -> Option<EventIndex> {
        let Self { kinds, sources, .. } = self;
        sources.get_mut(&source)?.accounts.expire_oldest(account, agent, before, kinds)
    }

    /// Stores an event, whose kind is acquired, with its account. Returns the account, and the event if it is stored.
    fn apply_to_account(
        &mut self,
        source: Source,
        number: WhatsAppNumber,
        event: AccountEvent<'_>,
    ) -> (AccountIndex, Option<EventIndex>) {
        let Self { kinds, sources, .. } = self;
        let accounts = &mut sources.entry(source).or_default().accounts;
        let Some(account) = accounts.find(number) else {
            let account = accounts.add(number, event, &[]);
            let stored = accounts.ring(account, event.agent).map(|ring| ring.newest);
            self.update_online(source, account, None, false);
            return (account, stored);
        };
        let before = accounts.online_agent(account, kinds);
        let Applied { stored, removed, is_renamed } = accounts.apply(account, event, kinds);
        if stored.is_none() {
            kinds.release(event.kind);
        }
        self.update_online(source, account, before, is_renamed);
        if let Some(removed) = removed {
            self.free(source, removed);
        }
        (account, stored)
    }

    /// Moves an account between its agents' lists, if it was online with another agent, or none, before.
    fn update_online(&mut self, source: Source, account: AccountIndex, before: Option<AgentIndex>, is_renamed: bool) {
        let Self { kinds, sources, revision, .. } = self;
        let at = sources.entry(source).or_default();
        let now = at.accounts.online_agent(account, kinds);
        if before == now && !is_renamed {
            return;
        }
        if before != now {
            if let Some(before) = before {
                let (agent, accounts) = at.agent_mut(before);
                agent.remove_online(account, accounts);
            }
            if let Some(now) = now {
                let (agent, accounts) = at.agent_mut(now);
                agent.add_online(account, accounts);
            }
        }
        for agent in before.into_iter().chain(now) {
            at.mark_dirty(agent);
            *revision += 1;
        }
    }

    /// Frees an event that is in no ring.
    fn free(&mut self, source: Source, event: EventIndex) {
        let at = self.at_mut(source);
        let (agent, kind) = (at.accounts.rings[event].agent, at.accounts.rings[event].kind);
        let (agent, accounts) = at.agent_mut(agent);
        agent.remove_event(event, &accounts.rings);
        at.accounts.free(event);
        self.kinds.release(kind);
    }
}
