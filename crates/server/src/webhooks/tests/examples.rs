//! The examples of messages are what the rules make.

use std::collections::BTreeMap;

use group_dispatch_types::Source;
use serde_json::Value;

use super::world::{change, engine};
use crate::webhooks::rules::alerts::Alert;

/// 2026-11-29 10:00 UTC.
const TEN: i64 = 1_795_946_400;
const ACCOUNT: u64 = 8_618_217_331_411;
const AGENT: u32 = 868_024;

/// All alerts of small stories about an account, an agent and a source.
fn stories() -> Vec<Alert> {
    let minute = |minutes: i64| TEN + minutes * 60;
    let story = |rule: &str, changes: &[(i64, u64, i32, i32)]| {
        let mut engine = engine(&[rule]);
        let changes = changes.iter().zip(1..).map(|((minutes, account, source, status), seq)| {
            change(seq, minute(*minutes), AGENT, ACCOUNT + account, *source, *status)
        });
        let mut alerts: Vec<_> = changes.flat_map(|change| engine.apply(&change)).collect();
        alerts.extend(engine.advance(minute(10_000) * 1000));
        alerts
    };
    let mut alerts = story("account-banned", &[(0, 0, 2, 10), (15, 0, 2, 40), (160, 0, 2, 10)]);
    alerts
        .extend(story("flapping:changes=2,within=10m", &[(0, 0, 1, 10), (1, 0, 1, 20), (2, 0, 1, 10), (3, 0, 1, 20)]));
    alerts.extend(story(
        "everybody-gone:accounts=2",
        &[(0, 0, 1, 10), (0, 1, 1, 10), (0, 2, 1, 10), (14, 0, 1, 30), (15, 1, 1, 30), (20, 0, 1, 10)],
    ));
    alerts.extend(story("agent-offline", &[(0, 0, 1, 10), (15, 0, 1, 30), (42, 0, 1, 10)]));
    let mut mirror = engine(&["mirror-stale"]);
    alerts.extend(mirror.apply_look(Source::Pc, minute(15) * 1000));
    alerts.extend(mirror.apply_look(Source::Pc, minute(22) * 1000));
    alerts
}

#[test]
fn each_type_has_an_example_that_the_rules_make() {
    let mut examples: BTreeMap<_, _> = [
        include_str!("../examples/account.banned.json"),
        include_str!("../examples/account.banned.resolved.json"),
        include_str!("../examples/account.flapping.json"),
        include_str!("../examples/account.flapping.resolved.json"),
        include_str!("../examples/accounts.gone.json"),
        include_str!("../examples/accounts.gone.resolved.json"),
        include_str!("../examples/agent.offline.json"),
        include_str!("../examples/agent.offline.resolved.json"),
        include_str!("../examples/mirror.stale.json"),
        include_str!("../examples/mirror.stale.resolved.json"),
    ]
    .into_iter()
    .map(|example| {
        let example: Value = serde_json::from_str(example).unwrap();
        (example["type"].as_str().unwrap().to_owned(), example)
    })
    .collect();
    for alert in stories() {
        let message = alert.outgoing().unwrap();
        let body: Value = serde_json::from_slice(message.body.as_bytes()).unwrap();
        let example = examples.remove(alert.message.kind);
        assert_eq!(example.as_ref(), Some(&body), "{} {body:#}", alert.message.kind);
        assert!(message.body.as_bytes().len() < 512, "small enough for any receiver");
    }
    assert!(examples.is_empty(), "no rule makes {:?}", examples.keys());
}

#[test]
fn the_two_messages_of_an_episode_have_its_id_and_ids_of_their_own() {
    let alerts = stories();
    assert_eq!(alerts.len() % 2, 0);
    for pair in alerts.chunks(2) {
        let [begin, end] = pair else { panic!() };
        let id = |alert: &Alert| serde_json::to_value(&alert.message).unwrap()["data"]["alertId"].clone();
        assert_eq!(id(begin), id(end));
        assert_ne!(begin.id, end.id);
        assert_eq!(format!("{}.resolved", begin.message.kind), end.message.kind);
        assert!(begin.message.timestamp < end.message.timestamp);
    }
}
