//! What is known, as it is saved and loaded again: in parts of some thousand events or agents, each taken at its own
//! moment. An event that fell between two parts is in the log after the position that the saved state covers, and is
//! learnt again from there.

use std::{collections::HashMap, sync::Arc};

use compact_str::CompactString;
use group_dispatch_types::{Source, UserId, WhatsAppNumber};
use serde::{Deserialize, Serialize};

use super::{
    ReadModel, Tenant,
    account::{AccountIndex, Accounts, Told, Walk},
    agent::{Agent, AgentIndex},
    at_source::AtSource,
    facts::{Facts, State},
    kind::{Kind, KindIndex},
    record::{RecordIndex, Time},
};
use crate::store::{StoreError, log::TenantNumber};

/// What a part begins with; to be another whenever parts are written otherwise. Less than 3 began parts that had none.
const FORMAT: u8 = 4;
/// Few, so that it takes no large pieces of memory to load a part, of which much would lie idle afterwards.
const RECORDS_IN_A_PART: usize = 2_048;
const AGENTS_IN_A_PART: usize = 512;
/// So many accounts are looked at before writers get their turn.
const AT_ONCE: usize = 256;

/// A part, in the order of saving: each names only what is in those that come after it, so that loading goes backwards.
/// Its texts are where it was read from.
#[derive(Serialize, Deserialize)]
enum Part<'a> {
    /// Agents of a tenant at a source, by id, each with the accounts that came online last, and when.
    Recent { tenant: i64, source: i32, agents: Vec<(u64, Vec<(Time, u64)>)> },
    /// Accounts of a tenant at a source, each with an agent and how many events with that agent; and these, newest first.
    Accounts {
        tenant: i64,
        source: i32,
        #[serde(borrow)]
        kinds: Vec<(i32, i32, &'a str)>,
        /// Escaped, as they are in memory.
        #[serde(borrow)]
        names: Vec<&'a str>,
        accounts: Vec<(u64, u64, u8)>,
        records: Vec<SavedRecord>,
    },
    /// Agents of a tenant, by id; and how many accounts there are at each source, which are going to be loaded.
    Agents {
        tenant: i64,
        accounts: Vec<(i32, usize)>,
        #[serde(borrow)]
        agents: Vec<SavedAgent<'a>>,
    },
}

/// An event of an account; kind and name by their places.
#[derive(Serialize, Deserialize)]
struct SavedRecord {
    at: i64,
    seq: u64,
    kind: u32,
    name: Option<u32>,
}

#[derive(Serialize, Deserialize)]
struct SavedAgent<'a> {
    id: u64,
    #[serde(borrow)]
    account: (&'a str, Time),
    #[serde(borrow)]
    name: Option<(&'a str, Time)>,
}

impl Part<'_> {
    fn written(&self) -> Result<Vec<u8>, StoreError> {
        postcard::to_extend(self, vec![FORMAT])
            .map_err(|error| StoreError::database(format!("a part can't be saved: {error}")))
    }
}

/// The parts of what is known of a tenant. Each takes some milliseconds to make; the first with a source's accounts longer,
/// for these are put in order.
pub fn parts(tenant: &Tenant) -> impl Iterator<Item = Result<Vec<u8>, StoreError>> + Send + use<> {
    let (facts, number) = (Arc::clone(&tenant.facts), tenant.number.0);
    let sources: Vec<Source> = facts.read().sources.keys().copied().collect();
    let recent = sources.clone().into_iter().flat_map({
        let facts = Arc::clone(&facts);
        move |source| of_agents(Arc::clone(&facts), move |state, agents| recent(state, agents, number, source))
    });
    let accounts = sources.into_iter().flat_map({
        let facts = Arc::clone(&facts);
        move |source| accounts(Arc::clone(&facts), number, source)
    });
    let agents = of_agents(facts, move |state, agents| Part::Agents {
        tenant: number,
        accounts: state.sources.iter().map(|(source, at)| (source.code(), at.accounts.len())).collect(),
        agents: agents.iter().map(|agent| saved(state.agents.get(*agent))).collect(),
    });
    recent.chain(accounts).chain(agents)
}

