//! `mirror-stale`: a mirror has had no good answer about a source for too long. Over at the next good answer. A source that was
//! never looked at is fed otherwise, and never stale.

use std::collections::BTreeMap;

use group_dispatch_types::Source;
use serde::{Deserialize, Serialize};

use super::{
    alerts::Alerts,
    change::{SourceKey, Start},
};
use crate::webhooks::{
    duration_text::Seconds,
    message::{IsoTime, MessageData},
};

/// The rule with its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MirrorStale {
    /// How long a source may be without a look.
    pub after: Seconds,
}

/// The last looks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State(BTreeMap<SourceKey, LastLook>);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct LastLook {
    at: i64,
    is_stale: bool,
}

impl MirrorStale {
    /// Applies a good look. One that is not later than the last look changes nothing.
    pub fn apply(&self, state: &mut State, source: Source, at: i64, alerts: &mut Alerts<'_>) {
        if let Some(last) = state.0.get_mut(&SourceKey(source)) {
            if last.at >= at {
                return;
            }
            self.check(source, last, at, alerts);
            if last.is_stale {
                let start = start(*last);
                alerts.raise(at, &subject(source), start, |alert_id| MessageData::MirrorStaleResolved {
                    alert_id,
                    source,
                    since: IsoTime(start.since),
                });
            }
        }
        state.0.insert(SourceKey(source), LastLook { at, is_stale: false });
    }

    /// Raises the alerts of sources that are stale at this time.
    pub fn advance(&self, state: &mut State, now: i64, alerts: &mut Alerts<'_>) {
        for (SourceKey(source), last) in &mut state.0 {
            self.check(*source, last, now, alerts);
        }
    }

    fn check(&self, source: Source, last: &mut LastLook, now: i64, alerts: &mut Alerts<'_>) {
        let end = last.at + self.after.milliseconds();
        if !last.is_stale && end < now {
            last.is_stale = true;
            let start = start(*last);
            alerts.raise(end, &subject(source), start, |alert_id| MessageData::MirrorStale {
                alert_id,
                source,
                since: IsoTime(start.since),
            });
        }
    }
}

const fn start(last: LastLook) -> Start {
    Start { since: last.at, seq: 0 }
}

fn subject(source: Source) -> String {
    source.code().to_string()
}
