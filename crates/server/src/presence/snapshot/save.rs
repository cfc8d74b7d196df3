use std::{collections::HashMap, iter, sync::Arc};

use compact_str::CompactString;
use group_dispatch_types::Source;

use super::{FORMAT, Part, SavedAgent, SavedRecord, sealed};
use crate::{
    error::StoreError,
    presence::{
        accounts::{AccountIndex, Accounts, Walk},
        agents::{Agent, AgentIndex},
        event_kind::{Kind, KindIndex},
        event_ring::{LOG_LENGTH, RecordIndex},
        index::Tenant,
        per_source::AtSource,
        tenant::{Facts, State},
    },
    tenant::TenantNumber,
};

/// Few, so that it takes no large pieces of memory to load a part, of which much would lie idle afterwards.
const RECORDS_IN_A_PART: usize = 2_048;
const AGENTS_IN_A_PART: usize = 512;
/// So many accounts are looked at before writers get their turn.
const AT_ONCE: usize = 256;

/// The parts of what is known of a tenant. Each takes some milliseconds to make; the first with a source's accounts longer,
/// for these are put in order.
pub fn parts(tenant: &Tenant) -> impl Iterator<Item = Result<Vec<u8>, StoreError>> + Send + use<> {
    let (facts, tenant) = (Arc::clone(&tenant.facts), tenant.number);
    let sources: Vec<Source> = facts.read().sources.keys().copied().collect();
    let recent = sources.clone().into_iter().flat_map({
        let facts = Arc::clone(&facts);
        move |source| of_agents(Arc::clone(&facts), tenant, move |state, agents| recent(state, agents, source))
    });
    let accounts = sources.into_iter().flat_map({
        let facts = Arc::clone(&facts);
        move |source| accounts(Arc::clone(&facts), tenant, source)
    });
    let agents = of_agents(Arc::clone(&facts), tenant, |state, agents| Part::Agents {
        agents: agents.iter().map(|agent| saved(state.agents.get(*agent))).collect(),
    });
    let size = iter::once_with(move || size(&facts.read()).written(tenant));
    recent.chain(accounts).chain(agents).chain(size).map(|part| part.map(sealed))
}

impl Part<'_> {
    fn written(&self, tenant: TenantNumber) -> Result<Vec<u8>, StoreError> {
        postcard::to_extend(&(tenant.0, self), vec![FORMAT])
            .map_err(|error| StoreError::database(format!("a part can't be saved: {error}")))
    }
}

fn accounts(
    facts: Arc<Facts>,
    tenant: TenantNumber,
    source: Source,
) -> impl Iterator<Item = Result<Vec<u8>, StoreError>> {
    let mut all = None;
    iter::from_fn(move || {
        let all = all.get_or_insert_with(|| by_agent(&facts, source).into_iter());
        let mut gathering = Gathering::default();
        while all.len() > 0 && gathering.records.len() < RECORDS_IN_A_PART {
            let state = facts.read();
            // A kind that was forgotten meanwhile has left its place to another.
            gathering.kinds.clear();
            all.take(AT_ONCE).for_each(|(agent, account)| gathering.add(&state, source, agent, account));
        }
        (!gathering.accounts.is_empty()).then(|| gathering.written(tenant, source))
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
        all.extend(iter::from_fn(|| walk.next(accounts)).take(AT_ONCE).map(|(account, agent)| (agent, account)));
        more = all.len() > before;
    }
    all.sort_unstable();
    all
}

/// What becomes a part. Each name is there once, and each kind once for so many accounts as are looked at at once.
#[derive(Default)]
struct Gathering {
    kinds: HashMap<KindIndex, u16>,
    told_kinds: Vec<Kind<CompactString>>,
    names: HashMap<CompactString, u16>,
    told_names: Vec<CompactString>,
    accounts: Vec<(u64, u64, u8)>,
    records: Vec<SavedRecord>,
}

/// Each of a part's records may have a kind and a name of its own.
const _: () = assert!(RECORDS_IN_A_PART + AT_ONCE * LOG_LENGTH < u16::MAX as usize);

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
        let name = name.map(|name| *self.names.entry(name.clone()).or_insert_with(|| place(names, name) + 1));
        SavedRecord { time: record.time(), kind, name: name.unwrap_or(0) }
    }

    fn written(self, tenant: TenantNumber, source: Source) -> Result<Vec<u8>, StoreError> {
        let part = Part::Accounts {
            source: source.code(),
            kinds: self.told_kinds.iter().map(codes).collect(),
            names: self.told_names.iter().map(CompactString::as_str).collect(),
            accounts: self.accounts,
        };
        let mut written = part.written(tenant)?;
        written.extend(self.records.iter().flat_map(SavedRecord::written));
        Ok(written)
    }
}

fn codes(Kind { status, detail_status, country_code, .. }: &Kind<CompactString>) -> (i32, i32, &str) {
    (status.code(), detail_status.code(), country_code)
}

fn place<T>(list: &mut Vec<T>, value: T) -> u16 {
    // The assertion above says that it fits.
    let place = u16::try_from(list.len()).unwrap_or(u16::MAX);
    list.push(value);
    place
}

fn of_agents(
    facts: Arc<Facts>,
    tenant: TenantNumber,
    part: impl for<'a> Fn(&'a State, &[AgentIndex]) -> Part<'a>,
) -> impl Iterator<Item = Result<Vec<u8>, StoreError>> {
    let mut after = None;
    iter::from_fn(move || {
        let state = facts.read();
        let agents: Vec<_> = state.agents.after(after).take(AGENTS_IN_A_PART).collect();
        after = Some(state.agents.get(*agents.last()?).id);
        Some(part(&state, &agents).written(tenant))
    })
}

fn saved(agent: &Agent) -> SavedAgent<'_> {
    SavedAgent {
        id: agent.id.get(),
        account: (&agent.account.text, agent.account.time),
        name: agent.name.as_ref().map(|name| (name.text.as_str(), name.time)),
    }
}

fn recent<'a>(state: &State, agents: &[AgentIndex], source: Source) -> Part<'a> {
    let of_agent = |agent: &AgentIndex| {
        let at = state.at(source)?;
        let accounts = &at.accounts;
        let recent = at.agent(*agent)?.recent.with_times();
        let recent: Vec<_> = recent.map(|(time, account)| (time, accounts.number(account).get())).collect();
        (!recent.is_empty()).then(|| (state.agents.get(*agent).id.get(), recent))
    };
    Part::Recent { source: source.code(), agents: agents.iter().filter_map(of_agent).collect() }
}

fn size(state: &State) -> Part<'static> {
    let sources = state.sources.iter().map(|(source, at)| (source.code(), at.accounts.len()));
    Part::Size { sources: sources.collect() }
}
