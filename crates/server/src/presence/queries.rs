//! The answers, written from what is known of a tenant.

use group_dispatch_types::{Source, WhatsAppNumber};
use smallvec::SmallVec;

use super::{
    accounts::Latest,
    agent_query::{AgentFilter, AgentQuery, QueryKind},
    event_ring::EVENTS_PER_RING,
    ids::AgentIndex,
    per_source::PerSource,
    recent::RECENT_ACCOUNTS,
    render::{RenderOptions, json::WriteJson, log, online, recent},
    state::TenantState,
    tenant::TenantIndex,
};

/// So many agents are told of before writers get their turn, in answers that need not be of one moment.
const AGENTS_PER_LOCK: usize = 64;
/// An answer of no more records is worked out in a moment, unless they have names of great length.
const SHORT_ANSWER_RECORDS: usize = 500;

impl TenantIndex {
    /// Whether an answer may tell of more than a few records.
    pub fn is_long(&self, AgentQuery { kind, source, filter }: &AgentQuery) -> bool {
        if filter.user_id.is_some() && matches!(kind, QueryKind::Recent | QueryKind::Log(None)) {
            return false;
        }
        let (state, source) = (self.read(), *source);
        let records = |agent: AgentIndex| match kind {
            QueryKind::Online => state.agent_at(source, agent).map_or(0, |(here, _)| here.online.len()),
            QueryKind::Log(_) => EVENTS_PER_RING,
            QueryKind::Recent => RECENT_ACCOUNTS,
        };
        let mut left = SHORT_ANSWER_RECORDS;
        let is_too_much = |agent| match left.checked_sub(1 + records(agent)) {
            Some(less) => {
                left = less;
                false
            }
            None => true,
        };
        match kind {
            QueryKind::Log(Some(account)) => state.met(source, *account).any(is_too_much),
            _ => state.agents.matching(filter).any(is_too_much),
        }
    }

    /// Writes what is asked for, as JSON.
    pub fn answer(&self, AgentQuery { kind, source, filter }: &AgentQuery, options: RenderOptions, out: &mut Vec<u8>) {
        let source = *source;
        match kind {
            QueryKind::Online => {
                let state = self.read();
                let agents = state.agents.matching(filter);
                out.raw("[");
                agents.for_each(|agent| online(&state, agent, source, false, out));
                out.raw("]");
            }
            QueryKind::Recent => self.agent_list(
                out,
                |state| state.agents.matching(filter).collect(),
                |state, agent, out| recent(state, agent, source, out),
            ),
            QueryKind::Log(None) => self.agent_list(
                out,
                |state| state.agents.matching(filter).collect(),
                |state, agent, out| {
                    let Some((here, _)) = state.agent_at(source, agent) else { return };
                    log(state, agent, source, here.log().iter().rev().copied(), options, out);
                },
            ),
            QueryKind::Log(Some(account)) => self.agent_list(
                out,
                |state| state.matching(source, *account, filter),
                |state, agent, out| {
                    let Some(PerSource { accounts, .. }) = state.at(source) else { return };
                    let chain = accounts.find(*account).and_then(|account| accounts.chain(account, agent));
                    let events = chain.map(|chain| accounts.records.newest_first(chain)).unwrap_or_default();
                    log(state, agent, source, events.into_iter(), options, out);
                },
            ),
        }
    }

    /// Writes where an account is online among `sources`, or null.
    pub fn account_location(&self, number: WhatsAppNumber, sources: &[Source], out: &mut Vec<u8>) {
        let state = self.read();
        let at = |&source: &Source| {
            let PerSource { accounts, .. } = state.at(source)?;
            let account = accounts.find(number)?;
            let Latest { agent, kind, .. } = accounts.latest(account);
            state.kinds.get(kind).is_online().then_some((source, agent, move || accounts.latest_time(account)))
        };
        // Most accounts are at one source, and their time is not asked for.
        let found = sources.iter().filter_map(at).reduce(|one, other| if other.2() > one.2() { other } else { one });
        let Some((source, agent, _)) = found else {
            out.raw("null");
            return;
        };
        let agent = state.agents.get(agent);
        out.raw(r#"{"agentAccount":"#).value(agent.account.text.as_str());
        out.raw(r#","source":"#).value(&source);
        out.raw(r#","userId":""#).value(&agent.id.get());
        out.raw(r#"","whatsApp":""#).value(&number.get()).raw("\"}");
    }

    /// A list of what there is to say of each of `agents`.
    fn agent_list(
        &self,
        out: &mut Vec<u8>,
        agents: impl FnOnce(&TenantState) -> SmallVec<[AgentIndex; 1]>,
        say: impl Fn(&TenantState, AgentIndex, &mut Vec<u8>),
    ) {
        out.raw("[");
        let mut state = self.read();
        for (turn, agents) in agents(&state).chunks(AGENTS_PER_LOCK).enumerate() {
            if turn > 0 {
                drop(state);
                state = self.read();
            }
            agents.iter().for_each(|agent| say(&state, *agent, out));
        }
        out.raw("]");
    }
}

impl TenantState {
    /// The agents that an account was with.
    fn met(&self, source: Source, account: WhatsAppNumber) -> impl Iterator<Item = AgentIndex> {
        let found = self.at(source).and_then(|at| Some((&at.accounts, at.accounts.find(account)?)));
        found.into_iter().flat_map(|(accounts, account)| accounts.agents_of(account))
    }

    /// Those of them that are meant, by id.
    fn matching(&self, source: Source, account: WhatsAppNumber, filter: &AgentFilter) -> SmallVec<[AgentIndex; 1]> {
        let mut agents: SmallVec<_> =
            self.met(source, account).filter(|agent| self.agents.matches(*agent, filter)).collect();
        agents.sort_unstable_by_key(|agent| self.agents.get(*agent).id);
        agents
    }
}
