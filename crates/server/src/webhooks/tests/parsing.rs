//! Rules as users write them.

use proptest::prelude::*;

use super::world::rule;
use crate::webhooks::{
    duration_text::Seconds,
    rules::{rule::Rule, zone::FixedOffsets},
};

#[test]
fn rules_have_defaults_and_a_text_with_all_parameters() {
    for (written, whole) in [
        ("account-banned", "account-banned"),
        ("agent-offline", "agent-offline:for=15m"),
        (
            "agent-offline:for=15m,hours=mon-fri@09:00-18:00",
            "agent-offline:for=15m,hours=mon+tue+wed+thu+fri@09:00-18:00,zone=+08:00",
        ),
        (
            "agent-offline:hours=fri-mon@22:00-06:00,zone=-03:30",
            "agent-offline:for=15m,hours=mon+fri+sat+sun@22:00-06:00,zone=-03:30",
        ),
        ("agent-offline:for=24h,hours=sun@00:00-24:00,zone=Z", "agent-offline:for=1d,hours=sun@00:00-24:00,zone=Z"),
        ("everybody-gone", "everybody-gone:accounts=5,within=2m"),
        ("everybody-gone:within=90s,accounts=20", "everybody-gone:accounts=20,within=90s"),
        ("flapping", "flapping:changes=6,within=10m"),
        ("flapping:changes=1000,within=120m", "flapping:changes=1000,within=2h"),
        ("mirror-stale", "mirror-stale:for=5m"),
        ("mirror-stale:for=30d", "mirror-stale:for=30d"),
    ] {
        assert_eq!(rule(written).to_string(), whole);
        assert_eq!(rule(whole), rule(written));
    }
}

#[test]
fn an_invalid_rule_is_rejected_with_what_was_expected() {
    for (text, error) in [
        ("", "there is no rule ``; the rules are account-banned"),
        ("agent-offlin", "there is no rule `agent-offlin`"),
        ("account-banned:for=1m", "account-banned: there is no parameter `for`; it has no parameters"),
        ("account-banned:", "account-banned: there is no parameter ``"),
        ("flapping:change=1", "flapping: there is no parameter `change`; it has changes, within"),
        ("flapping:changes", "flapping: changes: expected a number from 1 to 1000, but found ``"),
        ("flapping:changes=0", "flapping: changes: expected a number from 1 to 1000, but found `0`"),
        ("flapping:changes=+1", "but found `+1`"),
        ("flapping:changes=1001", "but found `1001`"),
        ("flapping:within=5m,within=6m", "flapping: `within` is given twice"),
        (
            "mirror-stale:for=5",
            "mirror-stale: for: expected a duration from 1s to 30d, such as 90s, 15m, 2h or 1d, but found `5`",
        ),
        ("mirror-stale:for=0s", "but found `0s`"),
        ("mirror-stale:for=31d", "but found `31d`"),
        ("mirror-stale:for=m", "but found `m`"),
        ("mirror-stale:for=5分", "but found `5分`"),
        ("agent-offline:zone=+08:00", "agent-offline: `zone` has no meaning without `hours`"),
        ("agent-offline:hours=mon@09:00-18:00,zone=Mars", "agent-offline: zone: expected a time zone"),
        ("agent-offline:for=10h,hours=mon@09:00-18:00", "agent-offline: `for` is longer than the hours of a day"),
        ("agent-offline:hours=mon@09:00-09:00", "agent-offline: hours: expected days of the week"),
        ("agent-offline:hours=mon@24:00-09:00", "agent-offline: hours: expected"),
        ("agent-offline:hours=mon@9:00-18:00", "agent-offline: hours: expected"),
        ("agent-offline:hours=mon@09:00-24:01", "agent-offline: hours: expected"),
        ("agent-offline:hours=mon@09:60-18:00", "agent-offline: hours: expected"),
        ("agent-offline:hours=monday@09:00-18:00", "agent-offline: hours: expected"),
        ("agent-offline:hours=@09:00-18:00", "agent-offline: hours: expected"),
        ("agent-offline:hours=mon-fri", "agent-offline: hours: expected"),
    ] {
        let found = Rule::parse(text, &FixedOffsets).unwrap_err().to_string();
        assert!(found.contains(error), "{text}: {found}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn durations_are_read_again(seconds in 1..=30 * 24 * 60 * 60_u32) {
        let duration = Seconds::new(seconds);
        prop_assert_eq!(duration.get(), seconds);
        prop_assert_eq!(Seconds::parse(&duration.to_string()), Some(duration));
    }

    #[test]
    fn any_text_is_a_rule_or_an_error(text in "(agent-offline|flapping|mirror-stale)?:?(for|hours|zone|within)?=?.{0,12}") {
        if let Ok(rule) = Rule::parse(&text, &FixedOffsets) {
            prop_assert_eq!(Rule::parse(&rule.to_string(), &FixedOffsets), Ok(rule));
        }
    }
}
