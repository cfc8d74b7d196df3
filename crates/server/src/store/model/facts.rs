use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicU64, Ordering},
};

use group_dispatch_types::{Source, WhatsAppNumber};
use parking_lot::{Mutex, RwLock, RwLockWriteGuard};

use super::{
    account::{AccountIndex, Accounts, News, Told, Walk},
    agent::Agents,
    all_online::Kept,
    kind::{Kind, Kinds},
    record::RecordIndex,
};
use crate::store::log::LoggedEvent;

/// So many events are learnt before readers get their turn.
const AT_ONCE: usize = 256;
/// And so many accounts are looked through.
const LOOKED_AT_ONCE: usize = 1024;

/// What is known of a tenant's agents and accounts.
#[derive(Default)]
pub struct Facts {
    state: RwLock<State>,
    /// Changes whenever an answer about who is online may.
    presence: AtomicU64,
    /// The answer about all who are online.
    pub(super) all_online: Mutex<Option<Kept>>,
}

#[derive(Default)]
pub struct State {
    pub agents: Agents,
    pub kinds: Kinds,
    pub sources: BTreeMap<Source, Accounts>,
}

impl Facts {
    pub fn read(&self) -> impl std::ops::Deref<Target = State> {
        self.state.read()
    }

    pub(super) fn write(&self) -> impl std::ops::DerefMut<Target = State> {
        self.state.write()
    }

    /// Which presence this is: what was told of another one may be told no more.
    pub fn presence(&self) -> u64 {
        self.presence.load(Ordering::Acquire)
    }

    pub fn learn<'a>(&self, events: impl Iterator<Item = &'a LoggedEvent>) {
        let mut events = events.peekable();
        while events.peek().is_some() {
            let mut state = self.state.write();
            // Not a sum over all: `any` would stop at the first.
            let changed =
                events.by_ref().take(AT_ONCE).fold(false, |changed, event| state.learn_event(event) | changed);
            if changed {
                self.presence.fetch_add(1, Ordering::Release);
            }
            RwLockWriteGuard::unlock_fair(state);
        }
    }

    /// Forgets what happened before `before`, except for where accounts are, which came online last, and who the agents
    /// are.
    pub fn forget(&self, before: i64) {
        let sources: Vec<Source> = self.read().sources.keys().copied().collect();
        for source in sources {
            let mut walk = Walk::default();
            let mut more = true;
            while more {
                let mut state = self.state.write();
                more = (0..LOOKED_AT_ONCE).all(|_| state.forget_next(source, before, &mut walk));
                RwLockWriteGuard::unlock_fair(state);
            }
        }
    }
}

impl State {
    fn learn_event(&mut self, LoggedEvent { seq, event }: &LoggedEvent) -> bool {
        let (agent, changed) = self.agents.learn(event, *seq);
        let kind = self.kinds.take(Kind {
            status: event.status,
            detail_status: event.detail_status,
            country_code: event.country_code.as_str(),
        });
        let told = Told { time: (event.at, *seq), agent, kind, name: event.name.as_deref() };
        self.learn(event.source, event.whatsapp, told).1 | changed
    }

    /// Learns events of an account with an agent, newest first. Whether the agent's accounts came online last is not learnt
    /// from those that come after the first.
    pub fn learn_older<'a>(
        &mut self,
        source: Source,
        number: WhatsAppNumber,
        mut newest_first: impl Iterator<Item = Told<'a>>,
    ) {
        let Some(newest) = newest_first.next() else { return };
        let (account, _) = self.learn(source, number, newest);
        let mut is_of_latest = true;
        for told in newest_first {
            let accounts = self.sources.entry(source).or_default();
            match accounts.learn_older(account, told) {
                Some(record) => {
                    // Those that follow are older still.
                    is_of_latest = is_of_latest
                        && self.agents.get_mut(told.agent).at_mut(source).happened(record, &accounts.records);
                }
                None => drop(self.learn(source, number, told)),
            }
        }
    }

    /// Learns an event, whose kind is taken. Gives the account, and says whether an answer about who is online may be
    /// another now.
    fn learn(&mut self, source: Source, number: WhatsAppNumber, told: Told<'_>) -> (AccountIndex, bool) {
        let Told { time, agent, kind, .. } = told;
        let accounts = self.sources.entry(source).or_default();
        let learnt = accounts.learn(number, told);
        let at_source = self.agents.get_mut(agent).at_mut(source);
        if self.kinds.get(kind).is_online() {
            at_source.came_online(learnt.account, time);
        }
        let changed = match learnt.news {
            News::Nothing => {
                self.kinds.give_back(kind);
                false
            }
            News::Earlier(record) => {
                at_source.happened(record, &accounts.records);
                false
            }
            News::Latest(record, before) => {
                at_source.happened(record, &accounts.records);
                self.moved(source, record, before)
            }
        };
        if let Some(record) = learnt.fell_out {
            self.let_go(source, record);
        }
        (learnt.account, changed)
    }

    /// An account is where its latest event says, no longer where the one before said; says whether that is news of who
    /// is online.
    fn moved(&mut self, source: Source, record: RecordIndex, before: Option<RecordIndex>) -> bool {
        let Some(accounts) = self.sources.get(&source) else { return false };
        let now = &accounts.records[record];
        let is_online = self.kinds.get(now.kind).is_online();
        let before = before.map(|before| &accounts.records[before]);
        let was_online = before.filter(|before| self.kinds.get(before.kind).is_online());
        if let Some(before) = was_online
            && is_online
            && before.agent == now.agent
            && before.name == now.name
        {
            return false;
        }
        if let Some(before) = was_online {
            let agent = self.agents.get_mut(before.agent);
            agent.at_mut(source).online.remove(now.account, accounts);
            agent.change();
        }
        if is_online {
            let agent = self.agents.get_mut(now.agent);
            agent.at_mut(source).online.insert(now.account, accounts);
            agent.change();
        }
        is_online || was_online.is_some()
    }

    /// Looks through one more account with one of its agents, if there is one.
    fn forget_next(&mut self, source: Source, before: i64, walk: &mut Walk) -> bool {
        let accounts = self.sources.get(&source);
        let Some((account, agent)) = accounts.and_then(|accounts| walk.next(accounts)) else { return false };
        while let Some(accounts) = self.sources.get_mut(&source)
            && let Some(record) = accounts.fall_out(account, agent, before)
        {
            self.let_go(source, record);
        }
        true
    }

    /// Lets go of a record that is in no chain any more.
    fn let_go(&mut self, source: Source, record: RecordIndex) {
        if let Some(accounts) = self.sources.get_mut(&source) {
            let records = &mut accounts.records;
            self.agents.get_mut(records[record].agent).at_mut(source).forget(record, records);
            self.kinds.give_back(records[record].kind);
            records.free(record);
        }
    }
}