fn accounts(facts: Arc<Facts>, tenant: i64, source: Source) -> impl Iterator<Item = Result<Vec<u8>, StoreError>> {
    let mut all = None;
    std::iter::from_fn(move || {
        let all = all.get_or_insert_with(|| by_agent(&facts, source).into_iter());
        let mut gathering = Gathering::default();
        while all.len() > 0 && gathering.records.len() < RECORDS_IN_A_PART {
            let state = facts.read();
            // A kind that was forgotten meanwhile has left its place to another.
            gathering.kinds.clear();
            all.take(AT_ONCE).for_each(|(agent, account)| gathering.add(&state, source, agent, account));
        }
        (!gathering.accounts.is_empty()).then(|| gathering.part(tenant, source).written())
    })
}

/// Every account at a source with each of its agents, in the order of agents. What is loaded together lies together in
/// memory from then on, and answers tell of an agent's accounts together.
fn by_agent(facts: &Facts, source: Source) -> Vec<(AgentIndex, AccountIndex)> {
    let (mut walk, mut all, mut more) = (Walk::default(), Vec::new(), true);
    while more {
        let state = facts.read();
        let Some(AtSource { accounts, .. }) = state.at(source) else { break };
        let before = all.len();
        all.extend(std::iter::from_fn(|| walk.next(accounts)).take(AT_ONCE).map(|(account, agent)| (agent, account)));
        more = all.len() > before;
    }
    all.sort_unstable();
    all
}

/// What becomes a part. Each name is there once, and each kind once for so many accounts as are looked at at once.
#[derive(Default)]
struct Gathering {
    kinds: HashMap<KindIndex, u32>,
    told_kinds: Vec<Kind<CompactString>>,
    names: HashMap<CompactString, u32>,
    told_names: Vec<CompactString>,
    accounts: Vec<(u64, u64, u8)>,
    records: Vec<SavedRecord>,
}

impl Gathering {
    /// Adds an account's events with an agent.
    fn add(&mut self, state: &State, source: Source, agent: AgentIndex, account: AccountIndex) {
        let Some(AtSource { accounts, .. }) = state.at(source) else { return };
        // Its events may have been forgotten since.
        if let Some(chain) = accounts.chain(account, agent) {
            let (number, agent) = (accounts.number(account).get(), state.agents.get(agent).id.get());
            self.accounts.push((number, agent, chain.length()));
            for event in accounts.records.newest_first(chain) {
                let record = self.record(state, accounts, event);
                self.records.push(record);
            }
        }
    }

    fn record(&mut self, state: &State, accounts: &Accounts, event: RecordIndex) -> SavedRecord {
        let record = &accounts.records[event];
        let kind = record.content.kind();
        let kinds = &mut self.told_kinds;
        let kind = *self.kinds.entry(kind).or_insert_with(|| place(kinds, state.kinds.get(kind).clone()));
        let names = &mut self.told_names;
        let name = accounts.name(event).map(CompactString::from);
        let name = name.map(|name| *self.names.entry(name.clone()).or_insert_with(|| place(names, name)));
        SavedRecord { at: record.at, seq: record.seq, kind, name }
    }

    fn part(&mut self, tenant: i64, source: Source) -> Part<'_> {
        Part::Accounts {
            tenant,
            source: source.code(),
            kinds: self.told_kinds.iter().map(codes).collect(),
            names: self.told_names.iter().map(CompactString::as_str).collect(),
            accounts: std::mem::take(&mut self.accounts),
            records: std::mem::take(&mut self.records),
        }
    }
}

fn codes(Kind { status, detail_status, country_code, .. }: &Kind<CompactString>) -> (i32, i32, &str) {
    (status.code(), detail_status.code(), country_code)
}

fn place<T>(list: &mut Vec<T>, value: T) -> u32 {
    list.push(value);
    // A part has some thousand events.
    u32::try_from(list.len() - 1).unwrap_or(u32::MAX)
}

fn of_agents(
    facts: Arc<Facts>,
    part: impl for<'a> Fn(&'a State, &[AgentIndex]) -> Part<'a>,
) -> impl Iterator<Item = Result<Vec<u8>, StoreError>> {
    let mut after = None;
    std::iter::from_fn(move || {
        let state = facts.read();
        let agents: Vec<_> = state.agents.after(after).take(AGENTS_IN_A_PART).collect();
        after = Some(state.agents.get(*agents.last()?).id);
        Some(part(&state, &agents).written())
    })
}

