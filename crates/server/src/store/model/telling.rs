//! How an agent is told of, in a list of agents.

use group_dispatch_types::{AgentSource, Source, StatusTime, UtcOffset};

use super::{
    account::{AccountIndex, Accounts, Latest},
    agent::{Agent, AgentIndex},
    facts::State,
    record::{LOG_LENGTH, RecordIndex},
    wire::Wire,
};

/// About so many bytes tell of an event, and of an account.
const EVENT: usize = 192;
const ACCOUNT: usize = 64;

/// What answers say of times.
#[derive(Clone, Copy)]
pub struct Times {
    /// Of the zone in which they are told.
    pub offset: UtcOffset,
    /// Events before it are told no more.
    pub oldest: i64,
}

/// Begins an agent, up to the list of its accounts.
fn begin(agent: &Agent, out: &mut Vec<u8>) {
    out.next().raw(r#"{"agentAccount":"#).value(agent.account.text.as_str()).raw(r#","userId":"#).value(&agent.id);
}

pub fn online(state: &State, agent: AgentIndex, source: Source, with_name: bool, out: &mut Vec<u8>) {
    let agent = state.agents.get(agent);
    let (Some(at), Some(accounts)) = (agent.at(source), state.sources.get(&source)) else { return };
    if at.online.is_empty() {
        return;
    }
    out.reserve(at.online.len() * ACCOUNT);
    begin(agent, out);
    if with_name {
        out.raw(r#","userName":"#).value(agent.name().as_str());
    }
    out.raw(r#","whatsAppList":["#);
    for Latest { number, name, .. } in looked_up(accounts, at.online.iter()) {
        out.next().raw("{").member(r#""name":"#, name, ",");
        out.raw(r#""whatsApp":"#).digits(number.get()).raw("}");
    }
    out.raw("]}");
}

pub fn recent(state: &State, agent: AgentIndex, source: Source, out: &mut Vec<u8>) {
    let agent = state.agents.get(agent);
    let (Some(at), Some(accounts)) = (agent.at(source), state.sources.get(&source)) else { return };
    if at.recent().is_empty() {
        return;
    }
    out.reserve(at.recent().len() * ACCOUNT);
    begin(agent, out);
    out.raw(r#","whatsAppList":["#);
    for Latest { number, name, kind, .. } in looked_up(accounts, at.recent().iter().map(|(_, account)| *account)) {
        out.next().raw("{").member(r#""name":"#, name, ",");
        out.raw(&state.kinds.phrases(kind).status).digits(number.get()).raw("}");
    }
    out.raw("]}");
}

/// What there is to tell of accounts. All are looked up before anything is written: they lie apart in memory, which so is
/// waited for once and not for each.
fn looked_up(accounts: &Accounts, which: impl Iterator<Item = AccountIndex>) -> Vec<Latest<'_>> {
    which.map(|account| accounts.latest(account)).collect()
}

pub fn log(
    state: &State,
    agent: AgentIndex,
    source: AgentSource,
    events: impl Iterator<Item = RecordIndex>,
    times: Times,
    out: &mut Vec<u8>,
) {
    let Some(accounts) = state.at(source) else { return };
    // As in `looked_up`: the events first, and then their accounts.
    let events = events.map(|event| (event, &accounts.records[event])).filter(|(_, record)| record.at >= times.oldest);
    let events: Vec<_> = events.collect();
    let told =
        events.into_iter().map(|(event, record)| (record, accounts.number(record.account), accounts.name(event)));
    let told: Vec<_> = told.collect();
    if told.is_empty() {
        return;
    }
    out.reserve(LOG_LENGTH * EVENT);
    begin(state.agents.get(agent), out);
    out.raw(r#","whatsAppList":["#);
    let source = format!(r#""source":{},"#, source.code());
    for (record, number, name) in told {
        // Times that no answer can tell are refused when they are appended.
        let Ok(time) = StatusTime::from_epoch_seconds(record.at.div_euclid(1000), times.offset) else { continue };
        let phrases = state.kinds.phrases(record.content.kind());
        out.next().raw(&phrases.before_time).value(&time).raw(&phrases.after_time);
        out.member(r#""name":"#, name, ",").raw(&source);
        out.raw(&phrases.status).digits(number.get()).raw("}");
    }
    out.raw("]}");
}
