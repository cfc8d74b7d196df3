//! The events of a status log that `log` prints: filtered, sorted and limited.

use std::collections::HashMap;

use group_dispatch_types::{AgentStatusLog, StatusRecord, UtcOffset};
use jiff::Timestamp;

use super::selection::{Selection, Sort};
use crate::arguments::time_range::TimeRange;

/// How many events of each agent queryUserStatusLog returns at most.
const EVENTS_PER_AGENT: usize = 50;
/// How many agents the note about missing events names.
const NAMED_AGENTS: usize = 5;

/// A response of the service, and the events of it that were selected.
pub struct SelectedEvents {
    logs: Vec<AgentStatusLog>,
    /// The index of the agent, and the index of the event in the agent's log.
    selected: Vec<(usize, usize)>,
    is_unchanged: bool,
    note: Option<String>,
}

impl SelectedEvents {
    /// Selects events of a service whose clock times are at `offset`.
    pub fn select(logs: Vec<AgentStatusLog>, selection: &Selection, time_range: TimeRange, offset: UtcOffset) -> Self {
        let TimeRange { since, until } = time_range;
        let seconds = |event: &StatusRecord| event.create_time.epoch_seconds(offset);
        // Not `Timestamp`: at some offsets, the last hours of the year 9999 are out of its range.
        let nanoseconds = |event: &StatusRecord| i128::from(seconds(event)) * 1_000_000_000;
        let is_selected = |event: &StatusRecord| {
            since.is_none_or(|since| nanoseconds(event) >= since.as_nanosecond())
                && until.is_none_or(|until| nanoseconds(event) <= until.as_nanosecond())
                && (selection.status.is_empty() || selection.status.contains(&event.status))
        };
        let mut selected: Vec<(usize, usize)> = Vec::new();
        for (agent, log) in logs.iter().enumerate() {
            let events = log.whats_app_list.iter().enumerate().filter(|(_, event)| is_selected(event));
            selected.extend(events.map(|(event, _)| (agent, event)));
        }
        if selection.sort == Sort::Time {
            // The sort is stable: events of one second stay in the order of the service.
            selected.sort_by_key(|(agent, event)| -seconds(&logs[*agent].whats_app_list[*event]));
        }
        if let Some(limit) = selection.limit {
            selected.truncate(limit);
        }
        let is_filtered = selection.is_filter();
        let is_limit_reached = selection.limit.is_some_and(|limit| selected.len() >= limit);
        // Agent by agent, older events of the last printed agent and of the next agents would come after the limit.
        let printed_agents = match selection.sort {
            Sort::Agent if is_limit_reached => selected.last().map_or(0, |(agent, _)| *agent),
            _ => logs.len(),
        };
        // The instant from which on all events should be printed; `None` if nothing is printed.
        let last = || selected.last().map(|(agent, event)| nanoseconds(&logs[*agent].whats_app_list[*event]));
        let complete_from = match selection.sort {
            Sort::Time if is_limit_reached || !is_filtered => last(),
            _ => Some(since.map_or(i128::MIN, Timestamp::as_nanosecond)),
        };
        let may_lack_older = |log: &&AgentStatusLog| {
            let oldest = log.whats_app_list.iter().map(nanoseconds).min();
            log.whats_app_list.len() >= EVENTS_PER_AGENT
                && complete_from.zip(oldest).is_some_and(|(complete_from, oldest)| oldest > complete_from)
        };
        let limited: Vec<_> = logs.iter().take(printed_agents).filter(may_lack_older).collect();
        let note = (!limited.is_empty()).then(|| note_missing_events(&limited));
        let is_unchanged = !is_filtered && selection.limit.is_none() && selection.sort == Sort::Agent;
        Self { logs, selected, is_unchanged, note }
    }

    /// Returns a note for standard error if older events may be missing.
    pub fn note(&self) -> Option<&str> {
        self.note.as_deref()
    }

    /// Returns the selected events, each with its agent.
    pub fn events(&self) -> Vec<(&AgentStatusLog, &StatusRecord)> {
        let lookup = |(agent, event): &(usize, usize)| {
            let log = self.logs.get(*agent)?;
            Some((log, log.whats_app_list.get(*event)?))
        };
        self.selected.iter().filter_map(lookup).collect()
    }

    /// Returns the selected events in the contract's form, by agent. Agents without selected events are left out,
    /// unless nothing was filtered, sorted or limited.
    pub fn grouped(&self) -> Vec<AgentStatusLog> {
        if self.is_unchanged {
            return self.logs.clone();
        }
        let mut groups: Vec<AgentStatusLog> = Vec::new();
        let mut indices: HashMap<usize, usize> = HashMap::new();
        for (agent, event) in &self.selected {
            let log = &self.logs[*agent];
            let index = *indices.entry(*agent).or_insert_with(|| {
                groups.push(AgentStatusLog {
                    user_id: log.user_id,
                    agent_account: log.agent_account.clone(),
                    whats_app_list: Vec::new(),
                });
                groups.len() - 1
            });
            groups[index].whats_app_list.push(log.whats_app_list[*event].clone());
        }
        groups
    }
}

fn note_missing_events(limited: &[&AgentStatusLog]) -> String {
    let mut names: Vec<_> = limited.iter().take(NAMED_AGENTS).map(|log| log.agent_account.as_str()).collect();
    let more = format!("{} more", limited.len().saturating_sub(NAMED_AGENTS));
    if limited.len() > NAMED_AGENTS {
        names.push(&more);
    }
    format!(
        "older events may be missing: the service returns at most the latest {EVENTS_PER_AGENT} events of each agent, which \
         filters and sorting apply to; agents with {EVENTS_PER_AGENT} events: {}",
        names.join(", ")
    )
}
