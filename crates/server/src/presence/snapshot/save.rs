//! Saves the index of a tenant as chunks.

use std::{iter, ops::Bound, sync::Arc};

use group_dispatch_types::Source;
use hashbrown::DefaultHashBuilder;
use indexmap::IndexSet;
use smol_str::SmolStr;

use super::format::{Chunk, SavedAgent, SavedEvent, encode};
use crate::{
    event::ProvenanceKind,
    presence::{
        agents::Agent,
        event_kind::EventKind,
        event_ring::EVENTS_PER_RING,
        event_stamp::EventStamp,
        index::Tenant,
        slots::{AccountSlot, AgentSlot},
        state::TenantState,
        tenant::TenantIndex,
    },
    tenant::TenantNumber,
};

/// Few, so that loading a chunk takes no large allocations, of which much would lie idle afterwards.
const EVENTS_PER_CHUNK: usize = 2_048;
const AGENTS_PER_CHUNK: usize = 512;
/// Accounts that are read before writers get their turn.
const ACCOUNTS_PER_LOCK: usize = 256;

// Each event may have a kind and a name of its own, and their numbers are saved in 16 bits.
const _: () = assert!(EVENTS_PER_CHUNK + ACCOUNTS_PER_LOCK * (EVENTS_PER_RING + 1) < u16::MAX as usize);

/// Returns the chunks of a tenant. Each takes some milliseconds; the first with a source's accounts takes longer, for it
/// sorts them.
///
/// # Errors
/// When a chunk can't be serialized.
pub fn chunks(tenant: &Tenant) -> impl Iterator<Item = postcard::Result<Vec<u8>>> + Send + use<> {
    let (index, tenant) = (Arc::clone(&tenant.index), tenant.number);
    let sources: Vec<Source> = index.read().sources.keys().copied().collect();
    let recent = {
        let index = Arc::clone(&index);
        sources.clone().into_iter().flat_map(move |source| {
            agent_chunks(Arc::clone(&index), move |state, agents| encode(tenant, &recent(state, agents, source), &[]))
        })
    };
    let accounts = {
        let index = Arc::clone(&index);
        sources.into_iter().flat_map(move |source| account_chunks(Arc::clone(&index), tenant, source))
    };
    let agents = agent_chunks(Arc::clone(&index), move |state, agents| {
        let agents = agents.iter().map(|agent| saved(state.agents.get(*agent))).collect();
        encode(tenant, &Chunk::Agents { agents }, &[])
    });
    let size = iter::once_with(move || {
        let state = index.read();
        let sources = state.sources.iter().map(|(source, accounts)| (source.code(), accounts.len())).collect();
        encode(tenant, &Chunk::Size { sources }, &[])
    });
    recent.chain(accounts).chain(agents).chain(size)
}

/// Calls `chunk` with all agents, by id, some at a time.
fn agent_chunks(
    index: Arc<TenantIndex>,
    chunk: impl Fn(&TenantState, &[AgentSlot]) -> postcard::Result<Vec<u8>>,
) -> impl Iterator<Item = postcard::Result<Vec<u8>>> {
    let mut after = Bound::Unbounded;
    iter::from_fn(move || {
        let state = index.read();
        let agents: Vec<_> = state.agents.range((after, Bound::Unbounded)).take(AGENTS_PER_CHUNK).collect();
        after = Bound::Excluded(state.agents.get(*agents.last()?).id);
        Some(chunk(&state, &agents))
    })
}

fn saved(agent: &Agent) -> SavedAgent<'_> {
    SavedAgent {
        id: agent.id.get(),
        account: (&agent.account.text, agent.account.time),
        name: agent.name.as_ref().map(|name| (name.text.as_str(), name.time)),
    }
}

fn recent(state: &TenantState, agents: &[AgentSlot], source: Source) -> Chunk<'static> {
    let of_agent = |agent: &AgentSlot| {
        let (here, accounts) = state.agent_at(source, *agent)?;
        let recent: Vec<_> =
            here.recent().iter().map(|(time, account)| (*time, accounts.number(*account).get())).collect();
        (!recent.is_empty()).then(|| (state.agents.get(*agent).id.get(), recent))
    };
    Chunk::Recent { source: source.code(), agents: agents.iter().filter_map(of_agent).collect() }
}

