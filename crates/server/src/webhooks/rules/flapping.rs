//! `flapping`: an account changes more than n times between online and not online within a time. Over when it has not changed
//! for that time.

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};

use super::{
    alerts::Alerts,
    change::{AccountKey, Start},
    presence::Moved,
};
use crate::webhooks::{
    duration_text::Seconds,
    message::{IsoTime, MessageData},
};

/// The rule with its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flapping {
    /// The most changes that are no alert.
    pub changes: u32,
    /// The time in which they are counted.
    pub within: Seconds,
}

/// The accounts that changed lately.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State(BTreeMap<AccountKey, Flaps>);

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Flaps {
    /// The latest changes, oldest first; at most one more than the rule allows.
    times: VecDeque<i64>,
    /// The episode, if it has begun.
    start: Option<Start>,
}

impl Flapping {
    /// Applies what a change did.
    pub fn apply(&self, state: &mut State, moved: &Moved, alerts: &mut Alerts<'_>) {
        // The first event of an account is no change.
        if moved.previous_user.is_none() || moved.was_online == moved.is_online {
            return;
        }
        let flaps = state.0.entry(moved.account).or_default();
        self.end_if_quiet(moved.account, flaps, moved.at, alerts);
        flaps.times.push_back(moved.at);
        while flaps.times.front().is_some_and(|time| *time <= moved.at - self.within.milliseconds()) {
            flaps.times.pop_front();
        }
        while flaps.times.len() > self.changes as usize + 1 {
            flaps.times.pop_front();
        }
        if flaps.start.is_none() && flaps.times.len() > self.changes as usize {
            let start = Start { since: moved.at, seq: moved.seq };
            flaps.start = Some(start);
            alerts.raise(moved.at, &subject(moved.account), start, |alert_id| MessageData::AccountFlapping {
                alert_id,
                whats_app: moved.account.whats_app,
                user_id: moved.user_id,
                source: moved.account.source,
                changes: self.changes + 1,
                within_seconds: self.within.get(),
                since: IsoTime(start.since),
            });
        }
    }

    /// Ends the episodes of accounts that have been quiet.
    pub fn advance(&self, state: &mut State, now: i64, alerts: &mut Alerts<'_>) {
        state.0.retain(|account, flaps| {
            self.end_if_quiet(*account, flaps, now, alerts);
            !flaps.times.is_empty()
        });
    }

    /// Forgets the changes of an account if the latest one is long ago at this time, and ends its episode.
    fn end_if_quiet(&self, account: AccountKey, flaps: &mut Flaps, now: i64, alerts: &mut Alerts<'_>) {
        let Some(quiet) = flaps.times.back().map(|time| time + self.within.milliseconds()).filter(|end| *end <= now)
        else {
            return;
        };
        flaps.times.clear();
        if let Some(start) = flaps.start.take() {
            alerts.raise(quiet, &subject(account), start, |alert_id| MessageData::AccountFlappingResolved {
                alert_id,
                whats_app: account.whats_app,
                source: account.source,
                since: IsoTime(start.since),
            });
        }
    }
}

fn subject(AccountKey { whats_app, source }: AccountKey) -> String {
    format!("{whats_app} {}", source.code())
}
