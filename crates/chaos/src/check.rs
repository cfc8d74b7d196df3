//! Compares the journal with the log in the database: what is lost, doubled, partial, changed, or from nobody.

use std::{
    collections::{BTreeMap, HashSet},
    fmt,
};

use crate::{
    event::{BatchId, events, parse_event_id},
    journal::Records,
    model::LoggedEvent,
};

/// How many findings are described.
const DESCRIBED: usize = 12;

/// The result of a comparison.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Check {
    /// The events of acknowledged batches.
    pub acknowledged: usize,
    /// Acknowledged events that are not in the database, or were not when they were fed again.
    pub lost: usize,
    /// Events that are in the database more than once: how many are too many.
    pub doubled: usize,
    /// Batches of which some events are in the database and some are not, and refused batches that are there.
    pub partial: usize,
    /// Events with other members than those that were fed, or that nobody fed.
    pub changed: usize,
    /// The first findings.
    pub findings: Vec<String>,
}

impl Check {
    /// Returns whether the database is right.
    #[must_use]
    pub fn is_right(&self) -> bool {
        self.lost + self.doubled + self.partial + self.changed == 0
    }

    fn describe(&mut self, finding: impl FnOnce() -> String) {
        if self.findings.len() < DESCRIBED {
            self.findings.push(finding());
        }
    }
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { acknowledged, lost, doubled, partial, changed, findings } = self;
        write!(
            f,
            "{acknowledged} acknowledged events: {lost} lost, {doubled} doubled, {partial} partial, {changed} changed"
        )?;
        findings.iter().try_for_each(|finding| write!(f, "; {finding}"))
    }
}