/// Returns the chunks with the accounts of a source, by agent. What is loaded together lies together in memory from then
/// on, and answers show the accounts of an agent together.
fn account_chunks(
    index: Arc<TenantIndex>,
    tenant: TenantNumber,
    source: Source,
) -> impl Iterator<Item = postcard::Result<Vec<u8>>> {
    let mut rest = None;
    iter::from_fn(move || {
        let rest = rest.get_or_insert_with(|| by_agent(&index, source).into_iter());
        let mut draft = Draft::default();
        while rest.len() > 0 && draft.events.len() < EVENTS_PER_CHUNK {
            let state = index.read();
            rest.take(ACCOUNTS_PER_LOCK).for_each(|(agent, account)| draft.add(&state, source, agent, account));
        }
        (!draft.accounts.is_empty()).then(|| draft.encode(tenant, source))
    })
}

/// Returns every account of a source with each of its agents, by agent.
fn by_agent(index: &TenantIndex, source: Source) -> Vec<(AgentSlot, AccountSlot)> {
    let mut all = Vec::new();
    for first in (0..).step_by(ACCOUNTS_PER_LOCK) {
        let state = index.read();
        let Some(accounts) = state.accounts(source) else { break };
        let some = accounts.slots(first, ACCOUNTS_PER_LOCK as u32);
        if some.len() == 0 {
            break;
        }
        all.extend(some.flat_map(|account| accounts.agents_of(account).map(move |agent| (agent, account))));
    }
    all.sort_unstable();
    all
}

/// A chunk of accounts that is being filled. Each kind and each name is in it once.
#[derive(Default)]
struct Draft {
    kinds: IndexSet<EventKind, DefaultHashBuilder>,
    names: IndexSet<SmolStr, DefaultHashBuilder>,
    accounts: Vec<(u64, u64, u8)>,
    last_seen: Vec<Option<i64>>,
    claims: Vec<(usize, EventStamp)>,
    events: Vec<SavedEvent>,
}

impl Draft {
    /// Adds the events of an account with an agent, unless they have expired.
    fn add(&mut self, state: &TenantState, source: Source, agent: AgentSlot, account: AccountSlot) {
        let Some(accounts) = state.accounts(source) else { return };
        let Some(ring) = accounts.ring(account, agent) else { return };
        if ring.is_observed {
            self.last_seen.push(accounts.last_seen(ring));
        }
        self.claims.extend(accounts.observed_claim(account, agent).map(|claim| (self.accounts.len(), claim)));
        self.accounts.push((accounts.number(account).get(), state.agents.get(agent).id.get(), ring.length));
        let mut newest_first: Vec<_> = accounts.rings.oldest_first(ring).collect();
        newest_first.reverse();
        for (slot, event) in newest_first {
            let (kind, _) = self.kinds.insert_full(state.kinds.get(event.kind).clone());
            let name = accounts.name(slot, event).map_or(0, |name| 1 + self.names.insert_full(name.into()).0);
            self.events.push(SavedEvent { time: event.time, kind: short(kind), name: short(name) });
        }
    }

    fn encode(self, tenant: TenantNumber, source: Source) -> postcard::Result<Vec<u8>> {
        let Self { kinds, names, accounts, last_seen, claims, events } = self;
        let source = source.code();
        let names = names.iter().map(SmolStr::as_str).collect();
        let code = |kind: &EventKind| (kind.status.code(), kind.detail_status.code());
        let chunk = if claims.is_empty() && kinds.iter().all(|kind| kind.provenance == ProvenanceKind::Fed) {
            let of_kind = |kind| (code(kind).0, code(kind).1, kind.country_code.as_str());
            Chunk::Accounts { source, kinds: kinds.iter().map(of_kind).collect(), names, accounts }
        } else {
            let of_kind = |kind| (code(kind).0, code(kind).1, kind.country_code.as_str(), kind.provenance.into());
            let kinds = kinds.iter().map(of_kind).collect();
            Chunk::MirroredAccounts { source, kinds, names, accounts, last_seen, claims }
        };
        encode(tenant, &chunk, &events)
    }
}

/// The assertion above says that it fits.
fn short(number: usize) -> u16 {
    u16::try_from(number).unwrap_or(u16::MAX)
}
