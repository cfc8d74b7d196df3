use std::collections::{BTreeMap, BTreeSet};

use compact_str::CompactString;
use group_dispatch_types::{Source, UserId};
use hashbrown::HashMap;

use super::{
    account::AccountIndex,
    online::Online,
    record::{LOG_LENGTH, RecordIndex, Records, Time},
};
use crate::{event::StatusEvent, store::AgentFilter};

/// How many accounts are kept that came online last with an agent (page: "latest ten records"; D15).
pub const RECENT_LENGTH: usize = 10;

/// The place of an agent among [`Agents`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AgentIndex(u32);

impl AgentIndex {
    pub const FIRST: Self = Self(0);
    pub const LAST: Self = Self(u32::MAX);
}

/// What is known of an agent.
pub struct Agent {
    pub id: UserId,
    pub account: Known,
    pub name: Option<Known>,
    /// It changes with everything that answers about who is online tell of the agent.
    pub version: u32,
    sources: Vec<(Source, AgentAtSource)>,
}

/// A text and the time of the event that told it.
pub struct Known {
    pub text: CompactString,
    pub time: Time,
}

impl Agent {
    /// An agent whose name was never told goes by its login account.
    pub fn name(&self) -> &CompactString {
        self.name.as_ref().map_or(&self.account.text, |name| &name.text)
    }

    pub fn change(&mut self) {
        self.version = self.version.wrapping_add(1);
    }

    pub fn at(&self, source: Source) -> Option<&AgentAtSource> {
        self.sources.iter().find_map(|(at, agent)| (*at == source).then_some(agent))
    }

    pub fn at_mut(&mut self, source: Source) -> &mut AgentAtSource {
        let place = self.sources.iter().position(|(at, _)| *at == source).unwrap_or_else(|| {
            // Most agents are at one source or two.
            self.sources.reserve_exact(1);
            self.sources.push((source, AgentAtSource::default()));
            self.sources.len() - 1
        });
        &mut self.sources[place].1
    }
}

/// What is known of an agent at a source.
#[derive(Default)]
pub struct AgentAtSource {
    pub online: Online,
    /// The latest events, oldest first.
    log: Vec<RecordIndex>,
    /// The accounts that came online last and when, newest first.
    recent: Vec<(Time, AccountIndex)>,
}

impl AgentAtSource {
    /// Oldest first.
    pub fn log(&self) -> &[RecordIndex] {
        &self.log
    }

    pub fn recent(&self) -> &[(Time, AccountIndex)] {
        &self.recent
    }

    /// Many of the agent's events, in any order.
    pub fn all_happened(&mut self, mut events: Vec<(Time, RecordIndex)>, records: &Records) {
        let time = |(time, _): &(Time, RecordIndex)| *time;
        events.extend(self.log.iter().map(|event| (records[*event].time(), *event)));
        if let Some(too_many) = events.len().checked_sub(LOG_LENGTH).filter(|too_many| *too_many > 0) {
            events.select_nth_unstable_by_key(too_many, time);
            events.drain(..too_many);
        }
        events.sort_unstable_by_key(time);
        // Collected, they would keep the memory of these, which is several times as much.
        self.log.clear();
        self.log.reserve_exact(events.len());
        self.log.extend(events.into_iter().map(|(_, event)| event));
    }

    pub fn happened(&mut self, record: RecordIndex, records: &Records) {
        let time = records[record].time();
        let is_before = |other: &RecordIndex| records[*other].time() < time;
        let is_full = self.log.len() == LOG_LENGTH;
        if is_full && !self.log.first().is_some_and(is_before) {
            return;
        }
        // Most events are the newest.
        let is_newest = self.log.last().is_none_or(is_before);
        let place = if is_newest { self.log.len() } else { self.log.partition_point(is_before) };
        if is_full {
            self.log[..place].rotate_left(1);
            self.log[place - 1] = record;
        } else {
            insert(&mut self.log, place, record, LOG_LENGTH);
        }
    }

    /// A record is about to be let go of.
    pub fn forget(&mut self, record: RecordIndex, records: &Records) {
        let time = records[record].time();
        if self.log.first().is_some_and(|first| records[*first].time() <= time) {
            self.log.retain(|other| *other != record);
        }
    }

    pub fn came_online(&mut self, account: AccountIndex, time: Time) {
        if let Some(place) = self.recent.iter().position(|(_, other)| *other == account) {
            if self.recent[place].0 >= time {
                return;
            }
            self.recent.remove(place);
        }
        let place = self.recent.partition_point(|(other, _)| *other > time);
        if place < RECENT_LENGTH {
            self.recent.truncate(RECENT_LENGTH - 1);
            insert(&mut self.recent, place, (time, account), RECENT_LENGTH);
        }
    }
}

