//! Everything that answers are made from: a tenant's agents, and at each source its accounts and their events.

use std::collections::BTreeMap;

use group_dispatch_types::{Source, WhatsAppNumber};

use super::{
    accounts::{Accounts, AppliedEvent, Change, Walk},
    agents::Agents,
    event_kind::{EventKind, EventKinds},
    event_ring::RingEvent,
    event_time::EventTime,
    ids::{AccountIndex, AgentIndex, EventIndex},
    per_source::{AgentPerSource, PerSource},
    render::json::escaped,
};
use crate::event::LoggedEvent;

#[derive(Default)]
pub struct TenantState {
    pub agents: Agents,
    pub kinds: EventKinds,
    pub sources: BTreeMap<Source, PerSource>,
}

impl TenantState {
    pub fn at(&self, source: Source) -> Option<&PerSource> {
        self.sources.get(&source)
    }

    /// What an agent has at a source, and the accounts there.
    pub fn agent_at(&self, source: Source, agent: AgentIndex) -> Option<(&AgentPerSource, &Accounts)> {
        let at = self.at(source)?;
        Some((at.agent(agent)?, &at.accounts))
    }

    pub fn at_mut(&mut self, source: Source) -> &mut PerSource {
        self.sources.entry(source).or_default()
    }

    pub fn apply_event(&mut self, LoggedEvent { seq, event }: &LoggedEvent) -> bool {
        let (agent, changed) = self.agents.apply(event, *seq);
        let kind = self.kinds.acquire(EventKind {
            source: event.source,
            status: event.status,
            detail_status: event.detail_status,
            country_code: event.country_code.as_str(),
        });
        let name = event.name.as_deref().map(escaped);
        let told = AppliedEvent { time: EventTime { at: event.at, seq: *seq }, agent, kind, name: name.as_deref() };
        self.apply(event.source, event.whatsapp, told) | changed
    }

    /// Learns all events of an account with an agent, newest first, of a state that was saved; `kept` is told of them. None
    /// if there are none, or if some of the account with the agent are known.
    ///
    /// What the agent's own latest events are is learnt of all its accounts' [at once](Self::load_log): one by one it would
    /// take most of the time of loading. The accounts that came online last are saved for themselves.
    pub fn load(
        &mut self,
        source: Source,
        number: WhatsAppNumber,
        newest_first: &[AppliedEvent<'_>],
        kept: &mut Vec<(EventTime, EventIndex)>,
    ) -> Option<()> {
        let accounts = &mut self.at_mut(source).accounts;
        let (newest, older) = newest_first.split_first()?;
        match accounts.find(number) {
            // Most accounts were with one agent only.
            None => {
                let newest = accounts.insert(number, *newest, older, kept);
                self.moved(source, newest, None);
            }
            Some(account) if accounts.chain(account, newest.agent).is_none() => {
                for told in newest_first {
                    let (_, record, _) = self.place(source, number, *told);
                    kept.extend(record.map(|record| (told.time, record)));
                }
            }
            Some(_) => return None,
        }
        Some(())
    }

    /// Learns which of these, and of those it had, are the latest events of an agent.
    pub fn load_log(&mut self, source: Source, agent: AgentIndex, events: Vec<(EventTime, EventIndex)>) {
        let (agent, accounts) = self.at_mut(source).agent_mut(agent);
        agent.all_happened(events, &accounts.records);
    }

    /// Learns an event, whose kind is taken. Says whether an answer about who is online may be another now.
    fn apply(&mut self, source: Source, number: WhatsAppNumber, told: AppliedEvent<'_>) -> bool {
        let is_online = self.kinds.get(told.kind).is_online();
        let (account, record, changed) = self.place(source, number, told);
        let (agent, accounts) = self.at_mut(source).agent_mut(told.agent);
        if is_online {
            agent.recent.add(account, told.time);
        }
        if let Some(record) = record {
            agent.happened(record, &accounts.records);
        }
        changed
    }

    /// Puts an event among those of its account: which that is, the record if it is kept, and whether an answer about who is
    /// online may be another now.
    fn place(
        &mut self,
        source: Source,
        number: WhatsAppNumber,
        told: AppliedEvent<'_>,
    ) -> (AccountIndex, Option<EventIndex>, bool) {
        let Self { kinds, sources, .. } = self;
        let applied = sources.entry(source).or_default().accounts.apply(number, told, kinds);
        let (record, changed) = match applied.news {
            Change::Nothing => {
                self.kinds.release(told.kind);
                (None, false)
            }
            Change::Earlier(record) => (Some(record), false),
            Change::Latest { kept, now, before } => (Some(kept), self.moved(source, now, before)),
        };
        if let Some(record) = applied.removed {
            self.remove(source, record);
        }
        (applied.account, record, changed)
    }

    /// An account is where `record` says, no longer where the one before said; says whether that is news of who
    /// is online.
    fn moved(&mut self, source: Source, record: EventIndex, before: Option<EventIndex>) -> bool {
        let Self { kinds, sources, .. } = self;
        let at = sources.entry(source).or_default();
        let (records, kind) = (&at.accounts.records, |event: &RingEvent| kinds.get(event.content.kind()));
        let (now, before) = (&records[record], before.map(|before| (before, &records[before])));
        let (is_online, was_online) = (kind(now).is_online(), before.filter(|(_, before)| kind(before).is_online()));
        if let Some((event, before)) = was_online
            && is_online
            && before.agent == now.agent
            && at.accounts.name(event) == at.accounts.name(record)
        {
            return false;
        }
        let (account, from, to) = (now.account, was_online.map(|(_, before)| before.agent), now.agent);
        if let Some(from) = from {
            let (agent, accounts) = at.agent_mut(from);
            agent.online.remove(account, accounts);
            at.changed(from);
        }
        if is_online {
            let (agent, accounts) = at.agent_mut(to);
            agent.online.insert(account, accounts);
            at.changed(to);
        }
        is_online || from.is_some()
    }

    /// Looks through one more account with one of its agents, if there is one.
    pub fn expire_next(&mut self, source: Source, before: i64, walk: &mut Walk) -> bool {
        let Some((account, agent)) = self.at(source).and_then(|at| walk.next(&at.accounts)) else { return false };
        loop {
            let Self { kinds, sources, .. } = &mut *self;
            let removed = sources.entry(source).or_default().accounts.expire_oldest(account, agent, before, kinds);
            let Some(record) = removed else { return true };
            self.remove(source, record);
        }
    }

    /// Lets go of a record that is in no chain any more.
    fn remove(&mut self, source: Source, record: EventIndex) {
        let at = self.at_mut(source);
        let RingEvent { agent, content, .. } = at.accounts.records[record];
        let (agent, accounts) = at.agent_mut(agent);
        agent.expire(record, &accounts.records);
        at.accounts.free(record);
        self.kinds.release(content.kind());
    }
}