/// Compares a journal with the log.
#[must_use]
pub fn compare(seed: u64, records: &Records, log: &[LoggedEvent]) -> Check {
    let mut check = Check::default();
    let mut found: BTreeMap<BatchId, BTreeMap<usize, Vec<&LoggedEvent>>> = BTreeMap::new();
    let mut numbers = HashSet::with_capacity(log.len());
    for logged in log {
        match parse_event_id(&logged.event.event_id).filter(|(id, _)| records.contains_key(id)) {
            Some((id, index)) => found.entry(id).or_default().entry(index).or_default().push(logged),
            None => {
                check.changed += 1;
                check.describe(|| format!("seq {}: nobody fed this event", logged.seq));
            }
        }
        if !numbers.insert(logged.seq) {
            check.doubled += 1;
            check.describe(|| format!("seq {} is there twice", logged.seq));
        }
    }
    for (id, record) in records {
        let there = found.remove(id).unwrap_or_default();
        let BatchId { feeder, batch } = *id;
        let (expected, present) = (record.spec.events, there.len());
        let missing = expected.saturating_sub(present);
        let copies: usize = there.values().map(Vec::len).sum();
        if copies > present {
            check.doubled += copies - present;
            check.describe(|| format!("batch {feeder}-{batch}: {copies} rows of {present} events"));
        }
        if present > 0 && missing > 0 || record.is_refused && record.kept == 0 && present > 0 {
            check.partial += 1;
            check.describe(|| {
                let refused = if record.is_refused { ", although it was refused" } else { "" };
                format!("batch {feeder}-{batch}: {present} of {expected} events are there{refused}")
            });
        }
        if record.kept > 0 {
            check.acknowledged += expected;
            // An event that is new twice was not there in between, unless both copies are there now.
            let again = record.stored.saturating_sub(expected).saturating_sub(copies - present);
            check.lost += missing + again;
            if missing > 0 {
                check.describe(|| {
                    format!("batch {feeder}-{batch}: {missing} of {expected} acknowledged events are lost")
                });
            }
            if again > 0 {
                check.describe(|| format!("batch {feeder}-{batch}: {again} acknowledged events were new again later"));
            }
        }
        if there.is_empty() {
            continue;
        }
        let fed = events(seed, &record.spec);
        for (index, rows) in there {
            let is_same = |row: &&LoggedEvent| fed.get(index) == Some(&row.event) && row.tenant == record.spec.tenant;
            if !rows.iter().all(is_same) {
                check.changed += 1;
                check.describe(|| format!("event {index} of batch {feeder}-{batch} is not as it was fed"));
            }
        }
    }
    check
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{event::BatchSpec, journal::BatchRecord};

    const SEED: u64 = 7;

    fn record(batch: u64, kept: u32) -> BatchRecord {
        let spec = BatchSpec { id: BatchId { feeder: 0, batch }, tenant: 71, events: 4, time: 1_800_000_000_000 };
        BatchRecord { spec, kept, stored: if kept > 0 { 4 } else { 0 }, is_refused: false }
    }

    fn records(all: impl IntoIterator<Item = BatchRecord>) -> Records {
        all.into_iter().map(|record| (record.spec.id, record)).collect()
    }

    fn log(records: &Records) -> Vec<LoggedEvent> {
        let fed = records.values().flat_map(|record| {
            let tenant = record.spec.tenant;
            events(SEED, &record.spec).into_iter().map(move |event| (tenant, event))
        });
        fed.zip(1..).map(|((tenant, event), seq)| LoggedEvent { seq, tenant, event }).collect()
    }

    #[test]
    fn a_log_with_all_that_was_acknowledged_is_right() {
        let records = records([record(1, 1), record(2, 3), record(3, 0)]);
        let whole = log(&records);
        let check = compare(SEED, &records, &whole);
        assert!(check.is_right(), "{check}");
        assert_eq!(check.acknowledged, 8);
        let check = compare(SEED, &records, &whole[..8]);
        assert!(check.is_right(), "a batch that nobody acknowledged may be absent: {check}");
    }

    #[test]
    fn a_lost_batch_is_found() {
        let records = records([record(1, 1), record(2, 1)]);
        let check = compare(SEED, &records, &log(&records)[4..]);
        assert_eq!((check.lost, check.partial, check.doubled, check.changed), (4, 0, 0, 0), "{check}");
    }

    #[test]
    fn a_loss_that_a_later_repeat_covered_is_found() {
        let mut again = record(1, 2);
        again.stored = 8;
        let records = records([again]);
        let check = compare(SEED, &records, &log(&records));
        assert_eq!((check.lost, check.partial, check.doubled), (4, 0, 0), "{check}");
    }

    #[test]
    fn a_partial_batch_is_found_whether_it_was_acknowledged_or_not() {
        let records = records([record(1, 1), record(2, 0)]);
        let mut log = log(&records);
        log.remove(5);
        let check = compare(SEED, &records, &log);
        assert_eq!((check.lost, check.partial), (0, 1), "{check}");
        log.remove(0);
        let check = compare(SEED, &records, &log);
        assert_eq!((check.lost, check.partial), (1, 2), "{check}");
    }

    #[test]
    fn a_refused_batch_must_not_be_there() {
        let mut refused = record(1, 0);
        refused.is_refused = true;
        let records = records([refused]);
        assert_eq!(compare(SEED, &records, &log(&records)).partial, 1);
        assert!(compare(SEED, &records, &[]).is_right());
    }

    #[test]
    fn a_doubled_event_is_found() {
        let records = records([record(1, 1)]);
        let mut log = log(&records);
        let mut copy = log[2].clone();
        copy.seq = 99;
        log.push(copy);
        let check = compare(SEED, &records, &log);
        assert_eq!((check.lost, check.doubled, check.partial), (0, 1, 0), "{check}");
        log[4].seq = 1;
        assert_eq!(compare(SEED, &records, &log).doubled, 2, "a number that is there twice counts as well");
    }

    #[test]
    fn a_changed_event_and_one_that_nobody_fed_are_found() {
        let records = records([record(1, 1)]);
        let mut log = log(&records);
        log[0].event.name = Some("another".to_owned());
        log[1].tenant = 72;
        let mut foreign = log[2].clone();
        (foreign.seq, foreign.event.event_id) = (99, "chaos-5-5-0".to_owned());
        log.push(foreign);
        let check = compare(SEED, &records, &log);
        assert_eq!((check.changed, check.lost), (3, 0), "{check}");
    }
}
