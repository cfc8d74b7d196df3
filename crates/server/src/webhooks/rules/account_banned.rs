//! `account-banned`: an account is banned, at whatever source. Over when the account is online again.
//!
//! A ban is often known late: the mirror first observes that the account is gone, and the record with the reason comes a
//! little later and has an earlier time. So a ban counts unless the account was seen online since.

use std::collections::BTreeMap;

use group_dispatch_types::AccountStatus;
use serde::{Deserialize, Serialize};

use super::{
    alerts::Alerts,
    change::{Change, NumberKey, Start},
    presence::Presence,
};
use crate::webhooks::message::{IsoTime, MessageData};

/// The accounts that are banned.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State(BTreeMap<NumberKey, Ban>);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Ban {
    start: Start,
    /// The time of the latest record of it.
    latest: i64,
}

impl State {
    /// Applies a change. `presence` has it already.
    pub fn apply(&mut self, change: &Change, presence: &Presence, alerts: &mut Alerts<'_>) {
        let key = NumberKey(change.whats_app);
        let subject = change.whats_app.to_string();
        if change.status == AccountStatus::Banned {
            let latest = change.at;
            if let Some(ban) = self.0.get_mut(&key) {
                ban.latest = ban.latest.max(latest);
                return;
            }
            if presence.last_online(change.whats_app).is_some_and(|online| online > change.at) {
                return;
            }
            let start = Start { since: change.at, seq: change.seq };
            self.0.insert(key, Ban { start, latest });
            alerts.raise(change.at, &subject, start, |alert_id| MessageData::AccountBanned {
                alert_id,
                whats_app: change.whats_app,
                user_id: change.user_id,
                source: change.source,
                detail_status: change.detail_status,
                since: IsoTime(start.since),
            });
        } else if change.is_online()
            && let Some(ban) = self.0.get(&key).copied().filter(|ban| ban.latest <= change.at)
        {
            self.0.remove(&key);
            alerts.raise(change.at, &subject, ban.start, |alert_id| MessageData::AccountBannedResolved {
                alert_id,
                whats_app: change.whats_app,
                since: IsoTime(ban.start.since),
            });
        }
    }
}
