//! What follows from the vendor's answers about who is online: looks, and what is observed.

use std::collections::BTreeMap;

use group_dispatch_types::{Source, SourceGroup};

use super::{Mirror, SOURCES, Step};
use crate::{
    facts::{Facts, Look, Observed},
    online::{ReplyHead, Seen},
    question::Recall,
};

/// A look that is further in the future is of a clock that was wrong.
const CLOCK_WAS_SET: i64 = 60_000;
/// A longer time between two looks is a time in which nobody looked.
const LONGEST_STRETCH_STEP: i64 = 180_000;
/// How often the store is asked who is online there, in case that somebody else has changed it.
const RECALL_INTERVAL: i64 = 600_000;

impl Mirror {
    /// Takes an answer of queryAllOlWhatsAppInfo. One that is not whole has names, and says nothing else: each source is asked for
    /// alone then.
    pub(super) fn take_groups(&mut self, at: ReplyHead, groups: Vec<SourceGroup>) {
        let Some(round) = &mut self.round else { return };
        let mut lists = BTreeMap::<_, Vec<_>>::new();
        for SourceGroup { source, list } in groups {
            for agent in list.iter().filter(|agent| !agent.user_name.is_empty()) {
                if self.user_names.get(&agent.user_id) != Some(&agent.user_name) {
                    self.user_names.insert(agent.user_id, agent.user_name.clone());
                }
            }
            lists.entry(source).or_default().extend(list);
        }
        if !at.is_whole {
            return;
        }
        for (source, list) in lists {
            let before = self.sources.entry(source).or_default();
            round.seen.insert(source, Seen::of_group(at, list, before));
        }
    }

    /// Compares the vendor's answers with the store, once it has all records, and makes looks of those that are believed.
    pub(super) fn compare(&mut self, now: i64) -> Step {
        let Some(round) = &self.round else { return Step::Wait(now) };
        let is_recall_due = now.saturating_sub(self.recalled_at.unwrap_or(i64::MIN)) >= RECALL_INTERVAL;
        if is_recall_due {
            return Step::Recall(Recall::Online(SOURCES.into()));
        }
        // Where the log could not be read, another mirror may have stored records that this one does not know of.
        let unread = round.seen.keys().filter(|source| !round.logs_read.contains(source));
        let unread: Vec<_> = unread.copied().filter(|source| !round.recalled.contains(source)).collect();
        if !unread.is_empty() {
            return Step::Recall(Recall::Online(unread));
        }
        let began = round.began;
        let mut facts = Facts::default();
        let Some(round) = &mut self.round else { return Step::Wait(now) };
        let logs_read = round.logs_read.clone();
        for (source, seen) in std::mem::take(&mut round.seen) {
            let log_read = logs_read.contains(&source).then_some(began);
            let Some((look, observed)) = self.look(now, source, &seen, log_read) else { continue };
            facts.looks.push(look);
            facts.observed.extend(observed);
        }
        if facts.is_empty() {
            self.end_round(now);
        } else {
            self.storing = facts.into_parts();
        }
        self.step(now)
    }

    fn look(&mut self, now: i64, source: Source, seen: &Seen, log_read: Option<i64>) -> Option<(Look, Vec<Observed>)> {
        let clock_offset = self.clock.milliseconds();
        // The answer shows a moment between request and response.
        let uncertainty = self.clock.uncertainty() + (seen.received - seen.sent).max(0);
        let at_source = self.sources.entry(source).or_default();
        let after = at_source.last_look;
        let ahead = after.map_or(0, |after| after - seen.sent);
        if (0..CLOCK_WAS_SET).contains(&ahead) && after.is_some() {
            // Somebody else looked meanwhile.
            return None;
        }
        // Otherwise, this machine's clock was set back, and when the look before was is not known any more.
        let before = after.filter(|after| *after < seen.sent);
        let interval = (before.map(|before| before + clock_offset), seen.sent + clock_offset);
        let observed = at_source.compare(source, seen, interval, uncertainty, self.pace.interval())?;
        let continues = before.is_some_and(|before| seen.sent - before <= LONGEST_STRETCH_STEP);
        let log_read = log_read.or(at_source.log_read);
        let look = Look {
            source,
            at: seen.sent,
            after,
            is_partial: false,
            continues,
            log_read,
            clock_offset,
            uncertainty,
            requests_per_minute: self.pace.requests_per_minute(now),
            interval: self.pace.interval(),
        };
        Some((look, observed))
    }
}
