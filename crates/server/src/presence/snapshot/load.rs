use group_dispatch_types::{Source, UserId, WhatsAppNumber};

use super::{Chunk, FORMAT, SavedAgent, SavedEvent, unseal};
use crate::{
    event::StatusEvent,
    presence::{
        accounts::AppliedEvent, event_kind::EventKind, event_ring::EVENTS_PER_RING, index::PresenceIndex,
        state::TenantState,
    },
    tenant::TenantNumber,
};

/// Room is made for so many accounts at most: a number that is damaged must not take all memory.
const MAX_RESERVED_ACCOUNTS: usize = 1 << 24;

/// Loads a part; the last comes first. None if it is no part that this version writes, or not as it was written.
pub fn load(model: &PresenceIndex, chunk: &[u8]) -> Option<()> {
    let chunk = unseal(chunk)?.strip_prefix(&[FORMAT])?;
    let ((tenant, chunk), records) = postcard::take_from_bytes(chunk).ok()?;
    let Some(index) = model.index(TenantNumber(tenant)) else { return Some(()) };
    apply(&mut index.write(), chunk, records)
}

fn apply(state: &mut TenantState, chunk: Chunk<'_>, records: &[u8]) -> Option<()> {
    let (mut records, rest) = records.as_chunks();
    match chunk {
        Chunk::Recent { source, agents, .. } => {
            let source = Source::from(source);
            for (agent, recent) in agents {
                let agent = state.agents.find(UserId::new(agent).ok()?)?;
                for (time, number) in recent {
                    let number = WhatsAppNumber::new(number).ok()?;
                    // It may have been saved beside an account that was just moving.
                    let at = state.at_mut(source);
                    if let Some(account) = at.accounts.find(number) {
                        at.agent_mut(agent).0.recent.add(account, time);
                    }
                }
            }
        }
        Chunk::Accounts { source, kinds, names, accounts, .. } => {
            let source = Source::from(source);
            let kind = |(status, detail_status, country_code): (i32, i32, _)| EventKind {
                source,
                status: status.into(),
                detail_status: detail_status.into(),
                country_code,
            };
            let kinds: Vec<_> = kinds.into_iter().map(|told| state.kinds.acquire(kind(told))).collect();
            let mut told = Vec::new();
            for accounts in accounts.chunk_by(|(_, one, _), (_, next, _)| one == next) {
                let agent = state.agents.find(UserId::new(accounts.first()?.1).ok()?)?;
                let mut kept = Vec::new();
                for (number, _, length) in accounts {
                    let number = WhatsAppNumber::new(*number).ok()?;
                    told.clear();
                    for record in records.split_off(..usize::from(*length))? {
                        let SavedEvent { time, kind, name } = SavedEvent::read(record)?;
                        if !StatusEvent::TIMES.contains(&time.at) {
                            return None;
                        }
                        let kind = *kinds.get(usize::from(kind))?;
                        let name = match name.checked_sub(1) {
                            Some(name) => Some(*names.get(usize::from(name))?),
                            None => None,
                        };
                        state.kinds.acquire_again(kind);
                        told.push(AppliedEvent { time, agent, kind, name });
                    }
                    let is_in_order = told.is_sorted_by(|newer, older| newer.time > older.time);
                    if !is_in_order || told.len() > EVENTS_PER_RING {
                        return None;
                    }
                    state.load(source, number, &told, &mut kept)?;
                }
                state.load_log(source, agent, kept);
            }
            kinds.into_iter().for_each(|kind| state.kinds.release(kind));
        }
        Chunk::Size { sources, .. } => {
            for (source, accounts) in sources {
                state.at_mut(Source::from(source)).accounts.reserve(accounts.min(MAX_RESERVED_ACCOUNTS))?;
            }
        }
        Chunk::Agents { agents, .. } => {
            for SavedAgent { id, account: (account, at), name } in agents {
                state.agents.apply_names(UserId::new(id).ok()?, (account, at), name);
            }
        }
    }
    (records.is_empty() && rest.is_empty()).then_some(())
}
