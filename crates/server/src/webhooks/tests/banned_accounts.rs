//! `account-banned`, compared with its definition.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::world::{change, engine, in_any_order, line, run, said};
use crate::webhooks::rules::change::Change;

/// An account is banned if one of its bans has no later time, nor a later arrival at the same time, at which it was online.
fn banned(changes: &[Change]) -> BTreeSet<u64> {
    let stamped = || changes.iter().map(|change| ((change.at, change.seq), change));
    let bans = stamped().filter(|(_, change)| change.status.code() == 40);
    let open = bans.filter(|(stamp, ban)| {
        !stamped().any(|(other, change)| change.whats_app == ban.whats_app && change.is_online() && other > *stamp)
    });
    open.map(|(_, ban)| ban.whats_app.get()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn each_change_raises_what_the_definition_says(changes in in_any_order()) {
        let mut engine = engine(&["account-banned"]);
        for end in 1..=changes.len() {
            let (before, after) = (banned(&changes[..end - 1]), banned(&changes[..end]));
            let alerts = engine.apply(&changes[end - 1]);
            let account = changes[end - 1].whats_app.get();
            let raised: Vec<_> = alerts.iter().map(|alert| alert.message.kind).collect();
            let expected: &[&str] = match (before.contains(&account), after.contains(&account)) {
                (false, true) => &["account.banned"],
                (true, false) => &["account.banned.resolved"],
                _ => &[],
            };
            prop_assert_eq!(&raised, expected, "after {} changes", end);
        }
    }
}

#[test]
fn a_ban_that_is_recorded_behind_an_observation_is_an_alert() {
    let mut engine = engine(&["account-banned"]);
    // It is online at PC, a look shows that it is gone from mobile, and the record with the reason is older than the look.
    let changes = [
        change(1, 100, 7, 5, 2, 10),
        change(2, 220, 7, 5, 2, 30),
        change(3, 200, 7, 5, 2, 40),
        change(4, 230, 7, 5, 2, 40),
        change(5, 300, 7, 5, 1, 20),
        change(6, 400, 8, 5, 1, 10),
    ];
    let said: Vec<_> = run(&mut engine, &changes).iter().map(said).collect();
    let since = "since=1970-01-01T00:03:20.000Z";
    assert_eq!(
        said,
        [
            line("account.banned", 200_000, &format!("detailStatus=42 {since} source=2 userId=7 whatsApp=5")),
            line("account.banned.resolved", 400_000, &format!("{since} whatsApp=5")),
        ]
    );
}
