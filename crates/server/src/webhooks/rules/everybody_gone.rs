//! `everybody-gone`: more than half of the accounts that were online at a source, and at least n, went within a time. Over when
//! at least half of them are online again.

use std::collections::BTreeMap;

use group_dispatch_types::Source;
use serde::{Deserialize, Serialize};

use super::{
    alerts::Alerts,
    change::{AccountKey, SourceKey, Start},
    presence::{Moved, Presence},
};
use crate::webhooks::{
    duration_text::Seconds,
    message::{IsoTime, MessageData},
};

/// The rule with its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EverybodyGone {
    /// The fewest accounts that are an alert.
    pub accounts: u32,
    /// The time in which they went.
    pub within: Seconds,
}

/// The accounts that went lately, at each source.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State(BTreeMap<SourceKey, Departures>);

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Departures {
    /// The latest time of a change.
    latest: i64,
    /// The accounts that went within the time before `latest` and are not back, and when.
    gone: BTreeMap<AccountKey, i64>,
    episode: Option<Episode>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Episode {
    start: Start,
    online_before: u32,
}

impl EverybodyGone {
    /// Applies what a change did. `presence` has it already.
    pub fn apply(&self, state: &mut State, moved: &Moved, presence: &Presence, alerts: &mut Alerts<'_>) {
        if moved.was_online == moved.is_online {
            return;
        }
        let source = moved.account.source;
        let new = || Departures { latest: moved.at, gone: BTreeMap::new(), episode: None };
        let departures = state.0.entry(SourceKey(source)).or_insert_with(new);
        departures.latest = departures.latest.max(moved.at);
        let (latest, online) = (departures.latest, presence.online_at(source));
        if moved.is_online {
            departures.gone.remove(&moved.account);
            let back = |episode: &mut Episode| u64::from(online) * 2 >= u64::from(episode.online_before);
            if let Some(Episode { start, .. }) = departures.episode.take_if(back) {
                alerts.raise(latest, &subject(source), start, |alert_id| MessageData::AccountsGoneResolved {
                    alert_id,
                    source,
                    since: IsoTime(start.since),
                });
            }
            return;
        }
        departures.gone.insert(moved.account, moved.at);
        departures.gone.retain(|_, at| *at > latest - self.within.milliseconds());
        let gone = u32::try_from(departures.gone.len()).unwrap_or(u32::MAX);
        let online_before = online.saturating_add(gone);
        if departures.episode.is_none() && gone >= self.accounts && gone > online {
            let start = Start { since: latest, seq: moved.seq };
            departures.episode = Some(Episode { start, online_before });
            alerts.raise(latest, &subject(source), start, |alert_id| MessageData::AccountsGone {
                alert_id,
                source,
                gone,
                online_before,
                within_seconds: self.within.get(),
                since: IsoTime(start.since),
            });
        }
    }
}

fn subject(source: Source) -> String {
    source.code().to_string()
}
