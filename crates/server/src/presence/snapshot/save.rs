use std::{collections::HashMap, iter, sync::Arc};

use compact_str::CompactString;
use group_dispatch_types::Source;

use super::{Chunk, FORMAT, SavedAgent, SavedEvent, seal};
use crate::{
    error::StoreError,
    presence::{
        accounts::{Accounts, Walk},
        agents::Agent,
        event_kind::EventKind,
        event_ring::EVENTS_PER_RING,
        ids::{AccountIndex, AgentIndex, EventIndex, KindIndex},
        index::Tenant,
        per_source::PerSource,
        state::TenantState,
        tenant::TenantIndex,
    },
    tenant::TenantNumber,
};

/// Few, so that it takes no large pieces of memory to load a part, of which much would lie idle afterwards.
const EVENTS_PER_CHUNK: usize = 2_048;
const AGENTS_PER_CHUNK: usize = 512;
/// So many accounts are looked at before writers get their turn.
const ACCOUNTS_PER_LOCK: usize = 256;

/// The parts of what is known of a tenant. Each takes some milliseconds to make; the first with a source's accounts longer,
/// for these are put in order.
pub fn chunks(tenant: &Tenant) -> impl Iterator<Item = Result<Vec<u8>, StoreError>> + Send + use<> {
    let (index, tenant) = (Arc::clone(&tenant.index), tenant.number);
    let sources: Vec<Source> = index.read().sources.keys().copied().collect();
    let recent = sources.clone().into_iter().flat_map({
        let index = Arc::clone(&index);
        move |source| agent_list(Arc::clone(&index), tenant, move |state, agents| recent(state, agents, source))
    });
    let accounts = sources.into_iter().flat_map({
        let index = Arc::clone(&index);
        move |source| accounts(Arc::clone(&index), tenant, source)
    });
    let agents = agent_list(Arc::clone(&index), tenant, |state, agents| Chunk::Agents {
        agents: agents.iter().map(|agent| saved(state.agents.get(*agent))).collect(),
    });
    let size = iter::once_with(move || size(&index.read()).written(tenant));
    recent.chain(accounts).chain(agents).chain(size).map(|chunk| chunk.map(seal))
}

impl Chunk<'_> {
    fn written(&self, tenant: TenantNumber) -> Result<Vec<u8>, StoreError> {
        postcard::to_extend(&(tenant.0, self), vec![FORMAT])
            .map_err(|error| StoreError::database(format!("a chunk can't be saved: {error}")))
    }
}

fn accounts(
    index: Arc<TenantIndex>,
    tenant: TenantNumber,
    source: Source,
) -> impl Iterator<Item = Result<Vec<u8>, StoreError>> {
    let mut all = None;
    iter::from_fn(move || {
        let all = all.get_or_insert_with(|| by_agent(&index, source).into_iter());
        let mut draft = ChunkDraft::default();
        while all.len() > 0 && draft.records.len() < EVENTS_PER_CHUNK {
            let state = index.read();
            // A kind that was forgotten meanwhile has left its place to another.
            draft.kinds.clear();
            all.take(ACCOUNTS_PER_LOCK).for_each(|(agent, account)| draft.add(&state, source, agent, account));
        }
        (!draft.accounts.is_empty()).then(|| draft.written(tenant, source))
    })
}

/// Every account at a source with each of its agents, in the order of agents. What is loaded together lies together in
/// memory from then on, and answers tell of an agent's accounts together.
fn by_agent(index: &TenantIndex, source: Source) -> Vec<(AgentIndex, AccountIndex)> {
    let (mut walk, mut all, mut more) = (Walk::default(), Vec::new(), true);
    while more {
        let state = index.read();
        let Some(PerSource { accounts, .. }) = state.at(source) else { break };
        let before = all.len();
        all.extend(
            iter::from_fn(|| walk.next(accounts)).take(ACCOUNTS_PER_LOCK).map(|(account, agent)| (agent, account)),
        );
        more = all.len() > before;
    }
    all.sort_unstable();
    all
}

