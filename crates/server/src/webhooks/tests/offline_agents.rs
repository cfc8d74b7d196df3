//! `agent-offline`, compared with its definition.

use std::collections::{BTreeMap, BTreeSet};

use proptest::{collection::vec, prelude::*, sample::Index};

use super::world::{END, all_said, change, clock, engine, in_any_order, in_order, line, run, said, with_ticks};
use crate::webhooks::rules::change::{AccountKey, Change};

const AFTER: i64 = 60_000;

/// The agents that have an account online after these changes, which are in the order of their times.
fn online(changes: &[Change]) -> BTreeSet<u64> {
    let latest: BTreeMap<AccountKey, &Change> = changes.iter().map(|change| (change.account(), change)).collect();
    latest.values().filter(|change| change.is_online()).map(|change| change.user_id.get()).collect()
}

/// An agent is absent from the change after which it has no account online until the change after which it has one. An
/// absence that is too long is an alert.
fn expected(changes: &[Change]) -> Vec<String> {
    let agents: BTreeSet<_> = changes.iter().map(|change| change.user_id.get()).collect();
    let mut expected = Vec::new();
    for agent in agents {
        let mut since = None;
        let first = changes.iter().position(|change| change.user_id.get() == agent).unwrap();
        for end in first + 1..=changes.len() + 1 {
            let is_online = end > changes.len() || online(&changes[..end]).contains(&agent);
            let at = changes.get(end - 1).map_or(END, |change| change.at);
            match since {
                None if !is_online => since = Some(at),
                Some(start) if is_online => {
                    let members = format!("since={} userId={agent}", clock(start));
                    if at - start > AFTER {
                        expected.push(line("agent.offline", start + AFTER, &members));
                        if end <= changes.len() {
                            expected.push(line("agent.offline.resolved", at, &members));
                        }
                    }
                    since = None;
                }
                _ => {}
            }
        }
    }
    expected.sort();
    expected
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn alerts_are_what_the_definition_says(changes in in_order(), ticks in vec(any::<(Index, Index)>(), 0..8)) {
        let mut engine = engine(&["agent-offline:for=1m"]);
        let (mut alerts, ticks) = (Vec::new(), with_ticks(&changes, &ticks));
        for (place, change) in changes.iter().enumerate() {
            for (now, _) in ticks.iter().filter(|(_, tick)| *tick == place) {
                alerts.extend(engine.advance(*now));
            }
            alerts.extend(engine.apply(change));
        }
        alerts.extend(engine.advance(END));
        prop_assert_eq!(all_said(&alerts), expected(&changes));
    }

    /// Changes that arrive late don't confuse an episode: it begins, is over, and begins again.
    #[test]
    fn beginnings_and_ends_alternate_in_any_order(changes in in_any_order(), ticks in vec(any::<Index>(), 0..8)) {
        let mut engine = engine(&["agent-offline:for=20s"]);
        let mut alerts = Vec::new();
        for (place, change) in changes.iter().enumerate() {
            if ticks.iter().any(|tick| tick.index(changes.len()) == place) {
                alerts.extend(engine.advance(change.at));
            }
            alerts.extend(engine.apply(change));
        }
        alerts.extend(engine.advance(END));
        let mut open: BTreeMap<u64, i64> = BTreeMap::new();
        for alert in &alerts {
            let body: serde_json::Value = serde_json::to_value(&alert.message).unwrap();
            let agent = body["data"]["userId"].as_u64().unwrap();
            let at = alert.message.timestamp.0;
            if alert.message.kind == "agent.offline" {
                prop_assert_eq!(open.insert(agent, at), None);
            } else {
                let began = open.remove(&agent);
                prop_assert!(began.is_some_and(|began| began <= at), "{}", said(alert));
            }
        }
    }
}

#[test]
fn an_account_that_moves_to_another_agent_leaves_the_first_one_offline() {
    let changes = [change(1, 100, 7, 1, 1, 10), change(2, 200, 8, 1, 1, 10), change(3, 900, 7, 2, 2, 10)];
    let said: Vec<_> = run(&mut engine(&["agent-offline:for=5m"]), &changes).iter().map(said).collect();
    let members = format!("since={} userId=7", clock(200_000));
    assert_eq!(said, [line("agent.offline", 500_000, &members), line("agent.offline.resolved", 900_000, &members)]);
}

#[test]
fn an_absence_begins_at_the_latest_change_of_the_agent_in_whatever_order_they_arrive() {
    // That the second account went is known after a later change of the first one.
    let changes = [
        change(1, 100, 7, 1, 1, 10),
        change(2, 100, 7, 2, 1, 10),
        change(3, 300, 7, 1, 1, 30),
        change(4, 200, 7, 2, 1, 30),
    ];
    let said: Vec<_> = run(&mut engine(&["agent-offline:for=5m"]), &changes).iter().map(said).collect();
    assert_eq!(said, [line("agent.offline", 600_000, &format!("since={} userId=7", clock(300_000)))]);
}

#[test]
fn time_counts_within_working_hours_without_a_break() {
    // 1970-01-01 was a Thursday; the hours are those of UTC.
    let rule = "agent-offline:for=15m,hours=mon-fri@00:30-01:00,zone=+00:00";
    let minutes = |minutes: i64| minutes * 60;
    for (offline, online, raised) in [
        // Before the hours: they begin first.
        (10, 44, None),
        (10, 46, Some(45)),
        (35, 49, None),
        (35, 51, Some(50)),
        // Ten minutes before their end, and still offline in the evening.
        (50, 24 * 60 + 29, None),
        (50, 24 * 60 + 44, None),
        // The next day is a Friday, and after it comes Monday.
        (50, 24 * 60 + 46, Some(24 * 60 + 45)),
        (24 * 60 + 50, 4 * 24 * 60 + 44, None),
        (24 * 60 + 50, 4 * 24 * 60 + 46, Some(4 * 24 * 60 + 45)),
    ] {
        let changes = [
            change(1, 0, 7, 1, 1, 10),
            change(2, minutes(offline), 7, 1, 1, 30),
            change(3, minutes(online), 7, 1, 1, 10),
        ];
        let mut engine = engine(&[rule]);
        let alerts: Vec<_> = changes.iter().flat_map(|change| engine.apply(change)).collect();
        let times: Vec<_> = alerts.iter().map(|alert| alert.message.timestamp.0 / 60_000).collect();
        let expected: Vec<_> = raised.into_iter().flat_map(|raised| [raised, online]).collect();
        assert_eq!(times, expected, "offline at {offline}, online at {online}");
    }
}