/// Inserts into a list that never holds more than `most`, nor has memory for more.
fn insert<T>(list: &mut Vec<T>, place: usize, value: T, most: usize) {
    if list.len() == list.capacity() {
        list.reserve_exact(list.len().max(4).min(most - list.len()));
    }
    list.insert(place, value);
}

/// Every agent that was met. None is ever forgotten, so that an index stays good.
#[derive(Default)]
pub struct Agents {
    agents: Vec<Agent>,
    by_id: HashMap<UserId, AgentIndex>,
    in_order: BTreeMap<UserId, AgentIndex>,
    by_account: HashMap<CompactString, BTreeSet<(UserId, AgentIndex)>>,
}

impl Agents {
    pub fn len(&self) -> usize {
        self.agents.len()
    }

    pub fn get(&self, index: AgentIndex) -> &Agent {
        &self.agents[index.0 as usize]
    }

    pub fn get_mut(&mut self, index: AgentIndex) -> &mut Agent {
        &mut self.agents[index.0 as usize]
    }

    pub fn find(&self, id: UserId) -> Option<AgentIndex> {
        self.by_id.get(&id).copied()
    }

    /// The agents that are meant, by id.
    pub fn meant(&self, filter: &AgentFilter) -> impl Iterator<Item = AgentIndex> {
        let all = filter.is_none().then(|| self.in_order.values()).into_iter().flatten();
        let one = filter.user_id.and_then(|id| self.by_id.get(&id)).filter(|agent| self.is_meant(**agent, filter));
        let account = filter.agent_account.as_deref().filter(|_| filter.user_id.is_none());
        let namesakes = account.and_then(|account| self.by_account.get(account)).into_iter().flatten();
        all.chain(one).copied().chain(namesakes.map(|(_, agent)| *agent))
    }

    pub fn is_meant(&self, agent: AgentIndex, filter: &AgentFilter) -> bool {
        let Agent { id, account, .. } = self.get(agent);
        filter.user_id.is_none_or(|meant| meant == *id)
            && filter.agent_account.as_ref().is_none_or(|meant| *meant == account.text)
    }

    /// By id; the agents after `after`, if that is given.
    pub fn after(&self, after: Option<UserId>) -> impl Iterator<Item = &Agent> {
        use std::ops::Bound::{Excluded, Unbounded};
        let from = after.map_or(Unbounded, Excluded);
        self.in_order.range((from, Unbounded)).map(|(_, index)| self.get(*index))
    }

    /// Which agent an event is about, and whether it told something of the agent that was not known.
    pub fn learn(&mut self, event: &StatusEvent, seq: u64) -> (AgentIndex, bool) {
        let time = (event.at, seq);
        let name = event.user_name.as_deref().filter(|name| !name.is_empty());
        self.learn_of(event.user_id, (&event.agent_account, time), name.map(|name| (name, time)))
    }

    pub fn learn_of(&mut self, id: UserId, account: (&str, Time), name: Option<(&str, Time)>) -> (AgentIndex, bool) {
        let known = |(text, time): (&str, Time)| Known { text: text.into(), time };
        let Some(index) = self.find(id) else {
            // More than four thousand million agents would not fit into memory.
            let index = AgentIndex(u32::try_from(self.agents.len()).unwrap_or(u32::MAX));
            let agent = Agent { id, account: known(account), name: name.map(known), version: 0, sources: Vec::new() };
            self.by_account.entry(agent.account.text.clone()).or_default().insert((id, index));
            self.by_id.insert(id, index);
            self.in_order.insert(id, index);
            self.agents.push(agent);
            return (index, true);
        };
        let agent = &mut self.agents[index.0 as usize];
        let mut changed = false;
        if account.1 >= agent.account.time {
            agent.account.time = account.1;
            if agent.account.text != account.0 {
                let before = std::mem::replace(&mut agent.account, known(account));
                if let Some(namesakes) = self.by_account.get_mut(&before.text) {
                    namesakes.remove(&(id, index));
                    if namesakes.is_empty() {
                        self.by_account.remove(&before.text);
                    }
                }
                self.by_account.entry(agent.account.text.clone()).or_default().insert((id, index));
                changed = true;
            }
        }
        if let Some(name) = name
            && agent.name.as_ref().is_none_or(|before| name.1 >= before.time)
        {
            match &mut agent.name {
                Some(before) if before.text == name.0 => before.time = name.1,
                before => {
                    *before = Some(known(name));
                    changed = true;
                }
            }
        }
        if changed {
            agent.change();
        }
        (index, changed)
    }
}
