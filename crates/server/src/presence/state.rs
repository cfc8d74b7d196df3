//! What a tenant's events amount to.
//!
//! Whatever is stored depends only on the set of applied events, not on their order: wherever one of two values is chosen,
//! it is the one with the later [`EventStamp`], and no two events have the same.
//!
//! ```text
//!   LoggedEvent --+--> agents                  id, login account, name
//!                 +--> kinds                   status, codes, country
//!                 +--> accounts of the source  into the ring of the account and agent
//!                 |         | which agent the account is online with, before and after
//!                 |         v
//!                 +--> presence of the agent   online, recent, events
//! ```

use std::collections::{BTreeMap, BTreeSet};

use group_dispatch_types::{AccountStatus, Source, UserId, WhatsAppNumber};
use parking_lot::Mutex;
use smallvec::SmallVec;

use super::{
    account_counts::AccountCounts,
    accounts::{AccountEvent, Accounts, Applied, Observed},
    agent_presence::AgentPresence,
    agents::Agents,
    event_kind::{EventKind, EventKinds},
    event_ring::RingEvent,
    event_stamp::EventStamp,
    json::escape,
    slots::{AccountSlot, AgentSlot, EventSlot},
};
use crate::event::{LoggedEvent, Provenance};

/// What an account was before a change; nothing if it is new.
#[derive(Default)]
struct Before {
    status: Option<AccountStatus>,
    online_agent: Option<AgentSlot>,
}

impl Before {
    fn of(accounts: &Accounts, account: AccountSlot, kinds: &EventKinds) -> Self {
        Self { status: Some(accounts.status(account, kinds)), online_agent: accounts.online_agent(account, kinds) }
    }
}

/// See the [module](self).
#[derive(Default)]
pub struct TenantState {
    pub agents: Agents,
    pub kinds: EventKinds,
    pub sources: BTreeMap<Source, Accounts>,
    pub counts: AccountCounts,
    /// Agents whose online accounts or names changed since [`take_dirty`](Self::take_dirty). In a lock of their own, so
    /// that they can be taken while the rest is only read.
    dirty: Mutex<BTreeSet<(Source, UserId)>>,
    /// Changes whenever an answer about who is online may change.
    pub revision: u64,
}

impl TenantState {
    pub fn accounts(&self, source: Source) -> Option<&Accounts> {
        self.sources.get(&source)
    }

    pub fn accounts_mut(&mut self, source: Source) -> &mut Accounts {
        self.sources.entry(source).or_default()
    }

    /// Returns what an agent has at a source, and the accounts there.
    pub fn agent_at(&self, source: Source, agent: AgentSlot) -> Option<(&AgentPresence, &Accounts)> {
        Some((self.agents.get(agent).at(source)?, self.accounts(source)?))
    }

