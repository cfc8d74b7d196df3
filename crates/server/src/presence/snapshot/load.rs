//! Loads chunks into the index.
//!
//! A chunk may be damaged in ways that its checksum does not show. Whatever it says, loading neither panics nor takes all
//! memory, and leaves an index that can be queried.

use group_dispatch_types::{Source, UserId, WhatsAppNumber};

use super::format::{Chunk, SavedAgent, SavedEvent, SavedEventBytes, SavedProvenance, decode};
use crate::{
    event::{ProvenanceKind, StatusEvent},
    presence::{
        accounts::{AccountEvent, Observed},
        event_kind::EventKind,
        event_ring::EVENTS_PER_RING,
        event_stamp::EventStamp,
        index::PresenceIndex,
        slots::{AgentSlot, KindSlot},
        state::TenantState,
    },
};

/// Accounts that room is made for at most.
const MAX_RESERVED_ACCOUNTS: usize = 1 << 24;

/// Loads a chunk; the last one comes first. Chunks of removed tenants are skipped. Returns `None` if it is no chunk of this
/// version's format, or not as it was written.
pub fn load(index: &PresenceIndex, bytes: &[u8]) -> Option<()> {
    let (tenant, chunk, events) = decode(bytes)?;
    let Some(index) = index.tenant_index(tenant) else { return Some(()) };
    let (events, rest) = events.as_chunks();
    if !rest.is_empty() {
        return None;
    }
    index.update(|state| load_chunk(state, chunk, events))
}

fn load_chunk(state: &mut TenantState, chunk: Chunk<'_>, events: &[SavedEventBytes]) -> Option<()> {
    match chunk {
        Chunk::Size { sources } => {
            for (source, accounts) in sources {
                state.accounts_mut(Source::from(source)).reserve(accounts.min(MAX_RESERVED_ACCOUNTS))?;
            }
        }
        Chunk::Agents { agents } => {
            for SavedAgent { id, account, name } in agents {
                state.agents.apply(UserId::new(id).ok()?, account, name);
            }
        }
        Chunk::Accounts { source, kinds, names, accounts } => {
            let kinds =
                kinds.into_iter().map(|(status, detail, country)| (status, detail, country, SavedProvenance::Fed));
            let accounts = SavedAccounts { names: &names, accounts: &accounts, last_seen: &[], claims: &[] };
            return load_kinds_and_accounts(state, source.into(), kinds, &accounts, events);
        }
        Chunk::MirroredAccounts { source, kinds, names, accounts, last_seen, claims } => {
            let accounts = SavedAccounts { names: &names, accounts: &accounts, last_seen: &last_seen, claims: &claims };
            return load_kinds_and_accounts(state, source.into(), kinds.into_iter(), &accounts, events);
        }
        Chunk::Recent { source, agents } => {
            let source = Source::from(source);
            for (agent, recent) in agents {
                let agent = find_agent(state, agent)?;
                for (time, number) in recent {
                    let number = WhatsAppNumber::new(number).ok()?;
                    // Accounts are saved later, but by agent: one that was just moving may be missing.
                    if let Some(account) = state.accounts_mut(source).find(number) {
                        state.agents.at_mut(agent, source).add_recent(account, time);
                    }
                }
            }
        }
    }
    events.is_empty().then_some(())
}

fn find_agent(state: &TenantState, id: u64) -> Option<AgentSlot> {
    state.agents.find(UserId::new(id).ok()?)
}

/// The accounts of a chunk.
struct SavedAccounts<'a> {
    names: &'a [&'a str],
    accounts: &'a [(u64, u64, u8)],
    last_seen: &'a [Option<i64>],
    claims: &'a [(usize, EventStamp)],
}

fn load_kinds_and_accounts<'a>(
    state: &mut TenantState,
    source: Source,
    kinds: impl Iterator<Item = (i32, i32, &'a str, SavedProvenance)>,
    accounts: &SavedAccounts<'_>,
    events: &[SavedEventBytes],
) -> Option<()> {
    let kinds: Vec<_> = kinds
        .map(|(status, detail_status, country_code, provenance)| {
            let (status, detail_status) = (status.into(), detail_status.into());
            let (country_code, provenance) = (country_code.into(), provenance.into());
            state.kinds.acquire(EventKind { source, status, detail_status, country_code, provenance })
        })
        .collect();
    load_accounts(state, source, &kinds, accounts, events)?;
    kinds.into_iter().for_each(|kind| state.kinds.release(kind));
    Some(())
}

/// Loads accounts, which are in order of agents, and the events of each.
fn load_accounts(
    state: &mut TenantState,
    source: Source,
    kinds: &[KindSlot],
    saved: &SavedAccounts<'_>,
    mut saved_events: &[SavedEventBytes],
) -> Option<()> {
    let (mut last_seen, mut claims) = (saved.last_seen.iter(), saved.claims.iter().peekable());
    let mut events = Vec::new();
    let mut place = 0;
    for accounts in saved.accounts.chunk_by(|(_, one, _), (_, next, _)| one == next) {
        let agent = find_agent(state, accounts.first()?.1)?;
        let mut agent_events = Vec::new();
        for (number, _, count) in accounts {
            let number = WhatsAppNumber::new(*number).ok()?;
            events.clear();
            for event in saved_events.split_off(..usize::from(*count))? {
                let SavedEvent { time, kind, name } = SavedEvent::decode(event);
                if !StatusEvent::TIMES.contains(&time.at) {
                    return None;
                }
                let kind = *kinds.get(usize::from(kind))?;
                let name = match name.checked_sub(1) {
                    Some(name) => Some(*saved.names.get(usize::from(name))?),
                    None => None,
                };
                let observed = match state.kinds.get(kind).provenance {
                    // Only the newest event may be one.
                    ProvenanceKind::Observed if !events.is_empty() => return None,
                    ProvenanceKind::Observed => Some(Observed { not_before: *last_seen.next()? }),
                    ProvenanceKind::Fed | ProvenanceKind::Logged => None,
                };
                state.kinds.acquire_again(kind);
                events.push(AccountEvent { time, agent, kind, name, observed });
            }
            let records = events.iter().filter(|event| event.observed.is_none()).count();
            if records > EVENTS_PER_RING || !events.is_sorted_by(|newer, older| newer.time > older.time) {
                return None;
            }
            state.load(source, number, &events, &mut agent_events)?;
            while let Some((_, claim)) = claims.next_if(|(of, _)| *of == place) {
                state.load_claim(source, number, agent, *claim);
            }
            place += 1;
        }
        let TenantState { agents, sources, .. } = state;
        agents.at_mut(agent, source).add_events(agent_events, &sources.entry(source).or_default().rings);
    }
    saved_events.is_empty().then_some(())
}
