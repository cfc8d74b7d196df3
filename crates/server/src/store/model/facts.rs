use std::{
    collections::{BTreeMap, btree_map::Entry},
    ops::Bound::{Included, Unbounded},
    sync::atomic::{AtomicU64, Ordering},
};

use arcstr::ArcStr;
use axum::body::Bytes;
use group_dispatch_types::{Source, WhatsAppNumber};
use parking_lot::{Mutex, RwLock, RwLockWriteGuard};

use super::{
    account::{Account, News, Record},
    agent::Agents,
    kind::{Kind, Kinds},
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
    /// The answer about all who are online, and the presence that it tells.
    pub(super) all_online: Mutex<Option<(u64, Bytes)>>,
}

#[derive(Default)]
pub struct State {
    pub agents: Agents,
    pub kinds: Kinds,
    pub sources: BTreeMap<Source, BTreeMap<WhatsAppNumber, Account>>,
    /// What happened before is too old to be told.
    pub oldest: Option<i64>,
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
            let changed = events.by_ref().take(AT_ONCE).fold(false, |changed, event| state.learn(event) | changed);
            if changed {
                self.presence.fetch_add(1, Ordering::Release);
            }
            RwLockWriteGuard::unlock_fair(state);
        }
    }

    /// Forgets what happened before `before`, except for where accounts are, which came online last, and who the agents
    /// are.
    pub fn forget(&self, before: i64) {
        let sources: Vec<Source> = {
            let mut state = self.state.write();
            state.oldest = Some(before);
            state.agents.forget(before);
            state.sources.keys().copied().collect()
        };
        for source in sources {
            let mut next = Some(Unbounded);
            while let Some(from) = next {
                let mut state = self.state.write();
                let Some(accounts) = state.sources.get_mut(&source) else { break };
                let mut accounts = accounts.range_mut((from, Unbounded));
                accounts.by_ref().take(LOOKED_AT_ONCE).for_each(|(_, account)| account.forget(before));
                next = accounts.next().map(|(number, _)| Included(*number));
                RwLockWriteGuard::unlock_fair(state);
            }
        }
    }
}

impl State {
    /// Says whether an answer about who is online may be another now.
    fn learn(&mut self, LoggedEvent { seq, event }: &LoggedEvent) -> bool {
        let (agent, mut changed) = self.agents.learn(event, *seq);
        let kind = self.kinds.of(event);
        let is_online = self.kinds.get(kind).is_online();
        let mut record = Record { at: event.at, seq: *seq, agent, kind, name: None };
        let name = event.name.as_deref();
        let news = match self.sources.entry(event.source).or_default().entry(event.whatsapp) {
            Entry::Vacant(place) => {
                record.name = name.map(ArcStr::from);
                place.insert(Account::new(record.clone()));
                Some(None)
            }
            Entry::Occupied(mut place) => {
                record.name = shared(place.get().latest().name.as_ref(), name);
                match place.get_mut().learn(record.clone()) {
                    News::Nothing => None,
                    News::Latest(before) => Some(Some(before)),
                }
            }
        };
        if let Some(before) = news {
            if let Some(before) = before.filter(|before| before.agent != agent || !is_online)
                && self.kinds.get(before.kind).is_online()
            {
                self.agents.get_mut(before.agent).at_mut(event.source).online.remove(&event.whatsapp);
                changed = true;
            }
            if is_online {
                let online = &mut self.agents.get_mut(agent).at_mut(event.source).online;
                let before = online.insert(event.whatsapp, record.name.clone());
                changed |= before.is_none_or(|name| name != record.name);
            }
        }
        let agent = self.agents.get_mut(agent).at_mut(event.source);
        agent.happened(event.whatsapp, &record);
        if is_online {
            agent.came_online(event.whatsapp, record.time());
        }
        changed
    }

    /// Whether something that happened then is still told.
    pub fn tells(&self, record: &Record) -> bool {
        self.oldest.is_none_or(|oldest| record.at >= oldest)
    }

    pub fn kind(&self, record: &Record) -> &Kind {
        self.kinds.get(record.kind)
    }
}

/// The name, sharing memory with the one that the account had.
fn shared(before: Option<&ArcStr>, name: Option<&str>) -> Option<ArcStr> {
    let name = name?;
    Some(before.filter(|before| before.as_str() == name).cloned().unwrap_or_else(|| name.into()))
}
