//! `flapping`, compared with its definition.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::world::{END, all_said, change, clock, engine, in_any_order, in_order, line, run};
use crate::webhooks::rules::change::{AccountKey, Change};

const MOST: usize = 3;
const WITHIN: i64 = 60_000;

/// The changes between online and not online of each account, by the changes that don't arrive late.
fn flips(changes: &[Change]) -> BTreeMap<AccountKey, Vec<Change>> {
    let mut latest: BTreeMap<AccountKey, Change> = BTreeMap::new();
    let mut flips: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for change in changes {
        let before = latest.get(&change.account()).copied();
        if before.is_none_or(|before| before.at <= change.at) {
            latest.insert(change.account(), *change);
            if before.is_some_and(|before| before.is_online() != change.is_online()) {
                flips.entry(change.account()).or_default().push(*change);
            }
        }
    }
    flips
}

/// An episode begins at the first change that is one too many within the time before it, and ends when there was none for
/// that time.
fn expected(changes: &[Change]) -> Vec<String> {
    let mut expected = Vec::new();
    for (account, flips) in flips(changes) {
        let mut since = None;
        for (index, flip) in flips.iter().enumerate() {
            let count = flips[..=index].iter().filter(|other| other.at > flip.at - WITHIN).count();
            let (source, number) = (account.source.code(), account.whats_app);
            if since.is_none() && count > MOST {
                since = Some(flip.at);
                let members = format!(
                    "changes=4 since={} source={source} userId={} whatsApp={number} withinSeconds=60",
                    clock(flip.at),
                    flip.user_id
                );
                expected.push(line("account.flapping", flip.at, &members));
            }
            let next = flips.get(index + 1).map_or(END, |next| next.at);
            if let Some(start) = since.filter(|_| flip.at + WITHIN <= next) {
                since = None;
                let members = format!("since={} source={source} whatsApp={number}", clock(start));
                expected.push(line("account.flapping.resolved", flip.at + WITHIN, &members));
            }
        }
    }
    expected.sort();
    expected
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn alerts_are_what_the_definition_says(changes in prop_oneof![in_order().boxed(), in_any_order().boxed()]) {
        let alerts = run(&mut engine(&["flapping:changes=3,within=60s"]), &changes);
        prop_assert_eq!(all_said(&alerts), expected(&changes));
    }
}

/// The time of each message about an account that changes at these seconds, after it came online at 100 s.
fn times(seconds: &[i64]) -> Vec<(&'static str, i64)> {
    let came = change(1, 100, 7, 5, 1, 10);
    let flips = seconds.iter().zip(2_u64..);
    let flips = flips.map(|(second, seq)| change(seq, *second, 7, 5, 1, if seq % 2 == 0 { 20 } else { 10 }));
    let changes: Vec<_> = [came].into_iter().chain(flips).collect();
    let alerts = run(&mut engine(&["flapping:changes=3,within=60s"]), &changes);
    alerts.iter().map(|alert| (alert.message.kind, alert.message.timestamp.0 / 1000)).collect()
}

#[test]
fn a_change_counts_for_less_than_the_time() {
    assert_eq!(times(&[200, 220, 240, 260]), []);
    assert_eq!(times(&[201, 220, 240, 260]), [("account.flapping", 260), ("account.flapping.resolved", 320)]);
}

#[test]
fn an_episode_is_over_when_the_account_was_quiet_for_just_the_time() {
    let over = [("account.flapping", 203), ("account.flapping.resolved", 263)];
    assert_eq!(times(&[200, 201, 202, 203, 263]), over);
    let goes_on = [("account.flapping", 203), ("account.flapping.resolved", 322)];
    assert_eq!(times(&[200, 201, 202, 203, 262]), goes_on);
}
