//! `everybody-gone`, compared with its definition.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::world::{change, clock, engine, in_any_order, in_order, line, run, said};
use crate::webhooks::rules::change::{AccountKey, Change};

const ACCOUNTS: usize = 2;
const WITHIN: i64 = 30_000;

/// The latest change of each account, by time and then by arrival.
fn latest(changes: &[Change]) -> BTreeMap<AccountKey, Change> {
    let mut latest: BTreeMap<AccountKey, Change> = BTreeMap::new();
    for change in changes {
        let entry = latest.entry(change.account()).or_insert(*change);
        if entry.at <= change.at {
            *entry = *change;
        }
    }
    latest
}

/// Goes through the changes, and computes everything about a source from the beginning after each of them.
fn expected(changes: &[Change]) -> Vec<String> {
    let (mut expected, mut open): (Vec<String>, BTreeMap<i32, (i64, usize)>) = (Vec::new(), BTreeMap::new());
    // When accounts came and went.
    let mut moves: Vec<(AccountKey, bool, i64)> = Vec::new();
    for end in 1..=changes.len() {
        let (last, account) = (changes[end - 1], changes[end - 1].account());
        let is_online = |changes: &[Change]| latest(changes).get(&account).is_some_and(Change::is_online);
        let (was, is) = (is_online(&changes[..end - 1]), is_online(&changes[..end]));
        if was == is {
            continue;
        }
        moves.push((account, is, last.at));
        let source = account.source.code();
        let here = || moves.iter().filter(|(account, ..)| account.source.code() == source);
        let now = here().map(|(.., at)| *at).max().unwrap();
        let online = latest(&changes[..end])
            .values()
            .filter(|change| change.source.code() == source && change.is_online())
            .count();
        let accounts: BTreeSet<_> = here().map(|(account, ..)| *account).collect();
        let last_moves = accounts.iter().map(|account| here().rfind(|(other, ..)| other == account).unwrap());
        let gone = last_moves.filter(|(_, is_online, at)| !is_online && *at > now - WITHIN).count();
        if is {
            if let Some((since, _)) = open.get(&source).filter(|(_, before)| online * 2 >= *before) {
                let members = format!("since={} source={source}", clock(*since));
                expected.push(line("accounts.gone.resolved", now, &members));
                open.remove(&source);
            }
        } else if !open.contains_key(&source) && gone >= ACCOUNTS && gone * 2 > online + gone {
            let members = format!(
                "gone={gone} onlineBefore={} since={} source={source} withinSeconds=30",
                online + gone,
                clock(now)
            );
            expected.push(line("accounts.gone", now, &members));
            open.insert(source, (now, online + gone));
        }
    }
    expected
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn alerts_are_what_the_definition_says(changes in prop_oneof![in_order().boxed(), in_any_order().boxed()]) {
        let alerts = run(&mut engine(&["everybody-gone:accounts=2,within=30s"]), &changes);
        prop_assert_eq!(alerts.iter().map(said).collect::<Vec<_>>(), expected(&changes));
    }
}

#[test]
fn a_source_with_few_accounts_or_a_slow_evening_is_no_alert() {
    let online = (1..=10).map(|account| change(account, 100, 1, account, 1, 10));
    for (pause, count, alerts) in [(1, 5, 0), (1, 6, 1), (30, 10, 0)] {
        let gone = (0..count).map(|place| change(11 + place, 200 + pause * place as i64, 1, place + 1, 1, 30));
        let changes: Vec<_> = online.clone().chain(gone).collect();
        let raised = run(&mut engine(&["everybody-gone:accounts=5,within=1m"]), &changes);
        assert_eq!(raised.len(), alerts, "{count} accounts, one each {pause} s");
    }
    let few: Vec<_> = (1..=4).map(|seq| change(seq, 100, 1, seq, 1, 10)).collect();
    let all_gone = (5..=8).map(|seq| change(seq, 200, 1, seq - 4, 1, 30));
    let changes: Vec<_> = few.into_iter().chain(all_gone).collect();
    assert_eq!(run(&mut engine(&["everybody-gone:accounts=5"]), &changes), []);
}
