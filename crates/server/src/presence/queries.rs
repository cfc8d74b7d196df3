//! Answers queries about agents and about one account.

use std::collections::HashSet;

use group_dispatch_types::{Source, UserId, WhatsAppNumber};
use hashbrown::HashMap;
use smallvec::SmallVec;

use super::{
    accounts::Accounts,
    agent_presence::RECENT_ACCOUNTS,
    agent_query::{AgentFilter, AgentQuery, QueryKind},
    agents::Agent,
    event_kind::EventKind,
    event_ring::EVENTS_PER_RING,
    event_stamp::EventStamp,
    json::WriteJson,
    render::{RenderOptions, events, online, recent},
    slots::{AccountSlot, AgentSlot},
    state::TenantState,
    tenant::TenantIndex,
};
use crate::event::{Provenance, ProvenanceKind, fact::StatusFact};

/// Agents that are rendered before writers get their turn, in answers that need not show one moment.
const AGENTS_PER_LOCK: usize = 64;
/// Accounts that are read before writers get their turn.
const ACCOUNTS_PER_LOCK: u32 = 1024;
/// Accounts or events of an answer that is rendered on the spot.
const SHORT_ANSWER_RECORDS: usize = 500;

/// How an agent is called now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AgentName {
    /// The login account; empty if it is not known.
    pub account: String,
    /// The name, if it is known.
    pub name: Option<String>,
}

impl TenantIndex {
    /// Returns whether an answer may have too many accounts or events for other requests to wait for it.
    pub fn is_long(&self, query: &AgentQuery) -> bool {
        let AgentQuery { kind, source, ref filter } = *query;
        if filter.user_id.is_some() && matches!(kind, QueryKind::Recent | QueryKind::Log(None)) {
            return false;
        }
        let state = self.read();
        let mut records = 0;
        let mut is_long = |agent: AgentSlot| {
            records += 1 + match kind {
                QueryKind::Online => state.agent_at(source, agent).map_or(0, |(here, _)| here.online().len()),
                QueryKind::Log(_) => EVENTS_PER_RING,
                QueryKind::Recent => RECENT_ACCOUNTS,
            };
            records > SHORT_ANSWER_RECORDS
        };
        match kind {
            // Unfiltered: it stops early, and the filter leaves fewer.
            QueryKind::Log(Some(number)) => state.agents_with(source, number).any(is_long),
            _ => state.agents.matching(filter).any(&mut is_long),
        }
    }

    /// Writes the answer to a query, a JSON list of agents.
    pub fn answer(&self, query: &AgentQuery, options: RenderOptions, out: &mut Vec<u8>) {
        let AgentQuery { kind, source, ref filter } = *query;
        let mut state = self.read();
        let agents: SmallVec<[AgentSlot; 1]> = match kind {
            QueryKind::Log(Some(number)) => {
                let mut agents: SmallVec<_> =
                    state.agents_with(source, number).filter(|agent| state.agents.matches(*agent, filter)).collect();
                agents.sort_unstable_by_key(|agent| state.agents.get(*agent).id);
                agents
            }
            _ => state.agents.matching(filter).collect(),
        };
        // Who is online is shown as it is at one moment.
        let agents_per_lock = if kind == QueryKind::Online { usize::MAX } else { AGENTS_PER_LOCK };
        out.raw("[");
        for (turn, agents) in agents.chunks(agents_per_lock).enumerate() {
            if turn > 0 {
                drop(state);
                state = self.read();
            }
            for &agent in agents {
                match kind {
                    QueryKind::Online => online(&state, agent, source, false, out),
                    QueryKind::Recent => recent(&state, agent, source, out),
                    QueryKind::Log(number) => log(&state, agent, source, number, options, out),
                }
            }
        }
        out.raw("]");
    }

    /// Returns the ids of the agents that a filter selects.
    pub fn agent_ids(&self, filter: &AgentFilter) -> Vec<UserId> {
        let state = self.read();
        state.agents.matching(filter).map(|agent| state.agents.get(agent).id).collect()
    }

    /// Returns the login accounts and the names of agents, as they are now.
    pub fn agent_names(&self, ids: impl IntoIterator<Item = UserId>) -> HashMap<UserId, AgentName> {
        let state = self.read();
        let name = |id| {
            let Agent { account, name, .. } = state.agents.get(state.agents.find(id)?);
            let name = name.as_ref().map(|name| name.text.to_string());
            Some((id, AgentName { account: account.text.to_string(), name }))
        };
        ids.into_iter().filter_map(name).collect()
    }

    /// Returns the latest fact of each account that is online since before a time: what is left of it where older events are
    /// deleted. In the order of their times.
    pub fn online_since_before(&self, before: i64) -> Vec<StatusFact> {
        let sources: Vec<Source> = self.read().sources.keys().copied().collect();
        let mut facts = Vec::new();
        for source in sources {
            for first in (0..).step_by(ACCOUNTS_PER_LOCK as usize) {
                let state = self.read();
                let Some(accounts) = state.accounts(source) else { break };
                let slots = accounts.slots(first, ACCOUNTS_PER_LOCK);
                if slots.len() == 0 {
                    break;
                }
                let fact = |account| state.latest_fact(source, accounts, account);
                facts.extend(slots.filter_map(fact).filter(|fact| fact.at < before));
            }
        }
        facts.sort_unstable_by_key(StatusFact::place);
        facts
    }

