//! The events of a status log that `group-dispatch log` prints: filtered, sorted and counted.

use std::collections::HashMap;

use group_dispatch_types::{AgentStatusLog, StatusRecord, UtcOffset};
use jiff::Timestamp;

use crate::arguments::{Bounds, Selection, Sort};

/// How many events the service returns for each agent at most (queryUserStatusLog).
const MOST_OF_AN_AGENT: usize = 50;
/// How many agents a remark names.
const MOST_NAMED: usize = 5;

/// An answer of the service, and which of its events were selected.
pub struct History {
    logs: Vec<AgentStatusLog>,
    /// The place of the agent, and of the event among the agent's.
    selected: Vec<(usize, usize)>,
    is_whole: bool,
    remark: Option<String>,
}

impl History {
    /// Selects from an answer of a service whose clock times are at `offset`.
    pub fn select(logs: Vec<AgentStatusLog>, selection: &Selection, bounds: Bounds, offset: UtcOffset) -> Self {
        let Bounds { since, until } = bounds;
        let seconds = |event: &StatusRecord| event.create_time.epoch_seconds(offset);
        // Whole seconds of years up to 9999 are beyond the range of timestamps in some zones.
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
            // Stable: events of one second stay in the order of the service.
            selected.sort_by_key(|(agent, event)| -seconds(&logs[*agent].whats_app_list[*event]));
        }
        if let Some(limit) = selection.limit {
            selected.truncate(limit);
        }
        let is_filtered = selection.is_filter();
        let is_limit_reached = selection.limit.is_some_and(|limit| selected.len() >= limit);
        // Agent by agent, older events of the last agent shown and of the next ones would come after the limit.
        let shown_whole = match selection.sort {
            Sort::Agent if is_limit_reached => selected.last().map_or(0, |(agent, _)| *agent),
            _ => logs.len(),
        };
        // Down to which instant all events should be there; none where nothing is said about that.
        let last = || selected.last().map(|(agent, event)| nanoseconds(&logs[*agent].whats_app_list[*event]));
        let covered = match selection.sort {
            Sort::Time if is_limit_reached || !is_filtered => last(),
            _ if is_filtered => Some(since.map_or(i128::MIN, Timestamp::as_nanosecond)),
            _ => None,
        };
        let may_lack_older = |log: &&AgentStatusLog| {
            let oldest = log.whats_app_list.iter().map(nanoseconds).min();
            log.whats_app_list.len() >= MOST_OF_AN_AGENT
                && covered.zip(oldest).is_some_and(|(covered, oldest)| oldest > covered)
        };
        let cut: Vec<_> = logs.iter().take(shown_whole).filter(may_lack_older).collect();
        let remark = (!cut.is_empty()).then(|| remark(&cut));
        let is_whole = !is_filtered && selection.limit.is_none() && selection.sort == Sort::Agent;
        Self { logs, selected, is_whole, remark }
    }

    /// What is said on standard error when older events may be missing.
    pub fn remark(&self) -> Option<&str> {
        self.remark.as_deref()
    }

    /// The selected events, each with its agent.
    pub fn events(&self) -> Vec<(&AgentStatusLog, &StatusRecord)> {
        let found = |(agent, event): &(usize, usize)| {
            let log = self.logs.get(*agent)?;
            Some((log, log.whats_app_list.get(*event)?))
        };
        self.selected.iter().filter_map(found).collect()
    }

    /// The answer in the contract's form: as the service returned it, or the selected events by agent, without agents
    /// that have none.
    pub fn grouped(&self) -> Vec<AgentStatusLog> {
        if self.is_whole {
            return self.logs.clone();
        }
        let mut groups: Vec<AgentStatusLog> = Vec::new();
        let mut places: HashMap<usize, usize> = HashMap::new();
        for (agent, event) in &self.selected {
            let log = &self.logs[*agent];
            let place = *places.entry(*agent).or_insert_with(|| {
                groups.push(AgentStatusLog {
                    user_id: log.user_id,
                    agent_account: log.agent_account.clone(),
                    whats_app_list: Vec::new(),
                });
                groups.len() - 1
            });
            groups[place].whats_app_list.push(log.whats_app_list[*event].clone());
        }
        groups
    }
}

fn remark(cut: &[&AgentStatusLog]) -> String {
    let mut names: Vec<_> = cut.iter().take(MOST_NAMED).map(|log| log.agent_account.as_str()).collect();
    let more = format!("{} more", cut.len().saturating_sub(MOST_NAMED));
    if cut.len() > MOST_NAMED {
        names.push(&more);
    }
    format!(
        "older events may be missing: the service returns the latest {MOST_OF_AN_AGENT} events of each agent, and filters \
         and order apply to those; reached by {}",
        names.join(", ")
    )
}
