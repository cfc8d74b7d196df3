//! The rows of each answer: one for each account or event.

use group_dispatch_types::{
    AccountLocation, AgentRecentAccounts, AgentStatusLog, OnlineAgent, Source, SourceGroup, StatusRecord,
};

use crate::{
    clock::Clock,
    rows::{Cell, Column, Rows},
};

/// Names of people and places are told apart by as much.
const NAME: usize = 10;
/// As much of a status as `offline` has.
const STATUS: usize = 7;
/// What happened begins with whether the account came, went or was banned.
const BEHAVIOUR: usize = 20;

pub fn online(agents: &[OnlineAgent], source: Source) -> Rows {
    let columns = [
        Column::whole("userId", "AGENT ID", 2),
        Column::words("agentAccount", "AGENT", 1, NAME),
        Column::unseen("source"),
        Column::unseen("sourceName"),
        Column::whole("whatsApp", "WHATSAPP", 0),
        Column::words("name", "NAME", 3, NAME),
    ];
    let accounts = agents.iter().flat_map(|agent| agent.whats_app_list.iter().map(move |account| (agent, account)));
    Rows::new(
        columns,
        accounts.map(|(agent, account)| {
            let [code, name] = coded(source);
            [
                Cell::agent(agent.user_id),
                Cell::text(&agent.agent_account),
                code,
                name,
                Cell::account(account.whats_app),
                Cell::optional(account.name.as_deref()),
            ]
        }),
    )
}

pub fn all(groups: &[SourceGroup]) -> Rows {
    let columns = [
        Column::whole("source", "SOURCE", 2),
        Column::unseen("sourceName"),
        Column::whole("userId", "AGENT ID", 3),
        Column::words("agentAccount", "AGENT", 1, NAME),
        Column::words("userName", "AGENT NAME", 5, NAME),
        Column::whole("whatsApp", "WHATSAPP", 0),
        Column::words("name", "NAME", 4, NAME),
    ];
    let agents = groups.iter().flat_map(|group| group.list.iter().map(move |agent| (group.source, agent)));
    let accounts =
        agents.flat_map(|(source, agent)| agent.whats_app_list.iter().map(move |account| (source, agent, account)));
    Rows::new(
        columns,
        accounts.map(|(source, agent, account)| {
            let [code, name] = coded(source);
            [
                code,
                name,
                Cell::agent(agent.user_id),
                Cell::text(&agent.agent_account),
                Cell::text(&agent.user_name),
                Cell::account(account.whats_app),
                Cell::optional(account.name.as_deref()),
            ]
        }),
    )
}

pub fn account(locations: &[AccountLocation]) -> Rows {
    let columns = [
        Column::whole("whatsApp", "WHATSAPP", 0),
        Column::whole("source", "SOURCE", 1),
        Column::unseen("sourceName"),
        Column::whole("userId", "AGENT ID", 3),
        Column::words("agentAccount", "AGENT", 2, NAME),
    ];
    Rows::new(
        columns,
        locations.iter().map(|location| {
            let [code, name] = coded(location.source);
            [
                Cell::account(location.whats_app),
                code,
                name,
                Cell::agent(location.user_id.into()),
                Cell::text(&location.agent_account),
            ]
        }),
    )
}

pub fn log(events: &[(&AgentStatusLog, &StatusRecord)], clock: &Clock) -> Rows {
    let heading = clock.heading(events.iter().map(|(_, event)| event.create_time));
    let columns = [
        Column::times("createTime", heading.title(), 3),
        Column::unseen("userId"),
        Column::words("agentAccount", "AGENT", 4, NAME),
        Column::whole("whatsApp", "WHATSAPP", 0),
        Column::words("name", "NAME", 5, NAME),
        Column::unseen("source"),
        Column::unseen("sourceName"),
        Column::words("status", "STATUS", 1, STATUS),
        Column::unseen("statusName"),
        Column::words("detailStatus", "WHAT HAPPENED", 2, BEHAVIOUR),
        Column::unseen("detailStatusName"),
        Column::words("countryCode", "COUNTRY", 6, NAME),
    ];
    Rows::new(
        columns,
        events.iter().map(|(log, event)| {
            let [source, source_name] = coded(event.source);
            let [status, status_name] = Cell::status(Some(event.status));
            let what = event.detail_status;
            [
                Cell::new(clock.rfc3339(event.create_time), heading.shown(clock, event.create_time)),
                Cell::agent(log.user_id),
                Cell::text(&log.agent_account),
                Cell::account(event.whats_app),
                Cell::optional(event.name.as_deref()),
                source,
                source_name,
                status,
                status_name,
                Cell::new(what.code(), format_args!("{} ({})", what.description(), what.code())),
                Cell::text(what),
                Cell::text(&event.country_code),
            ]
        }),
    )
}

pub fn recent(agents: &[AgentRecentAccounts], source: Source) -> Rows {
    let columns = [
        Column::whole("userId", "AGENT ID", 3),
        Column::words("agentAccount", "AGENT", 2, NAME),
        Column::unseen("source"),
        Column::unseen("sourceName"),
        Column::whole("whatsApp", "WHATSAPP", 0),
        Column::words("name", "NAME", 4, NAME),
        Column::whole("status", "STATUS NOW", 1),
        Column::unseen("statusName"),
    ];
    let accounts = agents.iter().flat_map(|agent| agent.whats_app_list.iter().map(move |account| (agent, account)));
    Rows::new(
        columns,
        accounts.map(|(agent, account)| {
            let [code, name] = coded(source);
            let [status, status_name] = Cell::status(account.status);
            [
                Cell::agent(agent.user_id),
                Cell::text(&agent.agent_account),
                code,
                name,
                Cell::account(account.whats_app),
                Cell::optional(account.name.as_deref()),
                status,
                status_name,
            ]
        }),
    )
}

/// The code of a source and its name, in a cell each.
fn coded(source: Source) -> [Cell; 2] {
    [Cell::new(source.code(), source), Cell::text(source)]
}
