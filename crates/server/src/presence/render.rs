//! How an agent is told of, in a list of agents.

pub mod json;

use group_dispatch_types::{Source, StatusTime, UtcOffset};
use smallvec::SmallVec;

use self::json::WriteJson;
use super::{
    accounts::{Accounts, Latest},
    agents::Agent,
    event_ring::EVENTS_PER_RING,
    ids::{AccountIndex, AgentIndex, EventIndex},
    per_source::PerSource,
    recent::RECENT_ACCOUNTS,
    state::TenantState,
};

/// About so many bytes tell of an event, and of an account.
const EVENT_BYTES: usize = 192;
const ACCOUNT_BYTES: usize = 64;

/// What answers say of times.
#[derive(Clone, Copy)]
pub struct RenderOptions {
    /// Of the zone in which they are told.
    pub offset: UtcOffset,
    /// Events before it are told no more.
    pub oldest: i64,
}

/// Begins an agent, up to the list of its accounts.
fn begin(agent: &Agent, out: &mut Vec<u8>) {
    out.next().raw(r#"{"agentAccount":"#).value(agent.account.text.as_str()).raw(r#","userId":"#).value(&agent.id);
}

pub fn online(state: &TenantState, agent: AgentIndex, source: Source, with_name: bool, out: &mut Vec<u8>) {
    let Some((here, accounts)) = state.agent_at(source, agent) else { return };
    if here.online.is_empty() {
        return;
    }
    let latest = latest_of(accounts, here.online.iter());
    out.reserve(latest.len() * ACCOUNT_BYTES);
    let agent = state.agents.get(agent);
    begin(agent, out);
    if with_name {
        out.raw(r#","userName":"#).value(agent.name().as_str());
    }
    out.raw(r#","whatsAppList":["#);
    for Latest { number, name, .. } in latest {
        out.raw("{").name(name).raw(r#""whatsApp":""#).value(&number.get()).raw("\"},");
    }
    out.end_list().raw("}");
}

pub fn recent(state: &TenantState, agent: AgentIndex, source: Source, out: &mut Vec<u8>) {
    let Some((here, accounts)) = state.agent_at(source, agent) else { return };
    if here.recent.accounts().is_empty() {
        return;
    }
    let latest = latest_of(accounts, here.recent.accounts().iter().copied());
    out.reserve(latest.len() * ACCOUNT_BYTES);
    begin(state.agents.get(agent), out);
    out.raw(r#","whatsAppList":["#);
    for Latest { number, name, kind, .. } in latest {
        out.raw("{").name(name).raw(&state.kinds.template(kind).status).value(&number.get()).raw("\"},");
    }
    out.end_list().raw("}");
}

/// What there is to tell of accounts. All are looked up before anything is written: they lie apart in memory, which so is
/// waited for once and not for each.
fn latest_of(
    accounts: &Accounts,
    which: impl Iterator<Item = AccountIndex>,
) -> SmallVec<[Latest<'_>; RECENT_ACCOUNTS]> {
    which.map(|account| accounts.latest(account)).collect()
}

pub fn log(
    state: &TenantState,
    agent: AgentIndex,
    source: Source,
    events: impl Iterator<Item = EventIndex>,
    options: RenderOptions,
    out: &mut Vec<u8>,
) {
    let Some(PerSource { accounts, .. }) = state.at(source) else { return };
    // As in `looked_up`: the events first, and then their accounts.
    let mut kept = Vec::with_capacity(events.size_hint().0);
    let events = events.map(|event| (event, &accounts.records[event]));
    kept.extend(events.filter(|(_, record)| record.time.at >= options.oldest));
    if kept.is_empty() {
        return;
    }
    let told = kept.into_iter().map(|(event, record)| (record, accounts.number(record.account), accounts.name(event)));
    let told: Vec<_> = told.collect();
    out.reserve(EVENTS_PER_RING * EVENT_BYTES);
    begin(state.agents.get(agent), out);
    out.raw(r#","whatsAppList":["#);
    for (record, number, name) in told {
        // Times that no answer can tell are refused when they are appended.
        let Ok(time) = StatusTime::from_epoch_seconds(record.time.at.div_euclid(1000), options.offset) else {
            continue;
        };
        let template = state.kinds.template(record.content.kind());
        out.raw(&template.before_time).time(time).raw(&template.after_time).name(name);
        out.raw(&template.after_name).value(&number.get()).raw("\"},");
    }
    out.end_list().raw("}");
}
