//! A server that stops at any moment goes on with the same alerts.

use std::collections::BTreeSet;

use group_dispatch_types::Source;
use proptest::{collection::vec, prelude::*, sample::Index};

use super::world::{END, change, engine, in_any_order, in_order, rule, with_ticks};
use crate::webhooks::rules::engine::{RuleEngine, UnreadableState};

const RULES: [&str; 5] = [
    "account-banned",
    "agent-offline:for=1m,hours=thu@00:00-24:00,zone=+00:00",
    "everybody-gone:accounts=2,within=30s",
    "flapping:changes=3,within=60s",
    "mirror-stale:for=1m",
];

fn restored(engine: &RuleEngine) -> RuleEngine {
    let rules = RULES.iter().rev().map(|text| rule(text)).collect();
    RuleEngine::restore("tenant 1".to_owned(), rules, &engine.save().unwrap()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// One engine runs through. The other one is restored before some changes, and computes each of these twice, as after a
    /// crash between computing and storing. Each message has an id of its own.
    #[test]
    fn a_restored_engine_raises_the_same_alerts(
        changes in prop_oneof![in_order().boxed(), in_any_order().boxed()],
        stops in vec(any::<Index>(), 0..6),
        looks in vec(any::<Index>(), 0..6),
    ) {
        let (mut through, mut stopped) = (engine(&RULES), engine(&RULES));
        let mut ids = BTreeSet::new();
        let is_at = |places: &[Index], place| places.iter().any(|index| index.index(changes.len()) == place);
        for (place, change) in changes.iter().enumerate() {
            let mut expected = through.apply(change);
            if is_at(&stops, place) {
                stopped = restored(&stopped);
                let mut first = restored(&stopped).apply(change);
                first.sort_by(|one, other| one.id.cmp(&other.id));
                expected.sort_by(|one, other| one.id.cmp(&other.id));
                prop_assert_eq!(&first, &expected);
            }
            let mut alerts = stopped.apply(change);
            if is_at(&looks, place) {
                expected.extend(through.apply_look(Source::Pc, change.at));
                alerts.extend(stopped.apply_look(Source::Pc, change.at));
            }
            expected.extend(through.advance(change.at));
            alerts.extend(stopped.advance(change.at));
            expected.sort_by(|one, other| one.id.cmp(&other.id));
            alerts.sort_by(|one, other| one.id.cmp(&other.id));
            prop_assert_eq!(&alerts, &expected);
            for alert in alerts {
                prop_assert!(ids.insert(alert.id.clone()), "{:?}", alert);
            }
        }
        prop_assert_eq!(stopped.advance(END).len(), through.advance(END).len());
    }

    /// How often the engine advances decides only when an alert is raised, not what it says.
    #[test]
    fn the_times_of_advances_change_no_alert(changes in in_order(), ticks in vec(any::<(Index, Index)>(), 0..12)) {
        let (mut with, mut without) = (engine(&RULES), engine(&RULES));
        let ticks = with_ticks(&changes, &ticks);
        let (mut alerts, mut expected) = (Vec::new(), Vec::new());
        for (place, change) in changes.iter().enumerate() {
            for (now, _) in ticks.iter().filter(|(_, tick)| *tick == place) {
                alerts.extend(with.advance(*now));
            }
            alerts.extend(with.apply(change));
            expected.extend(without.apply(change));
        }
        alerts.extend(with.advance(END));
        expected.extend(without.advance(END));
        alerts.sort_by(|one, other| one.id.cmp(&other.id));
        expected.sort_by(|one, other| one.id.cmp(&other.id));
        prop_assert_eq!(alerts, expected);
    }
}

#[test]
fn a_new_rule_knows_who_is_offline_and_a_damaged_state_is_an_error() {
    let mut old = engine(&["flapping"]);
    old.apply(&change(1, 100, 7, 1, 1, 10));
    old.apply(&change(2, 200, 7, 1, 1, 30));
    let saved = old.save().unwrap();
    let restore = |bytes: &[u8]| {
        let rules = vec![rule("agent-offline:for=1m"), rule("flapping")];
        RuleEngine::restore("tenant 1".to_owned(), rules, bytes)
    };
    assert_eq!(restore(&saved).unwrap().advance(END).len(), 1);
    let mut other_version = saved.clone();
    other_version[0] += 1;
    for bytes in [&[][..], &other_version, &saved[..saved.len() - 1]] {
        assert_eq!(restore(bytes).err(), Some(UnreadableState));
    }
}

#[test]
fn a_state_is_small() {
    let mut engine = engine(&RULES);
    let accounts = 10_000_u64;
    for account in 1..=accounts {
        let user = u32::try_from(account % 500).unwrap() + 1;
        engine.apply(&change(account, 1_700_000_000, user, 8_618_200_000_000 + account, 1, 10));
    }
    let bytes = engine.save().unwrap().len();
    assert!(bytes < 32 * 10_000, "{bytes} bytes for {accounts} accounts");
}

#[test]
fn tenants_and_rules_have_ids_of_their_own() {
    let ids = |scope: &str, text: &str| {
        let mut engine = RuleEngine::begin(scope.to_owned(), vec![rule(text)], []);
        engine.apply(&change(1, 0, 7, 1, 1, 30));
        engine.advance(END).into_iter().map(|alert| alert.id).collect::<Vec<_>>()
    };
    let first = ids("tenant 1", "agent-offline:for=1m");
    assert_eq!(first.len(), 1);
    assert_eq!(first, ids("tenant 1", "agent-offline:for=60s"), "the same rule");
    assert_ne!(first, ids("tenant 2", "agent-offline:for=1m"));
    assert_ne!(first, ids("tenant 1", "agent-offline:for=2m"));
}
