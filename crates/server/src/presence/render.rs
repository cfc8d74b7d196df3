//! Renders an agent as JSON: its element in the list that an answer is.
//!
//! Accounts and events are collected before the first of them is written. They lie apart in memory, and so the processor
//! waits for all of them at once.
//!
//! Pays for: getLatestOnlineWhatsAccount at 0.80 of the bare limit. Rendering takes 1.6 times as long if each account is
//! written as it is found (measured apart from the server); `cargo xtask bench --only presence` measures the goal.

use group_dispatch_types::{Source, StatusTime, UtcOffset};
use smallvec::SmallVec;

use super::{
    accounts::AccountState,
    agent_presence::RECENT_ACCOUNTS,
    agents::Agent,
    event_kind::{EventKind, EventKinds},
    event_ring::{EVENTS_PER_RING, RingEvent},
    json::WriteJson,
    slots::{AgentSlot, EventSlot},
    state::TenantState,
};

/// Estimates of what an event and an account take.
const EVENT_BYTES: usize = 192;
pub const ACCOUNT_BYTES: usize = 64;

type AccountStates<'a> = SmallVec<[AccountState<'a>; RECENT_ACCOUNTS]>;

/// How times are rendered.
#[derive(Clone, Copy)]
pub struct RenderOptions {
    /// The zone of all times.
    pub offset: UtcOffset,
    /// Events before this time, in Unix epoch milliseconds, are left out.
    pub oldest: i64,
}

/// Begins an agent, up to its name or the list of its accounts.
fn begin(agent: &Agent, out: &mut Vec<u8>) {
    out.next().raw(r#"{"agentAccount":"#).value(agent.account.text.as_str()).raw(r#","userId":"#).value(&agent.id);
}

/// Renders an agent with its accounts that are online at a source; nothing, if none is.
pub fn online(state: &TenantState, agent: AgentSlot, source: Source, with_name: bool, out: &mut Vec<u8>) {
    let Some((here, accounts)) = state.agent_at(source, agent) else { return };
    let online: AccountStates<'_> = here.online().iter().map(|account| accounts.state(*account)).collect();
    if online.is_empty() {
        return;
    }
    out.reserve(online.len() * ACCOUNT_BYTES);
    let agent = state.agents.get(agent);
    begin(agent, out);
    if with_name {
        out.raw(r#","userName":"#).value(agent.name());
    }
    out.raw(r#","whatsAppList":["#);
    for AccountState { number, name, .. } in online {
        out.raw("{").name(name).raw(r#""whatsApp":""#).value(&number.get()).raw("\"},");
    }
    out.end_list().raw("}");
}

/// Renders an agent with the accounts that came online last at a source; nothing, if none did.
pub fn recent(state: &TenantState, agent: AgentSlot, source: Source, out: &mut Vec<u8>) {
    let Some((here, accounts)) = state.agent_at(source, agent) else { return };
    let recent: AccountStates<'_> = here.recent().iter().map(|(_, account)| accounts.state(*account)).collect();
    if recent.is_empty() {
        return;
    }
    out.reserve(recent.len() * ACCOUNT_BYTES);
    begin(state.agents.get(agent), out);
    out.raw(r#","whatsAppList":["#);
    for AccountState { number, name, kind, .. } in recent {
        out.raw("{").name(name).raw(&state.kinds.template(kind).status).value(&number.get()).raw("\"},");
    }
    out.end_list().raw("}");
}

/// Renders an agent with some of its events at a source; nothing, if all are too old.
pub fn events(
    state: &TenantState,
    agent: AgentSlot,
    source: Source,
    newest_first: impl Iterator<Item = EventSlot>,
    options: RenderOptions,
    out: &mut Vec<u8>,
) {
    let Some(accounts) = state.accounts(source) else { return };
    let mut stored = Vec::with_capacity(EVENTS_PER_RING);
    stored.extend(newest_first.map(|slot| (slot, &accounts.rings[slot])));
    stored.retain(|(_, event)| event.time.at >= options.oldest);
    if state.kinds.has_logged() {
        remove_fed_copies(&mut stored, &state.kinds);
    }
    let events = stored.into_iter();
    let events: Vec<_> =
        events.map(|(slot, event)| (event, accounts.number(event.account), accounts.name(slot, event))).collect();
    if events.is_empty() {
        return;
    }
    out.reserve(EVENTS_PER_RING * EVENT_BYTES);
    begin(state.agents.get(agent), out);
    out.raw(r#","whatsAppList":["#);
    for (event, number, name) in events {
        // The store rejects events at times that answers can't express.
        let seconds = event.time.at.div_euclid(1000);
        let Ok(time) = StatusTime::from_epoch_seconds(seconds, options.offset) else { continue };
        let template = state.kinds.template(event.kind);
        out.raw(&template.before_time).time(time).raw(&template.after_time).name(name);
        out.raw(&template.after_name).value(&number.get()).raw("\"},");
    }
    out.end_list().raw("}");
}

/// Removes, for each record of the vendor's log, a fed event of the same account that says the same of the same second.
/// Both are of one agent at one source.
fn remove_fed_copies(events: &mut Vec<(EventSlot, &RingEvent)>, kinds: &EventKinds) {
    let says = |event: &RingEvent| {
        let EventKind { status, detail_status, .. } = *kinds.get(event.kind);
        (event.account, event.time.at.div_euclid(1000), status, detail_status)
    };
    let is_logged = |event: &RingEvent| kinds.get(event.kind).is_logged();
    let logged = events.iter().filter(|(_, event)| is_logged(event));
    let mut logged: SmallVec<[_; EVENTS_PER_RING]> = logged.map(|(_, event)| says(event)).collect();
    events.retain(|(_, event)| {
        let copied = if is_logged(event) { None } else { logged.iter().position(|other| *other == says(event)) };
        copied.map(|copied| logged.swap_remove(copied)).is_none()
    });
}
