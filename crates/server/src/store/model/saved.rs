//! What is known, as it is saved and loaded again: in parts of a few thousand accounts or agents, each taken at its own
//! moment. An event that fell between two parts is in the log after the position that the saved state covers, and is
//! learnt again from there.

use std::{
    collections::HashMap,
    ops::Bound::{Excluded, Unbounded},
    sync::Arc,
};

use arcstr::ArcStr;
use group_dispatch_types::{AccountStatus, Source, StatusDetail, UserId, WhatsAppNumber};
use serde::{Deserialize, Serialize};

use super::{
    ReadModel, Tenant,
    account::{Account, Record, Time},
    agent::{Agent, AgentIndex},
    facts::{Facts, State},
    kind::{Kind, KindIndex},
};
use crate::store::{StoreError, log::TenantNumber};

const ACCOUNTS_IN_A_PART: usize = 4096;
const AGENTS_IN_A_PART: usize = 4096;

/// A part, in the order of saving: a tenant's accounts, then its agents, among which are all that its accounts name.
/// Loading goes backwards.
#[derive(Serialize, Deserialize)]
enum Part {
    /// Accounts of a tenant at a source, by number, each with its events, oldest first.
    Accounts { tenant: i64, source: i32, words: Words, accounts: Vec<(u64, Vec<SavedRecord>)> },
    /// Agents of a tenant, by id.
    Agents { tenant: i64, agents: Vec<SavedAgent> },
}

/// What the events of a part say, each kind and name once.
#[derive(Default, Serialize, Deserialize)]
struct Words {
    kinds: Vec<(i32, i32, String)>,
    names: Vec<String>,
}

/// An event of an account; kind and name by their places.
#[derive(Serialize, Deserialize)]
struct SavedRecord {
    at: i64,
    seq: u64,
    agent: u64,
    kind: u32,
    name: Option<u32>,
}

#[derive(Serialize, Deserialize)]
struct SavedAgent {
    id: u64,
    account: (String, Time),
    name: Option<(String, Time)>,
    recent: Vec<(i32, Vec<(Time, u64)>)>,
}

/// Gives each part of what is known of a tenant to `save`, one after the other, until it fails.
pub fn parts(tenant: &Tenant) -> impl Iterator<Item = Vec<u8>> {
    let (facts, number) = (&tenant.facts, tenant.number.0);
    let sources: Vec<Source> = facts.read().sources.keys().copied().collect();
    let accounts = sources.into_iter().flat_map(move |source| {
        let mut after = Some(Unbounded);
        std::iter::from_fn(move || {
            let (part, last) = accounts(&facts.read(), number, source, after?);
            after = last.map(Excluded);
            part
        })
    });
    let mut after = Some(None);
    let agents = std::iter::from_fn(move || {
        let state = facts.read();
        let agents: Vec<_> = state.agents.after(after?).take(AGENTS_IN_A_PART).collect();
        after = agents.last().map(|agent| Some(agent.id));
        let agents: Vec<_> = agents.into_iter().map(saved_agent).collect();
        (!agents.is_empty()).then_some(Part::Agents { tenant: number, agents })
    });
    // Values of these types can always be written down.
    accounts.chain(agents).filter_map(|part| postcard::to_stdvec(&part).ok())
}

/// The next accounts after some number, and the last of them.
fn accounts(
    state: &State,
    tenant: i64,
    source: Source,
    after: std::ops::Bound<WhatsAppNumber>,
) -> (Option<Part>, Option<WhatsAppNumber>) {
    let mut words = Words::default();
    let (mut kinds, mut names) = (HashMap::new(), HashMap::new());
    let mut record = |record: &Record| SavedRecord {
        at: record.at,
        seq: record.seq,
        agent: state.agents.get(record.agent).id.get(),
        kind: *kinds.entry(record.kind).or_insert_with(|| {
            let Kind { status, detail_status, country_code } = state.kind(record);
            place(&mut words.kinds, (status.code(), detail_status.code(), country_code.to_string()))
        }),
        name: record
            .name
            .as_ref()
            .map(|name| *names.entry(name.clone()).or_insert_with(|| place(&mut words.names, name.to_string()))),
    };
    let accounts = state.sources.get(&source).into_iter().flat_map(|accounts| accounts.range((after, Unbounded)));
    let accounts: Vec<(u64, Vec<SavedRecord>)> = accounts
        .take(ACCOUNTS_IN_A_PART)
        .map(|(number, account)| {
            let mut records: Vec<_> = account.records().map(&mut record).collect();
            records.reverse();
            (number.get(), records)
        })
        .collect();
    let last = accounts.last().and_then(|(number, _)| WhatsAppNumber::new(*number).ok());
    (last.map(|_| Part::Accounts { tenant, source: source.code(), words, accounts }), last)
}

fn place<T>(list: &mut Vec<T>, value: T) -> u32 {
    list.push(value);
    // A part has a few thousand accounts with some fifty events each.
    u32::try_from(list.len() - 1).unwrap_or(u32::MAX)
}

