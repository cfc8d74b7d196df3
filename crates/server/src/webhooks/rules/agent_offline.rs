//! `agent-offline`: no account of an agent is online for longer than a time, which counts within working hours if there are any.
//! Over when an account of the agent is online.
//!
//! The time has to pass within one day's working hours: an agent who left ten minutes before their end is not late until
//! fifteen minutes after their beginning on the next day.

use std::collections::BTreeMap;

use group_dispatch_types::UserId;
use serde::{Deserialize, Serialize};

use super::{
    alerts::Alerts,
    change::{AgentKey, Start},
    presence::{Moved, Presence},
    working_hours::WorkingHours,
};
use crate::webhooks::{
    duration_text::Seconds,
    message::{IsoTime, MessageData},
};

/// The rule with its parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentOffline {
    /// How long an agent may be offline.
    pub after: Seconds,
    /// The working hours; without them, all hours count.
    pub hours: Option<WorkingHours>,
}

/// The agents.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State(BTreeMap<AgentKey, Agent>);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Agent {
    /// The latest time of a change.
    latest: i64,
    absence: Option<Absence>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Absence {
    start: Start,
    /// From when on it is an alert; `None` if it never becomes one.
    due: Option<i64>,
    is_raised: bool,
}

impl AgentOffline {
    /// Begins with the agents that are known already.
    pub fn begin(&self, presence: &Presence) -> State {
        let agents = presence.agents().into_iter().map(|(agent, latest)| {
            let is_offline = presence.online_of(agent.0) == 0;
            let absence = is_offline.then(|| self.absence(Start { since: latest, seq: 0 }));
            (agent, Agent { latest, absence })
        });
        State(agents.collect())
    }

    /// Applies what a change did. `presence` has it already.
    pub fn apply(&self, state: &mut State, moved: &Moved, presence: &Presence, alerts: &mut Alerts<'_>) {
        let previous = moved.previous_user.filter(|previous| *previous != moved.user_id);
        for user_id in previous.into_iter().chain([moved.user_id]) {
            let new = Agent { latest: moved.at, absence: None };
            let agent = state.0.entry(AgentKey(user_id)).or_insert(new);
            agent.latest = agent.latest.max(moved.at);
            match (presence.online_of(user_id), &mut agent.absence) {
                (0, Some(_)) | (1.., None) => {}
                (0, None) => {
                    agent.absence = Some(self.absence(Start { since: agent.latest, seq: moved.seq }));
                }
                (1.., Some(absence)) => {
                    raise_if_due(user_id, absence, moved.at, alerts);
                    let Absence { start, due, is_raised } = *absence;
                    agent.absence = None;
                    if is_raised {
                        let at = due.map_or(moved.at, |due| due.max(moved.at));
                        alerts.raise(at, &subject(user_id), start, |alert_id| MessageData::AgentOfflineResolved {
                            alert_id,
                            user_id,
                            since: IsoTime(start.since),
                        });
                    }
                }
            }
        }
    }

    /// Raises the alerts that are due.
    pub fn advance(&self, state: &mut State, now: i64, alerts: &mut Alerts<'_>) {
        for (AgentKey(user_id), agent) in &mut state.0 {
            if let Some(absence) = &mut agent.absence {
                raise_if_due(*user_id, absence, now, alerts);
            }
        }
    }

    fn absence(&self, start: Start) -> Absence {
        let due = match &self.hours {
            Some(hours) => hours.lasted(start.since, self.after),
            None => Some(start.since + self.after.milliseconds()),
        };
        Absence { start, due, is_raised: false }
    }
}

fn raise_if_due(user_id: UserId, absence: &mut Absence, now: i64, alerts: &mut Alerts<'_>) {
    if let Some(due) = absence.due.filter(|due| !absence.is_raised && *due < now) {
        absence.is_raised = true;
        let start = absence.start;
        alerts.raise(due, &subject(user_id), start, |alert_id| MessageData::AgentOffline {
            alert_id,
            user_id,
            since: IsoTime(start.since),
        });
    }
}

fn subject(user_id: UserId) -> String {
    user_id.to_string()
}
