//! What follows from the vendor's answers about who is online: looks, and what is observed.

use group_dispatch_types::{Source, SourceGroup};

use super::{Mirror, SOURCES, Step};
use crate::{
    clock::ClockOffset,
    facts::{Facts, Look, Observed},
    online::Seen,
    question::Recall,
};

/// A longer time between two looks is a time in which nobody looked.
const LONGEST_STRETCH_STEP: i64 = 180_000;
/// How often the store is asked who is online there, in case that somebody else has changed it.
const RECALL_INTERVAL: i64 = 600_000;
/// With more changed accounts than this, the store is asked for all accounts at once.
const MOST_RECALLED: usize = 200;

impl Mirror {
    pub(super) fn take_groups(&mut self, sent: i64, received: i64, groups: Vec<SourceGroup>) {
        let Some(round) = &mut self.round else { return };
        for SourceGroup { source, list } in groups {
            let before = self.sources.entry(source).or_default();
            round.seen.insert(source, Seen::of_group(sent, received, list, before));
        }
    }

    /// Compares the vendor's answers with the store, once it has all records, and makes looks of those that are believed.
    pub(super) fn compare(&mut self, now: i64) -> Step {
        let Some(round) = &self.round else { return Step::Wait(now) };
        let is_recall_due = now.saturating_sub(self.recalled_at.unwrap_or(i64::MIN)) >= RECALL_INTERVAL;
        let is_large = round.changed.values().any(|accounts| accounts.len() > MOST_RECALLED);
        if is_recall_due || is_large || self.last_began.is_none() && !round.changed.is_empty() {
            return Step::Recall(Recall::Online(SOURCES.into()));
        }
        if let Some((source, accounts)) = round.changed.first_key_value() {
            return Step::Recall(Recall::Accounts(*source, accounts.keys().copied().collect()));
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
            let Some((look, observed)) = self.look(source, &seen, log_read) else { continue };
            facts.looks.push(look);
            facts.observed.extend(observed);
        }
        if facts.is_empty() {
            self.end_round(now);
        } else {
            self.storing = Some(facts);
        }
        self.step(now)
    }

    fn look(&mut self, source: Source, seen: &Seen, log_read: Option<i64>) -> Option<(Look, Vec<Observed>)> {
        let clock_offset = self.clock.map_or(0, ClockOffset::milliseconds);
        // The answer shows a moment between request and response.
        let uncertainty = self.clock.map_or(0, ClockOffset::uncertainty) + (seen.received - seen.sent).max(0);
        let at_source = self.sources.entry(source).or_default();
        let after = at_source.last_look;
        if after.is_some_and(|after| after >= seen.sent) {
            // The clock was set back, or somebody else looked.
            return None;
        }
        let interval = (after.map(|after| after + clock_offset), seen.sent + clock_offset);
        let observed = at_source.compare(source, seen, interval, uncertainty, self.pace.interval())?;
        let continues = after.is_some_and(|after| seen.sent - after <= LONGEST_STRETCH_STEP);
        let log_read = log_read.or(at_source.log_read);
        Some((Look { source, at: seen.sent, after, continues, log_read, clock_offset, uncertainty }, observed))
    }
}