fn saved_agent(agent: &Agent) -> SavedAgent {
    let recent = agent.sources().map(|(source, at)| {
        let recent = at.recent().iter().map(|(time, account)| (*time, account.get()));
        (source.code(), recent.collect())
    });
    SavedAgent {
        id: agent.id.get(),
        account: (agent.account.text.to_string(), agent.account.time),
        name: agent.name.as_ref().map(|name| (name.text.to_string(), name.time)),
        recent: recent.collect(),
    }
}

/// Loads parts, the last first.
pub struct Loader<'a> {
    model: &'a ReadModel,
    /// The accounts of the tenant and source at hand, to be put in order when all are there.
    gathered: Option<Gathered>,
}

struct Gathered {
    tenant: i64,
    source: i32,
    facts: Arc<Facts>,
    accounts: Vec<(WhatsAppNumber, Account)>,
}

impl<'a> Loader<'a> {
    pub fn new(model: &'a ReadModel) -> Self {
        Self { model, gathered: None }
    }

    /// # Errors
    /// When it is no part that this version writes.
    pub fn load(&mut self, part: &[u8]) -> Result<(), StoreError> {
        match postcard::from_bytes(part).map_err(|_| unreadable())? {
            Part::Agents { tenant, agents } => {
                self.put_in_order();
                if let Some(facts) = self.model.facts(TenantNumber(tenant)) {
                    let mut state = facts.write();
                    agents.into_iter().try_for_each(|agent| learn_agent(&mut state, agent))?;
                }
            }
            Part::Accounts { tenant, source, words, accounts } => {
                if self.gathered.as_ref().is_none_or(|at| (at.tenant, at.source) != (tenant, source)) {
                    self.put_in_order();
                    self.gathered = self.model.facts(TenantNumber(tenant)).map(|facts| Gathered {
                        tenant,
                        source,
                        facts,
                        accounts: Vec::new(),
                    });
                }
                if let Some(gathered) = &mut self.gathered {
                    gathered.add(&words, accounts)?;
                }
            }
        }
        Ok(())
    }

    pub fn finish(mut self) {
        self.put_in_order();
    }

    fn put_in_order(&mut self) {
        if let Some(Gathered { source, facts, accounts, .. }) = self.gathered.take() {
            facts.write().sources.insert(Source::from(source), accounts.into_iter().collect());
        }
    }
}

impl Gathered {
    fn add(&mut self, words: &Words, accounts: Vec<(u64, Vec<SavedRecord>)>) -> Result<(), StoreError> {
        let mut state = self.facts.write();
        let state = &mut *state;
        let kinds = words.kinds.iter().map(|(status, detail_status, country_code)| {
            let (status, detail_status) = (AccountStatus::from(*status), StatusDetail::from(*detail_status));
            state.kinds.place(Kind { status, detail_status, country_code: country_code.into() })
        });
        let kinds: Vec<KindIndex> = kinds.collect();
        let names: Vec<ArcStr> = words.names.iter().map(ArcStr::from).collect();
        let source = Source::from(self.source);
        let mut last_agent: Option<(u64, AgentIndex)> = None;
        for (number, saved) in accounts {
            let number = WhatsAppNumber::new(number).map_err(|_| unreadable())?;
            let mut records = Vec::with_capacity(saved.len());
            for SavedRecord { at, seq, agent, kind, name } in saved {
                let index = match last_agent {
                    Some((id, index)) if id == agent => index,
                    _ => state.agents.find(UserId::new(agent).map_err(|_| unreadable())?).ok_or_else(unreadable)?,
                };
                last_agent = Some((agent, index));
                let kind = *kinds.get(kind as usize).ok_or_else(unreadable)?;
                let name = name.map(|name| names.get(name as usize).cloned().ok_or_else(unreadable)).transpose()?;
                let record = Record { at, seq, agent: index, kind, name };
                state.agents.get_mut(index).at_mut(source).happened(number, &record);
                records.push(record);
            }
            let account = Account::from_records(records).ok_or_else(unreadable)?;
            let latest = account.latest();
            if state.kinds.get(latest.kind).is_online() {
                state.agents.get_mut(latest.agent).at_mut(source).online.insert(number, latest.name.clone());
            }
            self.accounts.push((number, account));
        }
        Ok(())
    }
}

fn learn_agent(state: &mut State, agent: SavedAgent) -> Result<(), StoreError> {
    let SavedAgent { id, account: (account, at), name, recent } = agent;
    let id = UserId::new(id).map_err(|_| unreadable())?;
    let (index, _) = state.agents.learn_of(id, (&account, at), name.as_ref().map(|(name, at)| (name.as_str(), *at)));
    for (source, accounts) in recent {
        let at_source = state.agents.get_mut(index).at_mut(Source::from(source));
        for (time, number) in accounts {
            at_source.came_online(WhatsAppNumber::new(number).map_err(|_| unreadable())?, time);
        }
    }
    Ok(())
}

fn unreadable() -> StoreError {
    StoreError::database("the saved state can't be read; a newer version of this program may have written it")
}
