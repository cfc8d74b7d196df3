//! The answers, written from what is known of a tenant.

use group_dispatch_types::{Source, WhatsAppNumber};
use smallvec::SmallVec;

use super::{
    accounts::Latest,
    agent_query::{AgentFilter, Asked, Question},
    agents::AgentIndex,
    event_ring::LOG_LENGTH,
    per_source::AtSource,
    recent::RECENT_LENGTH,
    render::{Times, json::Wire, log, online, recent},
    tenant::{Facts, State},
};

/// So many agents are told of before writers get their turn, in answers that need not be of one moment.
const AT_ONCE: usize = 64;
/// An answer of no more records is worked out in a moment, unless they have names of great length.
const FEW_RECORDS: usize = 500;

impl Facts {
    /// Whether an answer may tell of more than a few records.
    pub fn is_long(&self, Question { asked, source, filter }: &Question) -> bool {
        if filter.user_id.is_some() && matches!(asked, Asked::Recent | Asked::Log(None)) {
            return false;
        }
        let (state, source) = (self.read(), *source);
        let records = |agent: AgentIndex| match asked {
            Asked::Online => state.agent_at(source, agent).map_or(0, |(here, _)| here.online.len()),
            Asked::Log(_) => LOG_LENGTH,
            Asked::Recent => RECENT_LENGTH,
        };
        let mut left = FEW_RECORDS;
        let is_too_much = |agent| match left.checked_sub(1 + records(agent)) {
            Some(less) => {
                left = less;
                false
            }
            None => true,
        };
        match asked {
            Asked::Log(Some(account)) => state.met(source, *account).any(is_too_much),
            _ => state.agents.meant(filter).any(is_too_much),
        }
    }

    /// Writes what is asked for, as JSON.
    pub fn answer(&self, Question { asked, source, filter }: &Question, times: Times, out: &mut Vec<u8>) {
        let source = *source;
        match asked {
            Asked::Online => {
                let state = self.read();
                let agents = state.agents.meant(filter);
                out.raw("[");
                agents.for_each(|agent| online(&state, agent, source, false, out));
                out.raw("]");
            }
            Asked::Recent => self.of_agents(
                out,
                |state| state.agents.meant(filter).collect(),
                |state, agent, out| recent(state, agent, source, out),
            ),
            Asked::Log(None) => self.of_agents(
                out,
                |state| state.agents.meant(filter).collect(),
                |state, agent, out| {
                    let Some((here, _)) = state.agent_at(source, agent) else { return };
                    log(state, agent, source, here.log().iter().rev().copied(), times, out);
                },
            ),
            Asked::Log(Some(account)) => self.of_agents(
                out,
                |state| state.meant(source, *account, filter),
                |state, agent, out| {
                    let Some(AtSource { accounts, .. }) = state.at(source) else { return };
                    let chain = accounts.find(*account).and_then(|account| accounts.chain(account, agent));
                    let events = chain.map(|chain| accounts.records.newest_first(chain)).unwrap_or_default();
                    log(state, agent, source, events.into_iter(), times, out);
                },
            ),
        }
    }

    /// Writes where an account is online among `sources`, or null.
    pub fn account_location(&self, number: WhatsAppNumber, sources: &[Source], out: &mut Vec<u8>) {
        let state = self.read();
        let at = |&source: &Source| {
            let AtSource { accounts, .. } = state.at(source)?;
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
    fn of_agents(
        &self,
        out: &mut Vec<u8>,
        agents: impl FnOnce(&State) -> SmallVec<[AgentIndex; 1]>,
        say: impl Fn(&State, AgentIndex, &mut Vec<u8>),
    ) {
        out.raw("[");
        let mut state = self.read();
        for (turn, agents) in agents(&state).chunks(AT_ONCE).enumerate() {
            if turn > 0 {
                drop(state);
                state = self.read();
            }
            agents.iter().for_each(|agent| say(&state, *agent, out));
        }
        out.raw("]");
    }
}

impl State {
    /// The agents that an account was with.
    fn met(&self, source: Source, account: WhatsAppNumber) -> impl Iterator<Item = AgentIndex> {
        let found = self.at(source).and_then(|at| Some((&at.accounts, at.accounts.find(account)?)));
        found.into_iter().flat_map(|(accounts, account)| accounts.agents_of(account))
    }

    /// Those of them that are meant, by id.
    fn meant(&self, source: Source, account: WhatsAppNumber, filter: &AgentFilter) -> SmallVec<[AgentIndex; 1]> {
        let mut agents: SmallVec<_> =
            self.met(source, account).filter(|agent| self.agents.is_meant(*agent, filter)).collect();
        agents.sort_unstable_by_key(|agent| self.agents.get(*agent).id);
        agents
    }
}