fn saved(agent: &Agent) -> SavedAgent<'_> {
    SavedAgent {
        id: agent.id.get(),
        account: (&agent.account.text, agent.account.time),
        name: agent.name.as_ref().map(|name| (name.text.as_str(), name.time)),
    }
}

fn recent<'a>(state: &State, agents: &[AgentIndex], tenant: i64, source: Source) -> Part<'a> {
    let of_agent = |agent: &AgentIndex| {
        let at = state.at(source)?;
        let accounts = &at.accounts;
        let recent = at.agent(*agent)?.recent.with_times();
        let recent = recent.map(|(time, account)| (time, accounts.number(account).get()));
        Some((state.agents.get(*agent).id.get(), recent.collect()))
    };
    Part::Recent { tenant, source: source.code(), agents: agents.iter().filter_map(of_agent).collect() }
}

/// Loads a part; the last comes first.
///
/// # Errors
/// When it is no part that this version writes.
pub fn load(model: &ReadModel, part: &[u8]) -> Result<(), StoreError> {
    let unreadable = || {
        StoreError::database(
            "the saved state can't be read: another version of this program may have written it, which can be started in place of this one; or feed the events into a new database",
        )
    };
    let part = part.strip_prefix(&[FORMAT]).ok_or_else(unreadable)?;
    let (part, rest): (Part<'_>, _) = postcard::take_from_bytes(part).map_err(|_| unreadable())?;
    if !rest.is_empty() {
        return Err(unreadable());
    }
    let (Part::Recent { tenant, .. } | Part::Accounts { tenant, .. } | Part::Agents { tenant, .. }) = &part;
    let Some(facts) = model.facts(TenantNumber(*tenant)) else { return Ok(()) };
    learn(&mut facts.write(), part).ok_or_else(unreadable)
}

fn learn(state: &mut State, part: Part<'_>) -> Option<()> {
    match part {
        Part::Recent { source, agents, .. } => {
            let source = Source::from(source);
            for (agent, recent) in agents {
                let agent = state.agents.find(UserId::new(agent).ok()?)?;
                for (time, number) in recent {
                    let number = WhatsAppNumber::new(number).ok()?;
                    // It may have been saved beside an account that was just moving.
                    let at = state.at_mut(source);
                    if let Some(account) = at.accounts.find(number) {
                        at.agent_mut(agent).0.recent.came_online(account, time);
                    }
                }
            }
        }
        Part::Accounts { source, kinds, names, accounts, records, .. } => {
            let source = Source::from(source);
            let kind = |(status, detail_status, country_code): (i32, i32, _)| Kind {
                source,
                status: status.into(),
                detail_status: detail_status.into(),
                country_code,
            };
            let kinds: Vec<_> = kinds.into_iter().map(|told| state.kinds.take(kind(told))).collect();
            let (mut rest, mut told) = (records.as_slice(), Vec::new());
            for accounts in accounts.chunk_by(|(_, one, _), (_, next, _)| one == next) {
                let agent = state.agents.find(UserId::new(accounts.first()?.1).ok()?)?;
                let mut kept = Vec::new();
                for (number, _, length) in accounts {
                    let number = WhatsAppNumber::new(*number).ok()?;
                    for record in rest.split_off(..usize::from(*length))? {
                        let name = match record.name {
                            Some(name) => Some(*names.get(name as usize)?),
                            None => None,
                        };
                        let kind = *kinds.get(record.kind as usize)?;
                        state.kinds.take_again(kind);
                        told.push(Told { time: (record.at, record.seq), agent, kind, name });
                    }
                    state.load(source, number, told.drain(..), &mut kept);
                }
                state.load_log(source, agent, kept);
            }
            kinds.into_iter().for_each(|kind| state.kinds.give_back(kind));
        }
        Part::Agents { accounts, agents, .. } => {
            for (source, count) in accounts {
                state.at_mut(Source::from(source)).accounts.reserve(count)?;
            }
            for SavedAgent { id, account: (account, at), name } in agents {
                state.agents.learn_of(UserId::new(id).ok()?, (account, at), name);
            }
        }
    }
    Some(())
}