    /// Applies an event.
    pub fn apply(&mut self, LoggedEvent { seq, event }: &LoggedEvent) {
        let time = EventStamp { at: event.at, seq: *seq };
        let name = event.user_name.as_deref().filter(|name| !name.is_empty());
        let (agent, is_renamed) =
            self.agents.apply(event.user_id, (&event.agent_account, time), name.map(|name| (name, time)));
        if is_renamed {
            let agent = self.agents.get(agent);
            self.dirty.get_mut().extend(agent.sources().map(|source| (source, agent.id)));
            self.revision += 1;
        }
        let kind = self.kinds.acquire(EventKind {
            source: event.source,
            status: event.status,
            detail_status: event.detail_status,
            country_code: event.country_code.as_str().into(),
            provenance: event.provenance.kind(),
        });
        let observed = match event.provenance {
            Provenance::Observed { not_before } => Some(Observed { not_before }),
            Provenance::Fed | Provenance::Logged { .. } => None,
        };
        let name = event.name.as_deref().map(escape);
        let (account, stored) = self.apply_to_account(
            event.source,
            event.whatsapp,
            AccountEvent { time, agent, kind, name: name.as_deref(), observed },
        );
        let agent = self.agents.at_mut(agent, event.source);
        if observed.is_none()
            && let Some(stored) = stored
            && let Some(accounts) = self.sources.get(&event.source)
        {
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
        agent_events: &mut Vec<(EventStamp, EventSlot)>,
    ) -> Option<()> {
        let (newest, older) = newest_first.split_first()?;
        let Self { kinds, sources, .. } = self;
        let accounts = sources.entry(source).or_default();
        let account = match accounts.find(number) {
            // Most accounts had one agent only.
            None => {
                let account = accounts.add(number, *newest, older, kinds);
                self.update_presence(source, account, &Before::default(), false);
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
        let accounts = self.accounts(source)?;
        let ring = accounts.ring(account, newest.agent)?;
        agent_events.extend(accounts.rings.records_oldest_first(ring).map(|(slot, event)| (event.time, slot)));
        Some(())
    }

    /// Applies the claim of an observed event from a snapshot, of an account that is loaded.
    pub fn load_claim(&mut self, source: Source, number: WhatsAppNumber, agent: AgentSlot, time: EventStamp) {
        let Self { kinds, sources, .. } = self;
        let accounts = sources.entry(source).or_default();
        let Some(account) = accounts.find(number) else { return };
        let before = Before::of(accounts, account, kinds);
        let is_renamed = accounts.apply_claim(account, agent, time, kinds);
        self.update_presence(source, account, &before, is_renamed);
    }

    /// Removes the events of some accounts that happened before `before`, as far as answers do not need them. Returns
    /// `false` if `first` is after the last account.
    pub fn expire(&mut self, source: Source, first: u32, count: u32, before: i64) -> bool {
        let accounts = self.accounts_mut(source).slots(first, count);
        let is_past_end = accounts.len() == 0;
        for account in accounts {
            let agents: SmallVec<[_; 1]> = self.accounts_mut(source).agents_of(account).collect();
            for agent in agents {
                while let Some(event) = self
                    .sources
                    .get_mut(&source)
                    .and_then(|accounts| accounts.expire_oldest(account, agent, before, &self.kinds))
                {
                    self.free(source, event);
                }
            }
        }
        !is_past_end
    }

    /// Stores an event, whose kind is acquired, with its account. Returns the account, and the event if it is stored.
    fn apply_to_account(
        &mut self,
        source: Source,
        number: WhatsAppNumber,
        event: AccountEvent<'_>,
    ) -> (AccountSlot, Option<EventSlot>) {
        let Self { kinds, sources, .. } = self;
        let accounts = sources.entry(source).or_default();
        let Some(account) = accounts.find(number) else {
            let account = accounts.add(number, event, &[], kinds);
            let stored = accounts.ring(account, event.agent).map(|ring| ring.newest);
            self.update_presence(source, account, &Before::default(), false);
            return (account, stored);
        };
        let before = Before::of(accounts, account, kinds);
        let Applied { stored, removed, replaced, is_renamed } = accounts.apply(account, event, kinds);
        if stored.is_none() {
            kinds.release(event.kind);
        }
        if let Some(replaced) = replaced {
            kinds.release(replaced);
        }
        self.update_presence(source, account, &before, is_renamed);
        if let Some(removed) = removed {
            self.free(source, removed);
        }
        (account, stored)
    }

    /// Counts an account if its status is another one than before, and moves it between its agents' lists if it was online
    /// with another agent, or none.
    fn update_presence(&mut self, source: Source, account: AccountSlot, before: &Before, is_renamed: bool) {
        let Self { agents, kinds, sources, counts, dirty, revision } = self;
        let accounts = sources.entry(source).or_default();
        let status = accounts.status(account, kinds);
        if before.status != Some(status) {
            counts.change(source, before.status, status);
        }
        let before = before.online_agent;
        let now = accounts.online_agent(account, kinds);
        if before == now && !is_renamed {
            return;
        }
        if before != now {
            if let Some(before) = before {
                agents.at_mut(before, source).remove_online(account, accounts);
            }
            if let Some(now) = now {
                agents.at_mut(now, source).add_online(account, accounts);
            }
        }
        for agent in before.into_iter().chain(now) {
            dirty.get_mut().insert((source, agents.get(agent).id));
            *revision += 1;
        }
    }

    /// Returns the agents that became dirty since the last call, with the source.
    pub fn take_dirty(&self) -> BTreeSet<(Source, UserId)> {
        std::mem::take(&mut self.dirty.lock())
    }

    /// Frees an event that is in no ring.
    fn free(&mut self, source: Source, event: EventSlot) {
        let Self { agents, kinds, sources, .. } = self;
        let accounts = sources.entry(source).or_default();
        let RingEvent { agent, kind, .. } = accounts.rings[event];
        agents.at_mut(agent, source).remove_event(event, &accounts.rings);
        accounts.free(event);
        kinds.release(kind);
    }
}