    /// Returns with which accounts agents have had events at a source.
    pub fn accounts_of(
        &self,
        wanted: &HashSet<(Source, UserId)>,
    ) -> std::collections::HashMap<(Source, UserId), HashSet<WhatsAppNumber>> {
        let sources: HashSet<Source> = wanted.iter().map(|(source, _)| *source).collect();
        let mut found = std::collections::HashMap::<_, HashSet<_>>::new();
        for source in sources {
            for first in (0..).step_by(ACCOUNTS_PER_LOCK as usize) {
                let state = self.read();
                let Some(accounts) = state.accounts(source) else { break };
                let slots = accounts.slots(first, ACCOUNTS_PER_LOCK);
                if slots.len() == 0 {
                    break;
                }
                for account in slots {
                    for agent in accounts.agents_of(account) {
                        let agent = (source, state.agents.get(agent).id);
                        if wanted.contains(&agent) {
                            found.entry(agent).or_default().insert(accounts.number(account));
                        }
                    }
                }
            }
        }
        found
    }

    /// Returns for each account with which agent it is online at a source.
    pub fn online_agents(&self, accounts: impl IntoIterator<Item = (Source, WhatsAppNumber)>) -> Vec<Option<UserId>> {
        let state = self.read();
        let agent = |(source, number)| {
            let (accounts, account) = state.account_at(source, number)?;
            Some(state.agents.get(accounts.online_agent(account, &state.kinds)?).id)
        };
        accounts.into_iter().map(agent).collect()
    }

    /// Writes where an account is online, or null. If it is online at several of the sources, it is where it came last.
    pub fn account_location(&self, number: WhatsAppNumber, sources: &[Source], out: &mut Vec<u8>) {
        let state = self.read();
        let online_at = |&source: &Source| {
            let (accounts, account) = state.account_at(source, number)?;
            let agent = accounts.online_agent(account, &state.kinds)?;
            Some((source, agent, move || accounts.latest_time(account)))
        };
        // Most accounts are online at one source, and then times are not compared.
        let location =
            sources.iter().filter_map(online_at).reduce(|one, other| if other.2() > one.2() { other } else { one });
        let Some((source, agent, _)) = location else {
            out.raw("null");
            return;
        };
        let agent = state.agents.get(agent);
        out.raw(r#"{"agentAccount":"#).value(agent.account.text.as_str());
        out.raw(r#","source":"#).value(&source);
        out.raw(r#","userId":""#).value(&agent.id.get());
        out.raw(r#"","whatsApp":""#).value(&number.get()).raw("\"}");
    }
}

impl TenantState {
    /// Returns the latest fact of an account that is online.
    fn latest_fact(&self, source: Source, accounts: &Accounts, account: AccountSlot) -> Option<StatusFact> {
        let agent = accounts.online_agent(account, &self.kinds)?;
        let EventStamp { at, seq } = accounts.latest_time(account);
        let &EventKind { status, detail_status, provenance, .. } = self.kinds.get(accounts.state(account).kind);
        let provenance = match provenance {
            ProvenanceKind::Fed => Provenance::Fed,
            ProvenanceKind::Logged => Provenance::Logged { ordinal: 0 },
            ProvenanceKind::Observed => Provenance::Observed { not_before: None },
        };
        let (user_id, whatsapp) = (self.agents.get(agent).id, accounts.number(account));
        Some(StatusFact { seq, at, user_id, whatsapp, source, status, detail_status, provenance })
    }

    fn account_at(&self, source: Source, number: WhatsAppNumber) -> Option<(&Accounts, AccountSlot)> {
        let accounts = self.accounts(source)?;
        Some((accounts, accounts.find(number)?))
    }

    /// Returns the agents with which an account has events.
    fn agents_with(&self, source: Source, number: WhatsAppNumber) -> impl Iterator<Item = AgentSlot> {
        self.account_at(source, number).into_iter().flat_map(|(accounts, account)| accounts.agents_of(account))
    }
}

/// Renders the latest events of an agent or, if a number is given, of this account with the agent.
fn log(
    state: &TenantState,
    agent: AgentSlot,
    source: Source,
    number: Option<WhatsAppNumber>,
    options: RenderOptions,
    out: &mut Vec<u8>,
) {
    let Some(number) = number else {
        let Some((here, _)) = state.agent_at(source, agent) else { return };
        return events(state, agent, source, here.events().iter().rev().copied(), options, out);
    };
    let Some((accounts, account)) = state.account_at(source, number) else { return };
    let Some(ring) = accounts.ring(account, agent) else { return };
    let oldest_first: Vec<_> = accounts.rings.records_oldest_first(ring).map(|(event, _)| event).collect();
    events(state, agent, source, oldest_first.into_iter().rev(), options, out);
}