/// What becomes a part. Each name is there once, and each kind once for so many accounts as are looked at at once.
#[derive(Default)]
struct ChunkDraft {
    kinds: HashMap<KindIndex, u16>,
    kind_list: Vec<EventKind<CompactString>>,
    names: HashMap<CompactString, u16>,
    name_list: Vec<CompactString>,
    accounts: Vec<(u64, u64, u8)>,
    records: Vec<SavedEvent>,
}

/// Each of a part's records may have a kind and a name of its own.
const _: () = assert!(EVENTS_PER_CHUNK + ACCOUNTS_PER_LOCK * EVENTS_PER_RING < u16::MAX as usize);

impl ChunkDraft {
    /// Adds an account's events with an agent.
    fn add(&mut self, state: &TenantState, source: Source, agent: AgentIndex, account: AccountIndex) {
        let Some(PerSource { accounts, .. }) = state.at(source) else { return };
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

    fn record(&mut self, state: &TenantState, accounts: &Accounts, event: EventIndex) -> SavedEvent {
        let record = &accounts.records[event];
        let kind = record.content.kind();
        let kinds = &mut self.kind_list;
        let kind = *self.kinds.entry(kind).or_insert_with(|| place(kinds, state.kinds.get(kind).clone()));
        let names = &mut self.name_list;
        let name = accounts.name(event).map(CompactString::from);
        let name = name.map(|name| *self.names.entry(name.clone()).or_insert_with(|| place(names, name) + 1));
        SavedEvent { time: record.time, kind, name: name.unwrap_or(0) }
    }

    fn written(self, tenant: TenantNumber, source: Source) -> Result<Vec<u8>, StoreError> {
        let chunk = Chunk::Accounts {
            source: source.code(),
            kinds: self.kind_list.iter().map(codes).collect(),
            names: self.name_list.iter().map(CompactString::as_str).collect(),
            accounts: self.accounts,
        };
        let mut written = chunk.written(tenant)?;
        written.extend(self.records.iter().flat_map(SavedEvent::written));
        Ok(written)
    }
}

fn codes(EventKind { status, detail_status, country_code, .. }: &EventKind<CompactString>) -> (i32, i32, &str) {
    (status.code(), detail_status.code(), country_code)
}

fn place<T>(list: &mut Vec<T>, value: T) -> u16 {
    // The assertion above says that it fits.
    let place = u16::try_from(list.len()).unwrap_or(u16::MAX);
    list.push(value);
    place
}

fn agent_list(
    index: Arc<TenantIndex>,
    tenant: TenantNumber,
    chunk: impl for<'a> Fn(&'a TenantState, &[AgentIndex]) -> Chunk<'a>,
) -> impl Iterator<Item = Result<Vec<u8>, StoreError>> {
    let mut after = None;
    iter::from_fn(move || {
        let state = index.read();
        let agents: Vec<_> = state.agents.after(after).take(AGENTS_PER_CHUNK).collect();
        after = Some(state.agents.get(*agents.last()?).id);
        Some(chunk(&state, &agents).written(tenant))
    })
}

fn saved(agent: &Agent) -> SavedAgent<'_> {
    SavedAgent {
        id: agent.id.get(),
        account: (&agent.account.text, agent.account.time),
        name: agent.name.as_ref().map(|name| (name.text.as_str(), name.time)),
    }
}

fn recent<'a>(state: &TenantState, agents: &[AgentIndex], source: Source) -> Chunk<'a> {
    let of_agent = |agent: &AgentIndex| {
        let at = state.at(source)?;
        let accounts = &at.accounts;
        let recent = at.agent(*agent)?.recent.with_times();
        let recent: Vec<_> = recent.map(|(time, account)| (time, accounts.number(account).get())).collect();
        (!recent.is_empty()).then(|| (state.agents.get(*agent).id.get(), recent))
    };
    Chunk::Recent { source: source.code(), agents: agents.iter().filter_map(of_agent).collect() }
}

fn size(state: &TenantState) -> Chunk<'static> {
    let sources = state.sources.iter().map(|(source, at)| (source.code(), at.accounts.len()));
    Chunk::Size { sources: sources.collect() }
}
