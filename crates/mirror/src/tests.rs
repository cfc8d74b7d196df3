//! Days of a simulated vendor, mirrored, for many seeds; and single situations.

mod checks;
mod day;
mod situations;
mod store;

use std::ops::Range;

use self::{checks::Checks, day::Day};
use crate::rules::{Rule, break_rule};

/// Runs a day for each seed. `MIRROR_SEEDS=1000..1100` runs others.
fn run(seeds: Range<u64>, day: fn(u64) -> Day) {
    let given = std::env::var("MIRROR_SEEDS").ok();
    let given = given.as_deref().and_then(|given| given.split_once(".."));
    let given = given.and_then(|(first, end)| Some(first.parse().ok()?..end.parse().ok()?));
    let mut all = Checks::default();
    let days = seeds.clone().count();
    let is_given = given.is_some();
    for seed in given.unwrap_or(seeds) {
        let checks = day(seed).run();
        assert!(checks.faults.is_empty(), "seed {seed} (MIRROR_SEEDS={seed}..{}): {:#?}", seed + 1, checks.faults);
        all.add(checks);
    }
    if !is_given {
        all.assert_plausible(days);
    }
}

// In parts, which run beside each other.
#[test]
fn what_is_mirrored_is_what_happened_1() {
    run(1..51, Day::new);
}

#[test]
fn what_is_mirrored_is_what_happened_2() {
    run(51..101, Day::new);
}

#[test]
fn what_is_mirrored_is_what_happened_3() {
    run(101..151, Day::new);
}

#[test]
fn what_is_mirrored_is_what_happened_4() {
    run(151..201, Day::new);
}

#[test]
fn what_can_never_be_read_makes_nothing_wrong() {
    run(1_000..1_040, Day::unreadable);
}

#[test]
fn each_broken_rule_is_noticed() {
    let day: fn(u64) -> Day = Day::new;
    for (rule, fault, day) in [
        (Rule::NewBySet, "missing, and in no gap", day),
        (Rule::NoNames, "stored, and never happened", day),
        (Rule::DoubtLosses, "observed Gone", day),
        (Rule::DoubtUnread, "observed Gone", Day::unreadable),
        (Rule::DeclareGaps, "missing, and in no gap", day),
        (Rule::LogOrder, "stored in the wrong order", day),
    ] {
        let is_noticed = (1..=20).any(|seed| {
            let checks = break_rule(rule, || day(seed).run());
            checks.faults.iter().any(|found| found.starts_with(fault))
        });
        assert!(is_noticed, "{rule:?}");
    }
}
